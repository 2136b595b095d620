"""The estate of fixtures/terraform: each finding leads to the line that says so, and nothing of the state leaks."""

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import estate
import pytest

from scanner.cli.known import ownership_of
from scanner.config import Config, IacTable, StateTable
from scanner.demo.aws.process import serving
from scanner.engine import Outcome
from scanner.iac import Ownership, StateFile
from scanner.inventory import load, save
from scanner.models.resource import Cloud
from scanner.packs import load as load_packs
from scanner.report import Report
from scanner.report.known import Known
from scanner.reporters import FORMATS, reporter
from scanner.reporters.page import Page
from scanner.run import Choice, Scan
from scanner.tuning import tune

ROOT = Path(__file__).parents[2]
LABELS = json.loads((estate.FOLDER / "labels.json").read_text(encoding="utf-8"))
PREFIX = "fixtures/terraform/"


def scanned(folder: Path = estate.FOLDER, *states: StateFile, inventory: Path = estate.INVENTORY) -> Report:
    scan = Scan(Config(), Choice(), tune(load_packs([]), Config(select=estate.RULES)))
    scan.known = Known(ownership=Ownership(folder, states or (StateFile(estate.STATE),)))
    return scan.saved(inventory)


@cache
def whole() -> Report:
    return scanned()


def found(report: Report, labels: Mapping[str, str] = LABELS) -> dict[tuple[str, str], str]:
    """(rule, label) → path:line."""
    return {
        (one.rule, labels[one.resource]): f"{place.path}:{place.line}"
        for one in report.findings
        if (place := report.locations.get(one.fingerprint)) is not None and one.resource in labels
    }


def test_each_comment_in_the_code_has_its_finding_and_each_finding_its_code() -> None:
    comments = {(rule, label): f"{PREFIX}{path}:{line}" for rule, label, path, line in estate.expected()}
    assert len(comments) == 27
    places = found(whole())
    assert {key: places.get(key) for key in comments} == comments
    assert {one.fingerprint for one in whole().findings} == whole().locations.keys()


def test_the_lines_read_back_are_those_of_the_setting() -> None:
    for finding in whole().findings:
        place = whole().locations[finding.fingerprint]
        line = (ROOT / place.path).read_text(encoding="utf-8").splitlines()[place.line - 1]
        shown = line[place.column - 1 : place.end_column - 1]
        assert place.end_line == place.line
        assert shown
        assert shown == shown.strip()
        assert re.search(r'\w+"? *[=:{]|^resource|^module|"\w+"$', shown), shown


@pytest.mark.parametrize(
    ("label", "rule", "address", "chain", "inside"),
    [
        ("data-1", "volume-unencrypted", "aws_ebs_volume.data[1]", [], ""),
        (
            "estate-logs-green",
            "bucket-without-versioning",
            'module.net["green"].module.logs.aws_s3_bucket_versioning.this',
            ["main.tf:2 net ./modules/net", "modules/net/main.tf:30 logs ../bucket"],
            "",
        ),
        (
            "estate-downloads",
            "bucket-without-versioning",
            "module.downloads.aws_s3_bucket_versioning.this[0]",
            [],
            "terraform-aws-modules/s3-bucket/aws",
        ),
        (
            "estate-www.eu",
            "bucket-public",
            'module.website.aws_s3_bucket_public_access_block.www["estate-www.eu"]',
            ["main.tf:19 site ./modules/site"],
            "",
        ),
        ("jump", "ssh-open-to-internet", 'azurerm_network_security_rule.jump["ssh"]', [], ""),
    ],
)
def test_addresses_and_the_calls_around_them(
    label: str, rule: str, address: str, chain: list[str], inside: str
) -> None:
    [finding] = [one for one in whole().findings if one.rule == rule and LABELS.get(one.resource) == label]
    place = whole().locations[finding.fingerprint]
    calls = [
        f"{call.path.removeprefix(PREFIX)}:{call.line} {call.name} {call.source}" for call in place.chain
    ]
    assert (place.address, calls, place.inside) == (address, chain, inside)


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_holds_anything_of_the_state_but_addresses(name: str) -> None:
    assert estate.SECRET in estate.STATE.read_text(encoding="utf-8")
    text = b"".join(reporter(name)(whole(), Page())).decode()
    assert estate.SECRET not in text


def test_nothing_but_ids_and_addresses_of_a_state_is_kept() -> None:
    ownership = Ownership(None, [StateFile(estate.STATE)])
    assert estate.SECRET not in repr([vars(ownership.terraform)]) + repr(
        [owned for group in ownership.terraform._own.values() for owned in group]
    )


