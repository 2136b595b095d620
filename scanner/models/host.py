"""What machines say of themselves, asked from inside: sockets, services, mounts."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Resource

#: States of a service.
RUNNING: Final = "running"
FAILED: Final = "failed"
STOPPED: Final = "stopped"


class Host(Resource):
    """One machine or container that a user named."""

    title: ClassVar[str] = "host"

    filters: bool = UNREAD
    """Whether its own packet filter keeps anything out: `nft list ruleset`, and where that is not there
    `iptables-save`, has a rule or a policy that drops, rejects or is not to accept. Unread without the right to ask."""


class HostListener(Resource):
    """One socket on which a program of a host takes connections or packets; `Listener` is of load balancers."""

    title: ClassVar[str] = "listening socket"

    protocol: str = UNREAD
    """`tcp` or `udp`, as `ss` says."""
    port: int = UNREAD
    """1 to 65535."""
    everywhere: bool = UNREAD
    """Whether it is bound to all addresses of the host (`0.0.0.0`, `::`), and not to one of them or to loopback."""
    open_to: str = UNREAD
    """Whom of the internet the layers before the host let in: `all`, `many`, `some`, `nobody`. Not applicable where no
    account was read with it that has the host."""
    via: tuple[str, ...] = UNREAD
    """The rules that let packets in. Not applicable as `open_to`."""


class HostService(Resource):
    """One service that starts with the host (systemd: its unit file is enabled)."""

    title: ClassVar[str] = "service"

    state: str = UNREAD
    """`running`, `failed` or `stopped`. systemd `ActiveState`: active and what leads there, failed, inactive."""
    stays: bool = UNREAD
    """Whether it is meant to go on running: not systemd's `Type` oneshot, not started by a socket, timer or path
    (`TriggeredBy`), and no condition of it (`ConditionResult`) said no."""


class Mount(Resource):
    """One file system of a host that holds data: not those in memory, nor read-only images."""

    title: ClassVar[str] = "mount"

    total_gib: float = UNREAD
    """Its size in GiB, less what is reserved for root. `df -Pk`: used and available."""
    free_gib: float = UNREAD
    """What is available, in GiB."""
