"""A survey keeps of firewalls only what it needs and sums up what groups let in once: every case comes out the same."""

import pytest
import test_cases_azure
import test_cases_gcp
from aws_cases import answers
from cases import ExposureCase, cases
from driven import exposures_of

from scanner.exposure import openings
from scanner.exposure.exposures import Exposures
from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.providers.aws.sources import SOURCES

ALL = [
    case
    for cloud in ("aws", "gcp", "azure")
    for file in ("cases.tsv", f"cases_{cloud}.tsv")
    for case in cases(cloud, file)
]


def read(case: ExposureCase) -> Exposures:
    if case.cloud == "aws":
        return exposures_of(answers(case), SOURCES)
    return test_cases_gcp.read(case) if case.cloud == "gcp" else test_cases_azure.read(case)


def condensed(whole: Exposures) -> Exposures:
    """The same, read as a survey reads it: firewalls last, and of them no more than chains need."""
    found = Exposures(whole.estate.missing)
    for kind in Exposures.reads:
        for one in whole.estate.all(kind):
            if not isinstance(one, Firewall):
                found.add(one)
    for firewall in whole.estate.all(Firewall):
        found.condense(firewall)
    return found


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case: ExposureCase) -> None:
    whole = read(case)
    less = condensed(whole)
    for endpoint in whole.estate.all(Endpoint):
        assert less.effective_openings(endpoint) == openings(whole.of(endpoint))
        assert less.rule_level_openings(endpoint) == openings(whole.rule_level(endpoint))
