"""The demo's Azure: a subscription with good and bad resources, served from recorded answers."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from scanner.demo.served import environment, serving
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.graph import held
from scanner.demo.wire.server import WireServer

SUBSCRIPTION: Final = "5b7f3c2e-0d1a-4c8b-9e6f-3a2d1c0b9e8f"

#: What Azure's libraries and our own settings read from the environment.
OWN: Final = r"AZURE_.*|ARM_.*|IDENTITY_.*|MSI_.*|SUREFOOT_AZURE_.*"


def asking(url: str) -> Mapping[str, str]:
    """Return the environment in which a scan finds the subscription behind `url`."""
    return {"SUREFOOT_AZURE_ENDPOINT": url}


@contextmanager
def served() -> Iterator[WireServer]:
    """Serve the subscription while the block runs, and what Resource Graph holds of it."""
    with serving("azure", Azure()) as server:
        server.record(*held(server.recorded))
        yield server


@contextmanager
def running() -> Iterator[None]:
    """Let scans find the served subscription while the block runs."""
    with served() as server:
        sys.stderr.write(f"serving an Azure subscription at {server.url} ...\n")
        with environment(OWN, asking(server.url)):
            yield
