"""What is set on a storage account as a whole, and on the file shares in it."""

from typing import Any

import pytest
from azure_answers import GROUP, SCOPE, unread
from mapped import mapped, unfilled

from scanner.models.file_system import FileSystem
from scanner.models.resource import Code
from scanner.models.storage_account import StorageAccount
from scanner.providers.azure import storage, stores
from scanner.providers.azure.sources.storage import SETTINGS, SHARES

ACCOUNT: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Storage/storageAccounts/shop",
    "name": "shop",
    "type": "Microsoft.Storage/storageAccounts",
    "kind": "StorageV2",
    "location": "westeurope",
    "sku": {"name": "Standard_LRS", "tier": "Standard"},
    "properties": {
        "allowCrossTenantReplication": False,
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Allow"},
    },
}
BLOBS: dict[str, Any] = {"properties": {}}


def test_every_field_is_filled() -> None:
    assert [unfilled(one) for one in (SETTINGS, SHARES)] == [set()] * 2


def account(sku: str = "Standard_LRS", blobs: Any = BLOBS, **properties: Any) -> StorageAccount:
    raw = {**ACCOUNT, "sku": {"name": sku}, "properties": {**ACCOUNT["properties"], **properties}}
    made = mapped(SETTINGS, raw, scope=SCOPE, BlobServices_GetServiceProperties=blobs)
    assert isinstance(made, StorageAccount)
    return made


def test_what_an_account_leaves_out() -> None:
    plain = account()
    assert (plain.oldest_tls, plain.by_identity, plain.reminder_days) == ("TLSv1.0", False, None)
    assert (plain.private_endpoint, plain.elsewhere) == (False, False)
    assert (plain.soft_delete_days, plain.container_days) == (None, None)


def test_what_an_account_says() -> None:
    kept = {"enabled": True, "days": 14}
    blobs = {
        "properties": {"deleteRetentionPolicy": kept, "containerDeleteRetentionPolicy": {"enabled": False}}
    }
    said = account(
        blobs=blobs,
        minimumTlsVersion="TLS1_3",
        defaultToOAuthAuthentication=True,
        keyPolicy={"keyExpirationPeriodInDays": 60},
        allowCrossTenantReplication=True,
    )  # fmt: skip
    assert (said.oldest_tls, said.by_identity, said.reminder_days) == ("TLSv1.3", True, 60)
    assert (said.other_tenants, said.soft_delete_days, said.container_days) == (True, 14, None)


def test_what_absence_means_for_old_accounts_nobody_says() -> None:
    raw = {**ACCOUNT, "properties": {"networkAcls": {"defaultAction": "Allow"}}}
    made = mapped(SETTINGS, raw, scope=SCOPE)
    assert "other_tenants" in unread(made, Code.MALFORMED)


@pytest.mark.parametrize(
    ("sku", "elsewhere"),
    [("Standard_LRS", False), ("Premium_ZRS", False), ("StandardV2_GRS", True), ("Standard_RAGZRS", True)],
)
def test_redundancy(sku: str, elsewhere: bool) -> None:  # noqa: FBT001 - one of the cases
    assert account(sku).elsewhere is elsewhere


def test_a_redundancy_that_nobody_knows_is_no_verdict() -> None:
    assert "elsewhere" in unread(account("Standard_XRS"), Code.MALFORMED)


@pytest.mark.parametrize(
    ("bypass", "come"), [("AzureServices", True), ("Logging, Metrics, AzureServices", True), ("None", False)]
)
def test_trusted_services(bypass: str, come: bool) -> None:  # noqa: FBT001 - one of the cases
    said = account(networkAcls={"bypass": bypass, "defaultAction": "Deny"})
    assert said.lets_services_in is come


@pytest.mark.parametrize("public", ["Disabled", "Enabled"])
def test_trusted_services_are_no_matter_without_a_list(public: str) -> None:
    assert "lets_services_in" in unread(account(publicNetworkAccess=public), Code.NOT_APPLICABLE)


def share(protocol: str | None, **properties: Any) -> FileSystem:
    raw = {
        "id": f"{ACCOUNT['id']}/fileServices/default/shares/files",
        "name": "files",
        "properties": {"shareQuota": 5, "enabledProtocols": protocol},
    }
    service = {"id": "x", "name": "default", "properties": properties}
    made = mapped(SHARES, raw, parent=ACCOUNT, scope=SCOPE, FileServices_GetServiceProperties=service)
    assert isinstance(made, FileSystem)
    return made


def test_shares_take_everything_where_nobody_chose() -> None:
    plain = share("SMB", cors={})
    assert plain.smb_versions == ("SMB2.1", "SMB3.0", "SMB3.1.1")
    assert plain.smb_ciphers == ("AES-128-CCM", "AES-128-GCM", "AES-256-GCM")
    assert plain.soft_delete_days is None


def test_shares_take_what_was_chosen() -> None:
    smb = {"versions": "SMB3.1.1;", "channelEncryption": "AES-128-GCM;AES-256-GCM;"}
    said = share(None, protocolSettings={"smb": smb}, shareDeleteRetentionPolicy={"enabled": True, "days": 7})
    assert said.smb_versions == ("SMB3.1.1",)
    assert said.smb_ciphers == ("AES-128-GCM", "AES-256-GCM")
    assert said.soft_delete_days == 7


def test_smb_is_no_matter_to_what_is_mounted_by_nfs() -> None:
    assert unread(share("NFS"), Code.NOT_APPLICABLE) == {"smb_versions", "smb_ciphers"}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"type": "EncryptionAtRestWithPlatformKey"}, None),
        ({"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": "/set"}, "/set"),
        ({"type": "EncryptionAtRestWithPlatformAndCustomerKeys", "diskEncryptionSetId": "/set"}, "/set"),
        (None, None),
    ],
)
def test_whose_key_a_disk_has(said: dict[str, Any] | None, key: str | None) -> None:
    assert storage.disk_key({"properties": {"encryption": said}}) == key


def test_whose_key_a_workspace_has() -> None:
    own = {"cmk": {"status": "Consistent", "key": {"name": "default", "keyVaultUrl": "https://v/keys/k"}}}
    assert stores.own_key({"properties": {"encryption": own}}) == "https://v/keys/k"
    assert stores.own_key({"properties": {"encryption": {"doubleEncryptionEnabled": False}}}) is None
    assert stores.own_key({"properties": {}}) is None
