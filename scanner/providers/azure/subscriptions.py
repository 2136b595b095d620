"""Which subscriptions to read: those that are named, all within management groups, or all that a sign-in may see."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from scanner.providers.azure.calls import DESCENDANTS, SUBSCRIPTIONS, AzureCall
from scanner.providers.spec import CallError, Page, SignInError

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GROUP: Final = re.compile(r"[\w.()-]{1,90}")
_SUBSCRIPTION: Final = "microsoft.management/managementgroups/subscriptions"

#: States in which there is nothing to read any more.
GONE: Final = frozenset({"deleted"})

#: So many subscriptions are named in an error.
SHOWN: Final = 10

Send = Callable[[AzureCall, Mapping[str, Any], Any], Page]
"""Sends a call with these arguments and page token, as often as it takes. Raises CallError."""


def named(accounts: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
    """Return the subscriptions in lower case. Raises SignInError for what is no id of one, or of a group."""
    for group in groups:
        if not _GROUP.fullmatch(group):
            raise SignInError(f"azure.management_groups: {group!r} is not the id of a management group")
    found = tuple(account.lower() for account in accounts)
    for account in found:
        if not _ID.fullmatch(account):
            raise SignInError(
                f"{account!r} is not the id of an Azure subscription; az account list --output table shows them"
            )
    return found


def chosen(accounts: Sequence[str], groups: Sequence[str], send: Send) -> list[str]:
    """Return the ids of the subscriptions to read. Raises SignInError when one is not there, or there is none."""
    try:
        within = dict(_visible(send))
        if groups:
            below = {id_ for group in groups for id_ in _below(group, send)}
            within = {id_: name for id_, name in within.items() if id_ in below}
    except (AttributeError, LookupError, TypeError) as error:
        raise SignInError(f"Azure: subscriptions could not be listed: the answer lacks {error}") from None
    where = f"management group {' or '.join(groups)}" if groups else "what this sign-in may see"
    if not within:
        raise SignInError(
            f"Azure: there is no subscription in {where}. The role Reader on one makes it visible"
        )
    for account in accounts:
        if account not in within:
            raise SignInError(f"Azure subscription {account} is not in {where}: {_some(within)}")
    return list(accounts) or sorted(within)


def _some(found: Mapping[str, str]) -> str:
    more = len(found) - SHOWN
    shown = ", ".join(f"{id_} ({name})" for id_, name in list(found.items())[:SHOWN])
    return shown + (f" and {more} more" if more > 0 else "")


def _visible(send: Send) -> Iterator[tuple[str, str]]:
    for row in _rows(SUBSCRIPTIONS, {}, send, "the subscriptions"):
        if str(row.get("state", "")).lower() not in GONE:
            yield row["subscriptionId"].lower(), str(row.get("displayName", ""))


def _below(group: str, send: Send) -> Iterator[str]:
    """Yield the subscriptions in a management group, and in those below it."""
    for row in _rows(DESCENDANTS, {"group": group}, send, f"management group {group}"):
        if str(row.get("type", "")).lower().endswith(_SUBSCRIPTION):
            yield str(row["name"]).lower()


def _rows(
    call: AzureCall, arguments: Mapping[str, Any], send: Send, what: str
) -> Iterator[Mapping[str, Any]]:
    token: Any = None
    while True:
        try:
            page = send(call, arguments, token)
        except CallError as error:
            missing = f" ({error.permission or call.permission})" if error.permission else ""
            raise SignInError(f"Azure: {what} could not be listed{missing}: {error}") from None
        yield from page.answer["value"]
        token = page.next
        if token is None:
            return
