"""Which endpoints a firewall is for: on Google Cloud by targets, on Azure where it is attached; and their fronts."""

from typing import Any

import azure_cases
import gcp_cases
import pytest
from cases import ExposureCase
from told import exposures_of

from scanner.exposure.exposures import Exposures
from scanner.models.network import Firewall
from scanner.models.resource import Cloud, UnreadError
from scanner.providers.azure import sources as azure
from scanner.providers.azure.sources import endpoint as azure_endpoints
from scanner.providers.gcp import sources as gcp

AZURE = tuple(dict.fromkeys((*azure.SOURCES, *azure_endpoints.SOURCES)))
OPEN = {"prio": 1000, "allow": [["tcp", ["22"]]], "src": ["0.0.0.0/0"]}
ALLOW = {"prio": 100, "acc": "Allow", "p": "Tcp", "src": "*", "dport": "22"}
NAT = {"p": ["TCP"], "dport": ["22"]}
ADMIN = {"prio": 1, "acc": "AlwaysAllow", "p": "Tcp", "src": "*", "dport": "22"}
POLICY = {"prio": 1, "action": "allow", "l4": [["tcp", ["22"]]], "src": ["0.0.0.0/0"]}


def read(cloud: Cloud, given: dict[str, Any], **refused: None) -> Exposures:
    row = ExposureCase("", cloud.value, "", given, "", "", "")
    if cloud is Cloud.GCP:
        answers = {**gcp_cases.answers(row), **{f"compute:{call}.aggregatedList": None for call in refused}}
        return exposures_of(cloud, gcp_cases.ACCOUNT, answers, gcp.SOURCES)
    return exposures_of(cloud, azure_cases.ACCOUNT, azure_cases.answers(row), AZURE)


def carriers(exposures: Exposures, name: str) -> set[str]:
    [firewall] = [one for one in exposures.estate.all(Firewall) if one.id.endswith(name)]
    module = exposures_module(firewall)
    return {one.name for one in module.carriers(firewall, exposures.estate)}


def exposures_module(firewall: Firewall) -> Any:
    from scanner.exposure import azure as of_azure
    from scanner.exposure import gcp as of_gcp

    return of_gcp if firewall.scope.cloud is Cloud.GCP else of_azure


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"vpc": [OPEN], "vm": {"ext4": True}}, "rule-0", {"vm", "any"}),
        (
            {"vpc": [{**OPEN, "ttags": ["web"]}], "vm": {"tags": ["web"]}, "anyvm": {"tags": []}},
            "rule-0",
            {"vm"},
        ),
        ({"vpc": [{**OPEN, "tsa": ["a@p"]}], "vm": {"sa": "b@p"}, "anyvm": {"sa": "a@p"}}, "rule-0", {"any"}),
        ({"vpc": [{**OPEN, "dst": ["10.128.0.9/32"]}]}, "rule-0", set()),
        ({"vpc": [{**OPEN, "net": "prod"}], "anyvm": {"net": "prod"}}, "rule-0", {"any"}),
        ({"vpc": [OPEN], "lb": {"target": "pool", "ports": "22"}}, "rule-0", {"vm", "any", "front"}),
        ({"gnp": [POLICY]}, "gnp", {"vm", "any"}),
        ({"hier": [[POLICY]]}, "1000", {"vm", "any"}),
        ({"gnp": [{**POLICY, "ttags": ["tagValues/1"]}]}, "gnp", set()),
        (
            {"gnp": [{**POLICY, "ttags": ["t"]}], "vm": {"stags": ["t"]}, "anyvm": {"stags": []}},
            "gnp",
            {"vm"},
        ),
        ({"rsystem": [[POLICY]]}, "rsystem-0", {"vm", "any"}),
        ({"gnp": [{**POLICY, "targetType": "INTERNAL_MANAGED_LB"}]}, "gnp", set()),
    ],
)
def test_google_cloud(given: dict[str, Any], name: str, expected: set[str]) -> None:
    assert carriers(read(Cloud.GCP, given), name) == expected


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"nic_nsg": [ALLOW]}, "nic_nsg", {"nic1"}),
        ({"subnet_nsg": [ALLOW]}, "subnet_nsg", {"nic1"}),
        (
            {"nic_nsg": [ALLOW], "lb": {"public": True, "nat": [[50001, "tcp", 22]]}},
            "nic_nsg",
            {"nic1", "lb fe"},
        ),
        ({"avnm": [ADMIN]}, "rule-0", {"nic1"}),
        ({"appgw": {"public": True, "ports": [80], "nsg": [ALLOW]}}, "gw_nsg", {"gw fe"}),
        ({"azfw": {"nat": [NAT]}}, "edge", {"edge one"}),
        ({"azfw": {"nat": [NAT], "hub": True}}, "edge", {"edge 52.174.1.40"}),
        ({"bastion": {"nsg": [ALLOW]}}, "bastion_nsg", {"bastion"}),
    ],
)
def test_azure(given: dict[str, Any], name: str, expected: set[str]) -> None:
    assert carriers(read(Cloud.AZURE, given), name) == expected


def test_it_is_not_known_on_what_a_firewall_is() -> None:
    exposures = read(Cloud.GCP, {"vpc": [OPEN]}, instances=None)
    with pytest.raises(UnreadError, match=r"compute.instances.list"):
        carriers(exposures, "rule-0")
    [firewall] = [one for one in exposures.estate.all(Firewall) if one.name == "rule-0"]
    assert not exposures.is_latent(firewall)


def test_what_is_reached_by_a_front_only_is_not_latent() -> None:
    behind = read(Cloud.GCP, {"vpc": [OPEN], "lb": {"target": "pool", "ports": "22"}})
    alone = read(Cloud.GCP, {"vpc": [OPEN]})
    for exposures, expected in ((behind, False), (alone, True)):
        [firewall] = [one for one in exposures.estate.all(Firewall) if one.name == "rule-0"]
        assert exposures.is_latent(firewall) is expected
