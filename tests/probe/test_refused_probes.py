"""No probe that came to nothing is ever a PASS: every declared question is refused in turn."""

from collections.abc import Mapping
from typing import Any

import pytest
from bed import HOST, Bed, Ran

from scanner.engine import Outcome
from scanner.models.resource import Code, Scope
from scanner.providers.probe.calls import GET, HELLO, STATE, TARGETS, VERIFY, VERSIONS
from scanner.providers.probe.session import ProbeSession
from scanner.providers.spec import Call, CallError, Page

CALLS = (TARGETS, STATE, HELLO, VERIFY, VERSIONS, GET)


def refusals() -> Mapping[str, CallError | Page]:
    return {
        "denied": CallError(Code.DENIED, "refused"),
        "silent": CallError(Code.UNAVAILABLE, "TimeoutError"),
        "broken": CallError(Code.MALFORMED, "broken"),
        "garbage": Page({"surprise": [1, 2]}),
    }


@pytest.fixture(scope="module")
def answered(bed: Bed) -> dict[str, Outcome]:
    return outcomes(bed)


def outcomes(bed: Bed) -> dict[str, Outcome]:
    ran = Ran(bed, {"it": f"https://{HOST}:{bed.ports['everything']}"})
    return {verdict.rule: verdict.outcome for verdict in ran.report.verdicts} | (
        {"gap": Outcome.UNKNOWN} if ran.report.gaps else {}
    )


@pytest.mark.parametrize("how", refusals())
@pytest.mark.parametrize("refused", CALLS, ids=lambda call: call.name)
def test_refused(
    refused: Call, how: str, bed: Bed, answered: dict[str, Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ProbeSession.send

    def send(self: ProbeSession, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
        if call.name != refused.name:
            return real(self, call, scope, arguments, token)
        answer = refusals()[how]
        if isinstance(answer, CallError):
            raise answer
        return answer

    monkeypatch.setattr(ProbeSession, "send", send)
    found = outcomes(bed)
    assert Outcome.UNKNOWN in found.values()
    for rule, outcome in found.items():
        assert outcome in (answered.get(rule, Outcome.UNKNOWN), Outcome.UNKNOWN), f"{rule} is {outcome}"
