"""JUnit, OCSF, ASFF, Code Quality: valid by their schemas, and saying what the report says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import xmlschema
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from made_up_reports import (
    BELGIUM,
    HOLLAND,
    IRELAND,
    OPEN,
    RUSTY,
    STARTED,
    ordinary,
    report,
    text,
    verdict,
)

from scanner.engine import Outcome
from scanner.iac import Location
from scanner.known import Past, Seen, present_in
from scanner.known.comparing import compare
from scanner.report import Report
from scanner.report.known import as_past
from scanner.reporters import FORMATS, Page, reporter
from scanner.rule import Severity

SCHEMAS = Path(__file__).parents[1] / "schemas"
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
OCSF = jsonschema_rs.validator_for(
    json.loads((SCHEMAS / "ocsf-1.8.0-compliance_finding-cloud.schema.json").read_text())
)
SECURITY_HUB = ServiceModel(Loader().load_service_model("securityhub", "service-2"))

HOSTILE = "\x1b[31m<b>\"&'\u202e\ud800\r\n]]>=1+1"
PLACE = Location("infra/main.tf", 7, 3, 7, 20, "aws_crate.door")


def hostile() -> Report:
    verdicts = [
        verdict(
            OPEN,
            "door",
            messages=[HOSTILE],
            resource=f"arn:aws:crates:eu-west-1:111122223333:crate/{HOSTILE}",
        ),
        verdict(
            OPEN, "azure", scope=HOLLAND, resource="/subscriptions/x/providers/Microsoft.Crates/crates/a"
        ),
        verdict(
            RUSTY, "gcp", Outcome.PASS, scope=BELGIUM, resource="//crates.googleapis.com/projects/p/crates/a"
        ),
    ]
    return report(verdicts, scopes=(IRELAND, HOLLAND, BELGIUM))


REPORTS = [ordinary(), report(), report(scopes=(), rules=()), hostile()]


def junit(one: Report) -> Any:
    written = text(reporter("junit"), one, Page())
    JUNIT.validate(written)
    return JUNIT.to_dict(written)


def ocsf(one: Report) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(text(reporter("ocsf"), one, Page()))
    for event in events:
        OCSF.validate(event)
    return events


def asff(one: Report) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(text(reporter("asff"), one, Page()))
    shape = SECURITY_HUB.operation_model("BatchImportFindings").input_shape
    for finding in findings:
        said = ParamValidator().validate({"Findings": [finding]}, shape)
        assert not said.has_errors(), said.generate_report()
    return findings


@pytest.mark.parametrize("one", REPORTS, ids=["ordinary", "empty", "none", "hostile"])
def test_valid_by_their_schemas(one: Report) -> None:
    junit(one)
    ocsf(one)
    asff(one)
    assert isinstance(json.loads(text(reporter("codequality"), one, Page())), list)


def cases(one: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for suite in junit(one).get("testsuite", []):
        for case in suite.get("testcase", []):
            [outcome] = [what for what in ("failure", "error", "skipped") if what in case] or ["passed"]
            found.setdefault(outcome, []).append(f"{suite['@name']} {case['@name']}")
    return found


def test_junit_tells_findings_from_what_could_not_be_judged() -> None:
    found = cases(ordinary())
    assert {outcome: len(names) for outcome, names in found.items()} == {
        "failure": 4,
        "error": 3,
        "skipped": 1,
        "passed": 2,
    }
    assert "aws/111122223333/us-east-1/not read the list of kind Crane" in found["error"]
    [accepted] = found["skipped"]
    assert accepted.startswith("aws/111122223333/us-east-1/crates crate-open[arn:aws:crates:us-east-1")
    root = junit(ordinary())
    assert (root["@tests"], root["@failures"], root["@errors"]) == ("10", "4", "3")


def test_junit_names_the_lines() -> None:
    one = verdict(OPEN, "door")
    written = text(reporter("junit"), report([one], locations={one.fingerprint: PLACE}), Page())
    assert "at infra/main.tf:7: aws_crate.door" in written


def test_ocsf_in_milliseconds_and_without_what_the_schema_does_not_know() -> None:
    events = ocsf(ordinary())
    assert {event["time"] for event in events} == {int(STARTED.timestamp()) * 1000}
    assert all(event["time"] > 10**12 for event in events)
    by_status = {(event["compliance"]["status"], event["status"]) for event in events}
    assert by_status == {("Fail", "New"), ("Fail", "Suppressed"), ("Pass", "Resolved"), ("Unknown", "New")}
    [waived] = [event for event in events if event["status"] == "Suppressed"]
    assert waived["unmapped"] == {"waived": "emptied next week"}
    assert waived["cloud"] == {
        "provider": "AWS",
        "region": "us-east-1",
        "account": {"uid": "111122223333", "type": "AWS Account"},
    }
    with pytest.raises(jsonschema_rs.ValidationError):
        OCSF.validate({**events[0], "clod": {}})


def test_ocsf_follows_a_finding_through_its_life() -> None:
    new, old, over = (verdict(OPEN, name) for name in ("new", "old", "over"))
    before = Past(
        started=STARTED - timedelta(days=1),
        scopes=frozenset({IRELAND}),
        rules={OPEN.id: 1, RUSTY.id: 1, "crate-without-crane": 3},
        seen={one.fingerprint: Seen(one.fingerprint, one) for one in (old, over)},
        present=present_in([old, over]),
    )
    today = report([new, old, over._replace(outcome=Outcome.PASS, messages=())], scopes=(IRELAND,))
    events = ocsf(report(today.verdicts, scopes=(IRELAND,), comparison=compare(before, as_past(today))))
    said = {event["resources"][0]["name"]: (event["activity_name"], event["type_uid"]) for event in events}
    assert said == {"new": ("Create", 200301), "old": ("Update", 200302), "over": ("Close", 200303)}
    assert len(events) == 3


def test_asff_holds_aws_alone_and_its_own_words() -> None:
    findings = asff(ordinary())
    assert {one["AwsAccountId"] for one in findings} == {"111122223333"}
    assert {one["Compliance"]["Status"] for one in findings} == {"FAILED", "PASSED", "NOT_AVAILABLE"}
    assert len({one["Id"] for one in findings}) == len(findings)
    [waived] = [one for one in findings if "surefoot/waived" in one["ProductFields"]]
    assert waived["ProductArn"] == ("arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default")
    assert all(
        len(one["Description"]) <= 1024 for one in asff(report([verdict(OPEN, "x", messages=["y" * 5000])]))
    )


def test_code_quality_is_the_findings_with_their_lines() -> None:
    one, other = verdict(OPEN, "door"), verdict(RUSTY, "nails")
    made = report([one, other], locations={one.fingerprint: PLACE})
    rows = json.loads(text(reporter("codequality"), made, Page()))
    assert [row["severity"] for row in rows] == ["blocker", "minor"]
    assert rows[0]["location"] == {"path": "infra/main.tf", "lines": {"begin": 7}}
    assert rows[1]["location"]["path"].startswith("cloud/aws/111122223333/eu-west-1/")
    assert rows[0]["fingerprint"] == one.fingerprint
    assert {one.severity for one in made.findings} == {Severity.CRITICAL, Severity.LOW}


def test_all_of_them_can_be_named() -> None:
    assert {"junit", "ocsf", "asff", "codequality"} <= FORMATS.keys()