def test_resources_say_who_manages_them() -> None:
    ownership = Ownership(None, [StateFile(estate.STATE)])
    said = {one.id: ownership.marked(one).managed_by for one in load(estate.INVENTORY).resources}
    assert {LABELS[id_] for id_, owner in said.items() if id_ in LABELS and owner} == set(LABELS.values())
    unmanaged = [id_ for id_, owner in said.items() if owner is None]
    assert any(":security-group/" in id_ for id_ in unmanaged), "the default groups of the networks"
    assert not [id_ for id_ in unmanaged if ":::" in id_]


def test_the_order_of_states_changes_nothing(tmp_path: Path) -> None:
    state = json.loads(estate.STATE.read_text(encoding="utf-8"))
    random.Random(7).shuffle(state["resources"])  # noqa: S311 - an order, no secret
    parts = [state["resources"][::2], state["resources"][1::2]]
    files = []
    for number, resources in enumerate(parts):
        files.append(StateFile(tmp_path / f"{number}.tfstate", estate.FOLDER))
        files[-1].path.write_text(json.dumps({**state, "resources": resources}))
    for states in (files, files[::-1]):
        report = scanned(estate.FOLDER, *states)
        assert found(report) == found(whole())
        assert [one.fingerprint for one in report.findings] == [one.fingerprint for one in whole().findings]


def test_the_folder_of_a_state_is_found_out_or_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("prod", "staging"):
        shutil.copytree(estate.FOLDER, tmp_path / name, ignore=shutil.ignore_patterns("*.tfstate", "*.jsonl"))
    state = tmp_path / "pulled.json"
    shutil.copy(estate.STATE, state)
    unsure = Ownership(tmp_path, [StateFile(state)])
    [warning] = unsure.warnings
    assert "fits the code in prod and staging equally well: say which with --state FOLDER=" in warning
    asked = scanned(tmp_path, StateFile(state, tmp_path / "staging"))
    assert found(asked)["volume-unencrypted", "scratch"] == "staging/main.tf:36"
    (tmp_path / "prod" / "main.tf").unlink()
    sure = scanned(tmp_path, StateFile(state))
    assert found(sure)["volume-unencrypted", "scratch"] == "staging/main.tf:36"


def test_states_of_workspaces_and_of_the_configuration(tmp_path: Path) -> None:
    root = tmp_path / "live"
    shutil.copytree(estate.FOLDER, root)
    workspace = root / "terraform.tfstate.d" / "blue"
    workspace.mkdir(parents=True)
    (root / "terraform.tfstate").rename(workspace / "terraform.tfstate")
    settings = Config(iac=IacTable(dir=tmp_path, states=(StateTable(file=workspace / "terraform.tfstate"),)))
    ownership = ownership_of(settings, None, None)
    assert ownership is not None
    assert not ownership.warnings
    site = "live/modules/site/site.tf"
    lines = {5: "aws_s3_bucket", 10: "aws_s3_bucket_public_access_block", 20: "aws_s3_bucket_policy"}
    lines |= {34: "aws_s3_bucket_versioning"}
    assert list(ownership.described("arn:aws:s3:::estate-www")) == [
        f'{site}:{line}: module.website.{type_}.www["estate-www"], called from live/main.tf:19'
        for line, type_ in lines.items()
    ]


