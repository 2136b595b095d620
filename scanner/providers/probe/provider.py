"""Probes as a provider: a vantage point takes the place of an account. Importing it opens nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from scanner.errors import UserError
from scanner.models.resource import Cloud
from scanner.providers.probe.settings import Settings
from scanner.providers.probe.sources import SOURCES
from scanner.providers.probe.targets import Target
from scanner.providers.spec import Call, Source

if TYPE_CHECKING:
    from scanner.providers.probe.joining import Configured
    from scanner.providers.probe.session import ProbeSession


@dataclass(frozen=True, slots=True)
class Asked:
    """What one vantage point is to probe, and what is configured for the places of an inventory."""

    settings: Settings
    targets: Sequence[Target]
    configured: Mapping[str, "Configured"] = field(default_factory=dict)


class ProbeProvider:
    """Connects to what was just read, or named by the user, and to nothing else."""

    cloud = Cloud.PROBE
    session_calls: Sequence[Call] = ()

    @property
    def sources(self) -> Sequence[Source]:
        """Every source, in a fixed order."""
        return SOURCES

    def sign_in(self, settings: Any, run: str) -> "list[ProbeSession]":  # noqa: ARG002 - as the protocol asks
        """Return the vantage point; `settings` is an `Asked`. Raises UserError."""
        ready()
        from scanner.providers.probe.session import ProbeSession

        asked: Asked = settings
        return [ProbeSession(asked.settings, asked.targets, asked.configured)]


def ready() -> None:
    """Raise UserError when what probes need is not installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise UserError("probes need the extra `probe`: pip install 'surefoot[probe]'") from None


PROBE: Final = ProbeProvider()
