"""Surefoot: says what is wrong in the cloud accounts that a team really runs.

The names here are what rule files and tests import. They are looked up when first used, so that a command which
needs none of them loads none.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    # `as` says that a name is meant for others: strict type checkers of rule files ask for it.
    # isort: off
    from scanner.exposure.blocks import wide_blocks as wide_blocks
    from scanner.exposure.exposures import Exposures as Exposures, Firewalls as Firewalls
    from scanner.exposure.firewall import open_to_internet as open_to_internet
    from scanner.frameworks import CIS_AWS_7 as CIS_AWS_7, CIS_AZURE_6 as CIS_AZURE_6, CIS_GCP_5 as CIS_GCP_5
    from scanner.models.account import (
        Account as Account,
        PasswordPolicy as PasswordPolicy,
        RegionSettings as RegionSettings,
        SubscriptionSettings as SubscriptionSettings,
    )
    from scanner.models.analysis import DataCluster as DataCluster, WarehouseTable as WarehouseTable
    from scanner.models.compute import (
        MAY_INVOKE as MAY_INVOKE,
        MAY_INVOKE_BY_URL as MAY_INVOKE_BY_URL,
        Cluster as Cluster,
        Function as Function,
        FunctionUrl as FunctionUrl,
        Instance as Instance,
        ScaleSet as ScaleSet,
    )
    from scanner.models.backup import (
        PLAN_FAILING as PLAN_FAILING,
        PLAN_OFF as PLAN_OFF,
        PLAN_ON as PLAN_ON,
        BackupPlan as BackupPlan,
        BackupVault as BackupVault,
        FileSystemBackup as FileSystemBackup,
        RecoveryPoint as RecoveryPoint,
        TableBackup as TableBackup,
    )
    from scanner.models.stores import (
        TLS_OFF as TLS_OFF,
        TLS_OFFERED as TLS_OFFERED,
        TLS_REQUIRED as TLS_REQUIRED,
        Cache as Cache,
        SearchDomain as SearchDomain,
        Table as Table,
        Warehouse as Warehouse,
    )
    from scanner.models.file_system import (
        FileSystem as FileSystem,
    )
    from scanner.models.credentials import (
        ApiKey as ApiKey,
        KeyAccess as KeyAccess,
        ServiceAccount as ServiceAccount,
    )
    from scanner.models.database import (
        Backup as Backup,
        Database as Database,
        DatabaseMember as DatabaseMember,
        DatabaseSnapshot as DatabaseSnapshot,
    )
    from scanner.models.database_settings import (
        MYSQL as MYSQL,
        POSTGRES as POSTGRES,
        SQLSERVER as SQLSERVER,
        DatabaseSettings as DatabaseSettings,
    )
    from scanner.models.dns import DnsZone as DnsZone
    from scanner.models.endpoint import Address as Address, Endpoint as Endpoint, Service as Service
    from scanner.models.host import (
        Host as Host,
        HostListener as HostListener,
        HostService as HostService,
        Mount as Mount,
    )
    from scanner.models.identity import AccessKey as AccessKey, Policy as Policy, User as User
    from scanner.models.live import (
        HttpEndpoint as HttpEndpoint,
        PortState as PortState,
        Presented as Presented,
        TlsEndpoint as TlsEndpoint,
    )
    from scanner.models.keys import (
        Certificate as Certificate,
        Key as Key,
        KeyVault as KeyVault,
        Secret as Secret,
    )
    from scanner.models.load_balancer import (
        BLOCKS as BLOCKS,
        DETECTS as DETECTS,
        TLS_VERSIONS as TLS_VERSIONS,
        Action as Action,
        Listener as Listener,
        ListenerRule as ListenerRule,
        LoadBalancer as LoadBalancer,
        Target as Target,
        TargetGroup as TargetGroup,
        TlsPolicy as TlsPolicy,
        WafPolicy as WafPolicy,
    )
    from scanner.models.logs import (
        AlertPolicy as AlertPolicy,
        LogGroup as LogGroup,
        LogMetric as LogMetric,
        LogSink as LogSink,
    )
    from scanner.models.messaging import Queue as Queue, Topic as Topic
    from scanner.models.network import (
        AddressList as AddressList,
        Firewall as Firewall,
        NetworkRule as NetworkRule,
        Reference as Reference,
    )
    from scanner.models.project import (
        ADMIN_READ as ADMIN_READ,
        DATA_READ as DATA_READ,
        DATA_WRITE as DATA_WRITE,
        ProjectSettings as ProjectSettings,
        RoleGrant as RoleGrant,
    )
    from scanner.models.resource import (
        UNREAD as UNREAD,
        Cloud as Cloud,
        Code as Code,
        Facts as Facts,
        Resource as Resource,
        Scope as Scope,
        UnreadError as UnreadError,
        Why as Why,
    )
    from scanner.models.routing import (
        AccessList as AccessList,
        FlowLog as FlowLog,
        Network as Network,
        Route as Route,
        RouteTable as RouteTable,
        Subnet as Subnet,
    )
    from scanner.models.space import DatabaseSpace as DatabaseSpace
    from scanner.models.storage import (
        ANY_ACCOUNT as ANY_ACCOUNT,
        EVERYONE as EVERYONE,
        FROM_CHOSEN as FROM_CHOSEN,
        FROM_EVERYWHERE as FROM_EVERYWHERE,
        FROM_INSIDE as FROM_INSIDE,
        HTTP_ACCEPTED as HTTP_ACCEPTED,
        HTTP_PARTLY_REFUSED as HTTP_PARTLY_REFUSED,
        HTTP_REFUSED as HTTP_REFUSED,
        MAY_ADMIN as MAY_ADMIN,
        MAY_LIST as MAY_LIST,
        MAY_OTHER as MAY_OTHER,
        MAY_READ as MAY_READ,
        MAY_WRITE as MAY_WRITE,
        VERSIONING_OFF as VERSIONING_OFF,
        VERSIONING_ON as VERSIONING_ON,
        VERSIONING_SUSPENDED as VERSIONING_SUSPENDED,
        Bucket as Bucket,
        PlainHttp as PlainHttp,
        PublicBlock as PublicBlock,
        PublicGrant as PublicGrant,
        Snapshot as Snapshot,
        Volume as Volume,
    )
    from scanner.models.data_workspace import DataWorkspace as DataWorkspace
    from scanner.models.storage_account import StorageAccount as StorageAccount
    from scanner.models.trail import Trail as Trail
    from scanner.rule import (
        NOTHING_TO_FIX as NOTHING_TO_FIX,
        NOW as NOW,
        Case as Case,
        InAccount as InAccount,
        InRegion as InRegion,
        Option as Option,
        Problem as Problem,
        Problems as Problems,
        Severity as Severity,
        all_of as all_of,
        any_of as any_of,
        each as each,
        rule as rule,
        unknown_value as unknown_value,
    )
    # isort: on

# Module to the names that it gives; the block above says the same to the type checker, and a test compares them.
_NAMES = {
    "scanner.exposure.blocks": ("wide_blocks",),
    "scanner.exposure.exposures": ("Exposures", "Firewalls"),
    "scanner.exposure.firewall": ("open_to_internet",),
    "scanner.frameworks": ("CIS_AWS_7", "CIS_AZURE_6", "CIS_GCP_5"),
    "scanner.models.account": ("Account", "PasswordPolicy", "RegionSettings", "SubscriptionSettings"),
    "scanner.models.analysis": ("DataCluster", "WarehouseTable"),
    "scanner.models.compute": (
        "MAY_INVOKE",
        "MAY_INVOKE_BY_URL",
        "Cluster",
        "Function",
        "FunctionUrl",
        "Instance",
        "ScaleSet",
    ),
    "scanner.models.backup": (
        "PLAN_FAILING",
        "PLAN_OFF",
        "PLAN_ON",
        "BackupPlan",
        "BackupVault",
        "FileSystemBackup",
        "RecoveryPoint",
        "TableBackup",
    ),
    "scanner.models.stores": (
        "TLS_OFF",
        "TLS_OFFERED",
        "TLS_REQUIRED",
        "Cache",
        "SearchDomain",
        "Table",
        "Warehouse",
    ),
    "scanner.models.file_system": ("FileSystem",),
    "scanner.models.credentials": ("ApiKey", "KeyAccess", "ServiceAccount"),
    "scanner.models.database": ("Backup", "Database", "DatabaseMember", "DatabaseSnapshot"),
    "scanner.models.database_settings": ("MYSQL", "POSTGRES", "SQLSERVER", "DatabaseSettings"),
    "scanner.models.dns": ("DnsZone",),
    "scanner.models.endpoint": ("Address", "Endpoint", "Service"),
    "scanner.models.host": ("Host", "HostListener", "HostService", "Mount"),
    "scanner.models.identity": ("AccessKey", "Policy", "User"),
    "scanner.models.live": ("HttpEndpoint", "PortState", "Presented", "TlsEndpoint"),
    "scanner.models.keys": ("Certificate", "Key", "KeyVault", "Secret"),
    "scanner.models.load_balancer": (
        "BLOCKS",
        "DETECTS",
        "TLS_VERSIONS",
        "Action",
        "Listener",
        "ListenerRule",
        "LoadBalancer",
        "Target",
        "TargetGroup",
        "TlsPolicy",
        "WafPolicy",
    ),
    "scanner.models.logs": ("AlertPolicy", "LogGroup", "LogMetric", "LogSink"),
    "scanner.models.messaging": ("Queue", "Topic"),
    "scanner.models.network": ("AddressList", "Firewall", "NetworkRule", "Reference"),
    "scanner.models.project": ("ADMIN_READ", "DATA_READ", "DATA_WRITE", "ProjectSettings", "RoleGrant"),
    "scanner.models.resource": (
        "UNREAD",
        "Cloud",
        "Code",
        "Facts",
        "Resource",
        "Scope",
        "UnreadError",
        "Why",
    ),
    "scanner.models.routing": ("AccessList", "FlowLog", "Network", "Route", "RouteTable", "Subnet"),
    "scanner.models.space": ("DatabaseSpace",),
    "scanner.models.storage": (
        "ANY_ACCOUNT",
        "EVERYONE",
        "FROM_CHOSEN",
        "FROM_EVERYWHERE",
        "FROM_INSIDE",
        "HTTP_ACCEPTED",
        "HTTP_PARTLY_REFUSED",
        "HTTP_REFUSED",
        "MAY_ADMIN",
        "MAY_LIST",
        "MAY_OTHER",
        "MAY_READ",
        "MAY_WRITE",
        "VERSIONING_OFF",
        "VERSIONING_ON",
        "VERSIONING_SUSPENDED",
        "Bucket",
        "PlainHttp",
        "PublicBlock",
        "PublicGrant",
        "Snapshot",
        "Volume",
    ),
    "scanner.models.data_workspace": ("DataWorkspace",),
    "scanner.models.storage_account": ("StorageAccount",),
    "scanner.models.trail": ("Trail",),
    "scanner.rule": (
        "NOTHING_TO_FIX",
        "NOW",
        "Case",
        "InAccount",
        "InRegion",
        "Option",
        "Problem",
        "Problems",
        "Severity",
        "all_of",
        "any_of",
        "each",
        "rule",
        "unknown_value",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - computed, so that a name stands in one place
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """Keeps `rule` the decorator: importing the module of that name would put the module in its place."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _MODULE_OF or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
