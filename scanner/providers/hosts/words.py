"""Hosts that a user names: `local://`, `ssh://web-1`, `docker://shop`, `kubectl://pod?namespace=shop`, `ssm://i-0abc`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scanner.errors import UserError

#: Backends that are offered: Testinfra's own, and ours over AWS Systems Manager.
BACKENDS: Final = ("local", "ssh", "docker", "podman", "kubectl", "ssm")

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,252}")


@dataclass(frozen=True, slots=True)
class HostWord:
    """One host: the backend, its name there without user and password, and the whole word for the backend."""

    backend: str
    name: str
    word: str

    @property
    def key(self) -> str:
        """What tells it from others, in ids: `ssh/web-1`."""
        return f"{self.backend}/{self.name}"


def hosts(words: Iterable[str]) -> tuple[HostWord, ...]:
    """Return the hosts that words name, each once. Raises UserError."""
    found: dict[tuple[str, str], HostWord] = {}
    for word in words:
        host = _host(word)
        found.setdefault((host.backend, host.name), host)
    return tuple(found.values())


def _host(word: str) -> HostWord:
    scheme, split, rest = word.partition("://")
    if not split or scheme not in BACKENDS:
        raise UserError(f"{word}: a host reads BACKEND://NAME, and BACKEND is one of {', '.join(BACKENDS)}")
    if scheme == "local":
        if rest.partition("?")[0]:
            raise UserError(f"{word}: local:// is this machine, and has no name")
        return HostWord(scheme, "localhost", word)
    parts = urlsplit(word)
    if ":" in (parts.netloc.rpartition("@")[0]):
        raise UserError(f"{scheme}://...: a password in it would be kept in files: use a key")
    name = parts.netloc.rpartition("@")[2]
    if not _NAME.fullmatch(name) or parts.path not in ("", "/") or parts.fragment:
        raise UserError(f"{word}: a host reads BACKEND://NAME[?OPTION=VALUE]")
    return HostWord(scheme, name, word)
