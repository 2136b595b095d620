"""Kinds, sources and a sign-in that exist for the tests of the core only: answers are data, failures are chosen."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from scanner.models.resource import UNREAD, Cloud, Code, Facts, Resource, Scope
from scanner.providers.spec import Call, CallError, Detail, Limit, Once, Page, Source

ACCOUNT = "111122223333"
REGIONS = ("here-1", "there-1")


class Lock(Facts):
    pins: int = UNREAD
    maker: str | None = UNREAD


class Door(Resource):
    title: ClassVar[str] = "door"
    open: bool = UNREAD
    lock: Lock | None = UNREAD
    panes: tuple[Lock, ...] = UNREAD
    height_cm: int = UNREAD


class Window(Resource):
    title: ClassVar[str] = "window"
    barred: bool = UNREAD


class House(Resource):
    title: ClassVar[str] = "house"
    alarm: bool = UNREAD


LIST_DOORS = Call(service="home", operation="ListDoors", items="Doors", permission="home:ListDoors")
GET_LOCK = Call(
    service="home",
    operation="GetLock",
    given={"Door": "{Id}"},
    permission="home:GetLock",
    absent=("NoSuchLock",),
)
GET_ALARM = Call(service="home", operation="GetAlarm", permission="home:GetAlarm")
LIST_WINDOWS = Call(
    service="home",
    operation="ListWindows",
    items="Windows",
    given={"Door": "{Id}"},
    permission="home:ListWindows",
)
MEASURE = Call(
    service="home", operation="Measure", items="Sizes", given={"Doors": ["{Id}"]}, permission="home:Measure"
)

DOORS = Source(
    kind=Door,
    listing=LIST_DOORS,
    id="door:{region}:{Id}",
    name="{Id}",
    fields={"open": "Open", "panes": lambda raw: [Lock(pins=pane["Pins"]) for pane in raw["Panes"]]},
    details=(
        Detail(call=GET_LOCK, fills={"lock": lambda answer: answer and Lock(pins=answer["Pins"])}),
        Detail(
            call=MEASURE,
            per="batch",
            size=2,
            join=("Door", "{Id}"),
            fills={"height_cm": lambda sizes: sizes[0]["Cm"]},
        ),
    ),
)
WINDOWS = Source(
    kind=Window, listing=LIST_WINDOWS, under=DOORS, id="window:{^.Id}:{Id}", fields={"barred": "Barred"}
)
HOUSE = Source(
    kind=House,
    listing=Once(),
    level="account",
    id="house:{account}",
    details=(Detail(call=GET_ALARM, fills={"alarm": lambda answer: answer["On"]}),),
)
SOURCES = (DOORS, WINDOWS, HOUSE)
CALLS = (LIST_DOORS, GET_LOCK, LIST_WINDOWS, MEASURE, GET_ALARM)


def doors(*numbers: int, region: str = "here-1") -> dict[str, Any]:
    return {"Doors": [{"Id": f"{region}-{n}", "Open": n % 2 == 0, "Panes": [{"Pins": n}]} for n in numbers]}


@dataclass
class Home:
    """A sign-in whose answers come from `answer`, and whose failures are chosen per call."""

    failing: dict[Call, list[CallError]] = field(default_factory=dict)
    always: dict[Call, CallError] = field(default_factory=dict)
    pages: int = 1
    size: int = 2
    cloud: Cloud = Cloud.AWS
    account: str = ACCOUNT
    partition: str = "aws"
    origin: str = "live"
    home: str = "here-1"
    identity: str = "me"
    sent: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def regions(self) -> Sequence[str]:
        return REGIONS

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.name, scope.region), 1e6, 1e6)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        with self.lock:
            self.sent.append((call.name, scope.region))
            if self.failing.get(call):
                raise self.failing[call].pop(0)
        if call in self.always:
            raise self.always[call]
        return self._answer(call, scope, arguments, token)

    def _answer(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any) -> Page:
        match call.operation:
            case "ListDoors":
                number = token or 0
                first = number * self.size
                answer = doors(*range(first, first + self.size), region=scope.region)
                return Page(answer, number + 1 if number + 1 < self.pages else None)
            case "GetLock":
                if arguments["Door"].endswith("-1"):
                    raise CallError(Code.UNAVAILABLE, "NoSuchLock", "there is none")
                return Page({"Pins": 5})
            case "Measure":
                return Page({"Sizes": [{"Door": door, "Cm": 200} for door in arguments["Doors"]]})
            case "ListWindows":
                return Page({"Windows": [{"Id": "a", "Barred": True}]})
            case _:
                return Page({"On": True})


def denied(call: Call) -> CallError:
    return CallError(Code.DENIED, "AccessDenied", f"not authorized to perform {call.permission}")
