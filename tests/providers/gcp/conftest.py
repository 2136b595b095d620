"""A server in Google Cloud's wire format, and sessions that are signed in to it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gcp_answers import PROJECT

from scanner.config import Gcp
from scanner.demo.wire.google import Google
from scanner.demo.wire.recorded import folder_of, methods_in
from scanner.demo.wire.server import WireServer
from scanner.providers.gcp.client import GcpSession
from scanner.providers.gcp.provider import GCP

METHODS = methods_in(folder_of("gcp"))

SignIn = Callable[..., GcpSession]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WireServer]:
    """A server without a single answer, which the environment names; nothing of the machine's own sign-in is left."""
    for name in list(os.environ):
        if name.startswith(("GOOGLE_", "CLOUDSDK_", "SUREFOOT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with WireServer(Google(), METHODS, ()) as server:
        monkeypatch.setenv("SUREFOOT_GCP_ENDPOINT", server.url)
        yield server


@pytest.fixture
def sign_in(wire: WireServer) -> Iterator[SignIn]:  # noqa: ARG001 - for what it sets
    """Sign in to one project; settings as under [gcp]."""
    opened = []

    def enter(**settings: Any) -> GcpSession:
        settings = {"accounts": (PROJECT,), **settings}
        session = GCP.sign_in(Gcp(**settings), "test")[0]
        opened.append(session)
        return session

    yield enter
    for session in opened:
        session.close()
