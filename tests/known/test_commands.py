"""diff, waive, where, and a scan that is told of a baseline, waivers and code: the commands, on saved inventories."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scanner.cli import app, commands
from scanner.errors import UserError

ESTATE = Path(__file__).parents[2] / "fixtures" / "terraform"
INVENTORY = ESTATE / "inventory.jsonl"
SETTINGS = """select = [
    "all-ports-open-to-internet", "bucket-allows-plain-http", "bucket-public", "bucket-without-versioning",
    "database-unencrypted", "database-without-backup", "load-balancer-plain-http",
    "load-balancer-without-healthy-target", "ssh-open-to-internet", "volume-unencrypted",
]
"""
WWW = "arn:aws:s3:::estate-www"
TERMS = ["--reason", "the web site", "--owner", "web@example.com", "--until", "90d"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an empty folder; a mistake that a person can mend is code 2, as for `main`."""
    commands.register(app)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "surefoot.toml").write_text(SETTINGS)

    def run(*words: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if isinstance(result.exception, UserError):
            result.exit_code = 2
            result.stderr_bytes = str(result.exception).encode()
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def changed(path: Path, pattern: str, by: str, count: int = 0) -> Path:
    """Write the estate's inventory with something else in it."""
    text, found = re.subn(pattern, by, INVENTORY.read_text(), count=count)
    assert found
    path.write_text(text)
    return path


def dropped(path: Path, marks: str, gap: str = "") -> Path:
    """Write the estate's inventory without the lines that have these marks; with a gap before its end."""
    kept = [line for line in INVENTORY.read_text().splitlines() if not all(m in line for m in marks.split())]
    path.write_text("\n".join([*kept[:-1], *([gap] if gap else []), kept[-1]]) + "\n")
    return path


def test_a_gate_on_what_is_new(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("evaluate", INVENTORY, "-o", "jsonl=main.jsonl").exit_code == 1
    same = run("evaluate", INVENTORY, "--baseline", "main.jsonl", "--new-only")
    assert same.exit_code == 0
    assert "none new or worse since the baseline" in same.stdout
    worse = changed(tmp_path / "branch.jsonl", '"encrypted":true', '"encrypted":false', 1)
    found = run("evaluate", worse, "--baseline", "main.jsonl", "--new-only")
    assert found.exit_code == 1
    assert "1 new or worse since the baseline" in found.stdout
    assert (
        run("evaluate", worse, "--baseline", "main.jsonl", "--new-only", "--fail-on", "high").exit_code == 0
    )
    from_inventory = run("evaluate", worse, "--baseline", INVENTORY, "--new-only")
    assert from_inventory.exit_code == 1


def test_a_gate_stops_at_a_new_gap_and_not_at_an_old_one(run: Callable[..., Result], tmp_path: Path) -> None:
    gap = (
        '{"type":"gap","provider":"aws","account":"123456789012","region":"eu-west-1","kind":"Volume",'
        '"code":"denied","permission":"ec2:DescribeVolumes","why":"denied"}'
    )
    denied = dropped(tmp_path / "denied.jsonl", '"resource" "Volume"', gap)
    run("evaluate", INVENTORY, "-o", "jsonl=whole.jsonl")
    run("evaluate", denied, "-o", "jsonl=partial.jsonl")
    assert run("evaluate", denied, "--baseline", "whole.jsonl", "--new-only").exit_code == 3
    assert run("evaluate", denied, "--baseline", "whole.jsonl", "--new-only", "--allow-gaps").exit_code == 0
    assert run("evaluate", denied, "--baseline", "partial.jsonl", "--new-only").exit_code == 0
    difference = run("diff", "whole.jsonl", "partial.jsonl")
    assert difference.exit_code == 3
    assert "fixed" not in difference.stdout.lower().replace("not fixed", "")
    assert "Not checked this time: 3 findings" in difference.stdout
    back = run("diff", "partial.jsonl", "whole.jsonl")
    assert "Checked for the first time: 3 findings" in back.stdout
    terms = 'reason = "r"\nowner = "o"\nuntil = 2999-01-01\n'
    accepted = f'[[gap]]\nkind = "Volume"\npermission = "ec2:DescribeVolumes"\n{terms}'
    (tmp_path / "waivers.toml").write_text(accepted)
    words = ("evaluate", denied, "--select", "volume-unencrypted", "--fail-on", "never", "-o", "jsonl")
    assert run(*words).exit_code == 3
    allowed = run(*words, "--waivers", "waivers.toml", "--allow-empty")
    assert allowed.exit_code == 0
    assert [line["waived"] for line in lines(allowed.stdout) if line["type"] == "gap"] == ["r"]


def test_sarif_keeps_what_was_not_checked(run: Callable[..., Result], tmp_path: Path) -> None:
    gap = (
        '{"type":"gap","provider":"aws","account":"123456789012","region":"eu-west-1","kind":"Volume",'
        '"code":"denied","permission":"ec2:DescribeVolumes","why":"denied"}'
    )
    denied = dropped(tmp_path / "denied.jsonl", '"resource" "Volume"', gap)
    code = ("--iac", ESTATE, "--state", ESTATE / "terraform.tfstate")
    run("evaluate", INVENTORY, "-o", "jsonl=whole.jsonl", "-o", "sarif=whole.sarif", *code)
    run("evaluate", denied, "--baseline", "whole.jsonl", "-o", "sarif=carried.sarif", *code)
    told = {}
    for name in ("whole", "carried"):
        log = json.loads((tmp_path / f"{name}.sarif").read_text())
        told[name] = {
            result["partialFingerprints"]["primaryLocationLineHash"]: (
                result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                "taken over from the one before" in result["message"]["text"],
            )
            for one in log["runs"]
            for result in one["results"]
        }
    assert told["whole"].keys() == told["carried"].keys(), "nothing closes"
    assert {place for place, _ in told["whole"].values()} == {place for place, _ in told["carried"].values()}
    assert sum(taken for _, taken in told["carried"].values()) == 3
    alone = run("evaluate", denied, "-o", "sarif=alone.sarif")
    assert "do not upload surefoot/aws/123456789012" in alone.stderr
    run("evaluate", denied, "-o", "sarif=skipped.sarif", "--skip-incomplete")
    ids = [
        one["automationDetails"]["id"] for one in json.loads((tmp_path / "skipped.sarif").read_text())["runs"]
    ]
    assert ids
    assert not [id_ for id_ in ids if "aws" in id_]


def test_what_was_not_looked_at_twice_is_still_there(run: Callable[..., Result], tmp_path: Path) -> None:
    """Each night is compared with the one before: what that one had carried forward must not get lost."""
    gap = (
        '{"type":"gap","provider":"aws","account":"123456789012","region":"eu-west-1","kind":"Volume",'
        '"code":"denied","permission":"ec2:DescribeVolumes","why":"denied"}'
    )
    denied = dropped(tmp_path / "denied.jsonl", '"resource" "Volume"', gap)
    run("evaluate", INVENTORY, "-o", "jsonl=1.jsonl", "-o", "sarif=1.sarif")
    for night in (2, 3, 4):
        run(
            "evaluate",
            denied,
            "--baseline",
            f"{night - 1}.jsonl",
            "-o",
            f"jsonl={night}.jsonl",
            "-o",
            f"sarif={night}.sarif",
        )
    assert hashes(tmp_path / "4.sarif") == hashes(tmp_path / "1.sarif")
    kept = [line for line in lines((tmp_path / "4.jsonl").read_text()) if line["type"] == "carried"]
    assert [(line["rule"], line["outcome"]) for line in kept] == [("volume-unencrypted", "fail")] * 3
    back = run(
        "evaluate",
        INVENTORY,
        "--baseline",
        "4.jsonl",
        "--new-only",
        "-o",
        "sarif=5.sarif",
        "-o",
        "jsonl=5.jsonl",
    )
    assert back.exit_code == 0, "found again is not new"
    assert hashes(tmp_path / "5.sarif") == hashes(tmp_path / "1.sarif")
    assert not [line for line in lines((tmp_path / "5.jsonl").read_text()) if line["type"] == "carried"]


def test_a_run_of_fewer_rules_closes_nothing_of_the_others(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    code = ("--iac", ESTATE, "--state", ESTATE / "terraform.tfstate")
    run("evaluate", INVENTORY, "-o", "jsonl=whole.jsonl", "-o", "sarif=whole.sarif", *code)
    words = ("--select", "bucket-public", "--baseline", "whole.jsonl", "-o", "sarif=few.sarif")
    run("evaluate", INVENTORY, *words, *code)
    assert hashes(tmp_path / "few.sarif") == hashes(tmp_path / "whole.sarif")


def test_a_baseline_makes_safe_only_the_accounts_that_it_has(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    gap = (
        '{"type":"gap","provider":"aws","account":"123456789012","region":"eu-west-1","kind":"Volume",'
        '"code":"denied","permission":"ec2:DescribeVolumes","why":"denied"}'
    )
    denied = dropped(tmp_path / "denied.jsonl", '"resource" "Volume"', gap)
    whole = lines(run("evaluate", INVENTORY, "-o", "jsonl").stdout)
    head = {**whole[0], "scopes": [one for one in whole[0]["scopes"] if one["provider"] != "aws"]}
    rest = [one for one in whole[1:] if one.get("provider") != "aws"]
    (tmp_path / "some.jsonl").write_text("\n".join(map(json.dumps, [head, *rest])) + "\n")
    told = run("evaluate", denied, "--baseline", "some.jsonl", "-o", "sarif=out.sarif")
    assert "do not upload surefoot/aws/123456789012" in told.stderr
    chosen = run("evaluate", INVENTORY, "--only", "kind:Volume", "-o", "sarif=part.sarif")
    assert "do not upload surefoot/aws/123456789012" in chosen.stderr, "only some resources were looked at"


def hashes(path: Path) -> set[tuple[str, str, str]]:
    """(rule, path, hash) of every result, by which code scanning tells alerts apart."""
    return {
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["partialFingerprints"]["primaryLocationLineHash"],
        )
        for one in json.loads(path.read_text())["runs"]
        for result in one["results"]
    }


def test_diff_for_programs(run: Callable[..., Result], tmp_path: Path) -> None:
    without = dropped(tmp_path / "without.jsonl", f'"resource" "{WWW}"')
    result = run("diff", INVENTORY, without, "-o", "jsonl")
    assert result.exit_code == 0
    rows = lines(result.stdout)
    assert [rows[0]["type"], rows[-1]["type"]] == ["diff", "end"]
    changes = {row["change"] for row in rows if row["type"] == "change" and row["resource"] == WWW}
    assert changes == {"gone"}
    assert rows[-1]["counts"]["unchanged"] + rows[-1]["counts"]["gone"] == len(rows) - 2
    assert run("diff", without, INVENTORY, "-o", "jsonl=d.jsonl.zst").exit_code == 1
    assert run("diff", without, INVENTORY, "--fail-on", "critical").exit_code == 0


def test_a_baseline_of_another_account_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    other = changed(
        tmp_path / "other.jsonl", "123456789012|estate-prod|0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d", "999"
    )
    result = run("evaluate", INVENTORY, "--baseline", other)
    assert result.exit_code == 2
    assert (
        "the baseline is a run of aws:999, azure:999, gcp:999, and this is one of aws:123456789012"
        in result.stderr
    )


def test_a_waiver_is_added_used_and_named_when_it_ends(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "surefoot.toml").write_text(SETTINGS + '[waivers]\nfile = "accepted.toml"\nmax_days = 100\n')
    (tmp_path / "accepted.toml").write_text("# what we live with\n")
    made = run("waive", "bucket-public", WWW, *TERMS)
    assert made.exit_code == 0
    assert "accepted.toml:3: bucket-public on arn:aws:s3:::estate-www, until " in made.stderr
    assert (tmp_path / "accepted.toml").read_text().startswith("# what we live with\n\n[[waiver]]\nrule = ")
    rows = lines(run("evaluate", INVENTORY, "-o", "jsonl").stdout)
    assert [row["resource"] for row in rows if row.get("waived") == "the web site"] == [WWW]
    assert rows[-1]["counts"]["waived"] == 1
    text = (tmp_path / "accepted.toml").read_text()
    (tmp_path / "accepted.toml").write_text(re.sub(r"until = \S+", "until = 2026-01-01", text))
    ended = run("evaluate", INVENTORY, "-o", "jsonl")
    assert "accepted.toml:3: ended on 2026-01-01, web@example.com's: bucket-public" in ended.stderr
    assert not [row for row in lines(ended.stdout) if row.get("waived")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bucket-public", WWW], "a waiver needs --reason, --owner, --until"),
        (["bucket-publik", WWW, *TERMS], "bucket-publik: no such rule"),
        (["bucket-public", *TERMS], "bucket-public: no fingerprint; for a rule, name the resource too"),
        (["abcdef", *TERMS], "abcdef: give all 32 digits"),
        (["bucket-public", WWW, *TERMS[:-1], "soon"], "--until soon: a day such as"),
        (["bucket-public", WWW, *TERMS[:-1], "400d"], "allows 100"),
        (["ffffff", *TERMS, "--in", str(INVENTORY)], "ffffff: no verdicts of"),
    ],
)
def test_what_a_waiver_may_not_be(
    run: Callable[..., Result], tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "surefoot.toml").write_text(SETTINGS + "[waivers]\nmax_days = 100\n")
    result = run("waive", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "waivers.toml").exists()


def test_a_fingerprint_is_waived_by_its_rule_and_resource_where_it_can_be_looked_up(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    [one] = [
        row
        for row in lines(run("evaluate", INVENTORY, "-o", "jsonl").stdout)
        if row.get("rule") == "bucket-public" and row["resource"] == WWW
    ]
    assert run("waive", one["fingerprint"], *TERMS).exit_code == 0
    assert (
        run("waive", one["fingerprint"][:10], *TERMS, "--in", INVENTORY, "--ticket", "SEC-1").exit_code == 0
    )
    text = (tmp_path / "waivers.toml").read_text()
    assert f'fingerprint = "{one["fingerprint"]}"' in text
    assert f'rule = "bucket-public"\nresource = "{WWW}"\n' in text
    rows = lines(run("evaluate", INVENTORY, "--waivers", "waivers.toml", "-o", "jsonl").stdout)
    assert [row["resource"] for row in rows if row.get("waived")] == [WWW]


def test_where(run: Callable[..., Result], tmp_path: Path) -> None:
    code = ("--iac", ESTATE, "--state", f"{ESTATE}={ESTATE / 'terraform.tfstate'}")
    found = run("where", WWW, *code)
    assert found.exit_code == 0
    assert re.search(
        r'site\.tf:5: module\.website\.aws_s3_bucket\.www\["estate-www"\], called from', found.stdout
    )
    assert (
        run("where", "//cloudsql.googleapis.com/projects/estate-prod/instances/ledger", *code).exit_code == 0
    )
    assert run("where", "//cloudsql.googleapis.com/projects/other/instances/ledger", *code).exit_code == 3
    missing = run("where", "arn:aws:s3:::other", *code)
    assert (missing.exit_code, missing.stdout) == (3, "")
    assert run("where", WWW).exit_code == 2
    assert run("where", WWW, "--iac", tmp_path / "no").exit_code == 2
    assert run("where", WWW, "--state", "no/such=file").exit_code == 2
    assert "no such file" in run("where", WWW, "--state", "no.tfstate").stderr.lower()


def test_new_only_asks_since_when(run: Callable[..., Result]) -> None:
    result = run("evaluate", INVENTORY, "--new-only")
    assert result.exit_code == 2
    assert "--baseline" in result.stderr
    assert run("evaluate", INVENTORY, "--baseline", "no.jsonl").exit_code == 2
    assert run("evaluate", INVENTORY, "--baseline", ESTATE / "main.tf").exit_code == 2


def test_a_comment_shows_what_is_new_with_its_lines(run: Callable[..., Result], tmp_path: Path) -> None:
    code = ("--iac", ESTATE, "--state", ESTATE / "terraform.tfstate")
    run("evaluate", INVENTORY, "-o", "jsonl=main.jsonl")
    worse = changed(tmp_path / "branch.jsonl", '"encrypted":true', '"encrypted":false', 1)
    text = run("evaluate", worse, "--baseline", "main.jsonl", "--new-only", "-o", "markdown", *code).stdout
    assert re.findall(r"^### ([A-Z]+):", text, re.MULTILINE) == ["MEDIUM"]
    assert "**NEW** the data on the volume is not encrypted" in text
    assert re.search(r"<br>`[^`]*fixtures/terraform/main\.tf:33`", text)
    assert "1 new, 28 unchanged" in text
    table = run("evaluate", worse, "--baseline", "main.jsonl", *code).stdout
    assert "NEW: the data on the volume is not encrypted" in table
    assert "fixtures/terraform/main.tf:33" in table
    rows = lines(run("evaluate", worse, "--baseline", "main.jsonl", "-o", "jsonl").stdout)
    assert rows[-1]["counts"]["new"] == 1


def test_a_gate_looks_only_at_what_the_branch_touches(run: Callable[..., Result], tmp_path: Path) -> None:
    state = json.loads((ESTATE / "terraform.tfstate").read_text())
    state["resources"] = [one for one in state["resources"] if one["type"] == "aws_ebs_volume"]
    (tmp_path / "branch.tfstate").write_text(json.dumps(state))
    rows = lines(run("evaluate", INVENTORY, "--only-state", "branch.tfstate", "-o", "jsonl").stdout)
    assert {row["kind"] for row in rows if row["type"] == "verdict"} == {"Volume"}
    assert rows[0]["options"]["only"] == {"states": ["branch.tfstate"]}
    rows = lines(run("evaluate", INVENTORY, "--only", "kind:Listener", "-o", "jsonl").stdout)
    assert {row["kind"] for row in rows if row["type"] == "verdict"} == {"Listener"}
    assert run("evaluate", INVENTORY, "--only", "kind:Listner").exit_code == 2
    assert run("evaluate", INVENTORY, "--only", "Listener").exit_code == 2
    run("evaluate", INVENTORY, "-o", "jsonl=main.jsonl")
    narrow = run("diff", "main.jsonl", INVENTORY, "-o", "jsonl")
    assert narrow.exit_code == 0
    run("evaluate", INVENTORY, "--only", "kind:Listener", "-o", "jsonl=narrow.jsonl")
    changes = {
        row.get("change") for row in lines(run("diff", "main.jsonl", "narrow.jsonl", "-o", "jsonl").stdout)
    }
    assert changes <= {None, "unchanged", "out_of_scope", "new", "closed"}


def test_no_resource_gets_lost_in_an_inventory_that_is_not_sorted(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    rows = INVENTORY.read_text().splitlines()
    resources = [row for row in rows if '"type":"resource"' in row[:30]]
    rest = [row for row in rows[:-1] if row not in resources]
    whole = lines(run("evaluate", INVENTORY, "-o", "jsonl", "--fail-on", "never").stdout)
    for number, order in enumerate((resources[::-1], [*resources[1::2], *resources[::2]])):
        path = tmp_path / f"{number}.jsonl"
        path.write_text("\n".join([*rest, *order, rows[-1]]) + "\n")
        assert lines(run("evaluate", path, "-o", "jsonl", "--fail-on", "never").stdout) == whole
