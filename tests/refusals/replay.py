"""Answers that a real sign-in gave, kept in memory and given again, with one call at a time refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.models.resource import Cloud, Scope
from scanner.providers.spec import Call, CallError, Limit, Page, Session

Key = tuple[str, str, str, str]


def key_of(call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any) -> Key:
    return (call.name, scope.region, repr(sorted(arguments.items())), repr(token))


@dataclass
class Recording:
    """A sign-in that keeps each answer of another one."""

    real: Session
    answers: dict[Key, Page | CallError] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        try:
            page = self.real.send(call, scope, arguments, token)
        except CallError as error:
            self.answers[key_of(call, scope, arguments, token)] = error
            raise
        self.answers[key_of(call, scope, arguments, token)] = page
        return page


@dataclass
class Replay:
    """A sign-in that gives recorded answers; `refuse` may answer, or raise, in place of any call."""

    answers: Mapping[Key, Page | CallError]
    regions_: Sequence[str]
    cloud: Cloud
    account: str
    partition: str
    refuse: Callable[[Call], Page | None] = lambda _: None
    origin: str = "recorded"
    home: str = ""
    identity: str = ""

    @classmethod
    def of(cls, recording: Recording, regions: Sequence[str]) -> "Replay":
        real = recording.real
        return cls(recording.answers, regions, real.cloud, real.account, real.partition)

    def regions(self) -> Sequence[str]:
        return self.regions_

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.name, scope.region), 1e6, 1e6)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        refused = self.refuse(call)
        if refused is not None:
            return refused
        answer = self.answers[key_of(call, scope, arguments, token)]
        if isinstance(answer, CallError):
            raise answer
        return answer
