"""What is asked of a host, as pure functions of what its own programs print."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

#: In memory, or images that are full by their nature (names as /proc/filesystems has them).
_NOT_DATA: Final = frozenset(
    {"tmpfs", "devtmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2", "squashfs", "iso9660", "ramfs",
     "securityfs", "debugfs", "tracefs", "pstore", "bpf", "configfs", "fusectl", "hugetlbfs", "autofs", "efivarfs",
     "binfmt_misc", "nsfs", "rpc_pipefs", "erofs"}
)  # fmt: skip
_KIB_IN_GIB: Final = 1 << 20
_EVERYWHERE: Final = ("0.0.0.0", "::", "*", "")  # noqa: S104 - what a socket says
_SERVICE: Final = re.compile(r"[A-Za-z0-9:_.\\@-]+\.service")

#: Systemd's properties that are asked of each service.
PROPERTIES: Final = ("Id", "Type", "ActiveState", "ConditionResult", "ConditionTimestamp", "TriggeredBy")

_STATES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("active", "reloading", "activating", "refreshing"), "running"),
    "failed": "failed",
    **dict.fromkeys(("inactive", "deactivating"), "stopped"),
}
#: A rule that keeps packets out: of nftables, and as iptables-save writes it.
_KEEPS_OUT: Final = re.compile(r"\b(drop|reject)\b|-j (DROP|REJECT)\b|^:INPUT (DROP|REJECT)\b", re.MULTILINE)


def listening(sockets: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the TCP and UDP sockets of Testinfra's list, each once: `tcp://0.0.0.0:22`, `tcp://:::22`."""
    seen = set()
    for socket in sockets:
        protocol, _, rest = socket.partition("://")
        host, _, port = rest.rpartition(":")
        address = host.partition("%")[0].removeprefix("[").removesuffix("]")
        if protocol not in ("tcp", "udp") or (protocol, address, port) in seen:
            continue
        seen.add((protocol, address, port))
        everywhere = address in _EVERYWHERE
        yield {"protocol": protocol, "address": address or "*", "port": int(port), "everywhere": everywhere}


def services(listed: str) -> list[str]:
    """Return the enabled services of `systemctl list-unit-files`. Templates (`name@.service`) run as instances."""
    names = (line.split()[0] for line in listed.splitlines() if line.split())
    return [name for name in names if _SERVICE.fullmatch(name) and not name.endswith("@.service")]


def shown(text: str) -> Iterator[dict[str, Any]]:
    """Yield the facts of each service of `systemctl show`. Raises KeyError for one that lacks what was asked."""
    for block in text.strip().split("\n\n"):
        said = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if not said:
            continue
        # The condition of a service that was never started was never looked at, and says no all the same.
        unmet = said["ConditionResult"] == "no" and bool(said.get("ConditionTimestamp"))
        stays = said["Type"] != "oneshot" and not said.get("TriggeredBy") and not unmet
        yield {
            "name": said["Id"],
            "state": _STATES.get(said["ActiveState"], said["ActiveState"]),
            "stays": stays,
        }


def mounts(printed: str, systems: Mapping[str, tuple[str, Iterable[str]]]) -> Iterator[dict[str, Any]]:
    """Yield the mounts of `df -Pk` that hold data; `systems`: path → file system and options, of the mount table.

    A device that is mounted several times is told of once, at its shortest path.
    """
    found: dict[str, dict[str, Any]] = {}
    for line in printed.splitlines()[1:]:
        parts = line.split(None, 5)
        if len(parts) != 6 or not (parts[2].isdecimal() and parts[3].isdecimal()):  # noqa: PLR2004 - POSIX's columns
            continue
        device, path = parts[0], parts[5]
        system, options = systems.get(path, ("", ()))
        used, free = int(parts[2]) / _KIB_IN_GIB, int(parts[3]) / _KIB_IN_GIB
        if system in _NOT_DATA or "ro" in options or used + free == 0:
            continue
        if device not in found or len(path) < len(found[device]["path"]):
            found[device] = {"path": path, "total_gib": used + free, "free_gib": free}
    yield from found.values()


def keeps_out(rules: str) -> bool:
    """Tell whether a rule set of nftables, or what iptables-save writes, keeps anything out."""
    return bool(_KEEPS_OUT.search(rules))
