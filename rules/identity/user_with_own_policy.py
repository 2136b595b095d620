"""Permissions of single users."""

from scanner import CIS_AWS_7, Cloud, Problems, Severity, User, each, rule


@rule(
    "user-with-own-policy",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.13"]],
    passes={"groups alone": User(attached_policies=(), inline_policies=())},
    fails={
        "attached": User(attached_policies=("arn:aws:iam::aws:policy/ReadOnlyAccess",), inline_policies=()),
        "inline": User(attached_policies=(), inline_policies=("deploy",)),
    },
    fix={
        Cloud.AWS: "aws iam add-user-to-group --user-name {name} --group-name <group>, then aws iam detach-user-policy "
        "--user-name {name} --policy-arn <policy> or aws iam delete-user-policy --user-name {name} --policy-name "
        "<policy>",
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",),
)
def user_with_own_policy(user: User) -> Problems:
    """User has permissions of their own, beside those of groups.

    What one person was once given for a day stays for good, because nobody looks through users one by one. Permissions
    of a group belong to a task, and leave with it.
    """

    def attached() -> Problems:
        if user.attached_policies:
            yield f"attached to the user: {', '.join(user.attached_policies)}"

    def inline() -> Problems:
        if user.inline_policies:
            yield f"written into the user: {', '.join(user.inline_policies)}"

    yield from each((attached, inline), lambda check: check())
