"""What tests share: moto's server of AWS on loopback, one per run, emptied before each test that asks for it."""

import gc
import os
import urllib.request
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import settings
from wire import Reading, Wire, who

from scanner.accounts import AwsAsked
from scanner.providers.spec import Call

if TYPE_CHECKING:
    from scanner.providers.aws.client import AwsSession

# The fast suite tries some twenty cases of each property on every run; HYPOTHESIS_PROFILE=thorough tries hundreds.
settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# A run makes little garbage and keeps much: looking through all of it 700 objects after the last look is a fifth of it.
gc.set_threshold(100_000, 20, 50)

SLOW: Final = (
    "action/*",
    "end_to_end/*",
    "exposure/test_walk_*",
    "history/test_adversary.py",
    "hosts/*",
    "html/test_html_browser.py",
    "known/test_commands.py",
    "notify/*",
    "probe/test_bed.py",
    "probe/test_refused_probes.py",
    "probe/test_web.py",
    "providers/aws/test_descriptions.py",
    "providers/aws/test_transport.py",
    "providers/azure/test_azure_client.py",
    "providers/azure/test_azure_collect.py",
    "providers/azure/test_azure_contract.py",
    "providers/azure/test_azure_examples.py",
    "providers/azure/test_azure_fixtures.py",
    "providers/gcp/test_gcp_assets.py",
    "providers/gcp/test_gcp_client.py",
    "providers/gcp/test_gcp_contract.py",
    "providers/gcp/test_gcp_fixtures.py",
    "providers/gcp/test_gcp_collect.py",
    "providers/gcp/test_gcp_sign_in.py",
    "providers/gcp/test_gcp_fuzz.py",
    "providers/test_odd_answers.py",
    "pytest_plugin/*",
    "refusals/*",
    "rules/test_tls_policies_of_aws.py",
    "runs/*",
    "serve/*",
)
"""Test files that start processes or servers, or try thousands of cases: all of their tests are slow."""


def is_slow(path: Path) -> bool:
    """Tell whether a test file belongs to the slow suite as a whole."""
    name = path.relative_to(Path(__file__).parent).as_posix()
    return path.name.startswith("test_") and any(fnmatch(name, pattern) for pattern in SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare the fast suite the import of files of which it would run nothing."""
    fast = config.option.markexpr == "not slow" and config.args_source is config.ArgsSource.TESTPATHS
    return True if fast and is_slow(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of a slow file, and every test that asks moto's server, which takes seconds to start."""
    for item in items:
        if is_slow(item.path) or "moto_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


ACCOUNT = "123456789012"
"""The account that moto answers for when the access key id is not itself an account."""


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """Start moto's server once per run; the value is its address."""
    # ~1,300 snapshots of Amazon's own images would come back as the account's own.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take the machine's own AWS settings away; the value is the folder of the (empty) config files."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def aws_keys(aws_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set made-up access keys in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return aws_environment


@pytest.fixture
def moto(moto_server: str, aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001 - for what it sets
    """Give an empty AWS account (`ACCOUNT`) that boto3 finds through the environment; the value is its address."""
    request = urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")  # noqa: S310 - loopback
    urllib.request.urlopen(request).close()  # noqa: S310 - loopback
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server)
    return moto_server


@pytest.fixture
def wire(aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:  # noqa: ARG001 - for what it sets
    """Start a small server that boto3 finds through the environment; a test says what it answers."""
    made = Wire()
    made.answer = lambda _: who()
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.address)
    yield made
    made.close()


@pytest.fixture
def sign_in() -> "Iterator[Callable[..., list[AwsSession]]]":
    """Sign in to AWS as the command does, to send `calls` only; sessions are closed after the test."""
    opened: list[AwsSession] = []

    def enter(
        *profiles: str, calls: tuple[Call, ...] = (), accounts: tuple[str, ...] = (), endpoint: str = ""
    ) -> "list[AwsSession]":
        settings = AwsAsked(profiles=profiles, accounts=accounts, endpoint=endpoint)
        sessions: list[Any] = list(Reading(calls).sign_in(settings, "test-run"))
        opened.extend(sessions)
        return sessions

    yield enter
    for session in opened:
        session.close()
