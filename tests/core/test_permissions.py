"""Policies that fit, session policies that limit and never widen to what things hold, and templates that are right."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scanner.config import Config
from scanner.errors import UserError
from scanner.judging import Only
from scanner.models.resource import Cloud
from scanner.packs import load
from scanner.permissions import actions, granted, policies, to_sign_in
from scanner.permissions.fitting import CONTENTS, MANAGED, SESSION, covers, managed, session_policy, size
from scanner.permissions.templates import Wanted, template
from scanner.run import calls_for, needs_of
from scanner.tuning import tune

RULES = tune(load([]), Config())
CALLS = {cloud: calls_for(cloud, needs_of(RULES, Only())) for cloud in (Cloud.AWS, Cloud.GCP, Cloud.AZURE)}
ALL = actions(CALLS[Cloud.AWS])
MANY = [f"service{n % 40}:Describe{chr(65 + n % 26)}Things{n:05d}" for n in range(900)]


def allowed(policy: dict[str, Any]) -> list[str]:
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def test_the_full_rule_set_fits_a_session() -> None:
    (policy,) = session_policy(ALL).values()
    assert len(policy) <= SESSION
    patterns = allowed(json.loads(policy))
    assert all(covers(patterns, action) for action in ALL)
    # What is asked for by its name is meant: the report of credentials says when root was used.
    assert [content for content in CONTENTS if covers(patterns, content)] == ["iam:GetCredentialReport"]
    assert "iam:GetCredentialReport" in patterns
    assert all(":" in pattern and not pattern.partition(":")[2].startswith("*") for pattern in patterns)


def test_what_fits_is_said_in_full() -> None:
    few = [action for action in ALL if action.startswith("s3:")]
    assert allowed(json.loads(session_policy(few)["Policy"])) == few
    assert session_policy(()) == {}


def test_what_never_fits_is_limited_by_policies_of_aws() -> None:
    odd = [f"service{n}:Get{n}" for n in range(400)]
    limits = session_policy(odd)
    assert [one["arn"] for one in limits["PolicyArns"]] == [
        "arn:{partition}:iam::aws:policy/SecurityAudit",
        "arn:{partition}:iam::aws:policy/job-function/ViewOnlyAccess",
    ]


def test_a_policy_is_cut_where_a_managed_one_ends() -> None:
    assert [size(one) <= MANAGED for one in managed(ALL)] == [True] * len(managed(ALL))
    cut = managed(MANY)
    assert len(cut) > 3
    assert all(size(one) <= MANAGED for one in cut)
    assert [action for one in cut for action in allowed(one)] == MANY
    assert [size(one) + len(MANY[0]) > MANAGED - 20 for one in cut[:-1]] == [True] * (len(cut) - 1), (
        "each but the last is as full as it can be"
    )


def test_policies_hold_exactly_what_the_calls_need() -> None:
    assert sorted(
        action for text in policies(Cloud.AWS, CALLS[Cloud.AWS]) for action in allowed(json.loads(text))
    ) == list(ALL)
    signing = json.loads(to_sign_in("audit"))
    assert signing["Statement"][1]["Resource"] == "arn:*:iam::*:role/audit"
    assert "sts:AssumeRole" not in signing["Statement"][0]["Action"]


def test_the_stack_of_a_role_is_whole() -> None:
    wanted = Wanted("audit", "111122223333", 'it"s')
    stack = json.loads(template("cloudformation", Cloud.AWS, MANY, wanted))
    resources = stack["Resources"]
    policies_ = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::IAM::ManagedPolicy"]
    assert [action for one in policies_ for action in allowed(one["PolicyDocument"])] == MANY
    assert all(size(one["PolicyDocument"]) <= MANAGED for one in policies_)
    assert stack["Parameters"]["ExternalId"]["Default"] == 'it"s'
    assert stack["Parameters"]["TrustedPrincipal"]["Default"] == "111122223333"
    trust = resources["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["Fn::If"][1] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


@pytest.mark.slow
def test_the_stack_is_one_that_cloudformation_takes() -> None:
    cfnlint = pytest.importorskip("cfnlint.api")
    text = template("cloudformation", Cloud.AWS, ALL, Wanted())
    assert cfnlint.lint(text) == []


TERRAFORM = {
    "aws": (Cloud.AWS, Wanted("audit", "arn:aws:iam::111122223333:root", "x${y}")),
    "organization": (Cloud.GCP, Wanted(organization="123456789012")),
    "folders": (Cloud.GCP, Wanted(organization="123456789012", folders=("42", "43"))),
    "project": (Cloud.GCP, Wanted("sure-foot")),
    "groups": (Cloud.AZURE, Wanted(groups=("platform", "landing"))),
    "subscription": (Cloud.AZURE, Wanted()),
}


def text_of(name: str) -> str:
    cloud, wanted = TERRAFORM[name]
    return template("terraform", cloud, granted(cloud, CALLS[cloud]), wanted)


def test_terraform_binds_where_it_is_asked_to() -> None:
    organization, folders = text_of("organization"), text_of("folders")
    assert 'resource "google_organization_iam_custom_role" "surefoot"' in organization
    assert 'resource "google_organization_iam_member" "surefoot"' in organization
    assert folders.count("google_folder_iam_member") == 2
    assert "google_organization_iam_member" not in folders
    assert 'folder = "folders/42"' in folders
    assert 'role_id     = "sure_foot"' in text_of("project")
    groups = text_of("groups")
    assert groups.count('resource "azurerm_role_assignment"') == 2
    assert '  scope       = "/providers/Microsoft.Management/managementGroups/platform"' in groups
    assert '"/subscriptions/${var.subscription_id}"' in text_of("subscription")
    assert 'default     = "x$${y}"' in text_of("aws")
    for cloud in (Cloud.AWS, Cloud.GCP, Cloud.AZURE):
        name = next(name for name, (of, _) in TERRAFORM.items() if of is cloud)
        assert all(f'"{action}"' in text_of(name) for action in granted(cloud, CALLS[cloud]))


@pytest.mark.slow
@pytest.mark.parametrize("name", TERRAFORM)
def test_terraform_itself_reads_it(name: str, tmp_path: Path) -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed")
    (tmp_path / "surefoot.tf").write_text(text_of(name))
    ran = subprocess.run(
        [terraform, "fmt", "-check", "-diff", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_a_form_that_there_is_not_names_those_that_there_are() -> None:
    with pytest.raises(UserError, match="--as cloudformation: for gcp it is terraform"):
        template("cloudformation", Cloud.GCP, (), Wanted())
    with pytest.raises(UserError, match="--as yaml: for aws it is cloudformation or terraform"):
        template("yaml", Cloud.AWS, (), Wanted())
