"""The probes as declared calls: each opens connections of its own, or asks what was read before."""

from dataclasses import dataclass
from typing import Final

from scanner.providers.spec import Call


@dataclass(frozen=True, kw_only=True, eq=False)
class Probe(Call):
    """One question to a target. Its permission is that of whoever the machine belongs to: no cloud gives it."""

    __hash__ = Call.__hash__


_PLACE: Final = {"place": "{place}"}

TARGETS: Final = Probe(service="tcp", operation="Connect", items="targets", regional=False)
"""Connects to each target, and yields those that have been, in whatever order."""
STATE: Final = Probe(service="tcp", operation="State", given=_PLACE, regional=False)
"""What came of the connection. Opens none."""
LETS_IN: Final = Probe(service="exposure", operation="LetsIn", given=_PLACE, regional=False)
"""Whom the configuration that was just read lets in. Opens no connection."""
LETS_US_IN: Final = Probe(service="exposure", operation="LetsUsIn", given=_PLACE, regional=False)
"""Whether it lets this vantage point in. Opens no connection."""
HELLO: Final = Probe(service="tls", operation="Hello", given=_PLACE, regional=False)
VERIFY: Final = Probe(
    service="tls", operation="Verify", given={**_PLACE, "fits": "{hello.fits}"}, regional=False
)
VERSIONS: Final = Probe(
    service="tls", operation="Versions", given={**_PLACE, "known": "{hello.version}"}, regional=False
)
GET: Final = Probe(service="http", operation="Get", given=_PLACE, regional=False)
