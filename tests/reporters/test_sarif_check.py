"""What code scanning would refuse or take amiss: found in files that the schema lets pass, and not in ours."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up_reports import OPEN, ordinary, report, text, verdict

from scanner.reporters import Page, reporter
from scanner.reporters.sarif_check import flaws

Change = Callable[[dict[str, Any]], None]


def ours() -> dict[str, Any]:
    log: dict[str, Any] = json.loads(text(reporter("sarif"), ordinary(), Page()))
    return log


def said(tmp_path: Path, log: Any) -> list[str]:
    path = tmp_path / "x.sarif"
    path.write_text(log if isinstance(log, str) else json.dumps(log))
    return [f"{'error' if one.grave else 'warning'} {one.where}: {one.text}" for one in flaws(path)]


def test_ours_are_good(tmp_path: Path) -> None:
    for one in (ordinary(), report(), report(scopes=(), rules=())):
        assert said(tmp_path, text(reporter("sarif"), one, Page())) == []


@pytest.mark.slow
def test_ours_are_good_where_there_are_many(tmp_path: Path) -> None:
    many = report([verdict(OPEN, f"crate {number}/é") for number in range(25_000)])
    assert said(tmp_path, text(reporter("sarif"), many, Page())) == []


def result(log: dict[str, Any]) -> Any:
    return next(one["results"][0] for one in log["runs"] if one["results"])


def rule(log: dict[str, Any]) -> Any:
    return log["runs"][0]["tool"]["driver"]["rules"][0]


def place(log: dict[str, Any]) -> Any:
    return result(log)["locations"][0]["physicalLocation"]


GIT = {"artifactLocation": {"uri": "git::x"}, "region": {"startLine": 1}}

CHANGES: list[tuple[Change, str]] = [
    (lambda log: log.update(version="2.0.0"), "error version"),
    (lambda log: log.pop("$schema"), "error $schema"),
    (lambda log: log.update(runs=[]), "error runs: is empty"),
    (lambda log: log.update(runs=log["runs"] * 11), "error runs: 22; 20 are taken"),
    (
        lambda log: log["runs"].append(log["runs"][0]),
        "error runs: 2 runs of tool 'Surefoot' with the category",
    ),
    (
        lambda log: log["runs"][0].pop("automationDetails"),
        "error runs[0].automationDetails.id: '' has no category",
    ),
    (
        lambda log: log["runs"][0]["automationDetails"].update(id="surefoot/aws/2026-11-23/1"),
        "error runs[0].automationDetails.id: a date or commit",
    ),
    (lambda log: log["runs"][0].pop("results"), "error runs[0].results: is missing"),
    (lambda log: log["runs"][0]["tool"]["driver"].pop("name"), "error runs[0].tool.driver.name"),
    (lambda log: log["runs"][0]["tool"].update(extensions=[{}] * 101), "error runs[0].tool.extensions: 101"),
    (lambda log: rule(log).pop("help"), "error runs[0].tool.driver.rules[0].help.text: is missing"),
    (lambda log: rule(log).update(name="x" * 256), "error runs[0].tool.driver.rules[0].name: 256 characters"),
    (
        lambda log: rule(log)["properties"].update(tags=["security", *"abcdefghij"]),
        "warning runs[0].tool.driver.rules[0]",
    ),
    (
        lambda log: rule(log)["properties"].update(tags=["security", *map(str, range(20))]),
        "error runs[0].tool.driver.rules",
    ),
    (
        lambda log: rule(log)["properties"].update(tags=[]),
        "error runs[0].tool.driver.rules[0].properties.tags: without",
    ),
    (
        lambda log: rule(log)["properties"].update({"security-severity": 9.5}),
        "error runs[0].tool.driver.rules[0].prop",
    ),
    (
        lambda log: rule(log)["properties"].update({"security-severity": "0.0"}),
        "error runs[0].tool.driver.rules[0].pr",
    ),
    (
        lambda log: rule(log)["properties"].update({"security-severity": "9.0"}),
        "warning runs[0].tool.driver.rules[0]",
    ),
    (lambda log: result(log).update(ruleId="other"), "error runs[0].results[0].ruleId"),
    (lambda log: result(log).update(ruleIndex=1), "error runs[0].results[0].ruleIndex"),
    (lambda log: result(log).update(message={"text": ""}), "error runs[0].results[0].message.text"),
    (lambda log: result(log).update(kind="pass"), "error runs[0].results[0].kind"),
    (
        lambda log: result(log).update(suppressions=[{"kind": "external"}]),
        "error runs[0].results[0].suppressions",
    ),
    (lambda log: result(log).update(locations=[]), "error runs[0].results[0].locations: 0"),
    (
        lambda log: result(log)["locations"][0].pop("physicalLocation"),
        "error runs[0].results[0].locations[0].physical",
    ),
    (
        lambda log: place(log)["artifactLocation"].update(uri="arn:aws:s3:::b"),
        "error runs[0].results[0].locations[0]",
    ),
    (
        lambda log: place(log)["artifactLocation"].update(uri="/etc/x"),
        "error runs[0].results[0].locations[0].physical",
    ),
    (
        lambda log: place(log)["artifactLocation"].update(uri="a/%2e%2e/x"),
        "error runs[0].results[0].locations[0].phys",
    ),
    (
        lambda log: place(log)["artifactLocation"].update(uri="a b"),
        "error runs[0].results[0].locations[0].physicalLo",
    ),
    (
        lambda log: place(log)["region"].update(startLine=0),
        "error runs[0].results[0].locations[0].physicalLocation.reg",
    ),
    (lambda log: result(log).pop("partialFingerprints"), "warning runs[0].results[0].partialFingerprints"),
    (
        lambda log: log["runs"][0]["results"].append(result(log)),
        "error runs[0].results[3].partialFingerprints",
    ),
    (
        lambda log: result(log).update(relatedLocations=[{"id": 1, "physicalLocation": GIT}]),
        "error runs[0].results[0].relatedLocations[0].physicalLocation.artifactLocation.uri: 'git::x'",
    ),
    (
        lambda log: result(log).update(
            codeFlows=[{"threadFlows": [{"locations": [{}, {"location": {"physicalLocation": GIT}}]}]}]
        ),
        "error runs[0].results[0].codeFlows[1].physicalLocation.artifactLocation.uri: 'git::x'",
    ),
    (
        lambda log: result(log).update(codeFlows=[{"threadFlows": [{"locations": [{}] * 10_001}]}]),
        "error runs[0].results[0].codeFlows: 10,001",
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[f"{number}" for number in range(len(CHANGES))])
def test_each_flaw_is_found(tmp_path: Path, change: Change, expected: str) -> None:
    log = ours()
    change(log)
    found = said(tmp_path, log)
    assert [one for one in found if one.startswith(expected)], found


@pytest.mark.slow
def test_more_than_is_shown_or_taken(tmp_path: Path) -> None:
    log = ours()
    log["runs"][0]["results"] = [result(log)] * 5_001
    assert any("5,001; only 5,000 are shown" in one for one in said(tmp_path, log))
    log["runs"][0]["results"] *= 5
    assert any("25,005; 25,000 are taken" in one for one in said(tmp_path, log))


@pytest.mark.parametrize("log", ["", "[]", "{}", '{"version": "2.1.0", "runs": [3]}'])
def test_what_is_no_sarif_at_all(tmp_path: Path, log: str) -> None:
    assert said(tmp_path, log)
