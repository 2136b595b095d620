"""The client against a server that answers as Azure does: pages, long actions, refusals, what is not in use."""

from typing import Any

import pytest
from azure_answers import GROUP, GROUPS_PATH, SUBSCRIPTION, SignIn, answer, security_groups, subscriptions

from scanner.demo.wire.azure import Azure, error
from scanner.demo.wire.recorded import Recorded
from scanner.demo.wire.server import Fault, WireServer
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure.calls import LOCATIONS, NOT_REGISTERED, AzureCall
from scanner.providers.azure.limits import BURST, RATE
from scanner.providers.azure.sources.load_balancer import BACKEND_HEALTH
from scanner.providers.azure.sources.network import SECURITY_GROUPS
from scanner.providers.spec import CallError, Page

SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION)
GROUPS: Any = SECURITY_GROUPS.listing
NSGS = "Microsoft.Network.NetworkSecurityGroups_ListAll"
GATEWAY = f"{GROUP}/Microsoft.Network/applicationGateways/shop"
HEALTH = "Microsoft.Network.ApplicationGateways_BackendHealth"
RESULT = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/locations/westeurope/operationResults/0c6f"
)


def ask(session: Any, call: Any = GROUPS, token: Any = None, **arguments: Any) -> Page:
    given = arguments or {"account": SUBSCRIPTION}
    page: Page = session.send(call, SCOPE, {**call.params, **given}, token)
    return page


