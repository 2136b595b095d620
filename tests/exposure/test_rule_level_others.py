"""The worked cases of Google Cloud and Azure whose rule level is that of one layer, from their own JSON."""

import pytest
from azure_cases import security_group
from cases import ExposureCase, cases
from gcp_cases import firewall_policy, vpc_firewalls

from scanner.exposure import in_short, openings
from scanner.exposure.firewall import rule_level
from scanner.models.network import AddressList, Firewall, NetworkRule
from scanner.providers.azure import network as azure
from scanner.providers.gcp import network as gcp
from scanner.rule import InRegion

GCP = [case for case in cases("gcp") if case.given.keys() <= {"vpc", "vm", "anyvm", "route0"}]
POLICIES = [case for case in cases("gcp") if case.given.keys() <= {"gnp", "vm", "anyvm"}]
# Rows with `dst` speak of one interface; a group's own rule level is about any that it may be on.
AZURE = [
    case
    for case in cases("azure")
    if "avnm" not in case.given
    and ("nic_nsg" in case.given) != ("subnet_nsg" in case.given)
    and not any("dst" in rule for key in ("nic_nsg", "subnet_nsg") for rule in case.given.get(key) or ())
]


def short(rules: tuple[NetworkRule, ...]) -> str:
    level = rule_level(Firewall(rules=rules), InRegion[AddressList]())
    return in_short(opening for each in level.exposures for opening in openings(each))


@pytest.mark.parametrize("case", GCP, ids=lambda case: case.id)
def test_vpc_rules(case: ExposureCase) -> None:
    rules = tuple(rule for firewall in vpc_firewalls(case) for rule in gcp.vpc_rules(firewall))
    assert short(rules) == case.rule_level


@pytest.mark.parametrize("case", POLICIES, ids=lambda case: case.id)
def test_policies(case: ExposureCase) -> None:
    assert short(gcp.policy_rules(firewall_policy("a-policy", case.given["gnp"]))) == case.rule_level


@pytest.mark.parametrize("case", AZURE, ids=lambda case: case.id)
def test_security_groups(case: ExposureCase) -> None:
    group = security_group(case, "nic_nsg") or security_group(case, "subnet_nsg")
    assert group is not None
    assert short(azure.rules(group)) == case.rule_level


def test_enough_cases_are_driven() -> None:
    assert (len(GCP), len(POLICIES), len(AZURE)) == (12, 1, 15)
