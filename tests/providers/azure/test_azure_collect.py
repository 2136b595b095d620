"""The demo subscription through the whole adapter: server, client, collection; and every failure of every call."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from azure_answers import security_groups

from scanner.collect import Collection, Unit
from scanner.config import Azure as Settings
from scanner.demo.azure import SUBSCRIPTION
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.demo.wire.server import Fault, WireServer
from scanner.inventory import Gap, Listing
from scanner.models.network import Firewall
from scanner.models.resource import NOTHING_TO_READ, Code, Resource
from scanner.providers.azure.calls import AzureCall
from scanner.providers.azure.provider import AZURE
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, calls_of, plan

#: What stands between two kinds is none.
EVERYTHING: Needs = {
    source.kind: frozenset(source.kind.fact_fields())
    for source in AZURE.sources
    if source.kind is not Resource
}
CALLS = [call for call in calls_of(plan(AZURE.sources, EVERYTHING)) if isinstance(call, AzureCall)]


@dataclass(frozen=True)
class Found:
    resources: Mapping[str, Resource]
    gaps: list[Gap]
    listings: list[Listing]

    def of(self, kind: str, name: str) -> Any:
        [one] = [r for r in self.resources.values() if r.kind() == kind and r.name == name]
        return one


@pytest.fixture
def demo(wire: WireServer) -> WireServer:
    wire.dialect = Azure(retry_after=0)
    wire.record(*answers_in(folder_of("azure")))
    return wire


def collect(needs: Needs = EVERYTHING, **settings: Any) -> Found:
    [session] = AZURE.sign_in(Settings(**settings), "test")
    unit = Unit(session, tuple(session.regions()), frozenset())
    # Buckets fill as if a second were a millisecond.
    pace = Pace(PaceSettings(share=1.0, attempts=2, first_wait=0.001), clock=lambda: time.monotonic() * 1000)
    events = list(Collection([unit], plan(AZURE.sources, needs), pace=pace, workers=8).events())
    session.close()
    return Found(
        {f"{r.kind()} {r.id}": r for event in events if isinstance(event, list) for r in event},
        [event for event in events if isinstance(event, Gap)],
        [event for event in events if isinstance(event, Listing)],
    )


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
    lists = [f"{call.service}.{call.operation}" for call in CALLS if call.graph]
    assert {demo.seen[call] for call in lists} == {1}
    # What has no blobs, or no public address, is not asked about them.
    assert demo.seen["Microsoft.Storage.BlobServices_GetServiceProperties"] == 5
    assert demo.seen["Microsoft.Sql.FirewallRules_ListByServer"] == 2
    assert demo.seen["Microsoft.Network.ApplicationGateways_BackendHealth"] == 4


#: An item of which whatever can be not applicable is so.
PLAIN = {
    "properties": {
        "attributes": {"enabled": False},
        "enabledProtocols": "NFS",
        "isHnsEnabled": True,
        "publicNetworkAccess": "Disabled",
    }
}


@pytest.mark.parametrize("source", AZURE.sources, ids=lambda source: f"{source.kind.kind()} {source.name}")
def test_every_field_is_filled_or_cannot_be(source: Any) -> None:
    """A field that a source does not fill must be declared lacking, or not applicable to any of its items."""
    beside = set(source.lacking)
    if source.not_applicable is not None:
        beside |= set(source.not_applicable(PLAIN))
    assert set(source.kind.fact_fields()) == source.filled | beside
    assert not source.filled & set(source.lacking)


@pytest.mark.usefixtures("demo")
def test_where_things_stand_and_what_they_are_called() -> None:
    found = collect()
    at = {(r.kind(), r.name): (r.id, r.scope.region) for r in found.resources.values()}
    shop = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers"
    account = f"{shop}/Microsoft.Storage/storageAccounts/demoshopmedia"
    assert at["Bucket", "demoshopmedia"] == (account, "westeurope")
    assert at["Bucket", "demoshopmedia/photos"] == (
        f"{account}/blobServices/default/containers/photos",
        "westeurope",
    )
    assert at["Database", "demo-shop-sql/orders"][1] == "westeurope"
    # Cosmos DB and the flexible servers write regions as people do.
    assert at["Database", "demo-old-sessions"][1] == "northeurope"
    assert at["Account", SUBSCRIPTION] == (f"/subscriptions/{SUBSCRIPTION}", "global")
    assert ("Database", "demo-shop-sql/master") not in at
    assert all(r.scope.account == SUBSCRIPTION for r in found.resources.values())


def only(call: AzureCall) -> Needs:
    """The fields of the kinds that this call is asked for, or leads to: fewer questions, the same failure."""
    asking = [source for source in AZURE.sources if any(one.name == call.name for one in source.calls)]
    below = [source for source in AZURE.sources if source.under in asking]
    kinds = {
        source.kind for source in (*asking, *below, *(one for one in AZURE.sources if one.under in below))
    }
    return {kind: frozenset(kind.fact_fields()) for kind in kinds - {Resource}}


RARER = [
    pytest.param(fault, marks=pytest.mark.slow)
    for fault in (Fault.THROTTLED, Fault.UNAVAILABLE, Fault.MALFORMED)
]


@pytest.mark.parametrize("fault", [Fault.DENIED, *RARER])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_call_that_fails_is_a_gap_or_leaves_its_fields_unread(
    demo: WireServer, call: AzureCall, fault: Fault
) -> None:
    demo.fail(f"{call.service}.{call.operation}", fault)
    found = collect(only(call))
    whys = [why for r in found.resources.values() for why in r.unread.values() if why.call == call.name]
    gaps = [gap for gap in found.gaps if gap.call == call.name]
    assert whys or gaps
    said = {why.code for why in whys} | {gap.code for gap in gaps}
    assert said == {Code(fault.value)}
    if fault is Fault.DENIED:
        assert {why.permission for why in whys} | {gap.permission for gap in gaps} == {call.permission}


def test_a_provider_that_nobody_uses_is_no_gap(demo: WireServer) -> None:
    for call in ("Microsoft.Sql.Servers_List", "Microsoft.Sql.ManagedInstances_List"):
        demo.fail(call, Fault.NOT_ENABLED)
    found = collect()
    assert not found.gaps
    assert {
        r.id.split("/providers/")[1].split("/")[0] for r in found.resources.values() if r.kind() == "Database"
    } == {
        "Microsoft.DBforPostgreSQL",
        "Microsoft.DBforMySQL",
        "Microsoft.DocumentDB",
    }


def test_throttling_is_waited_out(demo: WireServer) -> None:
    demo.fail("Microsoft.Network.LoadBalancers_ListAll", Fault.THROTTLED, times=1)
    assert not collect().gaps


def test_a_region_of_choice(demo: WireServer) -> None:  # noqa: ARG001 - the server that is read
    [session] = AZURE.sign_in(Settings(), "test")
    unit = Unit(session, ("northeurope",))
    events = list(Collection([unit], plan(AZURE.sources, EVERYTHING), workers=8).events())
    session.close()
    regions = {r.scope.region for event in events if isinstance(event, list) for r in event}
    assert regions == {"global", "northeurope"}


@pytest.mark.slow
def test_five_thousand_security_groups_come_in_five_calls(wire: WireServer) -> None:
    wire.record(security_groups(5_000))
    found = collect({Firewall: frozenset({"rules"})})
    assert len(found.resources) == 5_000
    assert wire.seen["Microsoft.Network.NetworkSecurityGroups_ListAll"] == 5


# -- Resource Graph -----------------------------------------------------------------------------------------


def test_resource_graph_gives_the_same_security_groups(demo: WireServer) -> None:
    needs: Needs = {Firewall: frozenset(Firewall.fact_fields())}
    live, graph = collect(needs), collect(needs, source="graph")
    assert demo.seen["Microsoft.Network.NetworkSecurityGroups_ListAll"] == 1
    # Groups, Azure Firewalls, and the networks over which further rules stand.
    assert demo.seen["Microsoft.ResourceGraph.Resources"] == 3
    assert {one.origin for one in live.listings} == {"live"}
    assert all("Resource Graph" in one.origin for one in graph.listings)
    assert live.resources.keys() == graph.resources.keys()
    for key, one in live.resources.items():
        assert one.model_dump() == graph.resources[key].model_dump()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"count": 1, "resultTruncated": "false"}, Code.MALFORMED),
        ({"data": [], "count": 0, "totalRecords": 3, "resultTruncated": "true"}, Code.UNAVAILABLE),
    ],
)
def test_a_graph_that_does_not_give_all_is_a_gap(demo: WireServer, body: Any, code: Code) -> None:
    for recorded in answers_in(folder_of("azure")):
        if recorded.call == "Microsoft.ResourceGraph.Resources":
            demo.record(type(recorded)(recorded.call, recorded.path, body, asked=recorded.asked))
    found = collect({Firewall: frozenset({"rules"})}, source="graph")
    assert {(gap.kind, gap.code) for gap in found.gaps} == {("Firewall", code)}


def test_a_graph_that_is_denied_names_its_own_action(demo: WireServer) -> None:
    demo.fail("Microsoft.ResourceGraph.Resources", Fault.DENIED)
    found = collect({Firewall: frozenset({"rules"})}, source="graph")
    assert {(gap.kind, gap.permission) for gap in found.gaps} == {
        ("Firewall", "Microsoft.ResourceGraph/resources/read")
    }
