"""Roles in other accounts: asked for when their turn comes, renewed before and after they die, and refused alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from wire import ACCOUNT, Answer, Asked, Reading, Wire, refusal, volumes, who

from scanner.accounts import AwsAsked, Way
from scanner.models.resource import Cloud, Code, Scope
from scanner.permissions.fitting import session_policy
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.organization import role_arn
from scanner.providers.spec import CallError, SignInError

VOLUMES = AwsCall("ec2", "DescribeVolumes", "Volumes")
OTHER, THIRD = "210987654321", "333333333333"


def role(key: str, minutes: float = 60) -> Answer:
    """Answer AssumeRole."""
    until = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Answer(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        f"<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )


def sign_in(**settings: Any) -> dict[str, Any]:
    sessions = Reading((VOLUMES,)).sign_in(AwsAsked(**settings), "test-run")
    return {session.account: session for session in sessions}


def ask(session: Any) -> Any:
    return session.send(VOLUMES, Scope(Cloud.AWS, session.account, "eu-west-1"), {})


def given(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body).items()}


class Sts:
    """Gives out `KEY1`, `KEY2` ... and answers everything else by who asks."""

    def __init__(self, minutes: float = 60, dead: tuple[str, ...] = ()) -> None:
        self.minutes, self.dead = minutes, dead
        self.assumed: list[dict[str, str]] = []

    def __call__(self, asked: Asked) -> Answer:
        if asked.action == "AssumeRole":
            self.assumed.append(given(asked))
            return role(f"KEY{len(self.assumed)}", self.minutes)
        if asked.action == "GetCallerIdentity":
            account = ACCOUNT if asked.signed_by == "testing" else OTHER
            return who(f"arn:aws:sts::{account}:assumed-role/audit/x")
        if asked.signed_by in self.dead:
            return refusal("ExpiredToken")
        return volumes("vol-1")


def test_a_role_is_taken_on_when_its_account_is_asked_and_with_what_limits_it(wire: Wire) -> None:
    wire.answer = sts = Sts()
    limits = session_policy(["ec2:DescribeVolumes"])
    ways = {OTHER: Way(role="path/audit", external_id="nightly")}
    session = sign_in(ways=ways, session_policy=limits)[OTHER]
    assert sts.assumed == []
    for _ in range(3):
        assert ask(session).answer["Volumes"]
    (asked,) = sts.assumed
    assert asked["RoleArn"] == f"arn:aws:iam::{OTHER}:role/path/audit"
    assert asked["ExternalId"] == "nightly"
    assert asked["DurationSeconds"] == "3600"
    assert asked["RoleSessionName"] == "surefoot-test-run"
    assert json.loads(asked["Policy"])["Statement"][0]["Action"] == ["ec2:DescribeVolumes"]
    assert {one.signed_by for one in wire.asked if one.action == "DescribeVolumes"} == {"KEY1"}


def test_where_no_policy_fits_those_of_aws_limit_it(wire: Wire) -> None:
    wire.answer = sts = Sts()
    limits = session_policy([f"service{n}:Get{n}" for n in range(400)])
    ask(sign_in(ways={OTHER: Way(role="audit")}, session_policy=limits)[OTHER])
    assert sts.assumed[0]["PolicyArns.member.1.arn"] == "arn:aws:iam::aws:policy/SecurityAudit"


def test_a_role_that_ends_soon_is_renewed_before_it_does(wire: Wire) -> None:
    wire.answer = sts = Sts(minutes=5)
    session = sign_in(ways={OTHER: Way(role="audit")})[OTHER]
    for _ in range(3):
        ask(session)
    keys = [one.signed_by for one in wire.asked if one.action == "DescribeVolumes"]
    assert len(sts.assumed) >= 3
    assert len(set(keys)) == 3


def test_a_role_that_has_died_is_taken_on_again(wire: Wire) -> None:
    wire.answer = sts = Sts(dead=("KEY1",))
    session = sign_in(ways={OTHER: Way(role="audit")})[OTHER]
    with pytest.raises(CallError) as died:
        ask(session)
    assert died.value.again
    assert ask(session).answer["Volumes"]
    assert len(sts.assumed) == 2


def test_a_refused_role_is_asked_for_once_and_is_that_accounts_own_matter(wire: Wire) -> None:
    said = "User: me is not authorized to perform: sts:AssumeRole on resource: it"

    def answer(asked: Asked) -> Answer:
        if asked.action == "AssumeRole" and THIRD in asked.body:
            return refusal("AccessDenied", said, 403)
        return other(asked)

    other = Sts()
    wire.answer = answer
    sessions = sign_in(ways={OTHER: Way(), THIRD: Way()}, role="audit")
    for _ in range(2):
        with pytest.raises(CallError) as refused:
            ask(sessions[THIRD])
        assert (refused.value.code, refused.value.fatal) == (Code.DENIED, True)
        assert refused.value.permission == "sts:AssumeRole"
        assert f"{THIRD}:role/audit could not be taken on" in refused.value.text
    assert sum(one.action == "AssumeRole" and THIRD in one.body for one in wire.asked) == 1
    assert ask(sessions[OTHER]).answer["Volumes"]


def test_throttled_it_is_asked_for_again(wire: Wire) -> None:
    sts = Sts()
    slow = [refusal("Throttling")]
    wire.answer = lambda asked: slow.pop() if asked.action == "AssumeRole" and slow else sts(asked)
    session = sign_in(ways={OTHER: Way(role="audit")})[OTHER]
    with pytest.raises(CallError) as throttled:
        ask(session)
    assert (throttled.value.code, throttled.value.again) == (Code.THROTTLED, True)
    assert ask(session).answer["Volumes"]


def test_a_profile_of_another_account_or_none_is_that_accounts_matter(
    wire: Wire, aws_environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    keys = "aws_access_key_id = {}\naws_secret_access_key = s\n"
    (aws_environment / "credentials").write_text(
        "".join(f"[{name}]\n{keys.format(key)}" for name, key in (("default", "testing"), ("other", "KEY1")))
    )
    wire.answer = Sts()
    ways = {OTHER: Way(profile="other"), THIRD: Way(profile="other"), "444444444444": Way(profile="none")}
    sessions = sign_in(ways=ways)
    assert ask(sessions[OTHER]).answer["Volumes"]
    for account, said in ((THIRD, f"belongs to account {OTHER}"), ("444444444444", "none")):
        with pytest.raises(CallError, match=said):
            sessions[account].regions()


def listed(*accounts: tuple[str, str], token: str = "") -> Answer:
    rows = [
        {
            "Id": id_,
            "Name": f"n{id_}",
            "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-abcdefghij/{id_}",
            **json.loads(state),
        }
        for id_, state in accounts
    ]
    return Answer(json.dumps({"Accounts": rows, **({"NextToken": token} if token else {})}))


ACTIVE, GONE = '{"State":"ACTIVE"}', '{"State":"SUSPENDED","Status":"ACTIVE"}'


def organized(asked: Asked) -> Answer:
    match asked.action:
        case "GetCallerIdentity":
            return who()
        case "ListAccounts" if "NextToken" not in asked.body:
            return listed((OTHER, ACTIVE), (ACCOUNT, '{"Status":"ACTIVE"}'), token="2")
        case "ListAccounts":
            return listed(("444444444444", GONE), (THIRD, ACTIVE))
        case "ListAccountsForParent":
            return listed((THIRD, ACTIVE)) if "ou-abcd-22222222" in asked.body else listed((OTHER, ACTIVE))
        case "ListOrganizationalUnitsForParent":
            units = [] if "ou-abcd-22222222" in asked.body else [{"Id": "ou-abcd-22222222"}]
            return Answer(json.dumps({"OrganizationalUnits": units}))
        case _:
            return refusal("NoSuchThing")


def test_an_organization_is_its_active_accounts_its_own_by_its_own_sign_in(wire: Wire) -> None:
    wire.answer = organized
    sessions = sign_in(organization=("",))
    assert list(sessions) == [ACCOUNT, OTHER, THIRD]
    assert sessions[ACCOUNT].identity.endswith("user/someone")
    assert sessions[OTHER].identity == f"arn:aws:iam::{OTHER}:role/surefoot"
    assert list(sign_in(organization=("o-abcdefghij",))) == [ACCOUNT, OTHER, THIRD]


def test_a_unit_is_what_is_below_it(wire: Wire) -> None:
    wire.answer = organized
    assert list(sign_in(organization=("ou-abcd-11111111",))) == [OTHER, THIRD]
    assert list(sign_in(organization=("ou-abcd-22222222",))) == [THIRD]
    assert list(sign_in(organization=("ou-abcd-22222222",), ways={OTHER: Way()})) == [OTHER, THIRD]
    assert list(sign_in(organization=("",), accounts=(THIRD,))) == [THIRD]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"organization": ("o-zzzzzzzzzz",)}, "does not belong to o-zzzzzzzzzz"),
        ({"organization": ("everything",)}, "no part of an AWS organization"),
        ({"organization": ("",), "accounts": ("555555555555",)}, "no active one of the organization"),
        ({"ways": {"12": Way()}}, "not the id of an AWS account"),
        ({"ways": {OTHER: Way(role=f"arn:aws:iam::{THIRD}:role/x")}}, "give its name, not its ARN"),
        ({"ways": {OTHER: Way(role="no such/role name!")}}, "not the name of an IAM role"),
    ],
    ids=["other-organization", "no-part", "not-a-member", "no-account", "role-elsewhere", "no-role"],
)
def test_what_cannot_be_is_said(wire: Wire, settings: dict[str, Any], said: str) -> None:
    wire.answer = organized
    with pytest.raises(SignInError, match=said):
        sign_in(**settings)


def test_who_may_not_list_is_told_who_may(wire: Wire) -> None:
    no = json.dumps({"__type": "AccessDeniedException", "Message": "no"})
    wire.answer = lambda asked: who() if asked.action == "GetCallerIdentity" else Answer(no, 400)
    with pytest.raises(SignInError, match=r"organizations:ListAccounts.*management account"):
        sign_in(organization=("",))


def test_arns_of_roles() -> None:
    assert role_arn("a", OTHER, "aws-cn") == f"arn:aws-cn:iam::{OTHER}:role/a"
    arn = f"arn:aws-us-gov:iam::{OTHER}:role/p/a"
    assert role_arn(arn, OTHER, "aws-us-gov") == arn
