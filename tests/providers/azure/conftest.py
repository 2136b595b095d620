"""A server in Azure's wire format, and sessions that are signed in to it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from azure_answers import METHODS, SUBSCRIPTION, SignIn, subscriptions

from scanner.config import Azure as Settings
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.server import WireServer
from scanner.providers.azure.client import AzureSession
from scanner.providers.azure.provider import AZURE


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the machine's own sign-in and proxies."""
    for name in list(os.environ):
        if name.startswith(("AZURE_", "SUREFOOT_", "IDENTITY_", "MSI_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def wire(alone: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:  # noqa: ARG001 - for what it sets
    """A server that knows one subscription with nothing in it, which the environment names."""
    with WireServer(Azure(), METHODS, (subscriptions(SUBSCRIPTION),)) as server:
        monkeypatch.setenv("SUREFOOT_AZURE_ENDPOINT", server.url)
        yield server


@pytest.fixture
def sign_in(wire: WireServer) -> Iterator[SignIn]:  # noqa: ARG001 - for what it sets
    """Sign in to the first subscription; settings as under [azure]."""
    opened = []

    def enter(**settings: Any) -> AzureSession:
        session = AZURE.sign_in(Settings(**settings), "test")[0]
        opened.append(session)
        return session

    yield enter
    for session in opened:
        session.close()
