"""A sign-in to Google Cloud or Azure that answers from a case, through each provider's own way to read a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.collect import Collection, Unit
from scanner.exposure.asking import missing_in
from scanner.exposure.exposures import Exposures
from scanner.exposure.openings import Opening, in_short, openings
from scanner.exposure.walking import Exposure, either
from scanner.inventory import Gap
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure.calls import AzureCall
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.pages import page_of
from scanner.providers.plan import Needs, plan
from scanner.providers.spec import Call, CallError, Limit, Page, Source

Answers = Mapping[str, Any]
"""By the call's name: an answer, a function of the call's arguments, or None, which is a refusal. What a case says
nothing of is empty."""


class Told:
    """A sign-in whose answers are written down."""

    origin = "live"
    home = ""
    partition = ""
    identity = "me"

    def __init__(self, cloud: Cloud, account: str, answers: Answers) -> None:
        self.cloud, self.account, self._answers = cloud, account, answers

    def regions(self) -> Sequence[str]:
        return ()

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.name, scope.region), 1e6, 1e6)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        assert token is None
        answer = self._answers.get(call.name, _nothing(call))
        if callable(answer):
            answer = answer(arguments)
        if answer is None:
            raise CallError(Code.DENIED, "Forbidden", call.name, permission=call.permission)
        if isinstance(call, GcpCall):
            return page_of(call, answer)
        assert isinstance(call, AzureCall)
        return Page(answer)


def _nothing(call: Call) -> dict[str, Any]:
    """An empty list, as the call promises it."""
    return (
        {"items": {}} if isinstance(call, GcpCall) and call.aggregated else {call.items.removesuffix("?"): []}
    )


def exposures_of(cloud: Cloud, account: str, answers: Answers, sources: Sequence[Source]) -> Exposures:
    """Read what the calls answer, with every field that exposure needs."""
    needs: Needs = Exposures.reads
    planned = plan(sources, needs)
    unit = Unit(Told(cloud, account, answers), (), frozenset())
    events = list(Collection([unit], planned, workers=2).events())
    exposures = Exposures(missing_in(event for event in events if isinstance(event, Gap)))
    for resource in (one for event in events if isinstance(event, list) for one in event):
        exposures.add(resource)
    return exposures


def endpoint(exposures: Exposures, name: str) -> Endpoint:
    [found] = [one for one in exposures.estate.all(Endpoint) if one.name == name]
    return found


def short(exposures: Sequence[Exposure]) -> str:
    """The openings of all of them together."""
    found: Sequence[Opening] = openings(either(exposures)) if exposures else ()
    return in_short(found)
