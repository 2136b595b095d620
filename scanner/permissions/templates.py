"""Roles, trust and bindings as code: CloudFormation for AWS, Terraform for every cloud."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.errors import UserError
from scanner.models.resource import Cloud
from scanner.permissions.fitting import managed

FORMS: Final = ("cloudformation", "terraform")

#: Seconds: the least that a role may be taken on for at most, and what is asked for.
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a template is for. Empty words are left to whoever applies it, as parameters.

    `trusted` is who takes the role on: an ARN or account id (AWS), a member (Google Cloud), an object id (Azure).
    `organization` is the number of one (Google Cloud); `folders` and `groups` hold the ids of what is bound.
    """

    name: str = "surefoot"
    trusted: str = ""
    external_id: str = ""
    organization: str = ""
    folders: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def template(form: str, cloud: Cloud, actions: Sequence[str], wanted: Wanted) -> str:
    """Return the text of a template. Raises UserError for a form that there is not, or not for this cloud."""
    found = _TEMPLATES.get((form, cloud))
    if found is None:
        allowed = sorted(name for name, of in _TEMPLATES if of is cloud)
        raise UserError(f"--as {form}: for {cloud} it is {' or '.join(allowed) or 'none'}")
    return found(actions, wanted)


# -- AWS ------------------------------------------------------------------------------------------------------


def _cloudformation(actions: Sequence[str], wanted: Wanted) -> str:
    """Return a stack, or the stack set of an organization: a role, whom it trusts, and its policies."""
    policies = {
        f"Policy{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "Description": "What Surefoot reads; nothing in it changes anything.",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": policy,
            },
        }
        for number, policy in enumerate(managed(actions), 1)
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "TrustedPrincipal"}},
        "Action": "sts:AssumeRole",
        "Condition": {
            "Fn::If": [
                "HasExternalId",
                {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                {"Ref": "AWS::NoValue"},
            ]
        },
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": {"Ref": "RoleName"},
            "Description": "Taken on by Surefoot to read this account.",
            "MaxSessionDuration": _HOUR,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        },
    }
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role that Surefoot takes on in an account, with exactly what the selected rules read.",
        "Parameters": {
            "RoleName": _parameter("The name of the role, as --role gives it.", wanted.name),
            "TrustedPrincipal": _parameter(
                "The account id, or the ARN of the role or user, that Surefoot signs in as.", wanted.trusted
            ),
            "ExternalId": {
                **_parameter("As --external-id gives it; empty: none.", wanted.external_id),
                "Default": wanted.external_id,
            },
        },
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {"Role": role, **policies},
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    return json.dumps(document, indent=2) + "\n"


def _parameter(said: str, default: str) -> dict[str, str]:
    return {"Type": "String", "Description": said, **({"Default": default} if default else {})}


def _aws_terraform(actions: Sequence[str], wanted: Wanted) -> str:
    blocks = [
        _variable("role_name", "The name of the role, as --role gives it.", wanted.name),
        _variable(
            "trusted_principal",
            "The account id, or the ARN of the role or user, that Surefoot signs in as.",
            wanted.trusted,
        ),
        _variable(
            "external_id", "As --external-id gives it; empty: none.", wanted.external_id, optional=True
        ),
        _block(
            'data "aws_iam_policy_document" "surefoot_trust"',
            """  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }

    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }""",
        ),
        _block(
            'resource "aws_iam_role" "surefoot"',
            f"""  name                 = var.role_name
  description          = "Taken on by Surefoot to read this account."
  max_session_duration = {_HOUR}
  assume_role_policy   = data.aws_iam_policy_document.surefoot_trust.json""",
        ),
    ]
    for number, policy in enumerate(managed(actions), 1):
        names = policy["Statement"][0]["Action"]
        blocks += [
            _block(
                f'resource "aws_iam_policy" "surefoot_{number}"',
                f"""  name        = "${{var.role_name}}-{number}"
  description = "What Surefoot reads; nothing in it changes anything."

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Sid      = "Surefoot"
      Effect   = "Allow"
      Resource = "*"
      Action = {_list(names, "      ")}
    }}]
  }})""",
            ),
            _block(
                f'resource "aws_iam_role_policy_attachment" "surefoot_{number}"',
                f"  role       = aws_iam_role.surefoot.name\n"
                f"  policy_arn = aws_iam_policy.surefoot_{number}.arn",
            ),
        ]
    blocks.append(_block('output "role_arn"', "  value = aws_iam_role.surefoot.arn"))
    return "\n".join(blocks)


