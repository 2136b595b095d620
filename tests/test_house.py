"""What holds the house together: the locks, the two commands of the README, and who may import whom."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from venv import EnvBuilder
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import scanner

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
LOCKS = ["requirements.lock", "requirements-action.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Each package of a lock: its version, and its hashes."""
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    found: dict[str, tuple[str, list[str]]] = {}
    for entry in entries:
        head = re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", entry)
        assert head, f"{lock}: not a pin: {entry.splitlines()[0]}"
        found[canonicalize_name(head[1])] = (head[2], re.findall(r"--hash=(\S+)", entry))
    return found


def asked(*extras: str) -> list[Requirement]:
    """The core dependencies, the build backend, and those of some extras (of the project itself: their own extras)."""
    lines = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    for extra in extras:
        for line in PROJECT["project"]["optional-dependencies"][extra]:
            own = Requirement(line)
            lines += [str(r) for r in asked(*sorted(own.extras))] if own.name == "surefoot" else [line]
    return [Requirement(line) for line in lines]


def tracked() -> list[Path]:
    """Every text file that git knows, or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is found by PATH
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    for name, (_, hashes) in pins(lock).items():
        assert hashes, f"{name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), name
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--\w*index\w*|--find-links|--trusted-host)\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        ("requirements.lock", "demo"),
        ("requirements-dev.lock", "dev"),
        *(("requirements-action.lock", extra) for extra in ("azure", "gcp", "iac")),
    ],
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, extra: str) -> None:
    locked = pins(lock)
    for requirement in asked(extra):
        assert canonicalize_name(requirement.name) in locked, f"{requirement.name}: run `make lock`"
        version = locked[canonicalize_name(requirement.name)][0]
        assert requirement.specifier.contains(version), (
            f"{requirement} but {version} is locked: run `make lock`"
        )


def test_the_lock_for_development_holds_the_other() -> None:
    """Else `make test` after `make demo` would move the versions that the demo runs with."""
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_botocore_has_an_upper_pin() -> None:
    [botocore] = [r for r in asked() if r.name == "botocore"]
    assert any(s.operator in {"<", "==", "~="} for s in botocore.specifier)


def test_the_version_is_the_same_everywhere() -> None:
    assert scanner.__version__ == PROJECT["project"]["version"]


def test_every_command_that_the_readme_names_for_make_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|[`;] ?)make ([a-z-]+)", README, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_the_readme_starts_with_the_two_commands() -> None:
    assert README.index("make demo") < README.index("make test") < README.index("\n## ")


def test_no_registry_is_named() -> None:
    """A mirror must do: where packages come from is the machine's business."""
    hosts = [
        ".".join(words)
        for words in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org")]
    ]
    for path in tracked():
        content = path.read_bytes()
        assert not [host for host in hosts if host.encode() in content], path


def test_every_room_stands_on_a_floor() -> None:
    """A module that [tool.importlinter] does not place could import anything."""
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = set(re.findall(r"scanner\.(\w+)", " ".join(layers)))
    rooms = {
        path.stem
        for path in (ROOT / "scanner").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"__init__"} <= placed


def test_actions_are_pinned_by_commit() -> None:
    for workflow in (ROOT / ".github" / "workflows").iterdir():
        for action in re.findall(r"uses: (\S+)", workflow.read_text()):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), f"{workflow.name}: {action}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from what the lock has installed."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True)
    [built] = folder.glob("surefoot-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_carries_both_packages_with_their_data(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT)
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in {"scanner", "rules"}
    }
    assert {path.as_posix() for path in ours} <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names} == {
        "scanner",
        "rules",
        f"surefoot-{scanner.__version__}.dist-info",
    }


@pytest.mark.slow
def test_the_wheel_works_where_nothing_else_is(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, from another folder: the command starts and finds the built-in rules."""
    EnvBuilder(with_pip=True).create(tmp_path / "env")
    binaries = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))
    }
    listed = subprocess.run(
        [binaries / "surefoot", "rules", "list"],
        cwd=tmp_path, env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert {"ssh-open-to-internet", "bucket-public", "database-without-backup"} <= set(listed.stdout.split())
