"""Hosts as a provider: the place from which they are asked is the account. Importing it loads no Testinfra."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scanner.errors import UserError
from scanner.models.resource import Cloud
from scanner.providers.hosts.sources import SOURCES
from scanner.providers.hosts.words import HostWord
from scanner.providers.spec import Call, Source

if TYPE_CHECKING:
    from scanner.providers.hosts.session import HostSession, LetsIn


@dataclass(frozen=True, slots=True)
class Visited:
    """The hosts to ask from one place, and what answers whom the accounts' configuration lets in to them."""

    vantage: str
    hosts: Sequence[HostWord]
    lets_in: "LetsIn | None" = None


class HostProvider:
    """Asks hosts that the user named, and no others."""

    cloud = Cloud.HOST
    session_calls: Sequence[Call] = ()

    @property
    def sources(self) -> Sequence[Source]:
        """Every source, in a fixed order."""
        return SOURCES

    def sign_in(self, settings: Any, run: str) -> "list[HostSession]":  # noqa: ARG002 - as the protocol asks
        """Return one session for all hosts; `settings` is a `Visited`. Nothing is contacted yet."""
        from scanner.providers.hosts.session import HostSession

        visited: Visited = settings
        return [HostSession(visited.vantage, visited.hosts, visited.lets_in)]


def ready() -> None:
    """Raise UserError when Testinfra is not installed."""
    try:
        import testinfra  # noqa: F401
    except ImportError:
        raise UserError("hosts need the extra `testinfra`: pip install 'surefoot[testinfra]'") from None


HOST: Final = HostProvider()
