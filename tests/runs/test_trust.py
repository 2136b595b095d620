"""A pull request cannot disarm its own gate: what it brings along is listed, not applied."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scanner.cli import app, commands
from scanner.errors import UserError
from scanner.runs.trust import Trusted, TrustError

INVENTORY = Path(__file__).parents[2] / "fixtures" / "terraform" / "inventory.jsonl"
WAIVER = '[[waiver]]\nrule = "{}"\nreason = "r"\nowner = "o"\nuntil = 2999-01-01\n'
RULE = '''"""A rule of our own."""

from scanner import Bucket, Problems, Severity, rule


@rule(
    "bucket-named",
    severity=Severity.CRITICAL,
    passes={{"any": Bucket(versioning="on")}},
    fails={{"none": Bucket(versioning="off")}},
    fix={{}},
)
def bucket_named(bucket: Bucket) -> Problems:
    """Bucket has a state of versions."""
    if bucket.versioning and {}:
        yield "it has"
'''


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, "-C", str(folder), *words], check=True, capture_output=True)  # noqa: S607


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_toml", ".toml").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository whose branch brings along whatever would let it pass."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    put(
        folder,
        surefoot_toml='select = ["volume-unencrypted", "bucket-named"]\npacks = ["house"]\n'
        '[waivers]\nfile = "waivers.toml"\n',
        waivers_toml=WAIVER.format("volume-*"),
        house__bucket_named_py=RULE.format("True"),
        house____init___py='"""Ours."""\n',
        extra__bucket_extra_py=RULE.format("True")
        .replace("bucket-named", "bucket-extra")
        .replace("_named", "_extra"),
        extra____init___py='"""More of ours."""\n',
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    git(folder, "checkout", "-qb", "branch")
    put(
        folder,
        surefoot_toml='select = ["volume-unencrypted"]\n[waivers]\nfile = "waivers.toml"\n',
        waivers_toml=WAIVER.format("volume-*") + WAIVER.format("*"),
        house__bucket_named_py=RULE.format("False"),
        house__new_py="x = 1\n",
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "let me in")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run() -> Callable[..., Result]:
    commands.register(app)

    def run(*words: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if isinstance(result.exception, UserError):
            result.stderr_bytes = str(result.exception).encode()
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.mark.usefixtures("repository")
def test_settings_waivers_and_rules_come_from_the_trusted_commit(run: Callable[..., Result]) -> None:
    disarmed = run("evaluate", INVENTORY)
    assert disarmed.exit_code == 0
    held = run("evaluate", INVENTORY, "--trust", "main", "-o", "jsonl")
    assert held.exit_code == 1
    assert '"rule":"bucket-named"' in held.stdout
    assert '"waived":"r"' in held.stdout, "the base's own waiver holds"
    for said in (
        "not applied, settings as in main are taken instead: surefoot.toml",
        "not applied, rules as in main are taken instead: house/bucket_named.py",
        "not applied, rules as in main are taken instead: house/new.py",
        "not applied, for it is not in main: waivers.toml: * on *, until 2999-01-01: r (o)",
    ):
        assert said in held.stderr
    assert "volume-*" not in held.stderr.split("broad")[0]


def test_files_named_on_the_command_line_come_from_there_too(
    repository: Path, run: Callable[..., Result]
) -> None:
    words = ("evaluate", INVENTORY, "--trust", "main", "--select", "volume-unencrypted")
    put(repository, mine_toml=WAIVER.format("*"), surefoot_toml="")
    assert run(*words, "--waivers", "mine.toml").exit_code == 1, "it is not in main, and so it waives nothing"
    (repository / "extra" / "__init__.py").write_text("raise RuntimeError")
    assert run(*words, "--rules", "extra").exit_code == 0
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "more")
    put(repository, more__x_py="x = 1\n")
    git(repository, "add", "-A")
    added = run(*words, "--rules", "more")
    assert "more: this branch adds it, and --trust main takes what that commit has" in added.stderr
    (repository / "main.jsonl").write_text(run("evaluate", INVENTORY, "-o", "jsonl").stdout)
    given = run(*words, "--baseline", "main.jsonl", "--new-only")
    assert given.exit_code == 0, "what git does not track was brought by whoever runs the gate"
    git(repository, "add", "-A")
    assert "main.jsonl: this branch adds it" in run(*words, "--baseline", "main.jsonl").stderr


def test_a_link_leads_nowhere_else(repository: Path, tmp_path: Path, run: Callable[..., Result]) -> None:
    put(tmp_path, outside_toml=WAIVER.format("*"))
    (repository / "waivers.toml").unlink()
    (repository / "waivers.toml").symlink_to(tmp_path / "outside.toml")
    held = run("evaluate", INVENTORY, "--trust", "main", "--select", "bucket-named")
    assert held.exit_code == 1
    trusted = Trusted("main")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "link")
    linked = Trusted("branch")
    assert linked.take(Path("waivers.toml")) is None
    assert trusted.take(Path("waivers.toml")) == trusted.folder / "waivers.toml"
    assert trusted.take(Path("none")) is None
    trusted.close()
    linked.close()
    assert not trusted.folder.exists()


def test_the_code_that_findings_lead_to_stays_that_of_the_branch(
    repository: Path, run: Callable[..., Result]
) -> None:
    git(repository, "checkout", "-q", "main")
    put(repository, surefoot_toml='[iac]\ndir = "code"\n', code__a_tf="")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "code")
    git(repository, "checkout", "-qb", "other")
    (repository / "code" / "a.tf").write_text('resource "a" "b" {}\n')
    assert run("evaluate", INVENTORY, "--trust", "main", "--fail-on", "never", "--allow-gaps").exit_code == 0


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("ref", ["no-such-branch", "--output=x", "main..branch", ""])
def test_a_commit_that_is_not_there_is_refused(ref: str) -> None:
    with pytest.raises(TrustError, match="git knows no such commit here; fetch it before the scan"):
        Trusted(ref)


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TrustError, match="not a git repository"):
        Trusted("main")
