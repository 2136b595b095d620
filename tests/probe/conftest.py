"""Fixtures: the servers with every defect, once per run, and servers of a test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bed import Bed
from certificates import sign
from servers import Server


@pytest.fixture(scope="session")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    root = sign("Test Root", authority=True, ends=3000)
    made = Bed(root, tmp_path_factory.mktemp("bed"))
    yield made
    made.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(*given: Any, **how: Any) -> Server:
        made.append(Server(*given, **how))
        return made[-1]

    yield start
    for one in made:
        one.close()
