"""Clouds that are served from recorded answers: the server, and the environment in which a scan finds it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from scanner.demo.wire.recorded import answers_in, folder_of, methods_in, moved
from scanner.demo.wire.server import Dialect, WireServer

#: Settings of the machine by which a scan could go through something else, whatever the cloud.
_ANY_CLOUD: Final = r".*_PROXY|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"


#: When the recorded answers were given.
RECORDED: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)


@contextmanager
def serving(cloud: str, dialect: Dialect) -> Iterator[WireServer]:
    """Serve everything that was recorded of a cloud while the block runs, as if it were recorded now."""
    folder = folder_of(cloud)
    age = datetime.now(UTC) - RECORDED
    with WireServer(dialect, methods_in(folder), [moved(one, age) for one in answers_in(folder)]) as server:
        yield server


@contextmanager
def environment(own: str, variables: Mapping[str, str]) -> Iterator[None]:
    """Put these variables in place of the machine's own settings while the block runs.

    `own` is a regular expression of the names that the cloud's SDK reads, in upper case.
    """
    before = dict(os.environ)
    taken = re.compile(f"{own}|{_ANY_CLOUD}")
    try:
        for name in before:
            if taken.fullmatch(name.upper()):
                del os.environ[name]
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
