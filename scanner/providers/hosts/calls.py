"""What is asked of a host, as declared calls: fixed commands that read, and no others."""

from dataclasses import dataclass
from typing import Final

from scanner.providers.spec import Call


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(Call):
    """One question to a host."""

    __hash__ = Call.__hash__


NO_SYSTEMD: Final = "NoSystemd"
"""The host has another way to start services, or none, as most containers."""

_HOST: Final = {"host": "{host}"}

NAMED: Final = Question(service="host", operation="Named", items="hosts", regional=False)
"""The hosts that the user named. Asks none of them."""
FILTER: Final = Question(service="host", operation="PacketFilter", given=_HOST, regional=False)
SOCKETS: Final = Question(service="host", operation="Sockets", items="sockets", given=_HOST, regional=False)
SERVICES: Final = Question(
    service="host",
    operation="Services",
    items="services",
    given=_HOST,
    not_in_use=(NO_SYSTEMD,),
    regional=False,
)
MOUNTS: Final = Question(service="host", operation="Mounts", items="mounts", given=_HOST, regional=False)
LETS_IN: Final = Question(
    service="host",
    operation="LetsIn",
    given={"host": "{^.host}", "protocol": "{protocol}", "port": "{port}"},
    regional=False,
)
"""Whom the configuration that was just read lets in to a port of this host. Asks the host for its addresses."""
