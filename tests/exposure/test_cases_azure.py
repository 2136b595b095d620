"""The worked cases of Azure in both columns: from Resource Manager's JSON, through the sources, to classes of ports."""

import pytest
from azure_cases import ACCOUNT, answers
from cases import ExposureCase, cases
from told import endpoint, exposures_of, short

from scanner.exposure.exposures import Exposures
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


@pytest.mark.parametrize(
    "case", [*cases("azure"), *cases("azure", "cases_azure.tsv")], ids=lambda case: case.id
)
def test_case(case: ExposureCase) -> None:
    exposures = read(case)
    assert (rule_level(exposures), effective(exposures)) == (case.rule_level, case.effective)
