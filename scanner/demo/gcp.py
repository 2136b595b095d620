"""The demo's Google Cloud: a project with good and bad resources, served from recorded answers."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from scanner.demo.served import environment, serving
from scanner.demo.wire.google import Google

PROJECT: Final = "demo-project"

#: What Google's libraries and our own settings read from the environment.
OWN: Final = r"GOOGLE_.*|CLOUDSDK_.*|GCLOUD_.*|SUREFOOT_GCP_.*|NO_GCE_CHECK"


def asking(url: str) -> Mapping[str, str]:
    """Return the environment in which a scan finds the project behind `url`."""
    return {"SUREFOOT_GCP_ENDPOINT": url, "GOOGLE_CLOUD_PROJECT": PROJECT}


@contextmanager
def running() -> Iterator[None]:
    """Serve the project while the block runs."""
    with serving("gcp", Google()) as server:
        sys.stderr.write(f"serving a Google Cloud project at {server.url} ...\n")
        with environment(OWN, asking(server.url)):
            yield
