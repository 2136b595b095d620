"""Protected items, recovery points, locks and flow logs, as ARM gives them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from azure_answers import GROUP, SCOPE
from mapped import mapped, unfilled

from scanner.models.backup import RecoveryPoint
from scanner.models.routing import ALL_PACKETS
from scanner.providers.azure.flow_logs import flow_log, flow_log_days
from scanner.providers.azure.locks import locked
from scanner.providers.azure.sources.backup import PROTECTED_ITEMS, RECOVERY_POINTS

VAULT = {"id": f"{GROUP}/Microsoft.RecoveryServices/vaults/v", "name": "v", "properties": {}}
MACHINE = f"{GROUP}/Microsoft.Compute/virtualMachines/Web-1"


def test_every_field_is_filled() -> None:
    assert [unfilled(one) for one in (PROTECTED_ITEMS, RECOVERY_POINTS)] == [set()] * 2


def item(**properties: Any) -> dict[str, Any]:
    return {
        "id": f"{VAULT['id']}/backupFabrics/Azure/protectionContainers/c/protectedItems/i",
        "name": "i",
        "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
        "properties": {
            "protectedItemType": "Microsoft.Compute/virtualMachines",
            "sourceResourceId": MACHINE,
            "friendlyName": "Web-1",
            "lastRecoveryPoint": "2026-01-14T22:00:00Z",
            **properties,
        },
    }


def protected(**properties: Any) -> RecoveryPoint:
    made = mapped(PROTECTED_ITEMS, item(**properties), parent=VAULT, scope=SCOPE)
    assert isinstance(made, RecoveryPoint)
    return made


def test_a_protected_machine_is_called_by_its_whole_id_whatever_its_case() -> None:
    made = protected()
    assert made.of == MACHINE.lower()
    assert made.taken_at == datetime(2026, 1, 14, 22, tzinfo=UTC)
    assert made.restorable is True


def test_what_was_deleted_and_is_kept_for_a_while_is_no_backup() -> None:
    assert protected(isScheduledForDeferredDelete=True).restorable is False


def test_what_has_no_recovery_point_yet_is_left_out() -> None:
    assert PROTECTED_ITEMS.keep is not None
    assert PROTECTED_ITEMS.keep(item()) is True
    assert PROTECTED_ITEMS.keep(item(lastRecoveryPoint=None)) is False


def test_a_share_is_named_beside_its_account() -> None:
    account = f"{GROUP}/Microsoft.Storage/storageAccounts/shop"
    made = protected(
        protectedItemType="AzureFileShareProtectedItem", sourceResourceId=account, friendlyName="Files"
    )
    assert made.of == f"{account}/fileServices/default/shares/files".lower()


@pytest.mark.parametrize(("state", "whole"), [("Completed", True), ("Partial", False), (None, True)])
def test_recovery_points_of_data_protection(state: str | None, whole: bool) -> None:  # noqa: FBT001 - a case
    disk = f"{GROUP}/Microsoft.Compute/disks/Data"
    instance = {
        "id": "/i", "name": "i",
        "properties": {"dataSourceInfo": {"resourceID": disk}, "protectionStatus": {"status": "ProtectionConfigured"}},
    }  # fmt: skip
    point = {
        "id": "/i/recoveryPoints/p",
        "name": "p",
        "properties": {"recoveryPointTime": "2026-01-15T02:00:00Z", "recoveryPointState": state},
    }
    made = mapped(RECOVERY_POINTS, point, parent=instance, scope=SCOPE)
    assert isinstance(made, RecoveryPoint)
    assert (made.of, made.restorable) == (disk.lower(), whole)


# -- locks --------------------------------------------------------------------------------------------------

SUBSCRIPTION = GROUP.partition("/resourceGroups")[0]
DATABASE = {"id": f"{GROUP}/Microsoft.Sql/servers/shop/databases/orders"}


@pytest.mark.parametrize(
    ("where", "level", "holds"),
    [
        (SUBSCRIPTION, "CanNotDelete", True),
        (f"{SUBSCRIPTION}/resourceGroups/SHOP", "ReadOnly", True),
        (f"{GROUP}/Microsoft.Sql/servers/shop", "CanNotDelete", True),
        (DATABASE["id"], "CanNotDelete", True),
        (DATABASE["id"], "NotSpecified", False),
        (f"{SUBSCRIPTION}/resourceGroups/shop-old", "CanNotDelete", False),
        (f"{GROUP}/Microsoft.Sql/servers/sho", "CanNotDelete", False),
        (f"{DATABASE['id']}2", "CanNotDelete", False),
    ],
)
def test_a_lock_holds_for_what_it_is_on_and_all_below(where: str, level: str, holds: bool) -> None:  # noqa: FBT001 - a case
    lock = {
        "id": f"{where}/providers/Microsoft.Authorization/locks/keep",
        "properties": {"level": level},
    }
    assert locked([lock], DATABASE) is holds


def test_without_locks_nothing_is_locked() -> None:
    assert locked([], DATABASE) is False


# -- flow logs ----------------------------------------------------------------------------------------------

NETWORK = {"id": f"{GROUP}/Microsoft.Network/virtualNetworks/Shop"}


def log(on: str = NETWORK["id"].upper(), enabled: bool = True, **policy: Any) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a case
    return {"properties": {"targetResourceId": on, "enabled": enabled, "retentionPolicy": policy or None}}


def test_a_flow_log_of_the_network_keeps_all_packets() -> None:
    assert flow_log([[log()]], NETWORK) == ALL_PACKETS
    assert flow_log([[log("/subscriptions/x/other")]], NETWORK) is None
    assert flow_log([[log(enabled=False)]], NETWORK) is None
    assert flow_log([], NETWORK) is None


@pytest.mark.parametrize(
    ("logs", "days"),
    [
        ([log(enabled=True, days=7) | {}], None),
        ([], 0),
    ],
)
def test_days_without_a_policy_or_a_log(logs: list[Any], days: float | None) -> None:
    # Without `enabled` in the policy nothing deletes them.
    assert flow_log_days([logs], NETWORK) == days


def test_of_several_logs_the_one_that_keeps_longest_counts() -> None:
    def kept(days: int, enabled: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a case
        made = log()
        made["properties"]["retentionPolicy"] = {"days": days, "enabled": enabled}
        return made

    assert flow_log_days([[kept(7), kept(90)]], NETWORK) == 90
    assert flow_log_days([[kept(7)], [kept(0)]], NETWORK) is None
    assert flow_log_days([[kept(7, enabled=False)]], NETWORK) is None
