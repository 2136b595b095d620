"""Azure as a provider: its sources, and signing in. Importing it loads no SDK."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from scanner import __version__
from scanner.models.resource import Cloud, Scope
from scanner.providers.azure.calls import DESCENDANTS, SESSION_CALLS, AzureCall
from scanner.providers.endpoint import endpoint_of
from scanner.providers.pace import Pace
from scanner.providers.spec import Call, CallError, Page, SignInError, Source

if TYPE_CHECKING:
    from scanner.providers.azure.client import AzureSession

ENDPOINT: Final = "SUREFOOT_AZURE_ENDPOINT"
_EXTRA: Final = "the Azure SDK is not installed: pip install 'surefoot[azure]'"


class AzureProvider:
    """Reads Azure subscriptions."""

    cloud: Final = Cloud.AZURE
    session_calls: Final[Sequence[Call]] = SESSION_CALLS

    @property
    def sources(self) -> Sequence[Source]:
        """Every source of Azure, in a fixed order."""
        from scanner.providers.azure.sources import SOURCES

        return SOURCES

    def led_to(self, settings: Any) -> Sequence[Call]:
        """Return the calls that these settings lead to, beside those of sources: for the custom role."""
        from scanner.providers.azure.graph import QUERY

        groups = (DESCENDANTS,) if settings.management_groups else ()
        return (*groups, QUERY) if settings.source == "graph" else groups

    def sign_in(self, settings: Any, run: str) -> "Sequence[AzureSession]":
        """Sign in once, for every subscription that `settings` or its management groups name, else for all there are.

        Raises SignInError.
        """
        try:
            import azure.identity
            import azure.mgmt.core  # noqa: F401 - only to see whether they are there
        except ImportError:
            raise SignInError(_EXTRA) from None
        from scanner.providers.azure.client import AzureSession
        from scanner.providers.azure.credentials import NOBODY, enter, identity_of
        from scanner.providers.azure.graph import Graph
        from scanner.providers.azure.subscriptions import chosen, named
        from scanner.providers.azure.transport import Transport

        accounts = named(settings.accounts, settings.management_groups)
        credential, address, scope = enter(endpoint_of(settings.endpoint, ENDPOINT, "azure.endpoint"))
        identity = NOBODY if credential is None else identity_of(_token(credential, scope))
        transport = Transport(address, credential, scope, f"surefoot/{__version__} run/{run}")
        calls = (*SESSION_CALLS, DESCENDANTS, *(call for source in self.sources for call in source.calls))
        graph = Graph() if settings.source == "graph" else None
        try:
            asking = AzureSession("", identity, transport, calls)
            found = chosen(
                accounts,
                settings.management_groups,
                lambda call, arguments, token: _patiently(asking, call, arguments, token),
            )
        except BaseException:
            transport.close()
            raise
        return [AzureSession(id_, identity, transport, calls, graph) for id_ in found]


def _token(credential: Any, scope: str) -> str:
    """Fetch a token now: it proves that the sign-in works, before anything is asked. Raises SignInError."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    from scanner.providers.azure.credentials import advice
    from scanner.providers.azure.errors import one_line

    try:
        return str(credential.get_token(scope).token)
    except ClientAuthenticationError as error:
        raise SignInError(advice(error)) from None
    except (AzureError, OSError, ValueError) as error:
        raise SignInError(f"Azure: no token could be fetched: {one_line(str(error))}") from None


def _patiently(session: "AzureSession", call: AzureCall, arguments: Mapping[str, Any], token: Any) -> Page:
    """Ask, and again when Azure says that it may work later. Raises CallError."""
    pace, attempt = Pace(), 1
    while True:
        try:
            return session.send(call, Scope(Cloud.AZURE, ""), arguments, token)
        except CallError as error:
            wait = pace.wait_before_retry(attempt, error)
            if wait is None:
                raise
            time.sleep(wait)
            attempt += 1


AZURE: Final = AzureProvider()