# -- Google Cloud ---------------------------------------------------------------------------------------------


def _gcp_terraform(actions: Sequence[str], wanted: Wanted) -> str:
    """Bind to an organization, or to its folders, by a role of the organization; else to a project by its own."""
    member = _variable(
        "member",
        "Who reads, such as serviceAccount:surefoot@PROJECT.iam.gserviceaccount.com.",
        wanted.trusted,
    )
    whole = bool(wanted.organization or wanted.folders)
    kind, owner = ("organization", "org_id") if whole else ("project", "project")
    said = "The number of the organization." if whole else "The id of the project that is read."
    variable = "organization" if whole else "project"
    body = f"""  {owner.ljust(11)} = var.{variable}
  role_id     = {_text(wanted.name.replace("-", "_"))}
  title       = "Surefoot"
  description = "What Surefoot reads for the selected rules; nothing in it changes anything."
  permissions = {_list(actions, "  ")}"""
    role = f"google_{kind}_iam_custom_role"
    blocks = [
        member,
        _variable(variable, said, wanted.organization),
        _block(f'resource "{role}" "surefoot"', body),
    ]
    for name, binding, scope, place in _gcp_bindings(wanted, kind, owner, variable):
        wide = max(len(scope), len("member"))
        lines = {scope: place, "role": f"{role}.surefoot.name", "member": "var.member"}
        inner = "\n".join(f"  {word.ljust(wide)} = {value}" for word, value in lines.items())
        blocks.append(_block(f'resource "google_{binding}_iam_member" "{name}"', inner))
    return "\n".join(blocks)


def _gcp_bindings(
    wanted: Wanted, kind: str, owner: str, variable: str
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, what it is of, by which word, which one)."""
    if not wanted.folders:
        yield "surefoot", kind, owner, f"var.{variable}"
    for folder in wanted.folders:
        yield f"surefoot_{folder}", "folder", "folder", _text(f"folders/{folder}")


# -- Azure ----------------------------------------------------------------------------------------------------


def _azure_terraform(actions: Sequence[str], wanted: Wanted) -> str:
    """Define the role at the first management group, or at a subscription, and assign it at each."""
    scopes = [f"/providers/Microsoft.Management/managementGroups/{group}" for group in wanted.groups]
    blocks = [
        _variable(
            "principal_id",
            "The object id of whoever reads (a service principal or identity).",
            wanted.trusted,
        )
    ]
    if not scopes:
        blocks.append(_variable("subscription_id", "The id of the subscription that is read.", ""))
    places = [_text(scope) for scope in scopes] or ['"/subscriptions/${var.subscription_id}"']
    inside = "\n".join(f"    {place}," for place in places)
    blocks.append(
        _block(
            'resource "azurerm_role_definition" "surefoot"',
            f"""  name        = {_text(wanted.name)}
  scope       = {places[0]}
  description = "What Surefoot reads for the selected rules; nothing in it changes anything."

  permissions {{
    actions = {_list(actions, "    ")}
    not_actions = []
  }}

  assignable_scopes = [
{inside}
  ]""",
        )
    )
    for number, place in enumerate(places, 1):
        blocks.append(
            _block(
                f'resource "azurerm_role_assignment" "surefoot_{number}"',
                f"""  scope              = {place}
  role_definition_id = azurerm_role_definition.surefoot.role_definition_resource_id
  principal_id       = var.principal_id""",
            )
        )
    return "\n".join(blocks)


# -- Terraform's words ----------------------------------------------------------------------------------------


def _text(value: str) -> str:
    """Quote a string of HCL, in which `${` and `%{` would begin a template."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _list(values: Sequence[str], indent: str) -> str:
    return "[\n" + "".join(f"{indent}  {_text(value)},\n" for value in values) + f"{indent}]"


def _block(head: str, body: str) -> str:
    return f"{head} {{\n{body}\n}}\n"


def _variable(name: str, said: str, default: str, *, optional: bool = False) -> str:
    lines = [f"  description = {_text(said)}", "  type        = string"]
    if default or optional:
        lines.append(f"  default     = {_text(default)}")
    return _block(f'variable "{name}"', "\n".join(lines))


_TEMPLATES: Final[Mapping[tuple[str, Cloud], Callable[[Sequence[str], Wanted], str]]] = {
    ("cloudformation", Cloud.AWS): _cloudformation,
    ("terraform", Cloud.AWS): _aws_terraform,
    ("terraform", Cloud.GCP): _gcp_terraform,
    ("terraform", Cloud.AZURE): _azure_terraform,
}
