"""Machines, functions, clusters, keys, secrets and certificates as Azure gives them, on the kinds that AWS fills."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner.models.compute import MAY_INVOKE_BY_URL, Cluster, Function, FunctionUrl, Instance
from scanner.models.identity import AccessKey
from scanner.models.keys import Certificate, Key, Secret
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure import programs, vaults
from scanner.providers.spec import Once, Source

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westus")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers"


def source(kind: Any, fields: Any, lacking: tuple[str, ...] = ()) -> Source:
    return Source(kind=kind, listing=Once(), id="{id}", name="{name}", fields=fields, lacking=lacking)


FUNCTIONS = source(Function, programs.FUNCTION, ("tags",))
CLUSTERS = source(Cluster, programs.CLUSTER)
MACHINES = source(Instance, programs.MACHINE, programs.MACHINE_LACKS)
KEYS = source(Key, vaults.KEY)
SECRETS = source(Secret, vaults.SECRET, vaults.SECRET_LACKS)
CERTIFICATES = source(Certificate, vaults.CERTIFICATE)
ACCESS_KEYS = Source(
    kind=AccessKey,
    listing=Once(),
    id="{^.id}/keys/{name}",
    name="{name}",
    fields=vaults.ACCESS_KEY,
    lacking=vaults.ACCESS_KEY_LACKS,
)


def test_every_field_is_filled() -> None:
    every = (FUNCTIONS, CLUSTERS, KEYS, SECRETS, CERTIFICATES, ACCESS_KEYS)
    assert [unfilled(one) for one in every] == [set()] * 6
    assert {"metadata_v1", "role", "tags"} <= MACHINES.filled | set(MACHINES.lacking)


def row(kind: str, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{GROUP}/{kind}/{name}",
        "name": name,
        "type": kind,
        "location": "westus",
        "tags": {"team": "shop"},
        "properties": properties,
    }


def test_machines() -> None:
    machine = row("Microsoft.Compute/virtualMachines", "web", vmId="1", provisioningState="Succeeded")
    machine["identity"] = {"type": "SystemAssigned", "principalId": "22222222-1111", "tenantId": "t"}
    made = mapped(MACHINES, machine, scope=SCOPE)
    assert isinstance(made, Instance)
    assert (made.role, made.tags) == ("22222222-1111", {"team": "shop"})
    machine["identity"] = {
        "type": "UserAssigned",
        "userAssignedIdentities": {f"{GROUP}/x/ci": {"clientId": "1"}},
    }
    assert programs.role(machine) == f"{GROUP}/x/ci"
    assert programs.role({"name": "bare"}) is None


def test_addresses_of_machines() -> None:
    public = {"id": f"{GROUP}/Microsoft.Network/publicIPAddresses/web"}
    bare = {"name": "a", "properties": {"privateIPAddress": "10.0.0.4"}}
    with_id = {"name": "b", "properties": {"privateIPAddress": "10.0.0.5", "publicIPAddress": public}}
    known = {**public, "properties": {"ipAddress": "203.0.113.7", "publicIPAddressVersion": "IPv4"}}
    whole = {"name": "c", "properties": {"publicIPAddress": known}}
    interface = row("Microsoft.Network/networkInterfaces", "nic", ipConfigurations=[bare, with_id, whole])
    assert programs.public_addresses([interface]) == (public["id"], "203.0.113.7")
    assert programs.public_addresses([]) == ()


def function(*bindings: dict[str, Any]) -> dict[str, Any]:
    return row(
        "Microsoft.Web/sites/functions",
        "shop/hook",
        config={"bindings": list(bindings), "disabled": False},
        invoke_url_template="https://shop.azurewebsites.net/api/hook",
        language="python",
    )


@pytest.mark.parametrize(
    ("bindings", "grants", "signed"),
    [
        (
            [{"type": "httpTrigger", "direction": "in", "authLevel": "anonymous"}],
            [(MAY_INVOKE_BY_URL,)],
            False,
        ),
        ([{"type": "httpTrigger", "direction": "in", "authLevel": "function"}], [], True),
        ([{"type": "httpTrigger", "direction": "in"}], [], True),
        ([{"type": "timerTrigger", "direction": "in", "schedule": "0 0 * * * *"}], [], None),
    ],
)
def test_functions(bindings: list[dict[str, Any]], grants: list[Any], signed: object) -> None:
    made = mapped(FUNCTIONS, function(*bindings), scope=SCOPE)
    assert isinstance(made, Function)
    assert [grant.may for grant in made.policy_grants] == grants
    assert (made.url and made.url.signed) == signed
    assert made.url in (
        None,
        FunctionUrl(address="https://shop.azurewebsites.net/api/hook", signed=bool(signed)),
    )


@pytest.mark.parametrize(
    ("profile", "facts"),
    [
        ({"authorizedIPRanges": ["198.51.100.0/24"]}, (True, ("198.51.100.0/24",))),
        ({"authorizedIPRanges": []}, (True, None)),
        (None, (True, None)),
        ({"enablePrivateCluster": True, "privateDNSZone": "system"}, (False, None)),
    ],
)
def test_clusters(profile: dict[str, Any] | None, facts: tuple[Any, ...]) -> None:
    raw = row("Microsoft.ContainerService/managedClusters", "shop", kubernetesVersion="1.33")
    raw["properties"]["apiServerAccessProfile"] = profile
    made = mapped(CLUSTERS, raw, scope=SCOPE)
    assert isinstance(made, Cluster)
    assert (made.public, made.sources) == facts


def action(kind: str, **trigger: str) -> dict[str, Any]:
    return {"trigger": trigger, "action": {"type": kind}}


@pytest.mark.parametrize(
    ("policy", "days"),
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
                "lifetimeActions": [action("rotate", timeBeforeExpiry="P30D")],
                "attributes": {"expiryTime": "P90D"},
            },
            60,
        ),
        ({"lifetimeActions": [action("rotate", timeAfterCreate="often")], "attributes": {}}, Code.MALFORMED),
    ],
)
def test_keys(policy: dict[str, Any] | None, days: object) -> None:
    attributes = {"enabled": True, "created": 1596493796, "updated": 1596493796, "recoveryLevel": "Purgeable"}
    raw = row(
        "Microsoft.KeyVault/vaults/keys", "orders", attributes=attributes, kty="RSA", rotationPolicy=policy
    )
    made = mapped(KEYS, raw, scope=SCOPE)
    assert isinstance(made, Key)
    assert (made.own, made.enabled, made.rotatable) == (True, True, True)
    assert (made.rotation_days if made.known("rotation_days") else made.why("rotation_days").code) == days


def test_secrets_and_certificates() -> None:
    attributes = {"enabled": True, "created": 1514941476, "updated": 1514941476}
    secret = mapped(
        SECRETS, row("Microsoft.KeyVault/vaults/secrets", "token", attributes=attributes), scope=SCOPE
    )
    assert isinstance(secret, Secret)
    assert secret.changed == datetime(2018, 1, 3, 1, 4, 36, tzinfo=UTC)
    raw = row(
        "Microsoft.Web/certificates",
        "shop",
        subjectName="shop.example.com",
        expirationDate="2026-07-29T12:22:52+00:00",
        canonicalName="shop.example.com",
    )
    certificate = mapped(CERTIFICATES, raw, scope=SCOPE)
    assert isinstance(certificate, Certificate)
    assert certificate.expires == datetime(2026, 7, 29, 12, 22, 52, tzinfo=UTC)
    assert (certificate.in_use, certificate.renews) == (None, True)


def test_keys_of_storage_accounts() -> None:
    times = {"key1": "2024-05-04T12:00:00.0000000Z", "key2": "2026-05-04T12:00:00.0000000Z"}
    account = row("Microsoft.Storage/storageAccounts", "shop", keyCreationTime=times)
    first, second = vaults.account_keys(account)
    made = mapped(ACCESS_KEYS, first, parent=account, scope=SCOPE)
    assert isinstance(made, AccessKey)
    assert made.id == f"{GROUP}/Microsoft.Storage/storageAccounts/shop/keys/key1"
    assert (made.active, made.created) == (True, datetime(2024, 5, 4, 12, tzinfo=UTC))
    account["properties"]["allowSharedKeyAccess"] = False
    closed = mapped(ACCESS_KEYS, second, parent=account, scope=SCOPE)
    assert isinstance(closed, AccessKey)
    assert closed.active is False
    (old, _) = vaults.account_keys(row("Microsoft.Storage/storageAccounts", "old"))
    assert mapped(ACCESS_KEYS, old, parent=account, scope=SCOPE).why("created").code is Code.MALFORMED
