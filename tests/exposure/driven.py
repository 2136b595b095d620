"""One case through the adapters' own raw JSON: calls answered, resources read, chains built, ports summed up."""

from collections.abc import Callable, Sequence
from typing import Any

from cases import ExposureCase
from scripted import Scripted, collect, denied

from scanner.exposure import in_short, openings
from scanner.exposure.asking import missing_in
from scanner.exposure.exposures import Exposures
from scanner.models.network import Firewall
from scanner.providers.plan import Needs
from scanner.providers.spec import Source

Answers = Callable[[ExposureCase], dict[str, Any]]


def exposures_of(answered: dict[str, Any], sources: Sequence[Source]) -> Exposures:
    """Read what the calls answer; None, also from a function of the arguments, is a refusal."""
    session = Scripted({name: _refusing(name, answer) for name, answer in answered.items()})
    needs: Needs = Exposures.reads
    collected = collect(session, sources, needs)
    exposures = Exposures(missing_in(collected.gaps))
    for resource in collected.resources.values():
        exposures.add(resource)
    return exposures


def _refusing(name: str, answer: Any) -> Any:
    def answered(arguments: Any) -> Any:
        found = answer(arguments) if callable(answer) else answer
        return denied(name) if found is None else found

    return answered


def effective(exposures: Exposures) -> str:
    """What can be reached of the one endpoint that counts; `none` when there is none."""
    found = [opening for endpoint in exposures.endpoints() for opening in openings(exposures.of(endpoint))]
    return in_short(found)


def rule_level(exposures: Exposures) -> str:
    """What the firewalls of the endpoint leave open, or those that are on nothing."""
    found = [opening for one in exposures.endpoints() for opening in openings(exposures.rule_level(one))]
    for firewall in exposures.estate.all(Firewall):
        if not exposures.carried(firewall):
            found += [each for one in exposures.of_firewall(firewall).exposures for each in openings(one)]
    return in_short(found)
