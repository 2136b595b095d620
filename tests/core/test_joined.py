"""What a cloud leaves out of a page is never taken for nothing; rows that lead to further rows are followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from kinds import ACCOUNT, REGIONS, Home

from scanner.collect import Collection, Unit
from scanner.inventory import Gap
from scanner.models.resource import GLOBAL, UNREAD, Code, Resource, Scope
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, calls_of, plan
from scanner.providers.spec import Call, CallError, Detail, Page, Source


class Letter(Resource):
    title: ClassVar[str] = "letter"
    street: str | None = UNREAD
    town: str = UNREAD
    stamps: int = UNREAD


LETTERS = Call(service="post", operation="Letters", items="rows", permission="post:letters", regional=False)
HOUSES = Call(service="post", operation="Houses", items="rows", permission="post:houses", regional=False)
STREETS = Call(service="post", operation="Streets", items="rows", permission="post:streets", regional=False)
STAMPS = Call(service="post", operation="Stamps", items="rows", permission="post:stamps", regional=False)

SOURCE = Source(
    kind=Letter,
    listing=LETTERS,
    level="account",
    id=lambda raw: f"letter/{raw['id']}",
    region="region",
    lacking=("tags",),
    details=(
        Detail(
            call=HOUSES,
            per="scope",
            join=("name", "{house}"),
            fills={"street": lambda houses: houses[0]["street"] if houses else None},
            brings="home",
            leads=(
                Detail(
                    call=STREETS,
                    per="scope",
                    join=("name", "{home.street}"),
                    fills={"town": lambda streets: streets[0]["town"]},
                ),
            ),
        ),
        Detail(call=STAMPS, per="scope", fills={"stamps": len}),
    ),
)


@dataclass
class Post(Home):
    answers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    left_out: dict[str, tuple[str, CallError]] = field(default_factory=dict)

    def _answer(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any) -> Page:  # noqa: ARG002
        missing = [self.left_out[call.operation]] if call.operation in self.left_out else []
        return Page({"rows": self.answers.get(call.operation, [])}, None, missing)


def post(**left_out: tuple[str, CallError]) -> Post:
    return Post(
        answers={
            "Letters": [
                {"id": 1, "region": REGIONS[0], "house": "a"},
                {"id": 2, "region": REGIONS[1], "house": "b"},
                {"id": 3, "region": REGIONS[0], "house": "z"},
            ],
            "Houses": [{"name": "a", "street": "Elm"}, {"name": "b", "street": "Oak"}],
            "Streets": [{"name": "Elm", "town": "Ulm"}, {"name": "Oak", "town": "Ely"}],
            "Stamps": [{}, {}],
        },
        left_out=left_out,
    )


def collect(home: Post, **unit: Any) -> tuple[dict[str, Any], list[Gap]]:
    needs: Needs = {Letter: frozenset({"street", "town", "stamps"})}
    collection = Collection(
        [Unit(home, **(unit or {"regions": REGIONS}))],
        plan([SOURCE], needs),
        pace=Pace(PaceSettings(first_wait=0.001)),
        workers=4,
    )
    events = list(collection.events())
    return (
        {letter.id: letter for event in events if isinstance(event, list) for letter in event},
        [event for event in events if isinstance(event, Gap)],
    )


UNREACHABLE = CallError(Code.UNAVAILABLE, "UNREACHABLE", "there-1 could not be reached")


def test_a_row_leads_to_the_next_and_each_list_is_asked_once() -> None:
    home = post()
    letters, gaps = collect(home)
    assert not gaps
    assert {id: (one.street, one.scope.region) for id, one in letters.items()} == {
        "letter/1": ("Elm", REGIONS[0]),
        "letter/2": ("Oak", REGIONS[1]),
        "letter/3": (None, REGIONS[0]),
    }
    assert (letters["letter/1"].town, letters["letter/2"].town) == ("Ulm", "Ely")
    assert letters["letter/3"].unread["town"].code is Code.MALFORMED
    assert sorted(home.sent) == [
        (f"post:{name}", GLOBAL) for name in ("Houses", "Letters", "Stamps", "Streets")
    ]


def test_a_part_that_was_left_out_of_a_listing_is_a_gap_for_its_region() -> None:
    letters, gaps = collect(post(Letters=(REGIONS[1], UNREACHABLE)))
    assert set(letters) == {"letter/1", "letter/2", "letter/3"}
    assert [(gap.scope.region, gap.kind, gap.code) for gap in gaps] == [
        (REGIONS[1], "Letter", Code.UNAVAILABLE)
    ]
    assert "could not be reached" in gaps[0].text
    assert collect(post(Letters=("", UNREACHABLE)))[1][0].scope == Scope(Home.cloud, ACCOUNT, GLOBAL)


def test_what_may_be_in_a_part_that_was_left_out_is_unread_and_the_rest_is_not() -> None:
    letters, gaps = collect(post(Houses=("", UNREACHABLE), Stamps=("", UNREACHABLE)))
    assert not gaps
    assert letters["letter/1"].street == "Elm"
    assert letters["letter/1"].town == "Ulm"
    for fact in ("street", "town"):
        assert letters["letter/3"].unread[fact].code is Code.UNAVAILABLE
    assert all(letter.unread["stamps"].call == "post:Stamps" for letter in letters.values())


def test_a_denied_link_leaves_all_unread_to_which_it_leads() -> None:
    home = post()
    home.always[HOUSES] = CallError(Code.DENIED, "AccessDenied", "no")
    letters, _ = collect(home)
    assert {letters["letter/1"].unread[fact].permission for fact in ("street", "town")} == {"post:houses"}
    assert "post:Streets" not in {name for name, _ in home.sent}


def test_only_the_links_that_are_needed_are_asked() -> None:
    def calls(*fields: str) -> list[str]:
        return [call.operation for call in calls_of(plan([SOURCE], {Letter: frozenset(fields)}))]

    assert calls("street") == ["Houses", "Letters"]
    assert calls("town") == ["Houses", "Letters", "Streets"]
    assert calls("stamps") == ["Letters", "Stamps"]


def test_what_stands_in_a_region_that_the_list_does_not_know_is_kept_unless_somebody_narrowed_it() -> None:
    there = {"letter/2"}
    here = {"letter/1", "letter/3"}
    assert set(collect(post(), regions=())[0]) == set()
    assert set(collect(post(), regions=REGIONS[:1])[0]) == here
    assert set(collect(post(), regions=REGIONS[:1], skipped=frozenset())[0]) == here | there
    assert set(collect(post(), regions=REGIONS[:1], skipped=frozenset({REGIONS[1]}))[0]) == here


GET_PAGE = Call(
    service="post",
    operation="Page",
    given={"letter": "{id}", "page": "{each.number}"},
    permission="post:page",
)


def paged(*numbers: int) -> Post:
    home = post()
    home.answers["Letters"] = [
        {"id": 1, "region": REGIONS[0], "pages": [{"number": number} for number in numbers], "kind": "long"},
        {"id": 2, "region": REGIONS[0], "pages": [{"number": 9}], "kind": "short"},
        {"id": 3, "region": REGIONS[0], "kind": "blank"},
    ]
    return home


class Reader(Post):
    def _answer(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any) -> Page:
        if call is not GET_PAGE:
            return super()._answer(call, scope, arguments, token)
        if arguments["page"] == 404:
            raise CallError(Code.UNAVAILABLE, "Torn", "the page is torn")
        return Page({"text": f"{arguments['letter']}/{arguments['page']}"})


def read(*numbers: int) -> dict[str, Any]:
    """Long letters page by page, short ones at once; a blank one has nothing to read."""
    source = Source(
        kind=Letter,
        listing=LETTERS,
        level="account",
        id=lambda raw: f"letter/{raw['id']}",
        region="region",
        lacking=("tags", "stamps", "town"),
        details=(
            Detail(
                call=GET_PAGE,
                per="each",
                over=lambda raw: raw["pages"],
                when=lambda raw: raw["kind"] == "long",
                fills={"street": lambda pages: " ".join(page["text"] for page in pages) or None},
            ),
            Detail(
                call=HOUSES,
                per="scope",
                when=lambda raw: raw["kind"] == "short",
                fills={"street": lambda houses: houses[0]["street"]},
            ),
        ),
    )
    home = Reader(answers=paged(*numbers).answers)
    needs: Needs = {Letter: frozenset({"street"})}
    events = list(Collection([Unit(home, REGIONS)], plan([source], needs), workers=4).events())
    return {letter.id: letter for event in events if isinstance(event, list) for letter in event}


def test_parts_are_asked_one_by_one_and_answered_in_their_order() -> None:
    letters = read(3, 1, 2)
    assert letters["letter/1"].street == "1/3 1/1 1/2"
    assert read()["letter/1"].street is None
    assert read(1, 404, 2)["letter/1"].unread["street"].text == "Torn: the page is torn"


def test_a_field_is_not_applicable_only_where_no_detail_fills_it() -> None:
    letters = read(1)
    assert letters["letter/2"].street == "Elm"
    assert letters["letter/3"].unread["street"].code is Code.NOT_APPLICABLE


def test_bare_names_become_items_and_one_answer_leads_to_the_next() -> None:
    house = Call(service="post", operation="House", permission="post:house", given={"Name": "{house}"})
    street = Call(
        service="post", operation="Street", permission="post:street", given={"Name": "{home.street}"}
    )
    names = Call(
        service="post",
        operation="Names",
        items="rows",
        permission="post:names",
        row=lambda name: {"house": name},
    )

    class Bare(Post):
        def _answer(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any) -> Page:  # noqa: ARG002
            if call is names:
                return Page({"rows": ["a", "b"]})
            return Page(
                {"street": f"{arguments['Name']} Street"} if call is house else {"town": arguments["Name"]}
            )

    lead = Detail(call=street, fills={"town": lambda answer: answer["town"]})
    source = Source(
        kind=Letter,
        listing=names,
        level="account",
        id="letter/{house}",
        details=(Detail(call=house, fills={}, brings="home", leads=(lead,)),),
    )
    planned = plan([source], {Letter: frozenset({"town"})})
    events = list(Collection([Unit(Bare(), REGIONS)], planned, workers=2).events())
    letters: dict[str, Any] = {one.id: one for event in events if isinstance(event, list) for one in event}
    assert {id: one.town for id, one in letters.items()} == {
        "letter/a": "a Street",
        "letter/b": "b Street",
    }


def test_a_list_that_is_joined_too_is_asked_once() -> None:
    houses = Source(
        kind=Letter,
        listing=HOUSES,
        level="account",
        id="house/{name}",
        fields={"street": "street"},
        lacking=("tags", "town", "stamps"),
    )
    home = post()
    needs: Needs = {Letter: frozenset({"street"})}
    events = list(Collection([Unit(home, REGIONS)], plan([SOURCE, houses], needs), workers=4).events())
    letters: dict[str, Any] = {one.id: one for event in events if isinstance(event, list) for one in event}
    assert home.sent.count(("post:Houses", GLOBAL)) == 1
    assert letters["letter/2"].street == "Oak"
    assert letters["house/b"].street == "Oak"
    home = post()
    home.always[HOUSES] = CallError(Code.DENIED, "AccessDenied", "no")
    events = list(Collection([Unit(home, REGIONS)], plan([SOURCE, houses], needs), workers=4).events())
    assert [event.call for event in events if isinstance(event, Gap)] == ["post:Houses"]
    assert len([letter for event in events if isinstance(event, list) for letter in event]) == 3


def test_a_list_of_what_the_cloud_lacks_is_not_asked() -> None:
    def calls(*fields: str) -> list[str]:
        lacking = replace(SOURCE, lacking=("tags", "town"))
        return [call.operation for call in calls_of(plan([lacking], {Letter: frozenset(fields)}))]

    assert calls("tags", "town") == []
    assert calls("tags", "stamps") == ["Letters", "Stamps"]
    assert calls() == ["Letters"]
