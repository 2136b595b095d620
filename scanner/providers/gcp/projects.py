"""Which projects to read: those that are named, or all that an organization or folders hold."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from scanner.providers.gcp.calls import ASSETS
from scanner.providers.spec import CallError, Page, SignInError

#: Ids of projects, with the domain before those that belong to one (discovery: compute, parameter `project`).
_ID: Final = re.compile(r"(?:[a-z0-9.-]+:)?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
_PROJECTS: Final = "cloudresourcemanager.googleapis.com/Project"

Send = Callable[[Mapping[str, Any], str | None], Page]
"""Sends `ASSETS` with these arguments and page token, as often as it takes. Raises CallError."""


def named(accounts: Iterable[str]) -> dict[str, str]:
    """Return the projects as id to number (not known). Raises SignInError for what is no project's id."""
    for account in accounts:
        if not _ID.fullmatch(account):
            raise SignInError(
                f"{account!r} is not the id of a Google Cloud project (letters, digits and hyphens, not its number)"
            )
    return dict.fromkeys(accounts, "")


def parents(organization: str, folders: Iterable[str]) -> list[str]:
    """Return the resource names of an organization and folders. Raises SignInError for what is no number."""
    found = [("organizations", organization)] if organization else []
    found += [("folders", folder) for folder in folders]
    names = []
    for kind, text in found:
        number = text.removeprefix(f"{kind}/")
        if not number.isdecimal():
            raise SignInError(f"gcp.{kind.removesuffix('s')}: {text!r} is not the number of one")
        names.append(f"{kind}/{number}")
    return names


def within(parent: str, send: Send) -> Iterator[tuple[str, str]]:
    """Yield id and number of every active project somewhere under a parent. Raises SignInError."""
    token: str | None = None
    while True:
        try:
            page = send({**ASSETS.params, "parent": parent, "assetTypes": _PROJECTS}, token)
        except CallError as error:
            missing = error.permission or ASSETS.permission
            raise SignInError(f"the projects of {parent} could not be listed ({missing}): {error}") from None
        for asset in page.answer.get(ASSETS.items, ()):
            yield from _active(asset.get("resource", {}).get("data", {}))
        token = page.next
        if token is None:
            return


def _active(project: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Read a project in the words of either version of the Resource Manager API (v1, v3)."""
    if project.get("lifecycleState", project.get("state")) == "ACTIVE":
        number = project.get("projectNumber") or str(project.get("name", "")).removeprefix("projects/")
        yield project["projectId"], str(number)


def chosen(accounts: Sequence[str], found: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the projects to read of those that were found. Raises SignInError for one that is not among them."""
    for account in accounts:
        if account not in found:
            raise SignInError(f"project {account} was asked for, but is not an active project of {where}")
    if not found:
        raise SignInError(f"{where} has no active project that this sign-in may see")
    return {id_: found[id_] for id_ in (accounts or sorted(found))}