def refused(session: Any, call: Any = GROUPS, **arguments: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        ask(session, call, **arguments)
    return caught.value


def failing(wire: WireServer, status: int, code: str, text: str = "no", **headers: str) -> None:
    said = error(status, code, text)
    wire.record(answer(NSGS, GROUPS_PATH, said.body, status, **headers))


def test_pages_hang_together_by_their_links(wire: WireServer, sign_in: SignIn) -> None:
    wire.dialect = Azure(page=500)
    wire.record(security_groups(1203))
    session = sign_in()
    names, token, calls = [], None, 0
    while True:
        page = ask(session, GROUPS, token)
        names += [item["name"] for item in page.answer["value"]]
        calls, token = calls + 1, page.next
        if token is None:
            break
    assert names == [f"group-{number}" for number in range(1203)]
    assert calls == 3
    agents = {request.headers["user-agent"] for request in wire.requests}
    assert all(agent.startswith("surefoot/") and "run/test" in agent for agent in agents)


def test_a_link_never_leads_away_from_the_endpoint(wire: WireServer, sign_in: SignIn) -> None:
    body = {"value": [], "nextLink": "https://elsewhere.example/subscriptions/x?api-version=1&$skiptoken=2"}
    wire.record(answer(NSGS, GROUPS_PATH, body))
    page = ask(sign_in())
    assert page.next == "/subscriptions/x?api-version=1&$skiptoken=2"


def test_the_same_page_again_is_no_end(wire: WireServer, sign_in: SignIn) -> None:
    body = {"value": [], "nextLink": f"https://management.azure.com{GROUPS_PATH}?api-version=2026-03-01"}
    wire.record(answer(NSGS, GROUPS_PATH, body))
    session = sign_in()
    with pytest.raises(CallError) as caught:
        ask(session, GROUPS, ask(session).next)
    assert (caught.value.code, caught.value.error) == (Code.MALFORMED, "SamePage")


@pytest.mark.parametrize(
    ("fault", "code", "said", "again"),
    [
        (Fault.DENIED, Code.DENIED, "AuthorizationFailed", False),
        (Fault.THROTTLED, Code.THROTTLED, "TooManyRequests", True),
        (Fault.UNAVAILABLE, Code.UNAVAILABLE, "ServiceUnavailable", True),
        (Fault.MALFORMED, Code.MALFORMED, "UnreadableAnswer", True),
        (Fault.NOT_ENABLED, Code.UNAVAILABLE, NOT_REGISTERED, False),
    ],
)
def test_each_failure_is_told_apart(
    wire: WireServer, sign_in: SignIn, fault: Fault, code: Code, said: str, *, again: bool
) -> None:
    wire.fail(NSGS, fault)
    found = refused(sign_in())
    assert (found.code, found.error, found.again, found.fatal) == (code, said, again, False)
    if fault is Fault.DENIED:
        assert found.permission == "Microsoft.Network/networkSecurityGroups/read"
    if fault is Fault.THROTTLED:
        assert found.after == 1


@pytest.mark.parametrize(
    ("status", "body", "code", "said", "fatal"),
    [
        (
            404,
            {"error": {"code": "SubscriptionNotFound", "message": "x"}},
            Code.DENIED,
            "SubscriptionNotFound",
            True,
        ),
        (
            404,
            {"error": {"code": "ResourceNotFound", "message": "x"}},
            Code.UNAVAILABLE,
            "ResourceNotFound",
            False,
        ),
        (403, {"code": "Forbidden", "message": "without the outer word"}, Code.DENIED, "Forbidden", False),
        (400, {"odata.error": {"code": "Odd", "message": {"value": "x"}}}, Code.UNAVAILABLE, "Odd", False),
        (403, {"unlike": "any error"}, Code.DENIED, "HTTP403", False),
        (418, {"unlike": "any error"}, Code.MALFORMED, "HTTP418", False),
        (409, {"error": {"code": "SubscriptionNotRegistered"}}, Code.UNAVAILABLE, NOT_REGISTERED, False),
    ],
)
def test_errors_in_every_shape(
    wire: WireServer, sign_in: SignIn, status: int, body: Any, code: Code, said: str, *, fatal: bool
) -> None:
    wire.record(answer(NSGS, GROUPS_PATH, body, status))
    found = refused(sign_in())
    assert (found.code, found.error, found.fatal) == (code, said, fatal)


def test_a_version_that_is_not_known_here_is_not_taken_for_not_in_use(
    wire: WireServer, sign_in: SignIn
) -> None:
    """The same error says that a provider is not registered, or that it has no such version: its state decides."""
    text = "No registered resource provider found for location '' and API version '2026-03-01' for type 'x'."
    failing(wire, 400, "NoRegisteredProviderFound", text)
    provider = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network"
    for state, said in (("Registered", "NoRegisteredProviderFound"), ("NotRegistered", NOT_REGISTERED)):
        body = {"id": provider, "namespace": "Microsoft.Network", "registrationState": state}
        wire.record(answer("Microsoft.Resources.Providers_Get", provider, body))
        assert refused(sign_in()).error == said
    wire.fail("Microsoft.Resources.Providers_Get", Fault.DENIED)
    assert refused(sign_in()).error == "NoRegisteredProviderFound"


def test_another_version_than_the_type_has_is_refused(sign_in: SignIn) -> None:
    old = AzureCall(GROUPS.service, GROUPS.operation, path=GROUPS.path, version="2015-06-15")
    assert refused(sign_in(), old).error == "NoRegisteredProviderFound"


def test_only_declared_calls_are_sent(wire: WireServer, sign_in: SignIn) -> None:
    keys = AzureCall(
        "Microsoft.Storage", "StorageAccounts_ListKeys", "keys", path="{id}/listKeys", version="2026-09-01",
        permission="Microsoft.Storage/storageAccounts/listKeys/action",
    )  # fmt: skip
    session = sign_in()
    wire.requests.clear()
    assert refused(session, keys, id=GATEWAY).error == "Undeclared"
    assert not wire.requests
    with pytest.raises(ValueError, match="only a declared read action may be posted"):
        AzureCall(
            "Microsoft.Storage", "StorageAccounts_ListKeys", "keys", path="{id}/listKeys", version="2026-09-01",
            permission="x", method="POST",
        )  # fmt: skip


@pytest.mark.parametrize(
    "id_",
    [
        "/subscriptions/a/../b",
        "/providers/Microsoft.Management/x",
        "https://elsewhere/subscriptions/a",
        "/subscriptions//a",
        "",
    ],
)
def test_an_id_that_leads_elsewhere_is_not_asked_for(wire: WireServer, sign_in: SignIn, id_: str) -> None:
    session = sign_in()
    wire.requests.clear()
    with pytest.raises(ValueError, match="not the id of a resource"):
        ask(session, BACKEND_HEALTH, id=id_)
    assert not wire.requests


END = f"https://management.azure.com{RESULT}?api-version=2026-03-01"


def long_action(*results: Recorded, location: str = END) -> list[Recorded]:
    headers = {"Location": location, "Retry-After": "0"} if location else {"Retry-After": "0"}
    return [answer(HEALTH, f"{GATEWAY}/backendhealth", None, 202, **headers), *results]


def test_the_end_of_a_long_action_is_waited_for(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(
        *long_action(answer("Microsoft.Network.OperationResults", RESULT, {"backendAddressPools": []}))
    )
    assert ask(sign_in(), BACKEND_HEALTH, id=GATEWAY).answer == {"backendAddressPools": []}
    assert [request.verb for request in wire.requests[-2:]] == ["POST", "GET"]


def test_an_action_that_does_not_end_is_given_up(
    wire: WireServer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.providers.azure.client.LONGEST_WAIT", 0.05)
    monkeypatch.setattr("scanner.providers.azure.client.BETWEEN", 0.01)
    wire.record(*long_action(answer("Microsoft.Network.OperationResults", RESULT, None, 202, Location=END)))
    found = refused(sign_in(), BACKEND_HEALTH, id=GATEWAY)
    assert (found.code, found.error, found.again) == (Code.UNAVAILABLE, "StillRunning", False)


def test_an_action_without_an_end_to_look_for_is_malformed(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(*long_action(location=""))
    assert refused(sign_in(), BACKEND_HEALTH, id=GATEWAY).code is Code.MALFORMED


def test_the_end_of_an_action_may_be_denied(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(*long_action(answer("Microsoft.Network.OperationResults", RESULT, {})))
    wire.fail("Microsoft.Network.OperationResults", Fault.DENIED)
    found = refused(sign_in(), BACKEND_HEALTH, id=GATEWAY)
    assert (found.code, found.permission) == (
        Code.DENIED,
        "Microsoft.Network/locations/operationResults/read",
    )


def test_few_reads_left_slow_the_calls(wire: WireServer, sign_in: SignIn) -> None:
    session = sign_in()
    assert (session.limit(GROUPS, SCOPE).rate, session.limit(GROUPS, SCOPE).burst) == (RATE, BURST)
    for left, share in (("249", 1.0), ("25", 0.5), ("0", 0.1), ("?", 0.1)):
        header = {"x-ms-ratelimit-remaining-subscription-reads": left}
        wire.record(answer(NSGS, GROUPS_PATH, {"value": []}, 200, **header))
        ask(session)
        assert session.limit(GROUPS, SCOPE).rate == RATE * share


def test_a_token_that_dies_is_renewed_once(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(security_groups(1))
    session = sign_in()
    wire.tokens = ["another"]
    first, second = refused(session), refused(session)
    assert (first.again, first.fatal) == (True, False)
    assert (second.again, second.fatal) == (False, True)
    wire.tokens = []
    assert refused(session).fatal, "nothing is sent any more"


def test_a_token_that_was_renewed_may_die_again(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(security_groups(1))
    session = sign_in()
    for _ in range(3):
        wire.tokens = ["another"]
        assert refused(session).again
        wire.tokens = []
        assert ask(session).answer["value"]


def test_regions_are_those_where_something_can_stand(wire: WireServer, sign_in: SignIn) -> None:
    rows = [
        {"name": "westeurope", "metadata": {"regionType": "Physical"}},
        {"name": "europe", "metadata": {"regionType": "Logical"}},
        {"name": "eastus"},
    ]
    path = f"/subscriptions/{SUBSCRIPTION}/locations"
    wire.record(answer("Microsoft.Resources.Subscriptions_ListLocations", path, {"value": rows}))
    assert list(sign_in().regions()) == ["eastus", "westeurope"]
    wire.fail(LOCATIONS.name.replace(":", "."), Fault.DENIED)
    assert sign_in().regions() == ()
    wire.fail(LOCATIONS.name.replace(":", "."), Fault.UNAVAILABLE)
    with pytest.raises(CallError):
        sign_in().regions()


def test_an_unreachable_server_is_asked_again_later(wire: WireServer, sign_in: SignIn) -> None:
    wire.record(subscriptions(SUBSCRIPTION))
    session = sign_in()
    session._transport.address = "http://127.0.0.1:9"
    found = refused(session)
    assert (found.code, found.again) == (Code.UNAVAILABLE, True)
