"""AWS as a provider: its sources, and signing in. Importing it loads no SDK."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from scanner import __version__
from scanner.models.resource import Cloud
from scanner.providers.aws.calls import SESSION_CALLS
from scanner.providers.pace import Pace
from scanner.providers.spec import Call, SignInError, Source

if TYPE_CHECKING:
    from scanner.providers.aws.client import AwsSession
    from scanner.providers.aws.clients import Clients
    from scanner.providers.aws.credentials import Entry

#: Asked when neither the environment nor the profile names a region.
DEFAULT_REGION: Final = "us-east-1"


class AwsProvider:
    """Reads AWS accounts."""

    cloud = Cloud.AWS
    session_calls: Sequence[Call] = SESSION_CALLS

    @property
    def sources(self) -> Sequence[Source]:
        """Every source of AWS, in a fixed order."""
        from scanner.providers.aws.sources import SOURCES

        return SOURCES

    def sign_in(self, settings: Any, run: str) -> "list[AwsSession]":
        """Sign in with each of `settings.profiles` (none: as the environment says), one session per account.

        `settings.accounts`, when given, must be accounts that these profiles belong to; others are left out.
        `settings.endpoint`, when given, is the address of every service. Raises SignInError.
        """
        clients_for = _clients_for(
            f"surefoot/{__version__} run/{run}", getattr(settings, "endpoint", "") or None
        )
        sessions: dict[str, AwsSession] = {}
        for profile in settings.profiles or (None,):
            session = self._enter(profile, clients_for)
            sessions.setdefault(session.account, session)
        for account in settings.accounts:
            if account not in sessions:
                raise SignInError(
                    f"AWS account {account} was asked for, but the credentials are those of {', '.join(sessions)}"
                )
        return [
            session for account, session in sessions.items() if account in (settings.accounts or sessions)
        ]

    def _enter(self, profile: str | None, clients_for: "Callable[[Entry], Clients]") -> "AwsSession":
        from scanner.providers.aws.client import AwsSession
        from scanner.providers.aws.credentials import enter

        entry = enter(profile)
        declared = (*SESSION_CALLS, *(call for source in self.sources for call in source.calls))
        with _explained(entry):
            session = AwsSession(entry, region_of(entry), clients_for, declared)
        try:
            with _explained(entry):
                _patiently(session.identify)
        except BaseException:
            session.close()
            raise
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
    region = os.environ.get("AWS_REGION") or entry.session.region_name or DEFAULT_REGION
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
