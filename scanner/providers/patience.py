"""Asks again what a cloud says may work later; for the few calls that a sign-in sends before anything is collected."""

import threading
from collections.abc import Callable
from typing import TypeVar

from scanner.providers.pace import Pace
from scanner.providers.spec import CallError

T = TypeVar("T")


def patiently(ask: Callable[[], T], pace: Pace, stop: threading.Event | None = None) -> T:
    """Return what `ask` returns, asked as often as the pace allows. Raises its last CallError.

    Once `stop` is set, nothing is asked again.
    """
    waiting, attempt = stop or threading.Event(), 1
    while True:
        try:
            return ask()
        except CallError as error:
            wait = pace.wait_before_retry(attempt, error)
            if wait is None or waiting.wait(wait):
                raise
            attempt += 1
