"""The estate in Google Cloud and Azure: each thing once, as its state has it and as its cloud answers it."""

from collections.abc import Callable, Mapping
from typing import Any

from answers import link

from scanner.models.resource import Cloud, Scope

GOOGLE = Scope(Cloud.GCP, "estate-prod", "europe-west1")
AZURE = Scope(Cloud.AZURE, "0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d", "westeurope")

_URL = "https://www.googleapis.com"
_GROUP = f"/subscriptions/{AZURE.account}/resourceGroups/estate/providers"

Things = dict[str, list[Mapping[str, Any]]]
Add = Callable[..., None]


def google(add: Add) -> Things:
    """Say what stands in the project: to the state by `add`, and as the calls list it."""
    things: Things = {"compute.networks.list": [], "compute.routes.list": []}
    project = GOOGLE.account
    network = link(f"projects/{project}/global/networks/default")
    order = {"networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"}
    things["compute.networks.list"].append(
        {"name": "default", "selfLink": network, "autoCreateSubnetworks": True, **order}
    )
    gateway = link(f"projects/{project}/global/gateways/default-internet-gateway")
    route = link(f"projects/{project}/global/routes/default-route")
    out = {"destRange": "0.0.0.0/0", "priority": 1000, "network": network, "nextHopGateway": gateway}
    things["compute.routes.list"].append({"name": "default-route", "selfLink": route, **out})
    _firewall(add, things, network)
    for key in ("a", "b"):
        _runner(add, things, key, network)
    _archive(add, things)
    _ledger(add, things)
    return things


def _firewall(add: Add, things: Things, network: str) -> None:
    path = f"projects/{GOOGLE.account}/global/firewalls/allow-ssh"
    add(
        "|google_compute_firewall.ssh",
        "allow-ssh",
        f"//compute.googleapis.com/{path}",
        id=path,
        self_link=link(path),
        project=GOOGLE.account,
        name="allow-ssh",
        source_ranges=["0.0.0.0/0"],
    )
    things["compute.firewalls.list"] = [
        {
            "name": "allow-ssh",
            "selfLink": link(path),
            "network": network,
            "direction": "INGRESS",
            "priority": 1000,
            "disabled": False,
            "sourceRanges": ["0.0.0.0/0"],
            "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
        }
    ]


def _runner(add: Add, things: Things, key: str, network: str) -> None:
    path = f"projects/{GOOGLE.account}/zones/{GOOGLE.region}-b/instances/runner-{key}"
    id_ = f"//compute.googleapis.com/{path}/networkInterfaces/nic0"
    where = {"project": GOOGLE.account, "zone": f"{GOOGLE.region}-b"}
    address = {"network": network, "access_config": [{"nat_ip": f"34.77.18.{ord(key)}"}]}
    add(
        f'|google_compute_instance.runner["{key}"]',
        f"runner-{key}",
        id_,
        id=path,
        self_link=link(path),
        network_interface=[address],
        **where,
    )
    interface = {
        "name": "nic0",
        "network": network,
        "subnetwork": link(f"projects/{GOOGLE.account}/regions/{GOOGLE.region}/subnetworks/default"),
        "networkIP": f"10.132.0.{ord(key)}",
        "stackType": "IPV4_ONLY",
        "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "natIP": f"34.77.18.{ord(key)}"}],
    }
    things.setdefault("compute.instances.aggregatedList", []).append(
        {
            "name": f"runner-{key}",
            "selfLink": link(path),
            "zone": link(f"projects/{GOOGLE.account}/zones/{GOOGLE.region}-b"),
            "status": "RUNNING",
            "tags": {"fingerprint": "oxssppmT0IY="},
            "networkInterfaces": [interface],
        }
    )


def _archive(add: Add, things: Things) -> None:
    name, self_link = "estate-archive", f"{_URL}/storage/v1/b/estate-archive"
    add(
        "|google_storage_bucket.archive",
        name,
        f"//storage.googleapis.com/{name}",
        id=name,
        self_link=self_link,
        project=GOOGLE.account,
        versioning=[{"enabled": False}],
    )
    iam = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "enforced"}
    things["storage.buckets.list"] = [
        {
            "kind": "storage#bucket",
            "id": name,
            "name": name,
            "selfLink": self_link,
            "location": GOOGLE.region.upper(),
            "locationType": "region",
            "iamConfiguration": iam,
            "versioning": {"enabled": False},
            "softDeletePolicy": {"retentionDurationSeconds": "0"},
        }
    ]


