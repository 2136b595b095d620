"""The worked cases of Azure in both columns: from Resource Manager's JSON, through the sources, to classes of ports."""

from collections.abc import Iterator

import pytest
from azure_cases import ACCOUNT, answers
from cases import ExposureCase, cases
from told import endpoint, exposures_of, short

from scanner.exposure.exposures import Exposures
from scanner.exposure.walking import Exposure
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud
from scanner.providers.azure.sources import SOURCES
from scanner.providers.azure.sources import endpoint as endpoints

ALL = tuple(dict.fromkeys((*SOURCES, *endpoints.SOURCES)))


def read(case: ExposureCase) -> Exposures:
    return exposures_of(Cloud.AZURE, ACCOUNT, answers(case), ALL)


def effective(exposures: Exposures) -> str:
    """What can be reached of the machine, and of the fronts before it."""
    return short([exposures.of(one) for one in exposures.estate.all(Endpoint)])


def rule_level(exposures: Exposures) -> str:
    """What rules leave open to the machine."""
    return short([exposures.rule_level(endpoint(exposures, "nic1"))])


ROWS = [*cases("azure"), *cases("azure", "cases_azure.tsv"), *cases("azure", "cases_hard.tsv")]


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.id)
def test_case(case: ExposureCase) -> None:
    exposures = read(case)
    assert (rule_level(exposures), effective(exposures)) == (case.rule_level, case.effective)


OPEN = [case for case in ROWS if case.effective != "none"]


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
        partly = exposures_of(Cloud.AZURE, ACCOUNT, {**told, call: None}, ALL)
        for one in partly.estate.all(Endpoint):
            then = partly.of(one)
            assert whole.of(one).accepted <= then.accepted | then.maybe, f"{call}: {one.name}"
            assert all(why in partly.estate.unread for why in whys(then)), call


def whys(exposure: Exposure) -> Iterator[str]:
    """Every reason for which something is not known."""
    return (step.why for _, _, cells in exposure.bands for cell in cells for step in cell.path if step.why)
