"""An account that could not be signed in to, among others that could: whatever it is asked, it says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.models.resource import Cloud, Scope
from scanner.providers.spec import Call, CallError, Limit, Page


@dataclass(slots=True)
class Refused:
    """A session in name only."""

    cloud: Cloud
    account: str
    error: CallError
    partition: str = ""
    origin: str = "live"
    home: str = ""
    identity: str = ""

    def regions(self) -> Sequence[str]:
        """Raise the error."""
        raise self.error

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        """Raise the error."""
        raise self.error

    def limit(self, call: Call, scope: Scope) -> Limit:  # noqa: ARG002
        """Return a bucket of its own, which is never waited for."""
        return Limit((self.cloud, self.account, "refused"), 1e6, 1e6)
