"""Policies without a limit."""

from scanner import CIS_AWS_7, Cloud, Policy, Problems, Severity, rule


@rule(
    "policy-allows-everything",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.14"]],
    passes={"what a task needs": Policy(allows_everything=False)},
    fails={"every action on everything": Policy(allows_everything=True, attached_to=2)},
    fix={
        Cloud.AWS: "aws iam list-entities-for-policy --policy-arn {id}\n"
        "# give each of them a policy with what its task needs, then take this one away:\n"
        "aws iam detach-role-policy --role-name <role> --policy-arn {id}\n"
        "# of users and groups: detach-user-policy, detach-group-policy\n"
        "# where the id ends with inline-policies, they stand in the user, group or role itself:\n"
        "aws iam delete-role-policy --role-name <role> --policy-name <policy>\n"
        "# of users and groups: delete-user-policy, delete-group-policy",
    },
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html",
    ),
)
def policy_allows_everything(policy: Policy) -> Problems:
    """Policy allows every action on everything.

    Whoever gets hold of one session of anybody who has it owns the account: every database, every backup, and the
    record of who did what. A program never needs it, and people need it rarely, and then by a role that they take on
    for an hour, with a second factor.

    Policies that stand in a user, group or role itself are judged together, under their names. The policy
    AdministratorAccess of AWS is meant here too. Waive it where the one role that has it is your way in for
    emergencies, and its use is watched.
    """
    if policy.allows_everything:
        count = policy.attached_to
        them = "one user, group or role" if count == 1 else f"{count} users, groups or roles"
        yield f"every action on every resource is allowed, to {them}"
