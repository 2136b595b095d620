"""Google Cloud as a provider: its sources, and signing in. Importing it loads no SDK."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from scanner import __version__
from scanner.models.resource import Cloud
from scanner.providers.endpoint import endpoint_of
from scanner.providers.gcp.calls import ASSETS, SESSION_CALLS
from scanner.providers.gcp.projects import chosen, named, parents, within
from scanner.providers.pace import Pace
from scanner.providers.spec import Call, CallError, Page, SignInError, Source

if TYPE_CHECKING:
    from scanner.providers.gcp.client import GcpSession
    from scanner.providers.gcp.transport import Transport

ENDPOINT: Final = "SUREFOOT_GCP_ENDPOINT"
_EXTRA: Final = "the Google Cloud SDK is not installed: pip install 'surefoot[gcp]'"


class GcpProvider:
    """Reads Google Cloud projects."""

    cloud: Final = Cloud.GCP
    session_calls: Final[Sequence[Call]] = SESSION_CALLS

    @property
    def sources(self) -> Sequence[Source]:
        """Every source of Google Cloud, in a fixed order."""
        from scanner.providers.gcp.sources import SOURCES

        return SOURCES

    def sign_in(self, settings: Any, run: str) -> "Sequence[GcpSession]":
        """Sign in once, for every project that `settings` names, or that its organization or folders hold.

        Raises SignInError.
        """
        try:
            import google.auth  # noqa: F401 - only to see whether it is there
            import requests  # noqa: F401
        except ImportError:
            raise SignInError(_EXTRA) from None
        from scanner.providers.gcp.assets import Assets
        from scanner.providers.gcp.client import GcpSession, Regions
        from scanner.providers.gcp.credentials import enter, identity_of
        from scanner.providers.gcp.transport import Transport

        named(settings.accounts)
        endpoint = endpoint_of(settings.endpoint, ENDPOINT, "gcp.endpoint")
        credentials, project = enter(endpoint, settings.impersonate)
        transport = Transport(credentials, endpoint, f"surefoot/{__version__} run/{run}")
        try:
            _fetch_token(transport, settings.impersonate)
            projects = _projects(settings, project, transport)
        except BaseException:
            transport.close()
            raise
        declared = frozenset(
            call.name
            for call in (*SESSION_CALLS, ASSETS, *(call for source in self.sources for call in source.calls))
        )
        regions, identity = Regions(), identity_of(credentials)
        assets = None
        if settings.source == "assets":
            assets = Assets(transport, parents(settings.organization, settings.folders))
        return [
            GcpSession(id_, identity, transport, declared, regions, number, assets)
            for id_, number in projects.items()
        ]


def _fetch_token(transport: "Transport", impersonate: str) -> None:
    """Prove that the sign-in works, before anything is asked. Raises SignInError."""
    from google.auth.exceptions import GoogleAuthError

    from scanner.providers.gcp.credentials import advice

    try:
        transport.sign_in()
    except GoogleAuthError as error:
        raise SignInError(advice(error, impersonate)) from None


def _projects(settings: Any, project: str, transport: "Transport") -> dict[str, str]:
    """Return the projects to read, id to number ("" when not known). Raises SignInError."""
    above = parents(settings.organization, settings.folders)
    if above:
        found = {
            id_: number
            for parent in above
            for id_, number in within(parent, lambda given, token: _patiently(transport, given, token))
        }
        return chosen(settings.accounts, found, " and ".join(above))
    if settings.accounts or project:
        return named(settings.accounts or (project,))
    raise SignInError(
        "which Google Cloud project? Say --account PROJECT_ID (again for each), set GOOGLE_CLOUD_PROJECT, or name "
        "an organization or folders under [gcp] in surefoot.toml"
    )


def _patiently(transport: "Transport", arguments: Mapping[str, Any], token: str | None) -> Page:
    """Ask for one page of assets, and again when Google says that it may work later. Raises CallError."""
    from scanner.providers.gcp.pages import page_of

    pace, attempt = Pace(), 1
    while True:
        try:
            return page_of(ASSETS, transport.ask(ASSETS, arguments, token))
        except CallError as error:
            wait = pace.wait_before_retry(attempt, error)
            if wait is None:
                raise
            time.sleep(wait)
            attempt += 1


GCP: Final = GcpProvider()
