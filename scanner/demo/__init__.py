"""A demo that needs no cloud: real servers on loopback, accounts with good and bad resources, the real command."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

#: Clouds that the demo has an account of. Each is a module here, whose `running()` serves and furnishes it and sets
#: up the environment in which a scan finds it.
CLOUDS: Final = ("aws", "gcp", "azure")


@contextmanager
def running() -> Iterator[list[str]]:
    """Serve the demo accounts while the block runs; the value is the clouds to scan.

    The environment is put back afterwards. Raises UserError when the extra `demo` is not installed.
    """
    with ExitStack() as stack:
        for cloud in CLOUDS:
            stack.enter_context(importlib.import_module(f"{__name__}.{cloud}").running())
        yield list(CLOUDS)
