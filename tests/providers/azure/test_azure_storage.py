"""Storage accounts, containers, disks and snapshots as ARM gives them, mapped to the kinds that AWS fills too."""

from typing import Any

import pytest
from azure_answers import GROUP, SCOPE, changed, unread, verdict
from mapped import mapped

from scanner.engine import Outcome
from scanner.models.account import Account
from scanner.models.resource import Code
from scanner.models.storage import PlainHttp, PublicBlock, PublicGrant
from scanner.providers.azure import diagnostics, storage
from scanner.providers.azure.sources.storage import ACCOUNTS, CONTAINERS, DISKS, SNAPSHOTS

STORAGE: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Storage/storageAccounts/shopdata",
    "name": "shopdata",
    "type": "Microsoft.Storage/storageAccounts",
    "kind": "StorageV2",
    "location": "westeurope",
    "sku": {"name": "Standard_GRS", "tier": "Standard"},
    "tags": {"team": "shop"},
    "properties": {
        "allowBlobPublicAccess": True,
        "creationTime": "2026-05-24T13:28:53.4540398Z",
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": {"keyvaulturi": "https://shop.vault.azure.net", "keyname": "data"},
            "services": {"blob": {"enabled": True, "keyType": "Account"}},
        },
        "minimumTlsVersion": "TLS1_2",
        "allowSharedKeyAccess": False,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"bypass": "AzureServices", "ipRules": [], "defaultAction": "Deny"},
        "primaryEndpoints": {"blob": "https://shopdata.blob.core.windows.net/"},
        "primaryLocation": "westeurope",
        "provisioningState": "Succeeded",
        "statusOfPrimary": "available",
        "supportsHttpsTrafficOnly": True,
    },
}
SERVICE: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default",
    "name": "default",
    "type": "Microsoft.Storage/storageAccounts/blobServices",
    "sku": {"name": "Standard_GRS", "tier": "Standard"},
    "properties": {
        "changeFeed": {"enabled": True, "retentionInDays": 7},
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"enabled": True, "days": 30, "allowPermanentDelete": False},
        "isVersioningEnabled": True,
    },
}
SETTING: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default/providers/microsoft.insights/diagnosticSettings/reads",
    "name": "reads",
    "type": "Microsoft.Insights/diagnosticSettings",
    "properties": {
        "workspaceId": f"{GROUP}/Microsoft.OperationalInsights/workspaces/logs",
        "logs": [
            {"category": "StorageWrite", "enabled": True},
            {"category": "StorageRead", "enabled": True},
        ],
        "metrics": [],
    },
}
CONTAINER: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default/containers/photos",
    "name": "photos",
    "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "etag": '"0x8D589847D51C7DE"',
    "properties": {
        "publicAccess": "Container",
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "lastModifiedTime": "2026-03-14T08:20:47Z",
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
    },
}


def account(**properties: Any) -> Any:
    return mapped(
        ACCOUNTS,
        changed(STORAGE, **properties),
        scope=SCOPE,
        BlobServices_GetServiceProperties=SERVICE,
        DiagnosticSettings_List=[SETTING],
    )


def container(access: str | None = "Container", **of_account: Any) -> Any:
    return mapped(
        CONTAINERS,
        changed(CONTAINER, publicAccess=access),
        scope=SCOPE,
        parent=changed(STORAGE, **of_account),
    )


def test_storage_account() -> None:
    one = account()
    assert set(one.unread) == unread(one) == {*storage.ACCOUNT_LACKS, "copied", "mfa_delete", "write_once"}
    assert one.plain_http == PlainHttp(state="refused", reasons=())
    assert one.key == "https://shop.vault.azure.net/keys/data"
    assert (one.versioning, one.soft_delete_days) == ("on", 30)
    assert one.access_log == SETTING["id"]
    assert one.tags == {"team": "shop"}


def test_plain_http() -> None:
    found = verdict("bucket-allows-plain-http", account(supportsHttpsTrafficOnly=False))
    assert found is not None
    assert (found.outcome, found.messages) == (Outcome.FAIL, ("plain HTTP is accepted",))


