"""What may be loaded to answer a small question: start-up is held by what is imported, not by a clock."""

import subprocess
import sys

import pytest

SDKS = {"boto3", "botocore", "s3transfer", "urllib3", "requests", "google", "azure", "msal", "moto"}

OURS = {"orjson", "zstandard", "rules", "scanner.models", "scanner.run"}

LOADED = """
import atexit, sys
sys.argv = ["surefoot", *sys.argv[1:]]
def say():
    ours = (name for name in sys.modules if name.startswith("scanner.") or "." not in name)
    sys.stderr.write("loaded: " + " ".join(ours))
atexit.register(say)
from scanner.cli import main
main()
"""


def loaded(*words: str) -> set[str]:
    """Run the command and return what it has loaded when it ends: top-level modules, and our own."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, timeout=30, check=True
    )
    return set(ran.stderr.rpartition("loaded: ")[2].split())


def test_help_loads_neither_pydantic_nor_models_nor_an_sdk() -> None:
    assert loaded("--help") & {*SDKS, *OURS, "pydantic", "pydantic_core"} == set()


@pytest.mark.parametrize("words", [["scan", "--help"], ["version"]])
def test_a_commands_help_loads_nothing_that_the_command_needs(words: list[str]) -> None:
    """The library of the command line reads words by pydantic; nothing of ours comes with it."""
    assert loaded(*words) & {*SDKS, *OURS} == set()


@pytest.mark.parametrize("words", [["rules", "list"], ["rules", "show", "bucket-public"]])
def test_listing_rules_loads_no_sdk(words: list[str]) -> None:
    modules = loaded(*words)
    assert "rules" in modules
    assert modules & SDKS == set()


def test_permissions_and_a_dry_run_load_no_sdk() -> None:
    assert loaded("permissions", "aws") & SDKS == set()
    assert loaded("scan", "aws", "--dry-run") & SDKS == set()


def test_the_demo_is_not_loaded_by_anything_else() -> None:
    with_demo = (
        "import sys; import scanner.cli.commands; import scanner.run; print('scanner.demo' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", with_demo], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
