"""Types of resources that a backup service passes over."""

from typing import Final

from scanner import (
    PLAN_ON,
    BackupPlan,
    Case,
    Cloud,
    InRegion,
    Problems,
    RegionSettings,
    Severity,
    rule,
)

#: Types of resources that the rules of this folder look after, as AWS Backup calls them.
_OURS: Final = frozenset(
    {"Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"}
)
PLAN = BackupPlan(state=PLAN_ON)


@rule(
    "backup-type-left-out",
    severity=Severity.LOW,
    passes={
        "nothing is left out": Case(RegionSettings(backup_left_out=()), others=[PLAN]),
        "nobody plans backups here": RegionSettings(backup_left_out=("EBS",)),
    },
    fails={"volumes are left out": Case(RegionSettings(backup_left_out=("EBS",)), others=[PLAN])},
    fix={
        Cloud.AWS: "aws backup update-region-settings --region {name} --resource-type-opt-in-preference <type>=true",
    },
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html#service-opt-in",
    ),
)
def backup_type_left_out(region: RegionSettings, plans: InRegion[BackupPlan]) -> Problems:
    """Plans of backups leave out types of resources.

    AWS Backup copies only types of resources that are switched on for the region. What a plan selects by a tag is
    passed over without a word when its type is not.

    Regions in which nobody plans backups are not meant. Ignore this rule for types that other means protect: the rules
    on volumes, databases, tables and file systems look for a copy, whoever made it.
    """
    left_out = sorted(_OURS.intersection(region.backup_left_out))
    if left_out and any(plan.state == PLAN_ON for plan in plans):
        yield f"AWS Backup leaves out {', '.join(left_out)} here, whatever a plan selects"
