"""Starts and ends the process of the demo's AWS."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from scanner.errors import UserError

_NEEDED: Final = ("moto", "flask", "flask_cors")
_INSTALL: Final = "pip install 'surefoot[demo]'"


@contextmanager
def serving() -> Iterator[str]:
    """Run moto's server on a free port of loopback while the block runs; the value is its address.

    Raises UserError when moto is not installed, or does not start.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"the demo needs {', '.join(missing)}: {_INSTALL}")
    # Nothing of the machine's own settings for AWS; modules from where this process has them, and from nowhere else.
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("AWS_")}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "scanner.demo.aws.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            **inherited,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        text=True,
    )
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101 - it was asked for
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise UserError(f"the demo's server did not start (see above); is this complete: {_INSTALL}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
