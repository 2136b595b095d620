"""pytest: verdicts as test items (`pytest --surefoot tonight.jsonl`), and the fixture `cloud` for tests of your own.

Nothing of the scanner is imported before somebody asks: a plain run of pytest pays for this file only.
"""

import contextlib
import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from scanner.engine import Verdict
    from scanner.inventory import Gap
    from scanner.questions import Cloud

SEVERITIES: Final = ("info", "low", "medium", "high", "critical")
_FILE: Final = pytest.StashKey[Path]()
#: A live scan that another worker makes is waited for at most so long, in seconds.
_LONGEST_SCAN: Final = 3600.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("surefoot", "cloud accounts, by surefoot")
    group.addoption(
        "--surefoot",
        metavar="FILE",
        help="turn each verdict of a run (-o jsonl), or of an inventory judged now, into a test",
    )
    group.addoption(
        "--surefoot-cloud",
        metavar="SOURCE",
        help="what the fixture `cloud` asks: a saved inventory, or clouds to scan now (aws,gcp,azure)",
    )
    parser.addini(
        "surefoot_cloud", "what the fixture `cloud` asks, where --surefoot-cloud is not given", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take the file of verdicts among what is collected; alone, unless tests were named too."""
    asked = config.getoption("--surefoot")
    if asked is None:
        return
    path = Path(asked)
    if not path.is_absolute():
        path = config.invocation_params.dir / path
    if not path.is_file():
        raise pytest.UsageError(f"--surefoot {asked}: no such file")
    path = path.resolve()
    config.stash[_FILE] = path
    for severity in SEVERITIES:
        config.addinivalue_line("markers", f"{severity}: a verdict of surefoot of this severity")
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if str(path) not in config.args:
        config.args = [*(config.args if named else ()), str(path)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "VerdictFile | None":
    """Collect the file that --surefoot names, and no other."""
    if parent.config.stash.get(_FILE, None) == file_path.resolve():
        return VerdictFile.from_parent(parent, path=file_path)
    return None


class _Said(NamedTuple):
    """A run, wherever it comes from: verdicts with the reason for which each is accepted, and gaps."""

    verdicts: "Sequence[tuple[Verdict, str | None]]"
    gaps: "Iterable[tuple[Gap, str | None]]"


class VerdictFile(pytest.File):
    """One file: a run that `-o jsonl` wrote, or an inventory."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each verdict, then one for each gap."""
        from scanner.errors import UserError
        from scanner.reporters.text import label

        try:
            said = _said(self.path, self.config.rootpath)
        except UserError as error:
            raise self.CollectError(str(error)) from None
        seen: dict[str, int] = {}
        for verdict, accepted in said.verdicts:
            name = _unique(f"{verdict.rule}[{label(verdict)}]", seen)
            yield VerdictItem.from_parent(self, name=name, verdict=verdict, accepted=accepted)
        for gap, accepted in said.gaps:
            name = _unique(f"not-read[{gap.scope} {gap.kind}]", seen)
            yield GapItem.from_parent(self, name=name, gap=gap, accepted=accepted)


def _unique(name: str, seen: dict[str, int]) -> str:
    """Return a name that no test has: names of resources are not unique, and any text."""
    plain = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name).replace("::", ":")
    seen[plain] = seen.get(plain, 0) + 1
    return plain if seen[plain] == 1 else f"{plain[:-1]} {seen[plain]}]"


def _said(path: Path, root: Path) -> _Said:
    """Read a run, or judge an inventory by the rules and waivers of the surefoot.toml at the root. Raises UserError."""
    from scanner.known.past import read_run, type_of

    if type_of(path) != "inventory":
        past = read_run(path)
        verdicts = sorted(past.seen.values(), key=lambda one: one.verdict.order)
        return _Said([(one.verdict, one.waived) for one in verdicts], [(gap, None) for gap in past.gaps])
    scan = _scan(root)
    report = scan.saved(path)
    return _Said(
        [(verdict, report.reason(verdict)) for verdict in report.verdicts],
        [(gap, report.accepted_gaps.get(gap)) for gap in report.gaps],
    )


def _scan(root: Path, clouds: Sequence[str] = ()) -> Any:
    """Put a run together as the surefoot.toml of a folder says. Raises UserError."""
    from scanner import config, packs, tuning
    from scanner.known import load
    from scanner.models.resource import Cloud
    from scanner.report.known import Known
    from scanner.run import Choice, Scan

    file = root / config.FILE
    settings = config.load(file if file.is_file() else None)
    loaded = packs.load(settings.packs)
    tuned = tuning.tune(loaded, settings, (), ())
    scan = Scan(settings, Choice(clouds=tuple(Cloud(cloud) for cloud in clouds)), tuned)
    if settings.waivers.file is not None:
        today = datetime.now(UTC).date()
        scan.known = Known(waivers=load(settings.waivers.file, today, settings.waivers.max_days), today=today)
    return scan


