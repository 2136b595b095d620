"""What watches over a whole subscription, from raw JSON to facts: its activity log, alerts, Defender for Cloud."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from scanner.providers.azure.reading import lower
from scanner.providers.spec import Raw
from scanner.providers.values import known

#: Every category of the activity log. Source: "Azure activity log event schema".
CATEGORIES: Final = (
    "administrative",
    "security",
    "servicehealth",
    "alert",
    "recommendation",
    "policy",
    "autoscale",
    "resourcehealth",
)
_GROUPS: Final[Mapping[str | None, tuple[str, ...]]] = {"alllogs": CATEGORIES}
_PRICES: Final = {"standard": True, "free": False}
_OPERATION: Final = "operationname"
_CATEGORY: Final = "category"
_HEALTH: Final = "servicehealth"
_STATUS: Final = "status"
_SUCCEEDED: Final = "succeeded"
_SEVERITIES: Final = {word: word for word in ("low", "medium", "high")}
_STATES: Final[Mapping[str | None, bool]] = {"on": True, "off": False, None: False}


def activity_log(settings: Iterable[Raw]) -> tuple[str, ...]:
    """Return the categories that some setting takes; the one group that there is takes all."""
    found: set[str] = set()
    for setting in settings:
        for log in setting["properties"].get("logs") or ():
            if log["enabled"]:
                category = lower(log.get("category"))
                found.update([category] if category else known(_GROUPS, lower(log.get("categoryGroup"))))
    return tuple(sorted(found))


def alerts(rules: Iterable[Raw]) -> tuple[str, ...]:
    """Return what alerts for the whole subscription are about."""
    return tuple(sorted({word for rule in rules for word in _about(rule["properties"], _subscription(rule))}))


def _subscription(rule: Raw) -> str:
    """Return the id of the subscription that a rule stands in: the scope of all of it."""
    return "/".join(rule["id"].lower().split("/")[1:3])


def _about(rule: Raw, subscription: str) -> Iterator[str]:
    """Yield what an alert is about, if it is on, tells somebody, and is for the whole subscription.

    One that asks for something further (a caller, a level, a kind of incident) leaves out some of it, and does not
    count; that an operation succeeded leaves out nothing that happened.
    """
    scopes = {scope.lower().strip("/") for scope in rule["scopes"]}
    told = (rule.get("actions") or {}).get("actionGroups")
    if not (rule.get("enabled", True) and told and subscription in scopes):
        return
    asked = {
        (condition.get("field") or "").lower(): lower(condition.get("equals"))
        for condition in rule["condition"]["allOf"]
    }
    if set(asked) - {_OPERATION, _CATEGORY, _STATUS} or asked.get(_STATUS, _SUCCEEDED) != _SUCCEEDED:
        return
    if asked.get(_OPERATION):
        yield str(asked[_OPERATION])
    elif asked.get(_CATEGORY) == _HEALTH:
        yield _HEALTH


def defended(plans: Iterable[Raw]) -> tuple[str, ...]:
    """Return the plans of Defender for Cloud that are paid for."""
    on = (plan["name"] for plan in plans if known(_PRICES, plan["properties"]["pricingTier"].lower()))
    return tuple(sorted(name.lower() for name in on))


def contacts(rows: Iterable[Raw]) -> tuple[str, ...]:
    """Return who gets e-mails about alerts: addresses, and roles."""
    found: list[str] = []
    for row in rows:
        said = row["properties"]
        found += [one.strip() for one in (said.get("emails") or "").split(";") if one.strip()]
        roles = said.get("notificationsByRole") or {}
        if known(_STATES, lower(roles.get("state"))):
            found += [f"role:{role.lower()}" for role in roles.get("roles") or ()]
    return tuple(dict.fromkeys(found))


def alert_severity(rows: Iterable[Raw]) -> str | None:
    """Return the least severity of an alert that is sent; None: none is."""
    for row in rows:
        said = row["properties"].get("alertNotifications") or {}
        if known(_STATES, lower(said.get("state"))):
            return known(_SEVERITIES, said["minimalSeverity"].lower())
    return None


CONTACT: Final[Mapping[str, Callable[..., object]]] = {
    "contacts": contacts,
    "alert_severity": alert_severity,
}
"""From `Microsoft.Security/securityContacts`."""
