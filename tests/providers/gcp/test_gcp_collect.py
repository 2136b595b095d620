"""The demo project through the whole adapter: server, client, collection; and every failure of every call."""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from gcp_answers import PROJECT, firewalls

from scanner.collect import Collection, Unit
from scanner.config import Gcp
from scanner.demo.wire.recorded import Recorded, answers_in, folder_of
from scanner.demo.wire.server import Fault, WireServer
from scanner.inventory import Gap
from scanner.models.load_balancer import TargetGroup
from scanner.models.network import Firewall
from scanner.models.resource import GLOBAL, NOTHING_TO_READ, Code, Resource
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.provider import GCP
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, calls_of, plan

EVERYTHING: Needs = {source.kind: frozenset(source.kind.fact_fields()) for source in GCP.sources}
CALLS = [call for call in calls_of(plan(GCP.sources, EVERYTHING)) if isinstance(call, GcpCall)]


@dataclass(frozen=True)
class Found:
    resources: Mapping[str, Resource]
    gaps: list[Gap]

    def of(self, kind: str, name: str) -> Any:
        [one] = [r for r in self.resources.values() if r.kind() == kind and r.name == name]
        return one


@pytest.fixture
def demo(wire: WireServer) -> WireServer:
    wire.record(*answers_in(folder_of("gcp")))
    return wire


def collect(needs: Needs = EVERYTHING) -> Found:
    [session] = GCP.sign_in(Gcp(accounts=(PROJECT,)), "test")
    unit = Unit(session, tuple(session.regions()), frozenset())
    # Buckets fill as if a second were a millisecond.
    pace = Pace(PaceSettings(share=1.0, attempts=2, first_wait=0.001), clock=lambda: time.monotonic() * 1000)
    events = list(Collection([unit], plan(GCP.sources, needs), pace=pace, workers=8).events())
    session.close()
    resources = {f"{r.kind()} {r.id}": r for event in events if isinstance(event, list) for r in event}
    return Found(resources, [event for event in events if isinstance(event, Gap)])


def test_everything_is_read_and_each_list_once(demo: WireServer) -> None:
    found = collect()
    assert not found.gaps
    wrong = {
        f"{key}.{field}": why
        for key, resource in found.resources.items()
        for field, why in resource.unread.items()
        if why.code not in NOTHING_TO_READ
    }
    assert not wrong
    lists = {call: count for call, count in demo.seen.items() if call.endswith(("List", ".list"))}
    assert {call: count for call, count in lists.items() if count > 1} == {
        # Keys, secrets and their versions, tables and clusters, of a project that no bulk source is set for.
        "cloudasset.assets.list": 5,
        # Google lists them by region alone.
        "compute.regionSnapshots.list": 4,
        # One for each service account, database, and instance, of which backups are asked for twice.
        "iam.projects.serviceAccounts.keys.list": 3,
        "spanner.projects.instances.databases.backupSchedules.list": 2,
        "spanner.projects.instances.backups.list": 2,
    }
    assert demo.seen["storage.buckets.getIamPolicy"] == 5
    assert demo.seen["compute.backendServices.getHealth"] == 4
    # Once for each network, though its policies are a fact of it and a list of their own.
    assert demo.seen["compute.networks.getEffectiveFirewalls"] == 3
    # Once for each network and region in which machines stand, of which there are eight with nine interfaces.
    assert demo.seen["compute.regionNetworkFirewallPolicies.getEffectiveFirewalls"] == 3
    # Only for interfaces in the network with a rule for secure tags.
    assert demo.seen["compute.instances.getEffectiveFirewalls"] == 7


@pytest.mark.parametrize("source", GCP.sources, ids=lambda source: f"{source.kind.kind()} {source.name}")
def test_every_field_is_filled_or_cannot_be(source: Any) -> None:
    """A field that no source of the kind fills must be declared lacking by each."""
    filled = frozenset().union(*(one.filled for one in GCP.sources if one.kind is source.kind))
    assert set(source.kind.fact_fields()) == filled | set(source.lacking) | set(
        source.not_applicable(defaultdict(str)) if source.not_applicable else ()
    )


