"""SARIF as GitHub's code scanning takes it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
from made_up_reports import (
    ACME,
    BELGIUM,
    HOLLAND,
    IRELAND,
    OPEN,
    RUSTY,
    crate_without_crane,
    denied,
    made_up,
    ordinary,
    report,
    text,
    verdict,
)  # fmt: skip
from pydantic import ValidationError

from scanner.engine import Outcome, Tuned, Verdict
from scanner.frameworks import CIS_AWS_7
from scanner.iac.ids import Subject
from scanner.iac.location import Call, Location
from scanner.iac.naming import Way
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Code, Scope
from scanner.report import Report
from scanner.reporters import Page, reporter, sarif_models
from scanner.reporters.sarif_places import path_of
from scanner.rule import Severity

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-schema-2.1.0.json").read_text())
VALID = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)


def sarif(one: Report) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text(reporter("sarif"), one, Page()))
    VALID.validate(made)
    return made


def results(one: Report) -> list[dict[str, Any]]:
    return [result for run in sarif(one)["runs"] for result in run["results"]]


def notes(run: dict[str, Any]) -> list[str]:
    return [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]


def test_the_schema_finds_what_is_wrong() -> None:
    made = sarif(ordinary())
    made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["url"] = "x"
    assert not VALID.is_valid(made)


def test_one_run_per_account_each_a_category_of_its_own() -> None:
    runs = sarif(ordinary())["runs"]
    assert [run["automationDetails"]["id"] for run in runs] == [
        "surefoot/aws/111122223333/20261123T013000Z",
        "surefoot/gcp/acme-prod/20261123T013000Z",
    ]
    assert {run["tool"]["driver"]["name"] for run in runs} == {"Surefoot"}
    assert [len(run["results"]) for run in runs] == [3, 1]


def test_an_account_without_findings_has_an_empty_run_so_that_its_alerts_close() -> None:
    made = sarif(report(scopes=(IRELAND,)))
    assert [run["results"] for run in made["runs"]] == [[]]
    assert made["runs"][0]["automationDetails"]["id"].startswith("surefoot/aws/111122223333/")


def test_a_scan_of_nothing_still_has_a_run() -> None:
    [run] = sarif(report(scopes=(), rules=()))["runs"]
    assert run["results"] == []


def test_a_rule_tells_what_github_shows() -> None:
    made = report([verdict(crate_without_crane, "a")], frameworks=(CIS_AWS_7, ACME))
    [rule] = sarif(made)["runs"][0]["tool"]["driver"]["rules"]
    assert rule == {
        "id": "crate-without-crane",
        "name": "CrateWithoutCrane",
        "shortDescription": {"text": "Crate stands where no crane can lift it"},
        "fullDescription": {
            "text": "Sooner or later every crate has to move, and a crate that cannot be lifted is dragged: dragged "
            "crates lose their lids - the floor is scratched - the lid falls off"
        },
        "help": {
            "text": f"Crate stands where no crane can lift it.\n\n{crate_without_crane.reason}\n\n"
            "Fix:\nPut the crate under a crane that carries it.\n\nReferences:\nhttps://example.com/cranes",
            "markdown": f"**Crate stands where no crane can lift it.**\n\n{crate_without_crane.reason}\n\n"
            "**Fix**\n\n```\nPut the crate under a crane that carries it.\n```\n\n"
            "**References**\n\n- https://example.com/cranes",
        },
        "helpUri": "https://example.com/cranes",
        "defaultConfiguration": {"level": "warning"},
        "properties": {
            "tags": ["security", "CIS-AWS-7.0:3.2.2", "ACME-1:2"],
            "precision": "very-high",
            "security-severity": "5.5",
        },
    }


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        ("critical", "error", "9.5"),
        ("high", "error", "8.0"),
        ("medium", "warning", "5.5"),
        ("low", "note", "2.0"),
        ("info", "note", None),
    ],
)
def test_severities(severity: str, level: str, score: str | None) -> None:
    rule = made_up("crate-bad", Severity(severity), "Crate is bad")
    [run] = sarif(report([verdict(rule, "a")], rules=[rule], scopes=(IRELAND,)))["runs"]
    assert run["results"][0]["level"] == level
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"] == level
    assert run["tool"]["driver"]["rules"][0]["properties"].get("security-severity") == score


def test_a_user_s_severity_counts() -> None:
    made = replace(
        report([verdict(OPEN, "a", severity=Severity.LOW)]), rules={OPEN.id: Tuned(OPEN, Severity.LOW)}
    )
    [run] = sarif(made)["runs"]
    assert run["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == "2.0"


def test_at_most_ten_tags() -> None:
    many = made_up("crate-bad", Severity.LOW, "Crate is bad", controls=list(CIS_AWS_7.controls.values())[:30])
    [rule] = sarif(report([verdict(many, "a")], rules=[many]))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["properties"]["tags"][:3] == ["security", "storage", "CIS-AWS-7.0:2.1.1"]
    assert len(rule["properties"]["tags"]) == 10


def test_texts_keep_to_what_github_takes() -> None:
    rule = made_up("crate-bad" + "-bad" * 99, Severity.LOW, "Crate is bad " * 200)
    [made] = sarif(report([verdict(rule, "a")], rules=[rule]))["runs"][0]["tool"]["driver"]["rules"]
    assert len(made["name"]) <= 255
    assert len(made["shortDescription"]["text"]) <= 1024


def test_a_result_says_who_what_and_where() -> None:
    [result] = results(report([verdict(OPEN, "front-door")]))
    fingerprint = verdict(OPEN, "front-door").fingerprint
    assert result == {
        "ruleId": "crate-open",
        "ruleIndex": 0,
        "level": "error",
        "message": {
            "text": "front-door: its lid is off. Crate arn:aws:crates:eu-west-1:111122223333:crate/front-door "
            "in aws account 111122223333, eu-west-1."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "cloud/aws/111122223333/eu-west-1/crates/Crate/crate%2Ffront-door"
                    },
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": "front-door",
                        "fullyQualifiedName": "arn:aws:crates:eu-west-1:111122223333:crate/front-door",
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1"},
    }


def test_only_findings_that_are_not_waived_become_alerts() -> None:
    made = [
        (result["ruleId"], result["locations"][0]["logicalLocations"][0]["name"])
        for result in results(ordinary())
    ]
    assert made == [
        ("crate-open", "front-door"),
        ("crate-open", "loading-ramp"),
        ("crate-rusty", "front-door"),
        ("crate-open", "shed"),
    ]


def test_what_could_not_be_judged_is_said() -> None:
    aws, gcp = sarif(ordinary())["runs"]
    assert notes(aws) == [
        "not read: Crane in us-east-1: denied, permission cranes:DescribeCranes: DescribeCranes: AccessDenied: no",
        "crate-open: 1 resource could not be judged",
        "crate-rusty: 1 resource could not be judged",
    ]
    assert notes(gcp) == []
    cut = sarif(ordinary(complete=False))["runs"][0]
    assert cut["invocations"][0]["executionSuccessful"] is False


def test_no_alert_has_two_twins() -> None:
    """Two resources at one path stay two alerts, by their hashes."""
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(ordinary())]
    assert len(set(hashes)) == len(hashes)
    assert all(re.fullmatch(r"[0-9a-f]{32}:1", one) for one in hashes)


def test_nothing_but_times_changes_from_night_to_night() -> None:
    made = ordinary()
    later = replace(
        made, run="20261124T013000Z", started=made.started + timedelta(days=1), seconds=1.0, calls=1
    )
    again = (
        text(reporter("sarif"), later, Page())
        .replace("20261124T", "20261123T")
        .replace("2026-11-24T", "2026-11-23T")
    )
    assert again == text(reporter("sarif"), made, Page())


def test_more_than_5000_the_worst_stay() -> None:
    made = [verdict(RUSTY, f"c-{number}") for number in range(4_000)] + [
        verdict(OPEN, f"c-{number}") for number in range(1_500)
    ]
    [run] = sarif(report(made, scopes=(IRELAND,)))["runs"]
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error"] * 1_500 + ["note"] * 3_500
    assert notes(run) == ["500 findings of 5,500 left out, none worse than the 5,000 that are here"]


@pytest.mark.parametrize(
    ("scope", "resource", "path"),
    [
        (IRELAND, "arn:aws:s3:::logs", "cloud/aws/111122223333/eu-west-1/s3/Crate/logs"),
        (IRELAND, "arn:aws:x:r:1:a/b c#d?e", "cloud/aws/111122223333/eu-west-1/x/Crate/a%2Fb%20c%23d%3Fe"),
        (IRELAND, "sg-1", "cloud/aws/111122223333/eu-west-1/crate/Crate/sg-1"),
        (IRELAND, "..", "cloud/aws/111122223333/eu-west-1/crate/Crate/_.."),
        (IRELAND, "", "cloud/aws/111122223333/eu-west-1/crate/Crate/_"),
        (IRELAND, "\ud800", r"cloud/aws/111122223333/eu-west-1/crate/Crate/%5Cud800"),
        (
            BELGIUM,
            "//compute.googleapis.com/projects/acme-prod/zones/b/disks/d",
            "cloud/gcp/acme-prod/europe-west1/compute/Crate/zones%2Fb%2Fdisks%2Fd",
        ),
        (
            HOLLAND,
            f"/subscriptions/{HOLLAND.account}/resourceGroups/Rg/providers/Microsoft.Storage/storageAccounts/Logs",
            (
                f"cloud/azure/{HOLLAND.account}/westeurope/microsoft.storage/Crate/"
                "resourcegroups%2Frg%2Fproviders%2Fmicrosoft.storage%2Fstorageaccounts%2Flogs"
            ),
        ),
        (Scope(Cloud.AWS, "a:b/c", ""), "x", "cloud/aws/a%3Ab%2Fc/_/crate/Crate/x"),
    ],
)
def test_the_path_of_a_resource(scope: Scope, resource: str, path: str) -> None:
    assert path_of(verdict(OPEN, "", scope=scope, resource=resource)) == path


@pytest.mark.parametrize(
    "name", ["\x1b[31m", "[text](https://evil.example)", "\u202eabc", "a\nb", "{0}", "<b>"]
)
def test_hostile_text_is_shown_as_text(name: str) -> None:
    one = verdict(OPEN, name, messages=[name], resource="arn:" + name, scope=Scope(Cloud.AWS, name, name))
    unknown = verdict(OPEN, "u", Outcome.UNKNOWN, unread=denied("x", "p:q"))
    made = report([one, unknown], [Gap(one.scope, name, Code.DENIED, text=name)], scopes=())
    text_ = json.dumps(sarif(made), ensure_ascii=False)
    assert text_.isprintable()
    assert "](https" not in results(made)[0]["message"]["text"]
    uri = results(made)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9/%_.~-]+", uri)
    assert unquote(uri).endswith("arn:" + name)


def test_azure_ids_are_one_resource_whatever_their_case() -> None:
    upper, lower = (
        verdict(OPEN, "x", scope=HOLLAND, resource=id_)
        for id_ in ("/Subscriptions/S/X", "/subscriptions/s/x")
    )
    assert path_of(upper) == path_of(lower)
    assert upper.fingerprint == lower.fingerprint


def test_a_key_that_sarif_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="ruleID"):
        sarif_models.Result.model_validate({"ruleID": "x"})
    with pytest.raises(ValidationError, match="runs"):
        sarif_models.Log(runs=())


def test_the_file_is_small_enough_to_be_taken() -> None:
    """GitHub takes 10 MB compressed; the most results with long names stay far below that uncompressed."""
    made: list[Verdict] = [
        verdict(OPEN, f"a-crate-with-an-ordinary-name-{number}") for number in range(5_000)
    ]
    assert len(text(reporter("sarif"), report(made), Page())) < 8_000_000


def test_many_gaps_are_counted() -> None:
    gaps = [Gap(IRELAND, f"Kind{number:03}", Code.THROTTLED) for number in range(120)]
    made = notes(sarif(report(gaps=gaps, scopes=(IRELAND,)))["runs"][0])
    assert made[0] == "not read: Kind000 in eu-west-1: throttled: throttled"
    assert made[100:] == ["20 more gaps"]


def test_a_rule_with_no_more_than_a_title_still_has_help() -> None:
    bare = made_up("crate-bad", Severity.LOW, "Crate is bad", fix={})
    bare.check.__doc__ = "Crate is bad."
    [rule] = sarif(report([verdict(bare, "a")], rules=[bare]))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == "Crate is bad"
    assert rule["help"] == {"text": "Crate is bad.", "markdown": "**Crate is bad.**"}


GATE = Subject(IRELAND, "Firewall", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1")


def test_the_way_in_is_linked_behind_the_calls_of_the_modules() -> None:
    one = verdict(OPEN, "front-door")
    own = Location("main.tf", 9, 1, 9, 8, "crate.door", chain=(Call("site.tf", 2, 1, "house", "./house"),))
    ways = (
        Way(GATE, Location("net/groups.tf", 3, 5, 3, 20, "rule[0]")),
        Way(GATE, Location("net.tf", 7, 1, 7, 9, "gate", repository="net")),
        Way(GATE),
    )
    made = report([one], locations={one.fingerprint: own}, ways={one.fingerprint: ways})
    [result] = results(made)
    assert result["message"]["text"].endswith(
        "called through [module house](1). The way in leads through [rule\\[0\\]](2), [gate](3), "
        "[security-group/sg-1](4)."
    )
    places = [place["physicalLocation"] for place in result["relatedLocations"]]
    virtual = f"cloud/aws/{IRELAND.account}/eu-west-1/ec2/Firewall/security-group%2Fsg-1"
    paths = [place["artifactLocation"]["uri"] for place in places]
    assert paths == ["site.tf", "net/groups.tf", "net.tf", virtual]
    assert places[1]["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 20}
    assert [place["id"] for place in result["relatedLocations"]] == [1, 2, 3, 4]
    [elsewhere] = results(replace(made, locations={}, only_repository=""))
    assert [place["id"] for place in elsewhere["relatedLocations"]] == [1, 2, 3]
    assert elsewhere["message"]["text"].endswith(
        " The way in leads through [rule\\[0\\]](1), [security-group/sg-1](2), [security-group/sg-1](3)."
    )


def test_the_way_of_the_packets_is_a_code_flow_that_ends_at_the_resource() -> None:
    one = verdict(OPEN, "front-door")
    own = Location("main.tf", 9, 1, 9, 8, "crate.door")
    way = Way(GATE, Location("net/groups.tf", 3, 5, 3, 20, "rule"))
    [result] = results(
        report([one], locations={one.fingerprint: own}, ways={one.fingerprint: (way, Way(GATE))})
    )
    [[steps]] = [[flow["locations"] for flow in one["threadFlows"]] for one in result["codeFlows"]]
    said = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"].rpartition("/")[2],
            step["location"]["message"]["text"],
        )
        for step in steps
    ]
    assert said == [
        ("groups.tf", "rule lets packets through"),
        ("security-group%2Fsg-1", "security-group/sg-1 lets packets through"),
        ("main.tf", "front-door is reached"),
    ]
    assert steps[-1]["location"]["physicalLocation"] == result["locations"][0]["physicalLocation"]
    [plain] = results(report([one]))
    assert "codeFlows" not in plain