class _Plain(pytest.Item):
    """A test of a line in a file."""

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the file and the name."""
        return self.path, None, self.name


class VerdictItem(_Plain):
    """One verdict: it fails when the rule found something, and is an error when the rule could not judge."""

    def __init__(self, *, verdict: "Verdict", accepted: str | None, **given: Any) -> None:
        super().__init__(**given)
        self.verdict, self.accepted = verdict, accepted
        self.add_marker(str(verdict.severity))
        scope = verdict.scope
        words = (verdict.rule, verdict.kind, verdict.resource, scope.cloud.value, scope.account, scope.region)
        self.extra_keyword_matches.update(words)

    def setup(self) -> None:
        """Raise for what could not be judged: it is never a pass."""
        if self.accepted is not None:
            pytest.skip(f"accepted: {self.accepted}")
        if self.verdict.outcome in ("unknown", "error"):
            pytest.fail(_text(self.verdict), pytrace=False)

    def runtest(self) -> None:
        """Raise for what was found."""
        if self.verdict.outcome == "fail":
            pytest.fail(_text(self.verdict), pytrace=False)


def _text(verdict: "Verdict") -> str:
    """Return the evidence: what was found or not read, where, and how to follow it."""
    lines = [
        f"{verdict.severity}: {verdict.rule}",
        *verdict.messages,
        *(f"could not read {one.field}: {one.why}" for one in verdict.unread),
        f"{verdict.kind} {verdict.resource}",
        f"in {verdict.scope}",
        f"surefoot explain {verdict.fingerprint[:12]} <inventory> says which call read what",
    ]
    return "\n".join("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in lines)


class GapItem(_Plain):
    """A list that could not be read, or not to its end: always an error, unless it is accepted."""

    def __init__(self, *, gap: "Gap", accepted: str | None, **given: Any) -> None:
        super().__init__(**given)
        self.gap, self.accepted = gap, accepted

    def setup(self) -> None:
        """Raise for what was not read."""
        if self.accepted is not None:
            pytest.skip(f"accepted: {self.accepted}")
        missing = f"{self.gap.permission}: " if self.gap.permission else ""
        pytest.fail(
            f"could not read the list of kind {self.gap.kind} in {self.gap.scope}: {missing}{self.gap.why}",
            pytrace=False,
        )

    def runtest(self) -> None:
        """Do nothing: there is nothing to judge."""


# -- the fixture ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Cloud":
    """Give what was read of the accounts: of the inventory, or the clouds, that --surefoot-cloud names.

    Clouds are scanned once per run, however many workers pytest-xdist has.
    """
    from scanner.errors import UserError

    config = request.config
    source = config.getoption("--surefoot-cloud") or config.getini("surefoot_cloud")
    if not source:
        raise pytest.UsageError(
            "the fixture `cloud` needs --surefoot-cloud SOURCE, or surefoot_cloud in the ini file: a saved inventory, "
            "or clouds to scan"
        )
    try:
        return _cloud(str(source), config.rootpath, tmp_path_factory)
    except UserError as error:
        pytest.fail(str(error), pytrace=False)


def _cloud(source: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> "Cloud":
    from scanner.errors import UserError
    from scanner.providers import clouds
    from scanner.questions import Cloud

    words = [word.strip() for word in source.split(",")]
    if {one.value for one in clouds()}.issuperset(words):
        return Cloud.of(_scanned(words, root, tmp_path_factory))
    path = root / source
    if not path.is_file():
        raise UserError(f"--surefoot-cloud {source}: neither clouds (aws,gcp,azure) nor a file that is there")
    return Cloud.of(path)


def _scanned(clouds: Sequence[str], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the inventory of this run: made by the first worker that asks, waited for by the others."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path, lock, failed = (folder / f"surefoot-cloud{end}" for end in (".jsonl.zst", ".lock", ".failed"))
    with contextlib.suppress(FileExistsError):
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
        try:
            _collect(path, clouds, root)
        except BaseException as error:
            failed.write_text(str(error), encoding="utf-8")
            raise
        return path
    until = time.monotonic() + _LONGEST_SCAN
    while not path.exists():
        if failed.exists():
            pytest.fail(failed.read_text(encoding="utf-8"), pytrace=False)
        if time.monotonic() > until:
            pytest.fail("another worker scans, and has not come to an end within an hour", pytrace=False)
        time.sleep(0.1)
    return path


def _collect(path: Path, clouds: Sequence[str], root: Path) -> None:
    from scanner.exposure import Exposures

    scan = _scan(root, clouds)
    scan.reads = Exposures.reads
    scan.live(path, judge=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say in words what a test with the fixture `cloud` could not read: it is no bug of the test."""
    report = yield
    error = call.excinfo.value if call.excinfo is not None else None
    if error is not None and "cloud" in getattr(item, "fixturenames", ()):
        from scanner.errors import UserError
        from scanner.models.resource import UnreadError

        if isinstance(error, UnreadError):
            report.longrepr = f"could not be read, so that nothing is known: {error}"
        elif isinstance(error, UserError):
            report.longrepr = str(error)
    return report
