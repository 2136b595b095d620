"""--redact hides accounts and addresses, and fingerprints stay; sarif=DIR/ is cut as GitHub takes it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_reports import BELGIUM, HOLLAND, IRELAND, OPEN, RUSTY, VIRGINIA, ordinary, report, text, verdict

from scanner.iac import Location
from scanner.models.resource import Cloud, Scope
from scanner.report import Report
from scanner.reporters import Page, reporter, write, write_folder
from scanner.reporters.redaction import REDACTED, redactor
from scanner.reporters.sarif_check import flaws

SECRETS = (
    "111122223333",
    "acme-prod",
    "0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d",
    "203.0.113.7",
    "2001:db8:7::1",
    "999988887777",
    "415104041262",
)


def telling() -> Report:
    messages = [
        "it trusts arn:aws:iam::999988887777:root",
        "203.0.113.7 and 203.0.113.0/24 and 2001:db8:7::1 can reach it, and so can 0.0.0.0/0 and ::/0 since 02:17:00",
    ]
    verdicts = [
        verdict(OPEN, "door", messages=messages),
        verdict(RUSTY, "other", resource="arn:aws:crates:eu-west-1:999988887777:crate/other"),
        verdict(
            OPEN,
            "gcp",
            scope=BELGIUM,
            resource="//crates.googleapis.com/projects/acme-prod/crates/acme-production",
        ),
        verdict(
            RUSTY,
            "key",
            scope=BELGIUM,
            resource="//iam.googleapis.com/projects/acme-prod/serviceAccounts/ci@acme-prod.iam.gserviceaccount.com/keys/1",
            messages=["service-415104041262@x.iam.gserviceaccount.com of projects/415104041262 may use it"],
        ),
        verdict(
            OPEN,
            "azure",
            scope=HOLLAND,
            resource=f"/subscriptions/{HOLLAND.account}/providers/Microsoft.Crates/c/a",
        ),
    ]
    return report(verdicts, scopes=(IRELAND, BELGIUM, HOLLAND))


@pytest.mark.parametrize("name", sorted(REDACTED))
def test_nothing_of_accounts_and_addresses_is_left(tmp_path: Path, name: str) -> None:
    plain, hidden = tmp_path / "plain", tmp_path / "hidden"
    write(telling(), name, plain)
    write(telling(), name, hidden, redact=True)
    said = hidden.read_text()
    assert [secret for secret in SECRETS if secret in plain.read_text()]
    assert [secret for secret in SECRETS if secret in said.replace("acme-production", "")] == []
    assert ("acme-production" in said) is ("acme-production" in plain.read_text()), (
        "another word is another word"
    )


def test_what_says_nothing_of_anybody_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.sarif"
    write(telling(), "sarif", path, redact=True)
    log = json.loads(path.read_text())
    words = json.dumps(log)
    assert "0.0.0.0/0 and ::/0 since 02:17:00" in words
    assert "[address] and [address]/24 and [address] can reach it" in words
    assert "arn:aws:crates:eu-west-1:account-" in words
    assert list(flaws(path)) == []
    plain = json.loads(text(reporter("sarif"), telling(), Page()))
    for both in zip(plain["runs"], log["runs"], strict=True):
        one, other = ([result["partialFingerprints"] for result in run["results"]] for run in both)
        assert one == other, "fingerprints stay"
        assert re.fullmatch(r"surefoot/\w+/account-[0-9a-f]{4}/\w+", both[1]["automationDetails"]["id"])


def test_other_formats_are_contracts_and_stay(tmp_path: Path) -> None:
    write(telling(), "jsonl", tmp_path / "x", redact=True)
    assert (tmp_path / "x").read_text() == text(reporter("jsonl"), telling(), Page())


@pytest.mark.slow
def test_a_stand_in_is_the_same_in_every_run_and_never_shared() -> None:
    many = report([], scopes=tuple(Scope(Cloud.AWS, f"{number:012}", "x") for number in range(2_000)))
    hide = redactor(many)
    names = {hide(f"{number:012}".encode()) for number in range(2_000)}
    assert len(names) == 2_000
    assert redactor(ordinary())(b"111122223333") == redactor(telling())(b"111122223333")


def placed(count: int) -> Report:
    scopes = tuple(Scope(Cloud.AWS, f"{number:012}", "eu-west-1") for number in range(count))
    verdicts = [verdict(OPEN, f"crate-{scope.account}", scope=scope) for scope in scopes]
    return report(verdicts, scopes=scopes)


def test_a_file_has_at_most_20_runs(tmp_path: Path) -> None:
    write_folder(placed(45), tmp_path)
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == ["surefoot-1.sarif", "surefoot-2.sarif", "surefoot-3.sarif"]
    assert [len(json.loads(path.read_text())["runs"]) for path in paths] == [20, 20, 5]
    assert [list(flaws(path)) for path in paths] == [[], [], []]


def test_each_repository_gets_its_own_findings(tmp_path: Path) -> None:
    here, there, nowhere = (
        verdict(OPEN, "here"),
        verdict(RUSTY, "there"),
        verdict(OPEN, "nowhere", scope=VIRGINIA),
    )
    place = Location("main.tf", 1, 1, 1, 9, "aws_crate.x", repository="acme/infra")
    made = report(
        [here, there, nowhere],
        repositories=("acme/infra", "acme/shop", "acme/quiet"),
        locations={here.fingerprint: place, there.fingerprint: replace(place, repository="acme/shop")},
    )
    write_folder(made, tmp_path)
    found = {
        str(path.relative_to(tmp_path)): [
            result["ruleId"] for run in json.loads(path.read_text())["runs"] for result in run["results"]
        ]
        for path in sorted(tmp_path.rglob("*.sarif"))
    }
    assert found == {
        "acme%2Finfra/surefoot-1.sarif": ["crate-open"],
        "acme%2Fquiet/surefoot-1.sarif": [],
        "acme%2Fshop/surefoot-1.sarif": ["crate-rusty"],
        "surefoot-1.sarif": ["crate-open"],
    }
