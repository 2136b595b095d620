"""Roles, logs, alerts, zones and keys of a project as the APIs give them."""

from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner.models.project import RoleGrant
from scanner.models.resource import Cloud, Code, Scope
from scanner.models.routing import FlowLog
from scanner.providers.gcp import api_keys, credentials_kept, dns, keys, logs, project, routing

SCOPE = Scope(Cloud.GCP, "demo-project")
EVERY = (
    *project.SOURCES,
    *logs.SOURCES,
    *dns.SOURCES,
    *api_keys.SOURCES,
    keys.ACCESS,
    credentials_kept.SERVICE_ACCOUNTS,
)


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.kind.kind())
def test_every_field_is_filled_or_lacking(source: Any) -> None:
    assert not unfilled(source)


class TestProject:
    POLICY: dict[str, Any] = {  # noqa: RUF012 - read only
        "version": 3,
        "etag": "BwY=",
        "bindings": [
            {"role": "roles/owner", "members": ["user:a@example.com", "deleted:user:b@example.com?uid=1"]}
        ],
        "auditConfigs": [
            {"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]},
            {
                "service": "storage.googleapis.com",
                "auditLogConfigs": [
                    {"logType": "DATA_WRITE", "exemptedMembers": ["user:a@example.com"]},
                ],
            },
        ],
    }

    def settings(self, policy: Any = None, state: Any = "ENABLED") -> Any:
        answers: dict[str, Any] = {
            "projects.getIamPolicy": policy or self.POLICY,
            "projects.contacts.compute": [
                {"notificationCategorySubscriptions": ["TECHNICAL_INCIDENTS"], "validationState": "VALID"},
                {"notificationCategorySubscriptions": ["LEGAL"], "validationState": "INVALID"},
            ],
            "services.get": {"state": state},
        }
        return mapped(project.SETTINGS, {}, scope=SCOPE, **answers)

    def test_roles_audit_logs_and_contacts(self) -> None:
        one = self.settings()
        assert one.grants == (RoleGrant(who="user:a@example.com", role="roles/owner"),)
        assert (one.logged, one.unlogged_members) == (("data read",), ("user:a@example.com",))
        assert (one.contacts, one.asset_history) == (("technical incidents",), True)

    def test_what_is_no_policy_is_unread(self) -> None:
        one = self.settings({"surprise": 1})
        assert {one.why(name).code for name in ("grants", "logged", "unlogged_members")} == {Code.MALFORMED}

    def test_a_state_that_nobody_knows_is_unread(self) -> None:
        assert self.settings(state="STATE_UNSPECIFIED").why("asset_history").code is Code.MALFORMED


class TestLogs:
    def test_a_sink_and_its_bucket(self) -> None:
        raw = {
            "name": "s",
            "destination": "storage.googleapis.com/vault",
            "exclusions": [{"name": "a"}, {"name": "b", "disabled": True}],
        }
        bucket = {"name": "vault", "retentionPolicy": {"isLocked": True}}
        one: Any = mapped(logs.SINKS, raw, scope=SCOPE, **{"buckets.get": bucket})
        assert (one.enabled, one.filter, one.leaves_out, one.locked) == (True, None, 1, True)
        assert mapped(logs.SINKS, raw, scope=SCOPE, **{"buckets.get": None}).locked is None  # type: ignore[attr-defined]
        elsewhere = {**raw, "destination": "bigquery.googleapis.com/projects/p/datasets/d"}
        assert mapped(logs.SINKS, elsewhere, scope=SCOPE).why("locked").code is Code.NOT_APPLICABLE

    @pytest.mark.parametrize(
        "condition",
        [
            {"conditionThreshold": {"filter": 'metric.type="logging.googleapis.com/user/made.up-1"'}},
            {"conditionAbsent": {"filter": 'metric.type = "logging.googleapis.com/user/made.up-1" AND x'}},
            {
                "conditionMonitoringQueryLanguage": {
                    "query": "fetch global::logging.googleapis.com/user/made.up-1 | count"
                }
            },
        ],
    )
    def test_metrics_that_alerts_name(self, condition: Any) -> None:
        assert logs.metrics({"conditions": [condition]}) == ("made.up-1",)

    def test_metrics_in_the_words_of_prometheus(self) -> None:
        query = {"query": "rate(logging_googleapis_com:user_made_up_1[5m]) > 0"}
        assert logs.metrics({"conditions": [{"conditionPrometheusQueryLanguage": query}]}) == ("made_up_1",)

    def test_filters_of_log_entries_are_no_metrics(self) -> None:
        policy = {"conditions": [{"conditionMatchedLog": {"filter": "logging.googleapis.com/user/x"}}]}
        assert (logs.metrics(policy), logs.filters(policy)) == ((), ("logging.googleapis.com/user/x",))


class TestDns:
    ZONE: dict[str, Any] = {  # noqa: RUF012 - read only
        "name": "z",
        "visibility": "public",
        "dnssecConfig": {
            "state": "on",
            "defaultKeySpecs": [
                {"keyType": "keySigning", "algorithm": "rsasha256"},
                {"keyType": "zoneSigning", "algorithm": "rsasha1"},
            ],
        },
    }

    def test_a_zone_that_is_signed(self) -> None:
        one: Any = mapped(dns.ZONES, self.ZONE, scope=SCOPE)
        assert (one.public, one.signed) == (True, True)
        assert (one.key_signing, one.zone_signing) == ("rsasha256", "rsasha1")

    @pytest.mark.parametrize("said", [{}, {"dnssecConfig": {"state": "off"}}])
    def test_without_a_signature_there_are_no_algorithms(self, said: Any) -> None:
        one: Any = mapped(dns.ZONES, {"name": "z", "visibility": "public", **said}, scope=SCOPE)
        assert not one.signed
        assert one.why("key_signing").code is Code.NOT_APPLICABLE

    def test_a_private_zone_is_signed_by_nobody(self) -> None:
        one = mapped(dns.ZONES, {"name": "z", "visibility": "private"}, scope=SCOPE)
        assert one.why("signed").code is Code.NOT_APPLICABLE

    def test_queries_of_a_network(self) -> None:
        here = "https://www.googleapis.com/compute/v1/projects/p/global/networks/n"
        other = "https://compute.googleapis.com/compute/v1/projects/p/global/networks/n"
        policy = {"enableLogging": True, "networks": [{"networkUrl": other}]}
        assert dns.logged([policy], {"selfLink": here})
        assert not dns.logged([{**policy, "enableLogging": False}], {"selfLink": here})
        assert not dns.logged([policy], {"selfLink": f"{here}2"})
        assert not dns.logged(None, {"selfLink": here})


def test_api_keys() -> None:
    raw = {"name": "projects/1/locations/global/keys/k", "createTime": "2026-01-01T00:00:00Z"}
    one: Any = mapped(api_keys.KEYS, raw, scope=SCOPE)
    assert one.apis is None
    targets = [{"service": "b"}, {"service": "a"}, {"service": "a", "methods": ["m"]}]
    one = mapped(api_keys.KEYS, {**raw, "restrictions": {"apiTargets": targets}}, scope=SCOPE)
    assert one.apis == ("a", "b")
    limited = {**raw, "restrictions": {"serverKeyRestrictions": {"allowedIps": ["192.0.2.1"]}}}
    assert mapped(api_keys.KEYS, limited, scope=SCOPE).apis is None  # type: ignore[attr-defined]


def test_flow_logs_of_subnetworks() -> None:
    assert routing.flow_log({"logConfig": {"enable": False}}) is None
    assert routing.flow_log({}) is None
    said = {
        "enable": True,
        "aggregationInterval": "INTERVAL_10_MIN",
        "flowSampling": 0.1,
        "filterExpr": "true",
    }
    assert routing.flow_log({"logConfig": said}) == FlowLog(share=0.1, seconds=600, filtered=False)
    filtered = routing.flow_log({"logConfig": {**said, "filterExpr": "src_location.continent == 'x'"}})
    assert filtered is not None
    assert filtered.filtered