def _ledger(add: Add, things: Things) -> None:
    path = f"projects/{GOOGLE.account}/instances/ledger"
    self_link = f"https://sqladmin.googleapis.com/sql/v1beta4/{path}"
    add(
        "|google_sql_database_instance.ledger",
        "ledger",
        f"//cloudsql.googleapis.com/{path}",
        id="ledger",
        self_link=self_link,
        project=GOOGLE.account,
    )
    settings = {
        "tier": "db-f1-micro",
        "activationPolicy": "ALWAYS",
        "availabilityType": "ZONAL",
        "backupConfiguration": {"enabled": False},
        "ipConfiguration": {"ipv4Enabled": False, "authorizedNetworks": []},
    }
    things["sqladmin.instances.list"] = [
        {
            "kind": "sql#instance",
            "name": "ledger",
            "project": GOOGLE.account,
            "region": GOOGLE.region,
            "state": "RUNNABLE",
            "createTime": "2026-01-12T11:21:03.410Z",
            "databaseVersion": "POSTGRES_16",
            "instanceType": "CLOUD_SQL_INSTANCE",
            "backendType": "SECOND_GEN",
            "ipAddresses": [{"type": "PRIVATE", "ipAddress": "10.30.0.3"}],
            "settings": settings,
            "selfLink": self_link,
        }
    ]


def azure(add: Add) -> Things:
    """Say what stands in the subscription: to the state by `add`, and as its types list it."""
    things: Things = {}
    groups = {name: f"{_GROUP}/Microsoft.Network/networkSecurityGroups/{name}" for name in ("jump", "build")}
    for name, id_ in groups.items():
        rules = {"ssh": 22} if name == "build" else {"https": 443, "ssh": 22}
        add(f"|azurerm_network_security_group.{name}", name, id_, id=id_, name=name)
        _put(
            things,
            id_,
            securityRules=[_rule(id_, rule, port) for rule, port in rules.items()],
            defaultSecurityRules=[],
        )
    for rule in ("https", "ssh"):
        # The provider writes resourceGroups, the cloud sometimes resourcegroups: ids are equal whatever their case.
        id_ = f"{groups['jump']}/securityRules/{rule}".replace("resourceGroups", "resourcegroups")
        add(f'|azurerm_network_security_rule.jump["{rule}"]', id=id_)
    _edge(add, things, groups["jump"])
    media = f"{_GROUP}/Microsoft.Storage/storageAccounts/estatemedia"
    add("|azurerm_storage_account.media", "estatemedia", media, id=media)
    _put(
        things,
        media,
        supportsHttpsTrafficOnly=False,
        allowBlobPublicAccess=False,
        minimumTlsVersion="TLS1_2",
        isHnsEnabled=False,
    )
    return things


def _edge(add: Add, things: Things, group: str) -> None:
    network, public = (
        f"{_GROUP}/Microsoft.Network/{one}" for one in ("virtualNetworks/edge", "publicIPAddresses/jump")
    )
    subnet, interface = f"{network}/subnets/edge", f"{_GROUP}/Microsoft.Network/networkInterfaces/jump"
    configuration = f"{interface}/ipConfigurations/primary"
    for named, id_ in {
        "azurerm_virtual_network.edge": network,
        "azurerm_subnet.edge": subnet,
        "azurerm_public_ip.jump": public,
        "azurerm_network_interface_security_group_association.jump": f"{interface}|{group}",
    }.items():
        add(f"|{named}", id=id_)
    add("|azurerm_network_interface.jump", "jump-nic", interface, id=interface)
    inside = {"id": subnet, "name": "edge", "properties": {"addressPrefix": "10.6.1.0/24"}}
    _put(things, network, addressSpace={"addressPrefixes": ["10.6.0.0/16"]}, subnets=[inside])
    _put(
        things,
        public,
        ipAddress="20.61.4.30",
        publicIPAddressVersion="IPv4",
        ipConfiguration={"id": configuration},
    )
    address = {
        "privateIPAddress": "10.6.1.4",
        "privateIPAddressVersion": "IPv4",
        "primary": True,
        "subnet": {"id": subnet},
        "publicIPAddress": {"id": public},
    }
    machine = f"{_GROUP}/Microsoft.Compute/virtualMachines/jump"
    _put(
        things,
        interface,
        ipConfigurations=[{"id": configuration, "name": "primary", "properties": address}],
        networkSecurityGroup={"id": group},
        virtualMachine={"id": machine},
        primary=True,
    )
    status = {"statuses": [{"code": "PowerState/running", "level": "Info"}]}
    _put(things, machine, networkProfile={"networkInterfaces": [{"id": interface}]}, instanceView=status)


def _put(things: Things, id_: str, **properties: Any) -> None:
    type_, name = id_.partition("/providers/")[2].rpartition("/")[::2]
    row = {"id": id_, "name": name, "type": type_, "location": AZURE.region, "sku": {"name": "Standard"}}
    row |= {"kind": "StorageV2"} if "Storage" in type_ else {}
    things.setdefault(type_.lower(), []).append(
        {**row, "properties": {"provisioningState": "Succeeded", **properties}}
    )


def _rule(group: str, name: str, port: int) -> Mapping[str, Any]:
    said = {
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationPortRange": str(port),
        "sourceAddressPrefix": "0.0.0.0/0" if group.endswith("build") else "*",
        "destinationAddressPrefix": "*",
        "access": "Allow",
        "priority": 100 + port,
        "direction": "Inbound",
    }
    lists = (
        "sourcePortRanges",
        "destinationPortRanges",
        "sourceAddressPrefixes",
        "destinationAddressPrefixes",
    )
    return {
        "name": name,
        "id": f"{group}/securityRules/{name}",
        "properties": {**said, **{one: [] for one in lists}},
    }