@pytest.mark.usefixtures("demo")
def test_where_things_stand_and_what_they_are_called() -> None:
    found = collect()
    at = {(r.kind(), r.name): (r.id, r.scope.region) for r in found.resources.values()}
    compute = f"//compute.googleapis.com/projects/{PROJECT}"
    assert at["Firewall", "default-allow-ssh"] == (f"{compute}/global/firewalls/default-allow-ssh", GLOBAL)
    assert at["Firewall", "partner-access"] == (
        f"{compute}/regions/europe-west1/firewallPolicies/partner-access",
        "europe-west1",
    )
    assert at["Volume", "shop-search"] == (f"{compute}/zones/us-central1-b/disks/shop-search", "us-central1")
    assert at["Volume", "shop-queue"] == (f"{compute}/regions/us-central1/disks/shop-queue", "us-central1")
    assert at["Bucket", "demo-shop-assets"] == ("//storage.googleapis.com/demo-shop-assets", GLOBAL)
    assert at["Bucket", "demo-shop-handover"][1] == "europe-west1"
    sql = f"//cloudsql.googleapis.com/projects/{PROJECT}/instances"
    assert at["Database", "till"] == (f"{sql}/till", "europe-west1")
    assert at["Account", PROJECT] == (f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}", GLOBAL)
    assert all(r.scope.account == PROJECT for r in found.resources.values())


@pytest.mark.usefixtures("demo")
def test_listeners_are_joined_from_their_parts() -> None:
    found = collect()
    redirecting, forwarding = found.of("Listener", "shop-http"), found.of("Listener", "till-http")
    assert (redirecting.protocol, redirecting.default_action.type) == ("http", "redirect")
    assert (forwarding.protocol, forwarding.default_action.type) == ("http", "forward")
    assert found.of("Listener", "shop-https").tls.name == "modern"
    assert found.of("Listener", "till-https").tls.name == "(none)"
    assert found.of("Listener", "feed-tls").tls.protocols[0] == "TLSv1.0"
    assert found.of("Listener", "orders-internal").ports == ((8443, 8443),)
    assert "Listener" not in {r.kind() for r in found.resources.values() if r.name == "office-vpn"}
    groups = {r.name: r for r in found.resources.values() if isinstance(r, TargetGroup)}
    states = {
        name: sorted(target.state for target in group.targets)
        if group.known("targets")
        else group.why("targets").code
        for name, group in groups.items()
    }
    assert states == {
        "shop-web": ["healthy", "unhealthy"],
        "shop-search": ["healthy"],
        "till": ["unhealthy"],
        "orders": ["healthy"],
        "queue": ["healthy"],
        "feed": Code.NOT_APPLICABLE,
        "forgotten": [],
    }


def a_call_that_fails(demo: WireServer, call: GcpCall, fault: Fault) -> None:
    demo.fail(f"{call.service}.{call.operation}", fault)
    kinds = {source.kind for source in GCP.sources if call.name in {one.name for one in source.calls}}
    found = collect({kind: EVERYTHING[kind] for kind in kinds})
    whys = [why for r in found.resources.values() for why in r.unread.values() if why.call == call.name]
    gaps = [gap for gap in found.gaps if gap.call == call.name]
    assert whys or gaps
    said = {why.code for why in whys} | {gap.code for gap in gaps}
    assert said == {Code(fault.value)}
    if fault is Fault.DENIED:
        assert {why.permission for why in whys} | {gap.permission for gap in gaps} == {call.permission}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_call_that_is_denied_is_a_gap_or_leaves_its_fields_unread(demo: WireServer, call: GcpCall) -> None:
    a_call_that_fails(demo, call, Fault.DENIED)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.UNAVAILABLE, Fault.MALFORMED])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_call_that_fails_is_a_gap_or_leaves_its_fields_unread(
    demo: WireServer, call: GcpCall, fault: Fault
) -> None:
    a_call_that_fails(demo, call, fault)


def test_a_service_that_nobody_uses_is_no_gap(demo: WireServer) -> None:
    for call in ("sqladmin.instances.list", "sqladmin.backupRuns.list", "compute.firewalls.list"):
        demo.fail(call, Fault.NOT_ENABLED)
    found = collect()
    assert not found.gaps
    assert not [id for id in found.resources if "//cloudsql." in id]
    assert [id for id in found.resources if id.startswith("Bucket ")]


def test_a_zone_that_could_not_be_reached_is_a_gap_for_its_region(demo: WireServer) -> None:
    [disks] = [one for one in answers_in(folder_of("gcp")) if one.call == "compute.disks.aggregatedList"]
    lost = {"warning": {"code": "UNREACHABLE", "message": "The zone is down."}}
    items = {**disks.body["items"], "zones/us-central1-b": lost}
    demo.record(Recorded(call=disks.call, path=disks.path, body={**disks.body, "items": items}))
    found = collect()
    assert [(gap.kind, gap.scope.region, gap.code) for gap in found.gaps] == [
        ("Volume", "us-central1", Code.UNAVAILABLE)
    ]
    assert found.of("Volume", "shop-web-1")


@pytest.mark.slow
def test_ten_thousand_firewall_rules_come_in_twenty_calls(wire: WireServer) -> None:
    wire.record(firewalls(10_000))
    found = collect({Firewall: frozenset({"rules"})})
    assert len(found.resources) == 10_000
    assert wire.seen["compute.firewalls.list"] == 20
