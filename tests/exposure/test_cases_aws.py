"""The worked cases of AWS in both columns: from EC2's and ELB's JSON, through the sources, to classes of ports."""

import pytest
from aws_cases import answers
from cases import ExposureCase, cases
from driven import effective, exposures_of, rule_level

from scanner.providers.aws.sources import SOURCES


@pytest.mark.parametrize(
    "case",
    [*cases("aws"), *cases("aws", "cases_aws.tsv"), *cases("aws", "cases_hard.tsv")],
    ids=lambda case: case.id,
)
def test_case(case: ExposureCase) -> None:
    exposures = exposures_of(answers(case), SOURCES)
    assert (rule_level(exposures), effective(exposures)) == (case.rule_level, case.effective)
