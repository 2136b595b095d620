"""Plans of backups that come to nothing."""

from scanner import (
    PLAN_FAILING,
    PLAN_OFF,
    PLAN_ON,
    BackupPlan,
    Cloud,
    Problem,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "backup-plan-without-effect",
    severity=Severity.MEDIUM,
    passes={"it is for something": BackupPlan(state=PLAN_ON, targets=("env=prod",))},
    fails={
        "it is for nothing": BackupPlan(state=PLAN_ON, targets=()),
        "it fails": BackupPlan(state=PLAN_FAILING, targets=("env=prod",)),
        "it is off": BackupPlan(state=PLAN_OFF, targets=("env=prod",)),
    },
    fix={
        Cloud.AWS: "# a plan of AWS Backup gets a selection:\n"
        "aws backup create-backup-selection --backup-plan-id <plan> --backup-selection "
        "'SelectionName=<name>,IamRoleArn=<role>,ListOfTags=[{ConditionType=STRINGEQUALS,ConditionKey=<key>,"
        "ConditionValue=<value>}]'\n"
        "# a lifecycle policy says why it fails, and is switched on again:\n"
        "aws dlm get-lifecycle-policy --policy-id {name}\n"
        "aws dlm update-lifecycle-policy --policy-id {name} --state ENABLED",
    },
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
        "https://docs.aws.amazon.com/ebs/latest/userguide/view-modify-delete.html",
    ),
)
def backup_plan_without_effect(plan: BackupPlan) -> Problems:
    """Plan makes no backups.

    Somebody set it up, and believes since then that things are copied every night. It says so in every list of plans,
    while nothing comes of it: that is found out on the day on which a copy is needed.

    A plan that its owner switched off is of low severity.
    """
    if plan.state == PLAN_FAILING:
        yield "the service cannot follow it"
    elif plan.state == PLAN_OFF:
        yield Problem("it is switched off", severity=Severity.LOW)
    elif plan.state != PLAN_ON:
        raise unknown_value(plan, "state", plan.state)
    if not plan.targets:
        yield "no resource is assigned to it"
