"""Every source of Google Cloud. All are asked once for a whole project: its API has lists over all regions."""

from dataclasses import replace
from typing import Final

from scanner.models.account import Account
from scanner.models.database import Database, DatabaseSnapshot
from scanner.models.database_settings import DatabaseSettings
from scanner.models.network import AddressList, Firewall
from scanner.models.storage import Bucket, Snapshot, Volume
from scanner.providers.gcp import (
    alloydb,
    analysis,
    api_keys,
    calls,
    clusters,
    credentials_kept,
    database,
    database_fronts,
    dns,
    fronts,
    instances,
    interfaces,
    keys,
    listeners,
    logs,
    metrics,
    network,
    programs,
    project,
    routing,
    spanner,
    storage,
    stores,
    target_groups,
)
from scanner.providers.gcp.calls import GcpCall, compute_aggregated, compute_list, compute_regional
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import bucket_region, full_id, region, region_of_name
from scanner.providers.spec import Detail, Once, Raw, Source, Within

FIREWALL_RULES: Final = Source(
    kind=Firewall,
    listing=compute_list("firewalls", asset="Firewall"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields=network.VPC_FIREWALL,
    # Rules for outgoing packets open nothing to the internet.
    keep=lambda raw: raw["direction"] == "INGRESS",
    lacking=network.LACKS,
)

FIREWALL_POLICIES: Final = Source(
    kind=Firewall,
    listing=compute_aggregated(
        "networkFirewallPolicies",
        asset="NetworkFirewallPolicy",
        key="firewallPolicies",
        permission="compute.firewallPolicies.list",
    ),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields=network.FIREWALL_POLICY,
    lacking=network.LACKS,
)

ADDRESS_GROUP: Final = GcpCall(
    "networksecurity",
    "projects.locations.addressGroups.get",
    path="v1/{+name}",
    given={"name": "{name}"},
    permission="networksecurity.addressGroups.get",
)


def _groups_named(policy: Raw) -> list[dict[str, str]]:
    """Return the address groups that a policy's rules name, once each: of the project, or of its organization."""
    matches = [rule["match"] for rule in policy.get("rules") or ()]
    names = (
        name
        for match in matches
        for key in ("srcAddressGroups", "destAddressGroups")
        for name in match.get(key) or ()
    )
    return [{"name": name} for name in dict.fromkeys(names)]


def _address_groups(policies: Source) -> Source:
    """List what the rules of some policies name; each is asked for once, whoever owns it."""
    return Source(
        kind=AddressList,
        listing=Within(_groups_named),
        under=policies,
        level="account",
        id=lambda group: full_name(group["name"], "networksecurity"),
        name="{name}",
        region=region_of_name,
        fields={"reference": network.ADDRESS_GROUP["reference"]},
        details=[
            Detail(
                call=ADDRESS_GROUP,
                per="shared",
                fills={"addresses": network.group_addresses, "tags": storage.labels},
            )
        ],
    )


BUCKETS: Final = Source(
    kind=Bucket,
    listing=GcpCall(
        "storage",
        "buckets.list",
        "items",
        path="storage/v1/b",
        given={"project": "{account}"},
        params={"projection": "full", "maxResults": 1000, "returnPartialSuccess": True},
        asset="storage.googleapis.com/Bucket",
    ),
    level="account",
    id="//storage.googleapis.com/{name}",
    name="{name}",
    region=bucket_region,
    fields=storage.BUCKET,
    details=[
        Detail(
            call=GcpCall(
                "storage",
                "buckets.getIamPolicy",
                path="storage/v1/b/{bucket}/iam",
                given={"bucket": "{name}"},
                params={"optionsRequestedPolicyVersion": 3},
            ),
            fills=storage.BUCKET_POLICY,
        )
    ],
    lacking=(*storage.BUCKET_LACKS, "copied", "mfa_delete", "write_once"),
)

DISKS: Final = Source(
    kind=Volume,
    listing=compute_aggregated("disks", asset="Disk"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields=storage.DISK,
    lacking=storage.DISK_LACKS,
)

SNAPSHOTS: Final = Source(
    kind=Snapshot,
    listing=compute_list("snapshots", asset="Snapshot"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    # The inventory has those of single regions under the same type.
    keep=lambda snapshot: not region_in(snapshot["selfLink"]),
    fields=storage.SNAPSHOT,
    details=[
        Detail(
            call=GcpCall(
                "compute",
                "snapshots.getIamPolicy",
                path="compute/v1/projects/{project}/global/snapshots/{resource}/getIamPolicy",
                given={"project": "{account}", "resource": "{name}"},
                params={"optionsRequestedPolicyVersion": 3},
            ),
            fills=storage.SNAPSHOT_POLICY,
        )
    ],
    lacking=storage.SNAPSHOT_LACKS,
)

#: Snapshots that are kept in one region alone have a list in each, and in no other.
REGIONAL_SNAPSHOTS: Final = replace(
    SNAPSHOTS,
    listing=compute_regional(
        "snapshots",
        "regionSnapshots.list",
        permission="compute.snapshots.list",
        # They name their region by its address; details ask by its name.
        row=lambda snapshot: {**snapshot, "region": region_in(str(snapshot.get("selfLink")))},
    ),
    level="region",
    keep=None,
    details=[
        Detail(
            call=GcpCall(
                "compute",
                "regionSnapshots.getIamPolicy",
                path="compute/v1/projects/{project}/regions/{region}/snapshots/{resource}/getIamPolicy",
                given={"project": "{account}", "region": "{region}", "resource": "{name}"},
                params={"optionsRequestedPolicyVersion": 3},
                permission="compute.snapshots.getIamPolicy",
            ),
            fills=storage.SNAPSHOT_POLICY,
        )
    ],
)

BACKUP_RUNS: Final = GcpCall(
    "sqladmin",
    "backupRuns.list",
    "items",
    path="v1/projects/{project}/instances/{instance}/backupRuns",
    # Of every instance at once.
    given={"project": "{account}", "instance": "-"},
    params={"maxResults": 500},
)

SQL_INSTANCES: Final = Source(
    kind=Database,
    listing=database.INSTANCES,
    level="account",
    id=database.id_of,
    name="{name}",
    region="region",
    keep=database.is_here,
    fields=database.INSTANCE,
    details=[
        Detail(call=BACKUP_RUNS, per="scope", join=("instance", "{name}"), fills=database.INSTANCE_RUNS)
    ],
    lacking=database.INSTANCE_LACKS,
)

SQL_SETTINGS: Final = Source(
    kind=DatabaseSettings,
    listing=database.INSTANCES,
    level="account",
    id=database.id_of,
    name="{name}",
    region="region",
    keep=database.is_here,
    fields=database.SETTINGS,
)

SQL_BACKUPS: Final = Source(
    kind=DatabaseSnapshot,
    listing=BACKUP_RUNS,
    level="account",
    id=database.run_id,
    name="{instance} {id}",
    region=database.run_region,
    fields=database.RUN,
    # What was not made, or is gone, is no backup.
    keep=lambda run: run["status"] not in ("SKIPPED", "DELETED"),
    lacking=database.RUN_LACKS,
)

#: A project has neither a root user nor users of its own, and logs its API calls without being told to.
ACCOUNT_LACKS: Final = (
    "needs_trail",
    "password_policy",
    "root_keys",
    "root_mfa",
    "root_mfa_virtual",
    "root_password",
    "root_used",
    "security_contact",
    "shell_users",
    "support_roles",
)

PROJECT: Final = Source(
    kind=Account,
    listing=Once(),
    level="account",
    id="//cloudresourcemanager.googleapis.com/projects/{account}",
    name="{account}",
    details=[
        Detail(
            call=GcpCall(
                "orgpolicy",
                "projects.policies.getEffectivePolicy",
                path="v2/projects/{project}/policies/{policy}:getEffectivePolicy",
                given={"project": "{account}", "policy": "storage.publicAccessPrevention"},
                permission="orgpolicy.policy.get",
            ),
            fills=storage.PROJECT_POLICY,
        ),
        Detail(call=calls.PROJECT, fills={"tags": storage.labels}),
        Detail(call=instances.PROJECT, fills={"os_login": instances.os_login}),
    ],
    lacking=ACCOUNT_LACKS,
)

SOURCES: Final = (
    FIREWALL_RULES,
    FIREWALL_POLICIES,
    BUCKETS,
    DISKS,
    SNAPSHOTS,
    REGIONAL_SNAPSHOTS,
    SQL_INSTANCES,
    SQL_SETTINGS,
    metrics.SPACES,
    SQL_BACKUPS,
    PROJECT,
    *listeners.SOURCES,
    *target_groups.SOURCES,
    *routing.SOURCES,
    *(
        _address_groups(policies)
        for policies in (FIREWALL_POLICIES, routing.POLICIES_ABOVE, *interfaces.SYSTEM_POLICIES)
    ),
    *alloydb.SOURCES,
    *keys.SOURCES,
    *spanner.SOURCES,
    *stores.SOURCES,
    *analysis.SOURCES,
    *clusters.SOURCES,
    *programs.SOURCES,
    *credentials_kept.SOURCES,
    *api_keys.SOURCES,
    *project.SOURCES,
    *logs.SOURCES,
    *dns.SOURCES,
    *instances.SOURCES,
    *interfaces.SOURCES,
    *fronts.SOURCES,
    *database_fronts.SOURCES,
)
