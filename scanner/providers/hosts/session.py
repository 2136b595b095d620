"""Hosts as a sign-in: fixed questions by Testinfra, one at a time for each, and what fails as errors that name it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from scanner.models.resource import GLOBAL, Cloud, Code, Scope, UnreadError
from scanner.providers.hosts import asking
from scanner.providers.hosts.calls import NO_SYSTEMD
from scanner.providers.hosts.words import HostWord
from scanner.providers.spec import Call, CallError, Limit, Page

_UNLIMITED: Final = 1e6

#: What runs where there is no systemd, or it does not run.
_WITHOUT: Final = ("not found", "No such file", "not been booted with systemd", "Failed to connect to bus")

LetsIn = Callable[[str, Sequence[str], str, int], Mapping[str, Any]]
"""Whom the configuration lets in: asked by a host's name, its addresses, protocol and port. Raises UnreadError, and
LookupError when no endpoint of the inventory is the host's."""


class _Asked:
    """One host: its connection, made when first asked, and one question at a time."""

    def __init__(self, host: HostWord) -> None:
        self.host = host
        self._made: Any = None
        self._lock = threading.Lock()

    def answer(self, question: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Ask. Raises CallError that names the host."""
        with self._lock:
            try:
                if self._made is None:
                    self._made = connect(self.host)
                return question(self._made)
            except CallError as error:
                text = f"{self.host.key}: {error.text}"
                raise CallError(error.code, error.error, text) from error
            except Exception as error:  # backends raise whatever their tools do, failed assertions too
                text = " ".join(str(error).split())[:300]
                raise CallError(Code.UNAVAILABLE, type(error).__name__, f"{self.host.key}: {text}") from error


class HostSession:
    """Hosts that are asked from one place. Safe to share between threads."""

    cloud = Cloud.HOST
    partition = ""
    origin = "live"
    home = GLOBAL

    def __init__(self, vantage: str, hosts: Sequence[HostWord], lets_in: LetsIn | None) -> None:
        self.account = vantage
        self.identity = vantage
        self._hosts = {host.key: _Asked(host) for host in hosts}
        self._lets_in = lets_in
        self._questions: dict[str, Callable[[Any], dict[str, Any]]] = {
            "PacketFilter": _filter,
            "Sockets": lambda host: {"sockets": list(asking.listening(host.socket.get_listening_sockets()))},
            "Services": _services,
            "Mounts": _mounts,
            "Addresses": lambda host: {"addresses": _printed(host, "hostname -I").split()},
        }

    def regions(self) -> Sequence[str]:
        """Hosts have no regions."""
        return ()

    def limit(self, call: Call, scope: Scope) -> Limit:  # noqa: ARG002 - as the protocol asks
        """Return a bucket that never ends: each host answers one question at a time."""
        return Limit(("host",), _UNLIMITED, _UNLIMITED)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        """Ask one question. Raises CallError."""
        if call.operation == "Named":
            return Page({"hosts": [{"host": key} for key in self._hosts]})
        if call.operation == "LetsIn":
            return Page(self._open_to(arguments))
        return Page(self._hosts[arguments["host"]].answer(self._questions[call.operation]))

    def _open_to(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._lets_in is None:
            raise CallError(Code.NOT_APPLICABLE, "alone", "no account was read with this host")
        asked = self._hosts[arguments["host"]]
        addresses = asked.answer(self._questions["Addresses"])["addresses"]
        try:
            return self._lets_in(asked.host.name, addresses, arguments["protocol"], arguments["port"])
        except UnreadError as error:
            why = error.why
            raise CallError(why.code, error.field, str(why), permission=why.permission) from None
        except LookupError as error:
            raise CallError(Code.NOT_APPLICABLE, "elsewhere", str(error)) from None


def connect(host: HostWord) -> Any:
    """Return Testinfra's host. Raises what its backends raise."""
    import testinfra.host

    if host.backend == "ssm":
        from scanner.providers.hosts.ssm import SsmBackend

        return testinfra.host.Host(SsmBackend.of(host.word))
    return testinfra.host.get_host(host.word)


def _printed(host: Any, command: str) -> str:
    """Run a command and return what it prints. Raises CallError when it fails."""
    ran = host.run(command)
    if ran.rc != 0:
        said = " ".join((ran.stderr or ran.stdout or f"exit code {ran.rc}").split())
        denied = "ermission denied" in said or "not permitted" in said
        raise CallError(Code.DENIED if denied else Code.UNAVAILABLE, command.split(maxsplit=1)[0], said[:300])
    return str(ran.stdout)


def _filter(host: Any) -> dict[str, Any]:
    """Ask the packet filter, by the newer of its programs that is there."""
    for program, arguments in (("nft", " list ruleset"), ("iptables-save", "")):
        if host.exists(program):
            return {"keeps_out": asking.keeps_out(_printed(host, program + arguments))}
    raise CallError(Code.NOT_APPLICABLE, "none", "it has no program that could set one")


def _services(host: Any) -> dict[str, Any]:
    listed = host.run("systemctl list-unit-files --type=service --state=enabled --no-legend --no-pager")
    if listed.rc != 0 and any(word in listed.stderr for word in _WITHOUT):
        raise CallError(Code.UNAVAILABLE, NO_SYSTEMD, "this host has no systemd")

    names = asking.services(listed.stdout)
    if not names:
        return {"services": []}
    wanted = ",".join(asking.PROPERTIES)
    shown = host.run(f"systemctl show --property={wanted} -- {' '.join(['%s'] * len(names))}", *names)
    if shown.rc != 0 and any(word in shown.stderr for word in _WITHOUT):
        raise CallError(Code.UNAVAILABLE, NO_SYSTEMD, "systemd does not run on this host")
    if shown.rc != 0:
        raise CallError(Code.UNAVAILABLE, "systemctl", " ".join(shown.stderr.split())[:300])
    return {"services": list(asking.shown(shown.stdout))}


def _mounts(host: Any) -> dict[str, Any]:
    systems = {one.path: (one.filesystem, one.options) for one in host.mount_point.get_mountpoints()}
    # It fails for one mount that it may not look into, and prints the others all the same.
    printed = host.run("df -Pk")
    if not printed.stdout.strip():
        raise CallError(Code.UNAVAILABLE, "df", " ".join(printed.stderr.split())[:300])
    return {"mounts": list(asking.mounts(printed.stdout, systems))}
