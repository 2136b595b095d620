"""Signing in to AWS: every way in that boto3 knows, what is said when none works, and credentials that die."""

import json
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from getpass import getpass
from hashlib import sha1
from pathlib import Path

import botocore.credentials
import pytest
from botocore.credentials import AssumeRoleProvider
from wire import ACCOUNT, Answer, Asked, Wire, refusal, volumes, who

from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.client import AwsSession
from scanner.providers.spec import CallError, SignInError

VOLUMES = AwsCall("ec2", "DescribeVolumes", "Volumes")
TABLES = AwsCall("dynamodb", "ListTables", "TableNames")
HERE = Scope(Cloud.AWS, ACCOUNT, "eu-west-1")

SignIn = Callable[..., list[AwsSession]]


@pytest.fixture
def no_keys(aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take the keys away again that servers' fixtures set."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    return aws_keys


def said(sign_in: SignIn, *profiles: str, **settings: object) -> str:
    with pytest.raises(SignInError) as caught:
        sign_in(*profiles, **settings)
    text = str(caught.value)
    assert "\n" not in text
    return text


def failure(session: AwsSession, call: AwsCall = TABLES, scope: Scope = HERE) -> CallError:
    with pytest.raises(CallError) as caught:
        session.send(call, scope, {})
    return caught.value


# -- ways in ------------------------------------------------------------------------------------------------


def keys_of(name: str) -> dict[str, str]:
    return {"AccessKeyId": name, "SecretAccessKey": "secret", "Token": "token", "SessionToken": "token"}


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.usefixtures("moto")
def test_a_role_over_another_profile(
    sign_in: SignIn, aws_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    (aws_keys / "config").write_text(
        "[profile base]\naws_access_key_id=testing\naws_secret_access_key=testing\n"
        "[profile audit]\nsource_profile=base\nrole_arn=arn:aws:iam::210987654321:role/audit\nregion=eu-north-1\n"
    )
    session = sign_in("audit")[0]
    assert (session.account, session.home) == ("210987654321", "eu-north-1")
    assert ":assumed-role/audit/" in session.identity


@pytest.mark.usefixtures("moto")
def test_a_web_identity(sign_in: SignIn, no_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (no_keys / "token").write_text("a.b.c")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(no_keys / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::210987654321:role/ci")
    assert sign_in()[0].account == "210987654321"


@pytest.mark.usefixtures("no_keys")
def test_a_container(wire: Wire, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    given = json.dumps({**keys_of("CONTAINER"), "Expiration": in_an_hour()})
    wire.answer = lambda asked: Answer(given) if asked.path == "/role" else who()
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{wire.address}/role")
    sign_in()
    assert wire.asked[-1].signed_by == "CONTAINER"


@pytest.mark.usefixtures("no_keys")
def test_a_machine(wire: Wire, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    role = "/latest/meta-data/iam/security-credentials/"
    given = {**keys_of("MACHINE"), "Code": "Success", "Expiration": in_an_hour()}
    answers = {"/latest/api/token": "t", role: "audit", f"{role}audit": json.dumps(given)}
    wire.answer = lambda asked: Answer(answers[asked.path]) if asked.path in answers else who()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", wire.address)
    sign_in()
    assert wire.asked[-1].signed_by == "MACHINE"


def test_a_program(wire: Wire, sign_in: SignIn, no_keys: Path) -> None:
    given = json.dumps({**keys_of("PROGRAM"), "Version": 1})
    (no_keys / "say.py").write_text(f"print({given!r})")
    (no_keys / "config").write_text(
        f"[profile p]\ncredential_process={sys.executable} {no_keys / 'say.py'}\n"
    )
    sign_in("p")
    assert wire.asked[-1].signed_by == "PROGRAM"


SSO = (
    "[profile team]\nsso_start_url=https://example.awsapps.com/start\nsso_region=eu-west-1\n"
    f"sso_account_id={ACCOUNT}\nsso_role_name=Audit\n"
    "[profile behind]\nsource_profile=team\nrole_arn=arn:aws:iam::210987654321:role/audit\n"
)


@pytest.fixture
def sso(no_keys: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Write profiles with single sign-on; the value makes a sign-on that ends in a while."""
    monkeypatch.setattr(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(no_keys))
    (no_keys / "config").write_text(SSO)

    def signed_on(left: timedelta) -> None:
        name = sha1(b"https://example.awsapps.com/start", usedforsecurity=False).hexdigest()
        ends = (datetime.now(UTC) + left).strftime("%Y-%m-%dT%H:%M:%SZ")
        (no_keys / f"{name}.json").write_text(json.dumps({"accessToken": "t", "expiresAt": ends}))

    return signed_on


def test_single_sign_on(wire: Wire, sign_in: SignIn, sso: Callable[[timedelta], None]) -> None:
    sso(timedelta(hours=1))
    keys = {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000}
    wire.answer = lambda asked: (
        Answer(json.dumps({"roleCredentials": keys})) if asked.path.startswith("/federation") else who()
    )
    sign_in("team")
    assert wire.asked[-1].signed_by == "SSO"


@pytest.mark.parametrize("profile", ["team", "behind"])
def test_the_command_that_renews_a_single_sign_on(
    profile: str, wire: Wire, sign_in: SignIn, sso: Callable[[timedelta], None]
) -> None:
    assert "run `aws sso login --profile team`" in said(sign_in, profile)
    sso(timedelta(hours=-1))
    assert (
        said(sign_in, profile)
        == f"the sign-in of AWS profile {profile} has expired: run `aws sso login --profile team`"
    )
    assert not wire.asked


@pytest.mark.usefixtures("sso")
def test_single_sign_on_without_a_name(wire: Wire, sign_in: SignIn, no_keys: Path) -> None:
    (no_keys / "config").write_text(SSO.replace("profile team", "default"))
    assert said(sign_in).endswith("run `aws sso login`")
    assert wire.asked == []


def test_a_role_that_asks_for_a_code(
    moto: str,
    sign_in: SignIn,
    aws_keys: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (aws_keys / "config").write_text(
        "[profile base]\naws_access_key_id=testing\naws_secret_access_key=testing\n"
        "[profile audit]\nsource_profile=base\nrole_arn=arn:aws:iam::210987654321:role/audit\n"
        "mfa_serial=arn:aws:iam::123456789012:mfa/me\n"
    )

    said_code: list[str] = []

    def prompted(_prompt: str) -> str:
        if not said_code:
            raise EOFError
        return said_code.pop()

    # botocore has taken its default from getpass when it was imported.
    asks = AssumeRoleProvider.__init__
    monkeypatch.setattr(
        asks, "__defaults__", tuple(prompted if d is getpass else d for d in asks.__defaults__)
    )
    assert said(sign_in, "audit") == "AWS profile audit asks for an MFA code, and there is no terminal"
    said_code.append("123456")
    session = sign_in("audit", calls=(TABLES,))[0]
    monkeypatch.setattr(session._entry.credentials, "_expiry_time", datetime.now(UTC))
    error = failure(session)
    assert error.fatal
    assert "MFA" in error.text
    assert capsys.readouterr().err == "", "what a call comes to is said once, in the report"
    assert not logging.getLogger("botocore.credentials").isEnabledFor(logging.WARNING)
    assert moto


# -- no way in ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_keys")
def test_no_credentials_at_all(sign_in: SignIn) -> None:
    text = said(sign_in)
    assert "no AWS credentials were found" in text
    assert "--profile" in text


def test_an_unknown_profile(sign_in: SignIn, no_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (no_keys / "config").write_text("[profile prod]\nregion=eu-west-1\n[profile dev]\n")
    assert said(sign_in, "pord").endswith("(pord) could not be found; known profiles: dev, prod")
    monkeypatch.setenv("AWS_PROFILE", "elsewhere")
    assert said(sign_in).endswith("(elsewhere) could not be found; known profiles: dev, prod")


def test_a_profile_without_credentials(sign_in: SignIn, no_keys: Path) -> None:
    (no_keys / "config").write_text("[profile prod]\naws_access_key_id=AKIAXXXX\n")
    assert "aws_secret_access_key" in said(sign_in, "prod")


@pytest.mark.usefixtures("wire")
def test_another_account_was_asked_for(sign_in: SignIn) -> None:
    text = said(sign_in, accounts=("210987654321",))
    assert text == f"AWS account 210987654321 was asked for, but the credentials are those of {ACCOUNT}"
    assert sign_in(accounts=(ACCOUNT,))[0].account == ACCOUNT


def test_profiles_of_one_account_are_one_session(wire: Wire, sign_in: SignIn, no_keys: Path) -> None:
    (no_keys / "credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id={name}\naws_secret_access_key=x\n" for name in ("a1", "a2", "b1")
        )
    )
    wire.answer = lambda asked: who(
        f"arn:aws:iam::{'1' if asked.signed_by[0] == 'a' else '2'}{ACCOUNT[1:]}:user/x"
    )
    sessions = sign_in("a1", "a2", "b1")
    assert [session.account for session in sessions] == [f"1{ACCOUNT[1:]}", f"2{ACCOUNT[1:]}"]
    assert [session.account for session in sign_in("a1", "b1", accounts=(f"2{ACCOUNT[1:]}",))] == [
        f"2{ACCOUNT[1:]}"
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ExpiredToken", "the AWS session token of the environment has expired"),
        ("InvalidClientTokenId", "AWS does not know the credentials of the environment"),
        ("AccessDenied", "AWS profile default: "),
    ],
)
def test_aws_says_no(code: str, expected: str, wire: Wire, sign_in: SignIn) -> None:
    wire.answer = lambda _: refusal(code, "the reason", 403)
    text = said(sign_in)
    assert text.startswith(expected)
    assert "the reason" in text


def test_sts_is_asked_again_when_it_has_no_time(
    wire: Wire, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    answers = [refusal("Throttling"), refusal("InternalFailure", status=500), who()]
    wire.answer = lambda _: answers.pop(0)
    assert sign_in()[0].account == ACCOUNT


@pytest.mark.usefixtures("aws_keys")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:1", "the address comes from AWS_ENDPOINT_URL"),
        ("http://169.254.1.1:9", "plain http is accepted for a loopback address only"),
        ("not an address", "not an address"),
    ],
)
def test_a_bad_endpoint(
    address: str, expected: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    text = said(sign_in)
    assert expected in text
    assert address in text


def test_a_bad_ca_bundle(sign_in: SignIn, aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(aws_keys / "nowhere.pem"))
    assert f"the CA bundle {aws_keys / 'nowhere.pem'} cannot be used" in said(sign_in)


# -- credentials that die -----------------------------------------------------------------------------------


def dying(good: str, code: str = "ExpiredTokenException") -> Callable[[Asked], Answer]:
    """Answer who asks with the key `good`, and nobody else."""

    def answer(asked: Asked) -> Answer:
        if asked.signed_by != good:
            return (
                refusal("ExpiredToken", "it has expired", 403)
                if asked.action == "GetCallerIdentity"
                else Answer(
                    json.dumps(
                        {"__type": code, "message": "The security token included in the request is expired"}
                    ),
                    400,
                )
            )
        return who() if asked.action == "GetCallerIdentity" else Answer('{"TableNames": ["t"]}')

    return answer


def test_keys_that_die_end_the_session_once(wire: Wire, sign_in: SignIn) -> None:
    session = sign_in(calls=(TABLES,))[0]
    wire.answer = dying("nobody")
    with ThreadPoolExecutor(12) as pool:
        first, *others = pool.map(lambda _: failure(session), range(24))
    assert (first.code, first.fatal, first.again) == (Code.DENIED, True, False)
    assert "has expired" in first.text
    assert {id(other) for other in others} == {id(first)}
    assert [asked.action for asked in wire.asked].count("GetCallerIdentity") == 2, "at sign-in, and once now"
    asked = len(wire.asked)
    assert failure(session) is first
    assert len(wire.asked) == asked, "nothing further is sent"


def test_a_profile_that_was_renewed_meanwhile_goes_on(wire: Wire, sign_in: SignIn, no_keys: Path) -> None:
    keys = "[p]\naws_access_key_id={}\naws_secret_access_key=x\naws_session_token=t\n"
    (no_keys / "credentials").write_text(keys.format("OLD"))
    session = sign_in("p", calls=(TABLES,))[0]
    (no_keys / "credentials").write_text(keys.format("NEW"))
    wire.answer = dying("NEW")
    error = failure(session)
    assert (error.again, error.fatal) == (True, False)
    assert session.send(TABLES, HERE, {}).answer == {"TableNames": ["t"]}
    assert wire.asked[-1].signed_by == "NEW"


def test_a_profile_that_is_now_another_accounts_ends_the_session(
    wire: Wire, sign_in: SignIn, no_keys: Path
) -> None:
    keys = "[p]\naws_access_key_id={}\naws_secret_access_key=x\n"
    (no_keys / "credentials").write_text(keys.format("OLD"))
    session = sign_in("p", calls=(TABLES,))[0]
    (no_keys / "credentials").write_text(keys.format("NEW"))
    wire.answer = lambda asked: (
        who("arn:aws:iam::210987654321:user/x") if asked.signed_by == "NEW" else dying("NEW")(asked)
    )
    error = failure(session)
    assert error.fatal
    assert "210987654321" in error.text


def test_a_single_sign_on_that_ends_names_the_command(
    wire: Wire, sign_in: SignIn, sso: Callable[[timedelta], None]
) -> None:
    sso(timedelta(hours=1))
    soon = int((datetime.now(UTC) + timedelta(seconds=1)).timestamp() * 1000)
    keys = {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": soon + 3_600_000}
    wire.answer = lambda asked: (
        Answer(json.dumps({"roleCredentials": keys})) if asked.path.startswith("/federation") else who()
    )
    session = sign_in("team", calls=(TABLES,))[0]
    sso(timedelta(hours=-1))
    wire.answer = dying("nobody")
    error = failure(session)
    assert error.fatal
    assert error.text == "the sign-in of AWS profile team has expired: run `aws sso login --profile team`"


def test_a_region_that_is_not_enabled_is_not_a_dead_sign_in(wire: Wire, sign_in: SignIn) -> None:
    session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda asked: (
        who() if asked.action == "GetCallerIdentity"
        else volumes() if asked.signed_for == "eu-west-1"
        else refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    )  # fmt: skip
    closed = HERE._replace(region="ap-east-1")
    error = failure(session, VOLUMES, closed)
    assert (error.code, error.again, error.fatal) == (Code.UNAVAILABLE, False, False)
    assert "this region is not enabled" in error.text
    asked = len(wire.asked)
    assert failure(session, VOLUMES, closed) is error
    assert len(wire.asked) == asked
    assert session.send(VOLUMES, HERE, {}).answer == {"Volumes": []}
