"""The client against a server that answers as Google Cloud does: pages, parts left out, refusals, dead sign-ins."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from gcp_answers import PROJECT, answer, firewalls

from scanner.demo.wire.google import error, not_enabled
from scanner.demo.wire.recorded import Recorded
from scanner.demo.wire.server import Answer, Fault, WireServer
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.gcp.calls import NOT_ENABLED, REGIONS, GcpCall
from scanner.providers.gcp.errors import ELSEWHERE
from scanner.providers.gcp.pages import page_of
from scanner.providers.gcp.programs import SERVICES
from scanner.providers.gcp.sources import DISKS, FIREWALL_RULES, SQL_INSTANCES
from scanner.providers.gcp.stores import REDIS
from scanner.providers.spec import Call, CallError, Page, SignInError

SCOPE = Scope(Cloud.GCP, PROJECT)
FIREWALLS = FIREWALL_RULES.listing
assert isinstance(FIREWALLS, GcpCall)


def ask(session: Any, call: Any, token: Any = None, **arguments: Any) -> Page:
    page: Page = session.send(call, SCOPE, {"project": PROJECT, **call.params, **arguments}, token)
    return page


def refused(session: Any, call: Any, **arguments: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        ask(session, call, **arguments)
    return caught.value


def failing(wire: WireServer, call: str, path: str, said: Answer) -> None:
    wire.record(Recorded(call=call, path=path, body=said.body, status=said.status, headers=said.headers))


def test_pages_are_as_large_as_the_api_has_them_and_hang_together(wire: WireServer, sign_in: Any) -> None:
    wire.record(firewalls(1203))
    session = sign_in()
    names, token, calls = [], None, 0
    while True:
        page = ask(session, FIREWALLS, token)
        names += [item["name"] for item in page.answer.get("items", [])]
        calls, token = calls + 1, page.next
        if token is None:
            break
    assert names == [f"rule-{number}" for number in range(1203)]
    assert calls == 3
    assert {request.headers["user-agent"].split("/")[0] for request in wire.requests} == {"surefoot"}


def test_a_page_token_of_another_list_is_refused_as_the_cloud_would(wire: WireServer, sign_in: Any) -> None:
    wire.record(firewalls(3), firewalls(3, "other-project"))
    session = sign_in()
    token = ask(session, FIREWALLS, maxResults=1).next
    with pytest.raises(CallError) as caught:
        session.send(FIREWALLS, SCOPE, {"project": "other-project"}, token)
    assert caught.value.error == "invalid"
    assert not caught.value.again


@pytest.mark.parametrize(
    "arguments", [{"returnPartialSuccess": "true"}, {"maxResults": 501}, {"maxResult": 5}]
)
def test_parameters_that_the_api_does_not_have_are_refused(
    wire: WireServer, sign_in: Any, arguments: dict[str, Any]
) -> None:
    wire.record(firewalls(3))
    assert refused(sign_in(), FIREWALLS, **arguments).code is Code.UNAVAILABLE


def disks(**scopes: Any) -> Recorded:
    items = {name.replace("__", "/").replace("_", "-"): said for name, said in scopes.items()}
    body = {"kind": "compute#diskAggregatedList", "items": items}
    return answer("compute.disks.aggregatedList", f"/compute/v1/projects/{PROJECT}/aggregated/disks", body)


EMPTY = {
    "warning": {"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope 'x' on this page."}
}
LOST = {"warning": {"code": "UNREACHABLE", "message": "The scope could not be reached."}}


def test_the_scopes_of_an_aggregated_list_are_one_list(wire: WireServer, sign_in: Any) -> None:
    wire.record(
        disks(
            zones__us_east1_b={"disks": [{"name": "a"}, {"name": "b"}]},
            zones__us_east1_c=EMPTY,
            regions__europe_west1={"disks": [{"name": "c"}]},
        )
    )
    session = sign_in()
    first = ask(session, DISKS.listing, maxResults=2)
    second = ask(session, DISKS.listing, first.next, maxResults=2)
    assert [disk["name"] for page in (first, second) for disk in page.answer["items"]] == ["a", "b", "c"]
    assert (first.missing, second.missing, second.next) == ([], [], None)


def test_a_scope_that_could_not_be_reached_is_named_with_its_region(wire: WireServer, sign_in: Any) -> None:
    wire.record(
        disks(zones__us_east1_b={"disks": [{"name": "a"}]}, zones__us_east1_d=LOST, regions__asia_east1=LOST)
    )
    page = ask(sign_in(), DISKS.listing)
    assert [disk["name"] for disk in page.answer["items"]] == ["a"]
    assert [(region, error.error) for region, error in page.missing] == [
        ("us-east1", "UNREACHABLE"),
        ("asia-east1", "UNREACHABLE"),
    ]
    assert page.missing[0][1].text == "zones/us-east1-d: The scope could not be reached."


def test_the_warnings_of_cloud_sql_name_the_region(wire: WireServer, sign_in: Any) -> None:
    warnings = [
        {"code": "REGION_UNREACHABLE", "message": "no answer", "region": "us-west1"},
        {"code": "MAX_RESULTS_EXCEEDS_LIMIT", "message": "1000 it is"},
    ]
    path = f"/v1/projects/{PROJECT}/instances"
    wire.record(answer("sqladmin.instances.list", path, {"kind": "sql#instancesList", "warnings": warnings}))
    page = ask(sign_in(), SQL_INSTANCES.listing)
    assert [(region, error.error) for region, error in page.missing] == [("us-west1", "REGION_UNREACHABLE")]


@pytest.mark.parametrize(
    ("listing", "kept"), [(FIREWALLS, "items"), (DISKS.listing, "items"), (REDIS.listing, "instances")]
)
def test_a_list_that_is_left_out_is_empty_and_another_answer_is_none(listing: GcpCall, kept: str) -> None:
    assert page_of(listing, {"kind": "x", "selfLink": "y"}).answer[kept] == []
    assert page_of(listing, {}).answer[kept] == []
    with pytest.raises(LookupError, match="message"):
        page_of(listing, {"message": "Welcome to the hotel's network."})


def test_pages_of_cloud_run_go_on_as_those_of_kubernetes_do(wire: WireServer, sign_in: Any) -> None:
    body = {
        "apiVersion": "serving.knative.dev/v1",
        "metadata": {"resourceVersion": "a"},
        "items": [{"kind": "Service", "metadata": {"name": name}} for name in "abc"],
    }
    path = f"/apis/serving.knative.dev/v1/namespaces/{PROJECT}/services"
    wire.record(answer("run.namespaces.services.list", path, body))
    session = sign_in()
    asked = {"parent": f"namespaces/{PROJECT}", "limit": 2}
    first = session.send(SERVICES.listing, SCOPE, asked)
    second = session.send(SERVICES.listing, SCOPE, asked, first.next)
    names = [service["metadata"]["name"] for page in (first, second) for service in page.answer["items"]]
    assert (names, second.next) == (["a", "b", "c"], None)


@pytest.mark.parametrize(
    ("fault", "code", "error", "again"),
    [
        (Fault.DENIED, Code.DENIED, "forbidden", False),
        (Fault.THROTTLED, Code.THROTTLED, "rateLimitExceeded", True),
        (Fault.UNAVAILABLE, Code.UNAVAILABLE, "backendError", True),
        (Fault.MALFORMED, Code.MALFORMED, "UnreadableAnswer", True),
        (Fault.NOT_ENABLED, Code.UNAVAILABLE, NOT_ENABLED, False),
    ],
)
def test_each_failure_is_told_apart(
    wire: WireServer, sign_in: Any, fault: Fault, code: Code, error: str, *, again: bool
) -> None:
    wire.fail("compute.firewalls.list", fault)
    found = refused(sign_in(), FIREWALLS)
    assert (found.code, found.error, found.again) == (code, error, again)


def test_a_denial_names_the_permission_in_either_format(wire: WireServer, sign_in: Any) -> None:
    session = sign_in()
    wire.fail("compute.disks.aggregatedList", Fault.DENIED)
    wire.fail("sqladmin.instances.list", Fault.DENIED)
    assert refused(session, DISKS.listing).permission == "compute.disks.list"
    assert refused(session, SQL_INSTANCES.listing).permission == "cloudsql.instances.list"


SQL_PATH = f"/v1/projects/{PROJECT}/instances"
SQL_HOST = "sqladmin.googleapis.com"


@pytest.mark.parametrize(
    ("consumer", "number", "expected"),
    [
        (PROJECT, None, NOT_ENABLED),
        ("415104041262", "415104041262", NOT_ENABLED),
        ("415104041262", "999999999999", ELSEWHERE),
        ("415104041262", None, ELSEWHERE),
        ("billed-project", "415104041262", ELSEWHERE),
    ],
)
def test_an_api_is_not_in_use_only_where_it_is_the_scanned_project_that_lacks_it(
    wire: WireServer, sign_in: Any, consumer: str, number: str | None, expected: str
) -> None:
    failing(wire, "sqladmin.instances.list", SQL_PATH, not_enabled(SQL_HOST, consumer))
    if number is not None:
        project = {"name": f"projects/{number}", "projectId": PROJECT, "state": "ACTIVE"}
        wire.record(answer("cloudresourcemanager.projects.get", f"/v3/projects/{PROJECT}", project))
    session = sign_in()
    found = [refused(session, SQL_INSTANCES.listing) for _ in range(2)]
    assert {one.error for one in found} == {expected}
    assert wire.seen["cloudresourcemanager.projects.get"] <= 1
    assert (found[0].error in SQL_INSTANCES.listing.not_in_use) is (expected == NOT_ENABLED)  # type: ignore[union-attr]


def test_what_is_not_declared_is_not_sent(wire: WireServer, sign_in: Any) -> None:
    session = sign_in()
    stop = GcpCall("compute", "instances.stop", path="compute/v1/projects/{project}/zones/z/instances/i/stop")
    assert refused(session, stop).error == "Undeclared"
    assert refused(session, Call(service="compute", operation="firewalls.list")).error == "Undeclared"
    assert not wire.requests
    with pytest.raises(ValueError, match="read action"):
        GcpCall("compute", "instances.stop", path="x", method="POST")


def test_regions_are_asked_once_for_all_projects(wire: WireServer, sign_in: Any) -> None:
    from scanner.config import Gcp
    from scanner.providers.gcp.provider import GCP

    path = f"/compute/v1/projects/{PROJECT}/regions"
    wire.record(
        answer("compute.regions.list", path, {"items": [{"name": "us-east1"}, {"name": "asia-east1"}]})
    )
    sign_in()
    first, second = GCP.sign_in(Gcp(accounts=(PROJECT, "other-project")), "test")
    assert first.regions() == second.regions() == ("asia-east1", "us-east1")
    assert wire.seen["compute.regions.list"] == 1
    first.close()


@pytest.mark.parametrize("fault", [Fault.DENIED, Fault.NOT_ENABLED])
def test_a_project_that_may_not_list_regions_has_none_and_loses_nothing(
    wire: WireServer, sign_in: Any, fault: Fault
) -> None:
    wire.fail("compute.regions.list", fault)
    assert sign_in().regions() == ()
    wire.fail("compute.regions.list", Fault.THROTTLED)
    with pytest.raises(CallError):
        sign_in().regions()


def test_threads_share_connections(wire: WireServer, sign_in: Any) -> None:
    wire.record(firewalls(3))
    session = sign_in()
    done = []

    def work() -> None:
        for _ in range(20):
            done.append(len(ask(session, FIREWALLS).answer["items"]))  # noqa: PERF401 - each a call

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [3] * 160


def credentials_file(folder: Path, wire: WireServer) -> Path:
    """Workload identity as a file names it: what proves it is a file too, and tokens come from the server."""
    (folder / "proof").write_text("a signed statement")
    path = folder / "credentials.json"
    said = {
        "type": "external_account",
        "audience": "//identity.test/pools/audit",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{wire.url}/token",
        "credential_source": {"file": str(folder / "proof")},
    }
    path.write_text(json.dumps(said))
    return path


def test_a_token_that_dies_is_renewed_once_and_then_the_scope_ends(
    wire: WireServer, sign_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials_file(tmp_path, wire)))
    wire.record(firewalls(1))
    wire.tokens = ["first", "second"]
    session = sign_in()
    assert ask(session, FIREWALLS).answer["items"]
    wire.tokens = ["second"]
    assert ask(session, FIREWALLS).answer["items"]
    assert [request.headers["authorization"] for request in wire.requests] == [
        "Bearer first",
        "Bearer first",
        "Bearer second",
    ]
    wire.tokens = ["third"]
    wire.issues = False
    found = refused(session, FIREWALLS)
    assert found.fatal
    assert found.code is Code.DENIED
    with pytest.raises(SignInError, match="gcloud auth application-default login"):
        sign_in()


def test_the_regions_call_is_declared() -> None:
    assert REGIONS.permission == "compute.regions.list"


def test_an_error_that_is_no_json_is_still_told(wire: WireServer, sign_in: Any) -> None:
    path = f"/compute/v1/projects/{PROJECT}/global/firewalls"
    wire.record(Recorded(call="compute.firewalls.list", path=path, body=b"<html>bad gateway", status=502))
    found = refused(sign_in(), FIREWALLS)
    assert (found.code, found.again) == (Code.UNAVAILABLE, True)
    failing(wire, "compute.firewalls.list", path, error(400, "invalid", "INVALID_ARGUMENT", "x" * 900))
    assert len(refused(sign_in(), FIREWALLS).text) <= 303