def test_the_elements_that_the_api_leaves_out() -> None:
    one: Any = mapped(
        ACCOUNTS,
        {
            "id": "a",
            "name": "a",
            "kind": "StorageV2",
            "properties": {
                "supportsHttpsTrafficOnly": True,
                "networkAcls": {"defaultAction": "Allow"},
                "allowBlobPublicAccess": False,
            },
        },
        scope=SCOPE,
        BlobServices_GetServiceProperties={"properties": {"deleteRetentionPolicy": {"enabled": False}}},
        DiagnosticSettings_List=[],
    )
    assert (one.key, one.versioning, one.soft_delete_days) == (None, "off", None)
    assert (one.access_log, one.tags) == (None, {})
    assert (one.networks, one.shared_keys, one.anonymous_access) == ("everywhere", True, False)


def test_a_group_of_categories_takes_the_reads_too() -> None:
    setting = {**SETTING, "properties": {"logs": [{"categoryGroup": "allLogs", "enabled": True}]}}
    assert diagnostics.BLOB_LOG["access_log"]([setting]) == SETTING["id"]
    off = {**SETTING, "properties": {"logs": [{"category": "StorageRead", "enabled": False}]}}
    assert diagnostics.BLOB_LOG["access_log"]([off]) is None


@pytest.mark.parametrize("source", ["Microsoft.Storage", "microsoft.storage", None])
def test_a_key_of_the_service(source: str | None) -> None:
    assert account(encryption={"keySource": source}).key is None


def test_container() -> None:
    one = container()
    assert set(one.unread) == unread(one) == {*storage.CONTAINER_LACKS, "copied", "mfa_delete", "write_once"}
    assert one.policy_grants == (
        PublicGrant(who="everyone", may=("read", "list"), said="access level Container"),
    )
    assert (one.acl_grants, one.acls_disabled, one.public_block) == ((), True, None)
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "high")


@pytest.mark.parametrize(
    ("access", "may"), [("None", None), (None, None), ("blob", ("read",)), ("CONTAINER", ("read", "list"))]
)
def test_access_levels(access: str | None, may: tuple[str, ...] | None) -> None:
    grants = container(access).policy_grants
    assert [grant.may for grant in grants] == ([may] if may else [])


def test_the_storage_account_can_refuse_for_all_its_containers() -> None:
    one = container(allowBlobPublicAccess=False)
    assert one.public_block == PublicBlock(policies=True, acls=True)
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert found.outcome is Outcome.PASS


def test_an_account_that_does_not_say_is_not_guessed() -> None:
    properties = {
        name: value for name, value in STORAGE["properties"].items() if name != "allowBlobPublicAccess"
    }
    one = mapped(CONTAINERS, CONTAINER, scope=SCOPE, parent={**STORAGE, "properties": properties})
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert found.outcome is Outcome.UNKNOWN


def test_no_verdict_where_the_cloud_has_no_such_thing() -> None:
    disk = mapped(DISKS, {"id": "d", "name": "d", "location": "westeurope", "properties": {}}, scope=SCOPE)
    snapshot = mapped(
        SNAPSHOTS, {"id": "s", "name": "s", "location": "westeurope", "properties": {}}, scope=SCOPE
    )
    assert verdict("volume-unencrypted", disk) is None
    assert verdict("snapshot-public", snapshot) is None
    assert verdict("bucket-public", account()) is None
    assert verdict("bucket-without-versioning", container()) is None


@pytest.mark.parametrize(
    ("change", "networks"),
    [
        ({}, "chosen networks"),
        ({"publicNetworkAccess": "Disabled"}, "private endpoints"),
        ({"publicNetworkAccess": "SecuredByPerimeter"}, "chosen networks"),
        ({"publicNetworkAccess": None, "networkAcls": {"defaultAction": "allow"}}, "everywhere"),
    ],
)
def test_networks(change: dict[str, Any], networks: str) -> None:
    assert account(**change).networks == networks


def test_a_network_access_that_is_not_known_is_unread() -> None:
    assert account(publicNetworkAccess="Sometimes").why("networks").code is Code.MALFORMED


@pytest.mark.parametrize(("said", "taken"), [(None, True), (True, True), (False, False)])
def test_shared_keys(said: bool | None, *, taken: bool) -> None:  # noqa: FBT001 - what the API says
    assert account(allowSharedKeyAccess=said).shared_keys is taken


def test_what_an_account_cannot_have() -> None:
    lake = account(isHnsEnabled=True)
    assert lake.why("versioning").code is Code.NOT_APPLICABLE
    assert lake.soft_delete_days == 30
    files = mapped(ACCOUNTS, {**STORAGE, "kind": "FileStorage"}, scope=SCOPE)
    assert {"versioning", "soft_delete_days", "access_log"} <= unread(files, Code.NOT_APPLICABLE)
