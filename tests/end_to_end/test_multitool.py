"""The official SARIF multitool, with the rules of GitHub on, finds no error in what we write for code scanning."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import ROOT, Command

from scanner.inventory import Header, Inventory, load, save
from scanner.models.resource import Cloud, Scope
from scanner.reporters.sarif_check import flaws

MODULES = ROOT / "tests" / "multitool" / "node_modules" / "@microsoft"
TOOL = MODULES / f"sarif-multitool-{sys.platform}" / "Sarif.Multitool"
RULES = ROOT / "tests" / "schemas" / "multitool-ghas-config.xml"

STARTED = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not TOOL.exists(),
        reason="the official SARIF multitool is not installed: `make multitool`, which needs npm",
    ),
]


def errors(sarif: Path) -> list[str]:
    """What the tool calls an error. It ends with 0 whatever it finds, so its own report is read."""
    said = sarif.with_suffix(".multitool.sarif")
    words = ["validate", sarif, "--rule-kind", "Sarif;Ghas", "--config", RULES, "--output", said]
    # Without `-q` it stumbles over a location without a file; without the size it does not look at 16 MB at all.
    words += ["--log", "ForceOverwrite", "--level", "Error", "--max-file-size-in-kb", "65536", "-q", "true"]
    subprocess.run([TOOL, *map(str, words)], check=True, capture_output=True, timeout=400)
    [run] = json.loads(said.read_text())["runs"]
    kinds = ("toolExecutionNotifications", "toolConfigurationNotifications")
    notes = [note for one in run.get("invocations", []) for kind in kinds for note in one.get(kind, [])]
    return [
        f"{one.get('ruleId')}: {one['message'].get('arguments') or one['message'].get('text')}"
        for one in (*run.get("results", []), *notes)
        if one.get("level") == "error"
    ]


@pytest.fixture
def surefoot(tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path, {})
    yield command
    command.close()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of reports of the demo, which serves its accounts itself."""
    command = Command(tmp_path_factory.mktemp("shown"), {})
    ran = command("demo", "--fail-on", "never")
    assert ran.code == 0, ran.err
    return command.folder / "demo-report"


def evaluated(surefoot: Command, kept: Inventory) -> tuple[Path, list[int]]:
    """The SARIF of an inventory as the command writes it, and how many results each of its runs has."""
    save(kept, surefoot.folder / "kept.jsonl")
    ran = surefoot(
        "evaluate",
        "kept.jsonl",
        "-o",
        "sarif=out.sarif",
        "--fail-on",
        "never",
        "--allow-empty",
        "--allow-gaps",
    )
    assert ran.code == 0, ran.err
    made = surefoot.folder / "out.sarif"
    return made, [len(run["results"]) for run in json.loads(made.read_bytes())["runs"]]


def test_the_tool_finds_what_is_wrong(shown: Path, tmp_path: Path) -> None:
    made = json.loads((shown / "findings.sarif").read_bytes())
    place = made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    place["artifactLocation"]["uri"] = "https://example.com/x"
    del place["region"]
    (tmp_path / "wrong.sarif").write_text(json.dumps(made))
    found = "\n".join(errors(tmp_path / "wrong.sarif"))
    assert "GH1003" in found
    assert "GH1005" in found


def test_the_demo(shown: Path) -> None:
    assert errors(shown / "findings.sarif") == []
    assert list(flaws(shown / "findings.sarif")) == []


def test_lines_of_code_calls_of_modules_and_ways_of_packets(surefoot: Command) -> None:
    estate = ROOT / "fixtures" / "terraform"
    code = ("--iac", estate, "--state", estate / "terraform.tfstate")
    ran = surefoot(
        "evaluate",
        estate / "inventory.jsonl",
        *code,
        "-o",
        "sarif=out.sarif",
        "--fail-on",
        "never",
        "--allow-gaps",
    )
    assert ran.code == 0, ran.err
    made = surefoot.folder / "out.sarif"
    results = [one for run in json.loads(made.read_bytes())["runs"] for one in run["results"]]
    assert any("codeFlows" in one for one in results)
    assert any("relatedLocations" in one for one in results)
    assert errors(made) == []
    assert list(flaws(made)) == []


def test_an_empty_account(surefoot: Command) -> None:
    here = Scope(Cloud.AWS, "111122223333", "eu-west-1")
    made, counts = evaluated(surefoot, Inventory(header=Header({}, (here,), started=STARTED)))
    assert counts == [0]
    assert errors(made) == []
    assert list(flaws(made)) == []


def test_25_000_findings(shown: Path, surefoot: Command) -> None:
    """Five accounts of buckets like the demo's worst one, each with more findings than GitHub shows."""
    [worst] = [
        one
        for one in load(shown / "inventory.jsonl.zst").resources
        if one.id == "arn:aws:s3:::demo-shop-upload-inbox"
    ]
    scopes = [Scope(Cloud.AWS, str(account) * 12, "eu-west-1") for account in range(1, 6)]
    buckets = [
        worst.model_copy(update={"id": f"{worst.id}-{account.account[0]}-{number}", "scope": account})
        for account in scopes
        for number in range(900)
    ]
    made, counts = evaluated(surefoot, Inventory(buckets, header=Header({}, tuple(scopes), started=STARTED)))
    assert counts == [5_000] * 5
    assert errors(made) == []
    assert list(flaws(made)) == []
