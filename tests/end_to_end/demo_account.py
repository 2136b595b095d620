"""Fixtures: the demo account, the command that scans it, and the proxy that may stand between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from between import Between
from command import Command, Ran

from scanner.demo.aws import asking, furnish
from scanner.demo.aws.account import Account
from scanner.demo.aws.process import serving


@pytest.fixture(scope="session")
def demo() -> Iterator[Account]:
    """Serve the furnished demo account, once per run of the tests; nothing writes to it."""
    with serving() as url:
        yield furnish(url)


@pytest.fixture(scope="session")
def proxy(demo: Account) -> Iterator[Between]:
    between = Between(demo.url)
    yield between
    between.close()


@pytest.fixture
def between(proxy: Between) -> Between:
    """Stand between the command and the demo; whatever the last test refused passes again."""
    proxy.pass_everything()
    return proxy


@pytest.fixture
def surefoot(demo: Account, tmp_path: Path) -> Iterator[Command]:
    """Run the command against the demo."""
    command = Command(tmp_path, asking(demo.url))
    yield command
    command.close()


@pytest.fixture
def refused(between: Between, tmp_path: Path) -> Iterator[Command]:
    """Run the command against the demo, through the proxy."""
    command = Command(tmp_path, asking(between.address))
    yield command
    command.close()


@pytest.fixture(scope="session")
def whole(demo: Account, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """Scan the demo once for all tests that only look: the run, and the inventory that it kept."""
    folder = tmp_path_factory.mktemp("whole")
    ran = Command(folder, asking(demo.url))("scan", "aws", "-o", "jsonl", "--save", "kept.jsonl.zst")
    return ran, folder / "kept.jsonl.zst"
