"""What is asked about what watches over a whole subscription."""

from typing import Final

from scanner.models.account import SubscriptionSettings
from scanner.providers.azure import roles, watching
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall, listed
from scanner.providers.azure.sources.network import NETWORK, VERSION
from scanner.providers.spec import Detail, Once, Source

AUTHORIZATION: Final = "Microsoft.Authorization"
INSIGHTS: Final = "Microsoft.Insights"
SECURITY: Final = "Microsoft.Security"

ACTIVITY_LOG: Final = AzureCall(
    INSIGHTS,
    "SubscriptionDiagnosticSettings_List",
    path=f"{SUBSCRIPTION}/providers/{INSIGHTS}/diagnosticSettings",
    # There is no version of it that is no preview.
    version="2021-05-01-preview",
)

ALERTS: Final = listed(INSIGHTS, "ActivityLogAlerts_ListBySubscriptionId", "activityLogAlerts", "2020-10-01")

BASTIONS: Final = listed(NETWORK, "BastionHosts_List", "bastionHosts", VERSION)

PLANS: Final = AzureCall(
    SECURITY,
    "Pricings_List",
    path=f"{SUBSCRIPTION}/providers/{SECURITY}/pricings",
    version="2024-01-01",
)

CONTACTS: Final = AzureCall(
    SECURITY,
    "SecurityContacts_List",
    path=f"{SUBSCRIPTION}/providers/{SECURITY}/securityContacts",
    version="2020-01-01-preview",
)

ASSIGNMENTS: Final = AzureCall(
    AUTHORIZATION,
    "RoleAssignments_ListForSubscription",
    path=f"{SUBSCRIPTION}/providers/{AUTHORIZATION}/roleAssignments",
    # Those of the subscription, and of what it stands in: not those of what is in it.
    params={"$filter": "atScope()"},
    version="2022-04-01",
)

ROLES: Final = AzureCall(
    AUTHORIZATION,
    "RoleDefinitions_List",
    path=f"{SUBSCRIPTION}/providers/{AUTHORIZATION}/roleDefinitions",
    params={"$filter": "type eq 'CustomRole'"},
    version="2022-04-01",
)

SETTINGS: Final = Source(
    kind=SubscriptionSettings,
    listing=Once(),
    level="account",
    id=SUBSCRIPTION,
    name="{account}",
    details=[
        Detail(call=ACTIVITY_LOG, fills={"activity_log": watching.activity_log}),
        Detail(call=ALERTS, fills={"alerts": watching.alerts}),
        Detail(call=ASSIGNMENTS, fills=roles.ASSIGNED),
        Detail(call=ROLES, fills={"like_owners": roles.like_owners}),
        Detail(call=BASTIONS, per="scope", fills={"bastions": len}),
        Detail(call=PLANS, fills={"defended": watching.defended}),
        Detail(call=CONTACTS, fills=watching.CONTACT),
    ],
    lacking=("tags",),
)

SOURCES: Final = (SETTINGS,)
