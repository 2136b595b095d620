"""Cloud Asset Inventory in place of lists: the same resources, fewer calls, and who says what."""

from collections.abc import Mapping
from typing import Any

import pytest
from gcp_answers import PROJECT, answer

from scanner.collect import Collection, Unit
from scanner.config import Gcp
from scanner.demo.wire.recorded import Recorded, answers_in, folder_of
from scanner.demo.wire.server import Fault, WireServer
from scanner.inventory import Gap, Listing
from scanner.models.resource import Code, Resource
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.provider import GCP
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, calls_of, plan

NUMBER = "415104041262"
ORGANIZATION = "organizations/314159265358"
NEEDS: Needs = {source.kind: frozenset(source.kind.fact_fields()) for source in GCP.sources}
LISTS = {
    f"{call.service}.{call.operation}": call
    for call in calls_of(plan(GCP.sources, NEEDS))
    if isinstance(call, GcpCall) and call.asset
}


def rows(recorded: Recorded, call: GcpCall) -> list[Any]:
    items = recorded.body.get(call.items, [])
    return (
        [row for scope in items.values() for row in scope.get(call.aggregated, [])]
        if call.aggregated
        else items
    )


def asset(kind: str, data: Any, number: str = NUMBER) -> dict[str, Any]:
    return {
        "name": f"//example.googleapis.com/{data['name']}",
        "assetType": kind,
        "resource": {"version": "v1", "data": data},
        "ancestors": [f"projects/{number}", ORGANIZATION],
        "updateTime": "2026-01-15T11:58:00Z",
    }


def assets(parent: str, kind: str, found: list[Any]) -> Recorded:
    body = {"readTime": "2026-01-15T12:00:00Z", "assets": found}
    return answer(
        "cloudasset.assets.list", f"/v1/{parent}/assets", body, assetTypes=kind, contentType="RESOURCE"
    )


@pytest.fixture
def demo(wire: WireServer) -> WireServer:
    """The demo project, whose lists the inventory holds too, beside those of another project."""
    recorded = list(answers_in(folder_of("gcp")))
    wire.record(*recorded)
    by_call = {one.call: one for one in recorded}
    for name, call in LISTS.items():
        own = [asset(call.asset, row) for row in rows(by_call[name], call)]
        others = [asset(call.asset, row, "999") for row in rows(by_call[name], call)]
        wire.record(assets(ORGANIZATION, call.asset, [*own, *others]))
        wire.record(assets(f"projects/{PROJECT}", call.asset, own))
    return wire


def collected(**settings: Any) -> tuple[Mapping[str, Resource], list[Gap], list[Listing]]:
    sessions = GCP.sign_in(Gcp(**settings), "test")
    units = [Unit(session, (), frozenset()) for session in sessions]
    pace = Pace(PaceSettings(attempts=4, first_wait=0.001))
    events = list(Collection(units, plan(GCP.sources, NEEDS), pace=pace, workers=8).events())
    sessions[0].close()
    found = {f"{r.kind()} {r.id}": r for event in events if isinstance(event, list) for r in event}
    gaps = [event for event in events if isinstance(event, Gap)]
    return found, gaps, [event for event in events if isinstance(event, Listing)]


def dumped(found: Mapping[str, Resource]) -> dict[str, str]:
    return {key: resource.model_dump_json() for key, resource in found.items()}


@pytest.mark.parametrize("where", [{"organization": "314159265358"}, {"accounts": (PROJECT,)}])
def test_the_same_resources_come_from_the_inventory(demo: WireServer, where: dict[str, Any]) -> None:
    live, _, _ = collected(accounts=(PROJECT,))
    demo.calm()
    found, gaps, listings = collected(source="assets", **where)
    assert not gaps
    assert dumped(found) == dumped(live)
    assert {listing.origin for listing in listings} == {"Cloud Asset Inventory"}
    assert not demo.seen.keys() & LISTS.keys()
    kinds = {call.asset for call in LISTS.values()}
    # Beside the streams: the list of projects, and keys, secrets, tables and clusters, which always come from there.
    assert demo.seen["cloudasset.assets.list"] == len(kinds) + 4 + ("organization" in where)


def test_two_projects_share_one_stream(demo: WireServer) -> None:
    body = {"name": "projects/999", "projectId": "other-project", "state": "ACTIVE"}
    mine = {"name": f"projects/{NUMBER}", "projectId": PROJECT, "state": "ACTIVE"}
    kind = "cloudresourcemanager.googleapis.com/Project"
    demo.record(assets(ORGANIZATION, kind, [asset(kind, mine), asset(kind, body, "999")]))
    _, gaps, listings = collected(source="assets", organization="314159265358")
    assert {listing.scope.account for listing in listings} == {PROJECT, "other-project"}
    assert demo.seen["cloudasset.assets.list"] == len({call.asset for call in LISTS.values()}) + 9
    counts = {(one.scope.account, one.kind): one.count for one in listings}
    assert counts[PROJECT, "Bucket"] == 5
    assert not [gap for gap in gaps if gap.scope.account == PROJECT]


def test_an_inventory_that_may_not_be_read_is_a_gap(demo: WireServer) -> None:
    demo.fail("cloudasset.assets.list", Fault.DENIED)
    found, gaps, _ = collected(source="assets", accounts=(PROJECT,))
    assert {gap.code for gap in gaps} == {Code.DENIED}
    assert {gap.permission for gap in gaps} == {"cloudasset.assets.listResource"}
    assert "Bucket" not in {resource.kind() for resource in found.values()}


def test_a_stream_that_breaks_goes_on_where_it_was(demo: WireServer) -> None:
    demo.fail("cloudasset.assets.list", Fault.UNAVAILABLE, times=3)
    _, gaps, _ = collected(source="assets", accounts=(PROJECT,))
    assert not gaps
