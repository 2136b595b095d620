"""Functions and certificates of App Service, machines and clusters, as Azure gives them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner.models.compute import MAY_INVOKE_BY_URL, Cluster, Function, FunctionUrl, Instance
from scanner.models.keys import Certificate
from scanner.models.resource import Cloud, Scope
from scanner.providers.azure import compute, programs
from scanner.providers.azure.sources.compute import CLUSTERS, MACHINES
from scanner.providers.azure.sources.programs import APPS, CERTIFICATES, FUNCTIONS

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westus")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers"


def test_every_field_is_filled() -> None:
    assert [unfilled(one) for one in (FUNCTIONS, CERTIFICATES, CLUSTERS, MACHINES)] == [set()] * 4


def row(kind: str, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{GROUP}/{kind}/{name}",
        "name": name,
        "type": kind,
        "location": "West US",
        "tags": {"team": "shop"},
        "properties": properties,
    }


# -- machines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "role"),
    [
        ({"type": "SystemAssigned", "principalId": "22222222-1111", "tenantId": "t"}, "22222222-1111"),
        ({"type": "UserAssigned", "userAssignedIdentities": {f"{GROUP}/x/CI": {}}}, f"{GROUP}/x/ci".lower()),
        (
            {
                "type": "SystemAssigned, UserAssigned",
                "principalId": "2",
                "userAssignedIdentities": {"/a": {}, "/b": {}},
            },
            "2, /a, /b",
        ),
        ({"type": "None"}, None),
        (None, None),
    ],
)
def test_identities_of_machines(identity: dict[str, Any] | None, role: str | None) -> None:
    machine = row("Microsoft.Compute/virtualMachines", "web", vmId="1", provisioningState="Succeeded")
    made = mapped(MACHINES, {**machine, "identity": identity}, scope=SCOPE)
    assert isinstance(made, Instance)
    assert (made.role, made.tags, made.scope.region) == (role, {"team": "shop"}, "westus")


@pytest.mark.parametrize(
    ("profile", "measured"),
    [
        ({"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True}}, True),
        ({"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": False}}, False),
        ({"encryptionAtHost": True}, False),
        (None, False),
    ],
)  # fmt: skip
def test_measured_boot(profile: dict[str, Any] | None, measured: bool) -> None:  # noqa: FBT001 - one of the cases
    assert compute.verified_boot(row("x", "web", securityProfile=profile)) is measured


def test_addresses_of_machines() -> None:
    nic = f"{GROUP}/Microsoft.Network/networkInterfaces"
    machine = row(
        "Microsoft.Compute/virtualMachines",
        "web",
        networkProfile={"networkInterfaces": [{"id": f"{nic}/web-NIC"}]},
    )

    def address(name: str, on: str | None, **properties: Any) -> dict[str, Any]:
        held = {"ipConfiguration": {"id": on}} if on else {}
        return {"id": f"/ip/{name}", "properties": {**held, **properties}}

    public = [
        address("a", f"{nic}/web-nic/ipConfigurations/one", ipAddress="203.0.113.7"),
        address("b", f"{nic}/web-nic/ipConfigurations/two"),  # given only while the machine runs
        address("c", f"{nic}/other/ipConfigurations/one", ipAddress="203.0.113.8"),
        address("d", f"{GROUP}/Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f", ipAddress="1.2.3.4"),
        address("e", None, ipAddress="203.0.113.9"),
    ]  # fmt: skip
    assert compute.public_addresses(public, machine) == ("203.0.113.7", "/ip/b")
    assert compute.public_addresses([], machine) == ()
    assert compute.public_addresses(public, row("x", "bare", networkProfile={})) == ()


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


# -- functions ----------------------------------------------------------------------------------------------


def app(kind: str | None) -> dict[str, Any]:
    return {**row("Microsoft.Web/sites", "shop", state="Running"), "kind": kind}


@pytest.mark.parametrize(
    ("kind", "has"),
    [("functionapp", True), ("functionapp,linux", True), ("FunctionApp,workflowapp", True),
     ("app,linux", False), ("api", False), (None, False)],
)  # fmt: skip
def test_apps_of_functions(kind: str | None, has: bool) -> None:  # noqa: FBT001 - one of the cases
    assert APPS.keep is not None
    assert APPS.keep(app(kind)) is has


def function(*bindings: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return row(
        "Microsoft.Web/sites/functions",
        "shop/hook",
        config={"bindings": list(bindings)},
        invoke_url_template="https://shop.azurewebsites.net/api/hook",
        language="python",
        **properties,
    )


@pytest.mark.parametrize(
    ("bindings", "grants", "signed"),
    [
        (
            [{"type": "httpTrigger", "direction": "in", "authLevel": "anonymous"}],
            [(MAY_INVOKE_BY_URL,)],
            False,
        ),
        ([{"type": "httpTrigger", "direction": "in", "authLevel": "Function"}], [], True),
        ([{"type": "httpTrigger", "direction": "in"}], [], True),
        ([{"type": "timerTrigger", "direction": "in", "schedule": "0 0 * * * *"}], [], None),
    ],
)
def test_functions(bindings: list[dict[str, Any]], grants: list[Any], signed: object) -> None:
    made = mapped(FUNCTIONS, function(*bindings), parent=app("functionapp"), scope=SCOPE)
    assert isinstance(made, Function)
    assert (made.tags, made.scope.region) == ({"team": "shop"}, "westus")
    assert [grant.may for grant in made.policy_grants] == grants
    assert (made.url and made.url.signed) == signed
    assert made.url in (
        None,
        FunctionUrl(address="https://shop.azurewebsites.net/api/hook", signed=bool(signed)),
    )


def test_a_function_that_is_switched_off_takes_no_requests() -> None:
    off = function({"type": "httpTrigger", "authLevel": "anonymous"}, isDisabled=True)
    made = mapped(FUNCTIONS, off, parent=app("functionapp"), scope=SCOPE)
    assert isinstance(made, Function)
    assert (made.policy_grants, made.url) == ((), None)


def test_a_level_that_nobody_knows_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="does not know"):
        programs.policy_grants(function({"type": "httpTrigger", "authLevel": "everybody"}))


# -- certificates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "renews"), [("shop.example.com", True), ("", False), (None, False)])
def test_certificates(name: str | None, renews: bool) -> None:  # noqa: FBT001 - one of the cases
    raw = row(
        "Microsoft.Web/certificates",
        "shop",
        subjectName="shop.example.com",
        expirationDate="2026-07-29T12:22:52+00:00",
        canonicalName=name,
    )
    certificate = mapped(CERTIFICATES, raw, scope=SCOPE)
    assert isinstance(certificate, Certificate)
    assert certificate.expires == datetime(2026, 7, 29, 12, 22, 52, tzinfo=UTC)
    assert (certificate.in_use, certificate.renews) == (None, renews)


# -- what machines let through, and what is encrypted with whose key ---------------------------------------------


def test_what_machines_let_through() -> None:
    machine = row("Microsoft.Compute/virtualMachines", "web", networkProfile={})

    def interface(on: str | None, *, forwards: bool | None) -> dict[str, Any]:
        held = {"virtualMachine": {"id": on}} if on else {}
        return {"id": "/nic", "properties": {**held, "enableIPForwarding": forwards}}

    own, other = machine["id"].upper(), f"{GROUP}/Microsoft.Compute/virtualMachines/other"
    assert (
        compute.forwards_packets([interface(own, forwards=False), interface(own, forwards=True)], machine)
        is True
    )
    assert (
        compute.forwards_packets([interface(own, forwards=None), interface(other, forwards=True)], machine)
        is False
    )
    assert compute.forwards_packets([interface(None, forwards=True)], machine) is False
    assert compute.confidential(row("x", "web", securityProfile={"securityType": "ConfidentialVM"})) is True
    assert compute.confidential(row("x", "web", securityProfile={"securityType": "TrustedLaunch"})) is False
