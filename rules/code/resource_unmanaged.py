"""Resources that no code owns."""

from scanner import (
    AccessList,
    BackupVault,
    Bucket,
    Cache,
    Certificate,
    Cloud,
    Cluster,
    Database,
    DatabaseMember,
    FileSystem,
    Firewall,
    Function,
    Instance,
    Key,
    Listener,
    LoadBalancer,
    Network,
    Problems,
    Queue,
    RouteTable,
    SearchDomain,
    Secret,
    Severity,
    Subnet,
    Table,
    TargetGroup,
    Topic,
    Trail,
    User,
    Volume,
    Warehouse,
    rule,
)

# fmt: off
Declared = (
    AccessList | BackupVault | Bucket | Cache | Certificate | Cluster | Database | DatabaseMember | FileSystem
    | Firewall | Function | Instance | Key | Listener | LoadBalancer | Network | Queue | RouteTable | SearchDomain
    | Secret | Subnet | Table | TargetGroup | Topic | Trail | User | Volume | Warehouse
)
# fmt: on


def _is_for_code(resource: Declared) -> bool:
    """Tell whether code could own it: keys that the cloud looks after by itself cannot be declared."""
    return resource.managed_by is not None or not isinstance(resource, Key) or resource.own


@rule(
    "resource-unmanaged",
    severity=Severity.INFO,
    applies=_is_for_code,
    passes={
        "in a state": Bucket(managed_by="terraform module.site.aws_s3_bucket.www"),
        "made by a stack": Queue(managed_by="cloudformation shop/Orders"),
    },
    fails={
        "made by hand": Bucket(managed_by=None),
        "a key of our own": Key(managed_by=None, own=True),
    },
    fix={
        Cloud.AWS: "terraform import <address> <id>, once its block is written; or delete it, if nobody needs it",
        Cloud.GCP: "terraform import <address> <id>, once its block is written; or delete it, if nobody needs it",
        Cloud.AZURE: "terraform import <address> <id>, once its block is written; or delete it, if nobody needs it",
    },
    references=("https://developer.hashicorp.com/terraform/language/import",),
)
def resource_unmanaged(resource: Declared) -> Problems:
    """Resource is not managed by code.

    Nobody reviewed it, nobody can say why it is there, and what is mended in code never reaches it: the next
    finding on it has to be mended by hand as well. After a break-in such resources are the ones to look at first.

    Judged only where a scan was given the code that runs the accounts (`--iac`, `--state`); give every state, for
    what another one owns counts as unmanaged. What the clouds make by themselves, and what comes along with
    something else (interfaces of machines, snapshots, recovery points), is left out.
    """
    if resource.managed_by is None:
        yield "none of the code and states that were given owns it"
