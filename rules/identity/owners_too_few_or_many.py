"""Owners of subscriptions."""

from typing import Annotated

from scanner import CIS_AZURE_6, Cloud, Option, Problems, Severity, SubscriptionSettings, rule


@rule(
    "owners-too-few-or-many",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["5.7"]],
    passes={
        "two people": SubscriptionSettings(owners=("a", "b")),
    },
    fails={
        "one alone": SubscriptionSettings(owners=("a",)),
        "many": SubscriptionSettings(owners=("a", "b", "c", "d")),
    },
    fix={
        Cloud.AZURE: "az role assignment delete --assignee <principal-id> --role Owner --scope {id}",
    },
    references=("https://learn.microsoft.com/azure/role-based-access-control/best-practices",),
)
def owners_too_few_or_many(
    settings: SubscriptionSettings,
    *,
    least: Annotated[int, Option("fewest owners", at_least=1)] = 2,
    most: Annotated[int, Option("most owners", at_least=1)] = 3,
) -> Problems:
    """Subscription has too few or too many owners.

    An owner may do everything, and let others do everything. Each one more is an account whose theft is the end of
    the subscription; and with one alone, a lost phone or a holiday means that nobody can mend it.

    Counted are those who own it or what it stands in. A group counts as one, whoever is in it: the directory says
    more.
    """
    owners = len(settings.owners)
    if not least <= owners <= most:
        yield f"it has {owners} {'owner' if owners == 1 else 'owners'}, and not {least} to {most}"