def test_sarif_points_at_the_lines_and_links_the_calls() -> None:
    log = json.loads(b"".join(reporter("sarif")(whole(), Page())))
    results = [result for run in log["runs"] for result in run["results"]]
    assert len(results) == len(whole().findings)
    [logs] = [
        r
        for r in results
        if "estate-logs-blue" in r["message"]["text"] and r["ruleId"] == "bucket-without-versioning"
    ]
    physical = logs["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == f"{PREFIX}modules/bucket/bucket.tf"
    assert physical["region"] == {"startLine": 11, "startColumn": 5, "endLine": 11, "endColumn": 25}
    assert "[module net](1), [module logs](2)" in logs["message"]["text"]
    related = [place["physicalLocation"]["artifactLocation"]["uri"] for place in logs["relatedLocations"]]
    assert related == [f"{PREFIX}main.tf", f"{PREFIX}modules/net/main.tf"]
    hashes = [r["partialFingerprints"]["primaryLocationLineHash"] for r in results]
    assert len(set(hashes)) == len(hashes), "two resources on one line stay two alerts"


def test_the_ways_in_lead_to_their_lines_on_every_cloud() -> None:
    ways = {}
    for one in whole().findings:
        if one.rule == "ssh-reachable-from-internet":
            ways[LABELS[one.resource]] = [
                f"{way.place.path.removeprefix(PREFIX)}:{way.place.line}" if way.place else way.subject.kind
                for way in whole().ways[one.fingerprint]
            ]
    edge = (estate.FOLDER / "edge.tf").read_text(encoding="utf-8").splitlines()
    route, rule = [f"edge.tf:{number}" for number, line in enumerate(edge, 1) if "way in: bastion" in line]
    firewall = next(f"{path}:{line}" for _, label, path, line in estate.expected() if label == "allow-ssh")
    group = next(f"{path}:{line}" for _, label, path, line in estate.expected() if label == "jump")
    assert ways == {
        "bastion": [route, "AccessList", rule],
        "runner-a": ["RouteTable", firewall],
        "runner-b": ["RouteTable", firewall],
        "jump-nic": [group],
    }


def test_the_way_in_is_a_code_flow_and_parts_without_code_have_paths() -> None:
    log = json.loads(b"".join(reporter("sarif")(whole(), Page())))
    [bastion] = [
        result
        for run in log["runs"]
        for result in run["results"]
        if result["ruleId"] == "ssh-reachable-from-internet"
        and "codeFlows" in result
        and "eni-" in result["message"]["text"]
    ]
    [flow] = bastion["codeFlows"][0]["threadFlows"]
    steps = [one["location"]["physicalLocation"]["artifactLocation"]["uri"] for one in flow["locations"]]
    assert steps[0] == steps[2] == steps[3] == f"{PREFIX}edge.tf"
    assert re.fullmatch(
        r"cloud/aws/123456789012/eu-west-1/ec2/AccessList/network-acl%2Facl-[0-9a-f]{17}", steps[1]
    )


@pytest.mark.slow
def test_the_state_and_the_accounts_are_what_the_description_says(tmp_path: Path) -> None:
    with serving() as url:
        made, inventory = estate.collected(url, tmp_path)
    assert without_ids(estate.written(made)) == without_ids(estate.STATE.read_text(encoding="utf-8"))
    for path, text in made.answers.items():
        assert (estate.FOLDER / path).read_text(encoding="utf-8") == text, path
    kept = {one.relative_to(estate.FOLDER).as_posix() for one in estate.FOLDER.glob("answers/**/*.json")}
    assert kept == made.answers.keys()
    save(inventory, tmp_path / "tonight.jsonl")
    (tmp_path / "tonight.tfstate").write_text(estate.written(made), encoding="utf-8")
    state = StateFile(tmp_path / "tonight.tfstate", estate.FOLDER)
    tonight = scanned(estate.FOLDER, state, inventory=tmp_path / "tonight.jsonl")
    assert found(tonight, made.labels) == found(whole())
    assert outcomes(tonight) == outcomes(whole())
    assert tonight.gaps == whole().gaps == []
    judged = {verdict.scope.cloud for verdict in tonight.verdicts}
    assert judged == {Cloud.AWS, Cloud.GCP, Cloud.AZURE}, "each cloud through its own adapter"


def without_ids(text: str) -> str:
    """Return text without what moto draws from a generator."""
    return re.sub(r"\b([0-9a-f]{17}|[0-9a-f]{16})\b", "*", text)


def outcomes(report: Report) -> Counter[tuple[str, ...]]:
    return Counter(
        (one.rule, one.kind, one.scope.region, one.outcome, *map(without_ids, one.messages))
        for one in report.verdicts
    )


def test_what_no_code_owns_is_a_finding_of_an_ordinary_rule() -> None:
    rules = tune(load_packs([]), Config(select=("resource-unmanaged",)))
    scan = Scan(Config(), Choice(), rules)
    assert [one for one in scan.saved(estate.INVENTORY).verdicts if one.rule == "resource-unmanaged"] == [], (
        "without code there is nothing to say"
    )
    scan.known = Known(ownership=Ownership(estate.FOLDER, [StateFile(estate.STATE)]))
    report = scan.saved(estate.INVENTORY)
    by_hand = Counter((one.scope.cloud, one.kind) for one in report.findings)
    assert {one.outcome for one in report.verdicts} == {Outcome.PASS, Outcome.FAIL}
    assert not {LABELS.get(one.resource) for one in report.findings} - {None}
    # What the networks came with: their groups, main tables and lists.
    assert {kind for cloud, kind in by_hand if cloud is Cloud.AWS} >= {"Firewall", "AccessList", "RouteTable"}
    # The network of the project and its route were there from the start.
    assert {(kind, count) for (cloud, kind), count in by_hand.items() if cloud is Cloud.GCP} == {
        ("Network", 1),
        ("RouteTable", 1),
    }
    assert Cloud.AZURE not in {cloud for cloud, _ in by_hand}
