"""Key vaults, managed HSMs, their keys and secrets, as ARM gives them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from azure_answers import GROUP, SCOPE, unread
from mapped import mapped, unfilled

from scanner.models.keys import Key, KeyVault, Secret
from scanner.models.resource import Code
from scanner.providers.azure import diagnostics
from scanner.providers.azure.keys import days
from scanner.providers.azure.networks import networks, private_endpoint
from scanner.providers.azure.sources.keys import HSM_KEYS, HSMS, KEYS, SECRETS, VAULTS

VAULT: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.KeyVault/vaults/shop",
    "name": "shop",
    "type": "Microsoft.KeyVault/vaults",
    "location": "westeurope",
    "tags": {"team": "shop"},
    "properties": {"sku": {"family": "A", "name": "standard"}, "tenantId": "t", "enableSoftDelete": True},
}


def test_every_field_is_filled() -> None:
    assert [unfilled(one) for one in (VAULTS, KEYS, SECRETS, HSMS, HSM_KEYS)] == [set()] * 5


def vault(**properties: Any) -> KeyVault:
    raw = {**VAULT, "properties": {**VAULT["properties"], **properties}}
    made = mapped(VAULTS, raw, scope=SCOPE, DiagnosticSettings_List=[])
    assert isinstance(made, KeyVault)
    return made


def test_what_a_vault_leaves_out_is_off() -> None:
    plain = vault()
    assert (plain.purge_protected, plain.by_roles, plain.private_endpoint) == (False, False, False)
    assert (plain.networks, plain.audit_log) == ("everywhere", None)
    good = vault(enablePurgeProtection=True, enableRbacAuthorization=True, publicNetworkAccess="disabled")
    assert (good.purge_protected, good.by_roles, good.networks) == (True, True, "private endpoints")


def test_a_managed_hsm_always_has_roles() -> None:
    made = mapped(HSMS, {**VAULT, "type": "Microsoft.KeyVault/managedHSMs"}, scope=SCOPE)
    assert isinstance(made, KeyVault)
    assert made.by_roles is True


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({}, "everywhere"),
        ({"publicNetworkAccess": "Enabled"}, "everywhere"),
        ({"publicNetworkAccess": "Enabled", "networkAcls": None}, "everywhere"),
        ({"networkAcls": {"defaultAction": "Allow"}}, "everywhere"),
        ({"networkAcls": {"defaultAction": "deny"}}, "chosen networks"),
        ({"publicNetworkAccess": "SecuredByPerimeter"}, "chosen networks"),
        ({"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Allow"}}, "private endpoints"),
    ],
)
def test_networks(said: dict[str, Any], where: str) -> None:
    assert networks({"properties": said}) == where


@pytest.mark.parametrize(
    "said", [{"publicNetworkAccess": "Maybe"}, {"networkAcls": {"defaultAction": "Ask"}}]
)
def test_words_that_nobody_knows(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        networks({"properties": said})


@pytest.mark.parametrize(
    ("states", "there"),
    [([], False), (["Pending"], False), (["Pending", "Approved"], True), (["Disconnected", "Rejected"], False)],
)  # fmt: skip
def test_private_endpoints_that_were_let_in(states: list[str], there: bool) -> None:  # noqa: FBT001 - a case
    connections = [{"properties": {"privateLinkServiceConnectionState": {"status": one}}} for one in states]
    assert private_endpoint({"properties": {"privateEndpointConnections": connections}}) is there


@pytest.mark.parametrize("states", [["Approved", "Odd"], ["Odd", "Approved"]])
def test_a_state_that_nobody_knows_is_none_whatever_stands_beside_it(states: list[str]) -> None:
    connections = [{"properties": {"privateLinkServiceConnectionState": {"status": one}}} for one in states]
    with pytest.raises(ValueError, match="does not know"):
        private_endpoint({"properties": {"privateEndpointConnections": connections}})


@pytest.mark.parametrize(
    ("log", "kept"),
    [
        ({"category": "AuditEvent", "enabled": True}, True),
        ({"category": "AuditEvent", "enabled": False}, False),
        ({"category": "AzurePolicyEvaluationDetails", "enabled": True}, False),
        ({"category": None, "categoryGroup": "audit", "enabled": True}, True),
        ({"categoryGroup": "allLogs", "enabled": True}, True),
    ],
)
def test_audit_logs(log: dict[str, Any], kept: bool) -> None:  # noqa: FBT001 - one of the cases
    setting = {"id": "/s", "name": "s", "properties": {"logs": [log]}}
    assert (diagnostics.VAULT_LOG["audit_log"]([setting]) == "/s") is kept


# -- keys and secrets ---------------------------------------------------------------------------------------


def kept(kind: str, attributes: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{VAULT['id']}/{kind}/one",
        "name": "one",
        "type": f"Microsoft.KeyVault/vaults/{kind}",
        "location": "westeurope",
        "tags": {},
        "properties": {"attributes": attributes, **properties},
    }


def action(kind: str, **trigger: str) -> dict[str, Any]:
    return {"trigger": trigger, "action": {"type": kind}}


@pytest.mark.parametrize(
    ("policy", "rotated"),
    [
        (None, None),
        ({"lifetimeActions": [action("notify", timeBeforeExpiry="P30D")], "attributes": {}}, None),
        (
            {
                "lifetimeActions": [action("rotate", timeAfterCreate="P1Y")],
                "attributes": {"expiryTime": "P2Y"},
            },
            365,
        ),
        (
            {
                "lifetimeActions": [action("Rotate", timeBeforeExpiry="P30D")],
                "attributes": {"expiryTime": "P90D"},
            },
            60,
        ),
        ({"lifetimeActions": [action("rotate", timeAfterCreate="often")], "attributes": {}}, Code.MALFORMED),
    ],
)
@pytest.mark.parametrize("source", [KEYS, HSM_KEYS], ids=["vault", "hsm"])
def test_keys(source: Any, policy: dict[str, Any] | None, rotated: object) -> None:
    raw = kept("keys", {"enabled": True, "created": 1596493796, "updated": 1596493796})
    whole = kept("keys", raw["properties"]["attributes"], kty="RSA", rotationPolicy=policy)
    answers = {source.details[0].call.operation: whole}
    made = mapped(source, raw, parent=VAULT, scope=SCOPE, **answers)
    assert isinstance(made, Key)
    assert (made.name, made.own, made.enabled, made.rotatable) == ("shop/one", True, True, True)
    assert (made.rotation_days if made.known("rotation_days") else made.why("rotation_days").code) == rotated


def test_durations() -> None:
    assert [days(one) for one in ("P90D", "p1y6m", "P2W", "P1Y1D")] == [90, 545, 14, 366]
    for odd in ("P", "90", "PT5H", "soon"):
        with pytest.raises(ValueError, match="no number"):
            days(odd)


def test_secrets() -> None:
    attributes = {"enabled": True, "created": 1514941476, "updated": 1514941476, "exp": 1546477476}
    made = mapped(SECRETS, kept("secrets", attributes), parent=VAULT, scope=SCOPE)
    assert isinstance(made, Secret)
    assert made.changed == datetime(2018, 1, 3, 1, 4, 36, tzinfo=UTC)
    assert made.expires == datetime(2019, 1, 3, 1, 4, 36, tzinfo=UTC)
    assert unread(made) == {"rotates"}


def test_what_is_switched_off_needs_no_end() -> None:
    attributes = {"enabled": False, "created": 1514941476, "updated": 1514941476}
    for source, kind in ((KEYS, "keys"), (SECRETS, "secrets")):
        made = mapped(source, kept(kind, attributes), parent=VAULT, scope=SCOPE)
        assert "expires" in unread(made, Code.NOT_APPLICABLE)
