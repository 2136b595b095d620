"""The accounts of an organization, and the role that is taken on in each: credentials that renew themselves."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import botocore.session
from botocore.credentials import DeferredRefreshableCredentials

from scanner.models.resource import Cloud, Scope
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.clients import Clients
from scanner.providers.aws.credentials import Entry
from scanner.providers.aws.sending import Sending
from scanner.providers.pace import Pace
from scanner.providers.patience import patiently
from scanner.providers.spec import CallError, Session, SignInError

#: The most that Organizations gives on one page is 20, also when nobody says so (API reference of ListAccounts).
LIST_ACCOUNTS: Final = AwsCall("organizations", "ListAccounts", "Accounts")
LIST_OF_PARENT: Final = AwsCall("organizations", "ListAccountsForParent", "Accounts")
LIST_UNITS: Final = AwsCall("organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits")
ORGANIZATION_CALLS: Final = (LIST_ACCOUNTS, LIST_OF_PARENT, LIST_UNITS)

ASSUME_ROLE: Final = AwsCall("sts", "AssumeRole", paging=None)

#: Ids as the API reference of Organizations has them: of an organization, a root, an organizational unit.
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_PARENT: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ROLE: Final = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}")
_ROLE_ARN: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}")

#: Seconds for which a role is asked for. Where one role takes on another, an hour is the most (API reference).
SESSION_SECONDS: Final = 3600


def checked_account(id_: str) -> str:
    """Return the id of an account. Raises SignInError for what is none."""
    if not _ACCOUNT.fullmatch(id_):
        raise SignInError(f"{id_!r} is not the id of an AWS account: 12 digits")
    return id_


def role_arn(role: str, account: str, partition: str) -> str:
    """Return the ARN of a role, given by its name (with its path) or ARN, in an account. Raises SignInError."""
    if role.startswith("arn:"):
        if not _ROLE_ARN.fullmatch(role):
            raise SignInError(f"{role!r} is not the ARN of an IAM role")
        if role.split(":")[4] != account:
            raise SignInError(f"the role {role} is not one of account {account}: give its name, not its ARN")
        return role
    if not _ROLE.fullmatch(role):
        raise SignInError(f"{role!r} is not the name of an IAM role")
    return f"arn:{partition}:iam::{account}:role/{role}"


def members(session: Session, within: Iterable[str], pace: Pace) -> dict[str, str]:
    """Return id and name of every active account of an organization, or of these parts of it.

    Raises SignInError when one of the parts is not there, or cannot be listed.
    """
    found: dict[str, str] = {}
    for part in within:
        for account in _accounts(session, part, pace):
            # `Status` was retired for `State` in September 2026; an account has one of them, or both.
            if account.get("State", account.get("Status")) == "ACTIVE":
                found[str(account["Id"])] = str(account.get("Name", ""))
    return found


def _accounts(session: Session, part: str, pace: Pace) -> Iterator[Mapping[str, Any]]:
    if not part or _ORGANIZATION.fullmatch(part):
        for account in _rows(session, LIST_ACCOUNTS, {}, pace):
            if part and f"/{part}/" not in str(account.get("Arn", "")):
                raise SignInError(
                    f"AWS: {session.account} does not belong to {part}: {account.get('Arn', '')}"
                )
            yield account
    elif _PARENT.fullmatch(part):
        yield from _rows(session, LIST_OF_PARENT, {"ParentId": part}, pace)
        for unit in _rows(session, LIST_UNITS, {"ParentId": part}, pace):
            yield from _accounts(session, str(unit["Id"]), pace)
    else:
        raise SignInError(
            f"{part!r} is no part of an AWS organization: `aws` (its own), o-ID, r-ID (a root) or ou-ID (a unit)"
        )


def _rows(
    session: Session, call: AwsCall, arguments: Mapping[str, Any], pace: Pace
) -> Iterator[Mapping[str, Any]]:
    """Yield every row of every page; Organizations may give an empty page and then go on."""
    token: Any = None
    scope = Scope(Cloud.AWS, session.account)
    while True:
        try:
            page = patiently(lambda token=token: session.send(call, scope, arguments, token), pace)  # type: ignore[misc]
        except CallError as error:
            permission = error.permission or call.permission
            raise SignInError(
                f"the accounts of the organization could not be listed ({permission}): {error}; only its management "
                "account, or one that it delegates to, may"
            ) from None
        yield from page.answer.get(call.items) or ()
        token = page.next
        if token is None:
            return


def assumed(
    base: Entry,
    clients: Clients,
    arguments: Mapping[str, Any],
    region: str,
    session: Callable[[Any], botocore.session.Session],
) -> Entry:
    """Return a way in by AssumeRole with these arguments, asked for when it is first needed, and again before it ends.

    `session` returns the botocore session of stock clients, which have credentials of their own.
    """

    def fetch() -> dict[str, str]:
        answer = clients.call(
            ASSUME_ROLE.service, ASSUME_ROLE.operation, Sending(region, base.credentials), arguments
        )
        given = answer["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    credentials = DeferredRefreshableCredentials(refresh_using=fetch, method="assume-role")
    return Entry(
        base.profile,
        session(credentials),
        credentials,
        lambda: assumed(base, clients, arguments, region, session),
    )
