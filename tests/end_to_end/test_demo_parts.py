"""Parts of the demo that need no server: whose settings it uses, and whom it can reach."""

import os
import subprocess
import sys

import pytest

from scanner.demo.aws import asking, environment
from scanner.demo.aws.account import Account
from scanner.demo.aws.server import stay_home

MACHINE = {
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL_S3": "http://192.0.2.1",
    "https_proxy": "http://192.0.2.1:3128",
    "HTTPS_PROXY": "http://192.0.2.1:3128",
    "REQUESTS_CA_BUNDLE": "bundle.pem",
    "EDITOR": "ed",
}


def test_the_machines_own_settings_are_put_aside_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MACHINE.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with environment(asking("http://127.0.0.1:1")):
        kept = {name for name in MACHINE if name in os.environ}
        assert kept == {"EDITOR"}
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
        assert os.environ["AWS_CONFIG_FILE"] == os.devnull
    assert dict(os.environ) == before


def test_they_come_back_after_a_mistake_too() -> None:
    before = dict(os.environ)
    with pytest.raises(RuntimeError), environment({"AWS_REGION": "nowhere"}):
        raise RuntimeError
    assert dict(os.environ) == before


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com", "http://192.0.2.1:5000"])
def test_nothing_is_created_anywhere_but_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Account(url)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "sts.amazonaws.com"])
def test_the_server_may_connect_to_nobody(host: str) -> None:
    with pytest.raises(ConnectionRefusedError, match="connects to nobody"):
        stay_home("socket.connect", (None, (host, 443)))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_server_may_talk_to_this_machine(host: str) -> None:
    stay_home("socket.connect", (None, (host, 443)))


def test_the_server_ends_with_its_input() -> None:
    server = subprocess.run(
        [sys.executable, "-m", "scanner.demo.aws.server"],
        check=False,
        input="",
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert server.returncode == 0
    assert server.stdout.strip().isdigit() or not server.stdout
