"""AWS as a provider: its sources, and signing in. Importing it loads no SDK."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scanner import __version__
from scanner.accounts import Way
from scanner.models.resource import Cloud, Code
from scanner.providers.aws.calls import SESSION_CALLS
from scanner.providers.pace import Pace
from scanner.providers.refused import Refused
from scanner.providers.spec import Call, CallError, Session, SignInError, Source

if TYPE_CHECKING:
    from scanner.providers.aws.client import AwsSession
    from scanner.providers.aws.clients import Clients
    from scanner.providers.aws.credentials import Entry

#: Asked when neither the environment nor the profile names a region.
DEFAULT_REGION: Final = "us-east-1"

#: The role that `surefoot permissions aws --as ...` makes.
DEFAULT_ROLE: Final = "surefoot"


class AwsProvider:
    """Reads AWS accounts."""

    cloud = Cloud.AWS
    session_calls: Sequence[Call] = SESSION_CALLS

    @property
    def sources(self) -> Sequence[Source]:
        """Every source of AWS, in a fixed order."""
        from scanner.providers.aws.sources import SOURCES

        return SOURCES

    @property
    def declared(self) -> Sequence[Call]:
        """Every call that a session may send."""
        from scanner.providers.aws.organization import ORGANIZATION_CALLS

        calls = (call for source in self.sources for call in source.calls)
        return (*SESSION_CALLS, *ORGANIZATION_CALLS, *calls)

    def sign_in(self, settings: Any, run: str) -> Sequence[Session]:
        """Sign in with each of `settings.profiles` (none: as the environment says), one session per account.

        With `settings.organization` or `settings.ways`, or a role, the first of them takes on a role in every account
        that these name; that is asked for when the account is. `settings.accounts`, when given, chooses among all of
        them. `settings.endpoint`, when given, is the address of every service. Raises SignInError.
        """
        clients_for = _clients_for(f"surefoot/{__version__} run/{run}", settings.endpoint or None)
        own: dict[str, AwsSession] = {}
        for profile in settings.profiles or (None,):
            session = self.enter(profile, clients_for)
            own.setdefault(session.account, session)
        doors = Doors(self, settings, own, clients_for, f"surefoot-{run}")
        return [doors.session(account) for account in doors.accounts()]

    def enter(self, profile: str | None, clients_for: "Callable[[Entry], Clients]") -> "AwsSession":
        """Sign in with one profile, and ask STS who that is. Raises SignInError."""
        from scanner.providers.aws.client import AwsSession
        from scanner.providers.aws.credentials import enter

        entry = enter(profile)
        with _explained(entry):
            session = AwsSession(entry, region_of(entry), clients_for, self.declared)
        try:
            with _explained(entry):
                _patiently(session.identify)
        except BaseException:
            session.close()
            raise
        return session


@dataclass(frozen=True, slots=True)
class Doors:
    """How each account is entered. `own` are the sign-ins that there are; the first of them takes on roles."""

    provider: AwsProvider
    settings: Any
    own: "Mapping[str, AwsSession]"
    clients_for: "Callable[[Entry], Clients]"
    name: str

    def accounts(self) -> list[str]:
        """Return the accounts to look at, sorted. Raises SignInError for one that was asked for and is not there."""
        from scanner.providers.aws.organization import checked_account, members

        settings = self.settings
        found = {checked_account(account) for account in settings.ways}
        if settings.organization:
            found |= members(self._base, settings.organization, Pace()).keys()
        for account in settings.accounts:
            beyond = bool(settings.role) and not settings.organization
            if account not in (found or self.own) and not (beyond and checked_account(account)):
                raise SignInError(
                    f"AWS account {account} was asked for, but "
                    + ("is no active one of the organization" if found else f"{self._credentials}")
                )
        return sorted(settings.accounts or found or self.own)

    @property
    def _base(self) -> "AwsSession":
        return next(iter(self.own.values()))

    @property
    def _credentials(self) -> str:
        return f"the credentials are those of {', '.join(self.own)}"

    def session(self, account: str) -> Session:
        """Return the sign-in of an account; that one which cannot be had says so when it is asked."""
        way = self.settings.ways.get(account, Way())
        if way.profile:
            return self._by_profile(way.profile, account)
        if account in self.own and not way.role:
            return self.own[account]
        role = way.role or self.settings.role or DEFAULT_ROLE
        return self._by_role(role, way.external_id or self.settings.external_id, account)

    def _by_profile(self, profile: str, account: str) -> Session:
        try:
            session = self.provider.enter(profile, self.clients_for)
        except SignInError as error:
            return Refused(Cloud.AWS, account, CallError(Code.DENIED, "SignIn", str(error), fatal=True))
        if session.account != account:
            text = f"the profile {profile} belongs to account {session.account}"
            return Refused(Cloud.AWS, account, CallError(Code.DENIED, "SignIn", text, fatal=True))
        return session

    def _by_role(self, role: str, external_id: str, account: str) -> "AwsSession":
        from scanner.providers.aws.client import AwsSession
        from scanner.providers.aws.clients import session_with
        from scanner.providers.aws.organization import SESSION_SECONDS, assumed, role_arn

        base = self._base
        arn = role_arn(role, account, base.partition)
        limits = dict(self.settings.session_policy)
        if "PolicyArns" in limits:
            limits["PolicyArns"] = [
                {"arn": one["arn"].format(partition=base.partition)} for one in limits["PolicyArns"]
            ]
        arguments = {
            "RoleArn": arn,
            "RoleSessionName": self.name,
            "DurationSeconds": SESSION_SECONDS,
            **({"ExternalId": external_id} if external_id else {}),
            **limits,
        }
        entry, clients = base.way
        entry = assumed(
            entry, clients, arguments, base.home, lambda found: session_with(entry.session, clients, found)
        )
        session = AwsSession(entry, base.home, self.clients_for, self.provider.declared)
        session.account, session.partition, session.identity = account, base.partition, arn
        return session


@contextmanager
def _explained(entry: "Entry") -> Iterator[None]:
    """Turn what botocore raises into a SignInError that says what to do."""
    from scanner.providers.aws.credentials import advice
    from scanner.providers.aws.errors import FAILURES, one_line

    try:
        yield
    except FAILURES as error:
        raise SignInError(advice(error, entry.session)) from None
    except (LookupError, ValueError) as error:
        raise SignInError(f"AWS: {one_line(str(error))}") from None


def region_of(entry: "Entry") -> str:
    """Return the region to ask what is the same in all: AWS_REGION, the profile's, or us-east-1."""
    region = os.environ.get("AWS_REGION") or entry.session.get_config_variable("region") or DEFAULT_REGION
    return DEFAULT_REGION if region == "aws-global" else region


def _clients_for(agent: str, endpoint: str | None) -> "Callable[[Entry], Clients]":
    """Return what gives an entry its clients: those of an earlier one when they would be the same."""
    known: dict[str, Clients] = {}

    def clients_for(entry: "Entry") -> "Clients":
        from scanner.providers.aws.clients import Clients, settings_of

        settings = settings_of(entry.session)
        found = known.get(settings)
        if found is None or not found.shared:
            found = known[settings] = Clients(entry.session, agent, endpoint)
        return found

    return clients_for


def _patiently(ask: Callable[[], None]) -> None:
    """Ask, and again when AWS says that it may work later. Raises what botocore raises."""
    import time

    from scanner.providers.aws.errors import FAILURES, translate

    pace, attempt = Pace(), 1
    while True:
        try:
            return ask()
        except FAILURES as error:
            wait = pace.wait_before_retry(attempt, translate(error))
            if wait is None or attempt == 3:  # noqa: PLR2004 - somebody is waiting
                raise
            time.sleep(wait)
            attempt += 1


AWS: Final = AwsProvider()
