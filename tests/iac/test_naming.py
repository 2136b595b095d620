"""A finding on an endpoint leads to the code of what lets packets in."""

import json
from pathlib import Path

import pytest

from scanner.engine import Outcome, Verdict
from scanner.iac import Ownership, StateFile, Subject
from scanner.iac.naming import named
from scanner.models.resource import Cloud, Scope
from scanner.rule import Severity

HERE = Scope(Cloud.AWS, "111122223333", "eu-west-1")
THERE = Scope(Cloud.GCP, "acme-prod", "europe-west1")
GROUP, TABLE = "sg-0123456789abcdef0", "rtb-0123456789abcdef0"
PROJECT = "//compute.googleapis.com/projects/acme-prod/global"
NORTH = Scope(Cloud.AZURE, "s", "northeurope")
EC2 = "arn:aws:ec2:eu-west-1:111122223333"
NSG = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups"
POLICY = "//compute.googleapis.com/locations/global/firewallPolicies/271828182845"
REACHED = "tcp 22 can be reached from the whole internet (IPv4) at 198.51.100.7 of i-0123456789abcdef0"
AWS = f"{REACHED} by {TABLE} 0.0.0.0/0 to igw-0123456789abcdef0, {GROUP} tcp 22 from 0.0.0.0/0, {GROUP} all"

CODE = """resource "aws_security_group" "web" {}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  from_port = 443
  to_port = 443
  cidr_ipv4 = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.web.id
  from_port = 22
  to_port = 22
  cidr_ipv4 = "0.0.0.0/0"
}

resource "aws_route_table" "out" {}
"""


def finding(scope: Scope, *messages: str, kind: str = "Endpoint", outcome: Outcome = Outcome.FAIL) -> Verdict:
    return Verdict("r", "r", outcome, Severity.HIGH, scope, kind, "eni-1", "", messages)


@pytest.mark.parametrize(
    ("verdict", "ids"),
    [
        (finding(HERE, AWS, AWS), [f"{EC2}:route-table/{TABLE}", f"{EC2}:security-group/{GROUP}"]),
        (
            finding(HERE, f"{REACHED} by {GROUP} all, unless acl-0123456789abcdef0 rule 1 closes it"),
            [f"{EC2}:security-group/{GROUP}"],
        ),
        (finding(HERE, AWS, kind="Instance"), []),
        (finding(HERE, AWS, outcome=Outcome.UNKNOWN), []),
        (finding(HERE, f"{GROUP} is odd"), []),
        (
            finding(THERE, f"{REACHED} by route default, org-baseline priority 2147483647, allow-ssh (SSH)"),
            [f"{PROJECT}/routes/default", f"{POLICY}", f"{PROJECT}/firewalls/allow-ssh"],
        ),
        (finding(NORTH, f"{REACHED} by jump ssh, Jump other (SSH)"), [f"{NSG}/jump"]),
        (finding(NORTH, f"{REACHED} by twice ssh"), []),
        (finding(NORTH, f"{REACHED} by unheard-of ssh"), []),
    ],
)
def test_what_is_named(verdict: Verdict, ids: list[str]) -> None:
    firewalls = {
        (Cloud.AZURE, "s", "jump"): {Subject(NORTH, "Firewall", f"{NSG}/jump")},
        (Cloud.AZURE, "s", "twice"): {
            Subject(NORTH, "Firewall", f"{NSG}/twice"),
            Subject(NORTH, "Firewall", f"{NSG}-2/twice"),
        },
        (Cloud.GCP, "acme-prod", "org-baseline"): {Subject(THERE, "Firewall", POLICY)},
    }
    assert [subject.id for subject in named(verdict, firewalls)] == ids


def test_the_way_in_leads_to_the_rule_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(CODE)
    ids = {
        ("aws_security_group", "web"): {"id": GROUP},
        ("aws_vpc_security_group_ingress_rule", "https"): {"id": "sgr-1", "security_group_id": GROUP},
        ("aws_vpc_security_group_ingress_rule", "ssh"): {"id": "sgr-2", "security_group_id": GROUP},
        ("aws_route_table", "out"): {"id": TABLE},
    }
    resources = [
        {"mode": "managed", "type": type_, "name": name, "instances": [{"attributes": attributes}]}
        for (type_, name), attributes in ids.items()
    ]
    state = tmp_path / "terraform.tfstate"
    state.write_text(json.dumps({"version": 4, "resources": resources}))
    verdict = finding(HERE, AWS)
    ownership = Ownership(tmp_path, [StateFile(state)])
    found = [ownership.way(subject, verdict.messages) for subject in named(verdict)]
    ways = [place for place in found if place is not None]
    assert [(way.address, way.path) for way in ways] == [
        ("aws_route_table.out", "main.tf"),
        ("aws_vpc_security_group_ingress_rule.ssh", "main.tf"),
    ]
    assert '"ssh"' in CODE.splitlines()[ways[1].line - 1]
