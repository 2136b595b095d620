"""The worked cases of Google Cloud in both columns: from its own JSON, through the sources, to classes of ports."""

from collections.abc import Iterator

import pytest
from cases import ExposureCase, cases
from gcp_cases import ACCOUNT, answers
from told import endpoint, exposures_of, short

from scanner.exposure.exposures import Exposures
from scanner.exposure.walking import Exposure
from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.models.resource import Cloud
from scanner.providers.gcp.sources import SOURCES


def read(case: ExposureCase) -> Exposures:
    return exposures_of(Cloud.GCP, ACCOUNT, answers(case), SOURCES)


def effective(exposures: Exposures) -> str:
    """What can be reached of the machine, and of the front before it."""
    return short([exposures.of(one) for one in exposures.estate.all(Endpoint) if one.name != "any"])


def rule_level(exposures: Exposures) -> str:
    """What rules leave open to the machine that they could apply to."""
    return short([exposures.rule_level(endpoint(exposures, "any"))])


ALL = [*cases("gcp"), *cases("gcp", "cases_gcp.tsv"), *cases("gcp", "cases_hard.tsv")]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case: ExposureCase) -> None:
    exposures = read(case)
    assert (rule_level(exposures), effective(exposures)) == (case.rule_level, case.effective)


#: Where the firewalls let in some machine, but not the one that the row is about.
OTHER_MACHINES = {
    "GX015": "tcp4:22=W",
    # One in a region that has no such policy.
    "GX047": "tcp4:22=W tcp4:80=W",
    # One to which the tag is bound.
    "GX066": "tcp4:22=W",
    "GX070": "tcp4:22=W",
    "GX071": "tcp4:22=W",
    "GX088": "tcp4:80=W",
    "GX092": "tcp4:22=W",
    "GX095": "tcp4:22=W",
    "GX105": "tcp4:22=W",
    # One in a region without such a policy of Google.
    "GX096": "tcp4:22=W",
    "GX106": "tcp4:22=W",
}


@pytest.mark.parametrize("case", cases("gcp", "cases_gcp.tsv"), ids=lambda case: case.id)
def test_firewalls_by_themselves(case: ExposureCase) -> None:
    """What each lets in to any machine that it could be for, behind what denies before it."""
    exposures = read(case)
    found = [
        one
        for firewall in exposures.estate.all(Firewall)
        for one in exposures.of_firewall(firewall).exposures
    ]
    assert short(found) == OTHER_MACHINES.get(case.id, case.rule_level)


OPEN = [case for case in ALL if case.effective != "none"]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.id, marks=[pytest.mark.slow] if number % 8 else [])
        for number, case in enumerate(OPEN)
    ],
)
def test_what_is_not_read_is_not_closed(case: ExposureCase) -> None:
    """Whichever call is refused: what is open is then open, or not known."""
    told = answers(case)
    whole = read(case)
    for call in told:
        partly = exposures_of(Cloud.GCP, ACCOUNT, {**told, call: None}, SOURCES)
        for one in partly.estate.all(Endpoint):
            then = partly.of(one)
            assert whole.of(one).accepted <= then.accepted | then.maybe, f"{call}: {one.name}"
            assert all(why in partly.estate.unread for why in whys(then)), call


def whys(exposure: Exposure) -> Iterator[str]:
    """Every reason for which something is not known."""
    return (step.why for _, _, cells in exposure.bands for cell in cells for step in cell.path if step.why)
