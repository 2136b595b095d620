"""Who may give access to everything."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "access-administrator-standing",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["5.3.3"]],
    passes={
        "nobody all the time": SubscriptionSettings(access_administrators=()),
    },
    fails={
        "somebody": SubscriptionSettings(access_administrators=("a",)),
    },
    fix={
        Cloud.AZURE: 'az role assignment delete --assignee <principal-id> --role "User Access Administrator" '
        "--scope <scope>",
    },
    references=("https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin",),
)
def access_administrator_standing(settings: SubscriptionSettings) -> Problems:
    """Somebody may give access to everything in the subscription.

    The role User Access Administrator lets its holder make themselves owner of anything, in one call. A global
    administrator of the directory takes it on over all subscriptions with one switch, to mend something, and
    forgets to give it back: then a stolen session of theirs is enough.

    Counted are assignments on the subscription and on what it stands in. Where a program needs the role for its
    work, limit it by a condition, or waive it.
    """
    holders = len(settings.access_administrators)
    if holders:
        yield f"{holders} {'holds' if holders == 1 else 'hold'} the role User Access Administrator"
