"""Roles of one's own that may do everything."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "role-like-owner",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["5.4"]],
    passes={
        "none": SubscriptionSettings(like_owners=()),
    },
    fails={
        "one": SubscriptionSettings(like_owners=("Platform",)),
    },
    fix={
        Cloud.AZURE: "az role definition delete --name <role> --scope {id}",
    },
    references=("https://learn.microsoft.com/azure/role-based-access-control/custom-roles",),
)
def role_like_owner(settings: SubscriptionSettings) -> Problems:
    """A custom role may do everything in a subscription.

    Reviews count owners. A role of your own with the action * is an owner by another name, and nobody who looks for
    owners finds its holders. Give it the actions that its holders need, or give them the role that everybody knows.
    """
    if settings.like_owners:
        yield f"may do everything: {', '.join(settings.like_owners)}"
