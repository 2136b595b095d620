"""The real command on the demo's Google Cloud project, served in Google's own wire format."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command
from shipped import RULES
from test_scan import timeless

from scanner import NOTHING_TO_FIX, Account, Cloud, ProjectSettings
from scanner.demo.gcp import PROJECT, asking
from scanner.demo.served import serving
from scanner.demo.wire.google import Google
from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.demo.wire.server import Fault, WireServer

pytestmark = pytest.mark.slow

EXPECTED = {
    (rule, resource): outcome
    for resource, outcomes in tomllib.loads(
        (folder_of("gcp") / PROJECT / "expected.toml").read_text()
    ).items()
    for outcome, rules in outcomes.items()
    for rule in rules
}
#: What there is one of in the project.
ONCE = (Account, ProjectSettings)
SCAN = ("scan", "gcp", "--account", PROJECT, "-o", "jsonl")


@pytest.fixture
def wire() -> Iterator[WireServer]:
    with serving("gcp", Google()) as server:
        yield server


@pytest.fixture
def gcp(wire: WireServer, tmp_path: Path) -> Command:
    return Command(tmp_path, asking(wire.url))


def test_verdicts_are_those_that_were_written_by_hand(gcp: Command) -> None:
    ran = gcp(*SCAN)
    assert ran.code == 1, ran.err
    assert ran.verdicts == EXPECTED
    assert not ran.of_type("gap")
    assert timeless(gcp(*SCAN).out) == timeless(ran.out)


def test_the_project_is_good_and_bad() -> None:
    """But for what cannot happen here."""
    outcomes = defaultdict(set)
    for (rule, _), outcome in EXPECTED.items():
        if RULES[rule].fix[Cloud.GCP] != NOTHING_TO_FIX and not set(RULES[rule].subjects) & set(ONCE):
            outcomes[rule].add(outcome)
    assert {rule for rule, found in outcomes.items() if found != {"pass", "fail"}} == set()


def test_a_denied_list_is_incomplete_and_its_permission_is_named(gcp: Command, wire: WireServer) -> None:
    wire.fail("compute.firewalls.list", Fault.DENIED)
    ran = gcp("scan", "gcp", "--account", PROJECT, "--select", "ssh-open-to-internet", "--fail-on", "never")
    assert ran.code == 3
    assert "compute.firewalls.list" in ran.out


@pytest.mark.parametrize(
    ("third", "fault"), [(0, Fault.DENIED), (1, Fault.UNAVAILABLE), (2, Fault.MALFORMED)]
)
def test_a_pass_stays_a_true_pass_whatever_third_of_the_calls_fails(
    gcp: Command, wire: WireServer, third: int, fault: Fault
) -> None:
    answered = {one.call for one in answers_in(folder_of("gcp"))} - {"compute.regions.list"}
    calls = sorted(answered)[third::3]
    for call in calls:
        wire.fail(call, fault)
    ran = gcp(*SCAN, "--fail-on", "never")
    assert ran.code == 3
    told = {key: outcome for key, outcome in ran.verdicts.items() if outcome in ("pass", "fail")}
    assert told
    assert told.items() <= EXPECTED.items()
    gaps = {gap["why"].partition(": ")[0] for gap in ran.of_type("gap")}
    assert gaps <= {call.replace(".", ":", 1) for call in calls}


def test_nothing_in_use_is_nothing_checked(gcp: Command, wire: WireServer) -> None:
    wire.fail("redis.projects.locations.instances.list", Fault.NOT_ENABLED)
    ran = gcp("scan", "gcp", "--account", PROJECT, "--select", "cache-allows-plaintext")
    assert ran.code == 3
    assert "nothing was checked" in ran.out


def test_a_project_that_is_not_named_is_wrong_use(gcp: Command) -> None:
    ran = gcp("scan", "gcp", GOOGLE_CLOUD_PROJECT="")
    assert ran.code == 2
    assert "--account" in ran.err


def test_the_projects_of_an_organization_are_found(gcp: Command) -> None:
    ran = gcp("scan", "gcp", "--organization", "314159265358", "--select", "bucket-public", "-o", "jsonl")
    assert {line["account"] for line in ran.of_type("verdict")} == {PROJECT}
    named = gcp("scan", "gcp", "--organization", "gcp:314159265358", "--account", "not-there")
    assert named.code == 2
    assert "not an active project of organizations/314159265358" in named.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "gcp", "--folder", "99"], "cloudasset.assets.listResource"),
        (["scan", "gcp", "--folder", "finance"], "is not the number of one"),
        (["scan", "gcp", "--organization", "1", "--organization", "2"], "one organization of Google Cloud"),
        (["scan", "aws", "--folder", "99"], "gcp is not scanned"),
        (["scan", "aws", "--impersonate", "audit@p.iam.gserviceaccount.com"], "gcp is not scanned"),
    ],
)
def test_what_holds_no_projects_is_wrong_use(gcp: Command, words: list[str], said: str) -> None:
    ran = gcp(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_result_says_that_it_came_from_the_inventory(gcp: Command) -> None:
    (gcp.folder / "surefoot.toml").write_text('[gcp]\nsource = "assets"\n')
    gcp("collect", "gcp", "--organization", "314159265358", "--select", "bucket-public", "-o", "kept.jsonl")
    lines = (gcp.folder / "kept.jsonl").read_text().splitlines()
    listings = [line for line in map(json.loads, lines) if line["type"] == "listing"]
    assert {line["origin"] for line in listings} == {"Cloud Asset Inventory"}


def test_a_region_that_is_not_one_is_wrong_use(gcp: Command) -> None:
    ran = gcp(*SCAN, "--region", "europe-west9")
    assert ran.code == 2
    assert "europe-west1" in ran.err
    narrowed = gcp(*SCAN, "--region", "europe-west1")
    assert {verdict["region"] for verdict in narrowed.of_type("verdict")} == {"global", "europe-west1"}


def test_the_permissions_are_a_role_that_the_cloud_accepts(gcp: Command) -> None:
    ran = gcp("permissions", "gcp", "--select", "cache-allows-plaintext")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "title: Surefoot",
        "description: What Surefoot reads for the selected rules; nothing in it changes anything.",
        "stage: GA",
        "includedPermissions:",
        "- compute.regions.list",
        "- redis.instances.list",
        "- resourcemanager.projects.get",
    ]
