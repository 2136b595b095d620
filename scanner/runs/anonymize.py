"""Rewrites an inventory so that it can be shown to others: ids, names, tags and addresses, each the same everywhere.

What verdicts hang on stays: kinds, regions, ports, protocols, which addresses lie in which, what is public and what is
private. Stand-ins are counted up in the order of the file, and lead back to nothing. The caller judges both files and
compares: where a name was mistaken for a word with a meaning, that shows.
"""

import ipaddress
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from scanner.exposure.special import SPECIAL
from scanner.files import lines_of, whole_file

#: A piece of an id or a name.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.\-]+")
_ADDRESS: Final = re.compile(
    r"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[0-9a-fA-F:]{2,39})(?:/\d{1,3})?(?![\w:-])"
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHORT_ID: Final = re.compile(r"([a-z]+)-([0-9a-f]{8}|[0-9a-f]{17})")
#: Twelve digits are an account of AWS, or a project of Google Cloud.
_ACCOUNT: Final = re.compile(r"\d{12}")
_PERSON: Final = re.compile(r"[A-Za-z0-9_.+\-]+(?=@[A-Za-z0-9])")
_AGENT: Final = re.compile(r"(service-|)(\d{6,})(-[a-z]+|)")
_DOMAIN: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z]{2,}")
_CLOUDS: Final = (
    "amazonaws.com",
    "amazon.com",
    "googleapis.com",
    "google.com",
    "gserviceaccount.com",
    "azure.com",
    "windows.net",
)
_LOCATIONS: Final = frozenset({"zones", "regions", "locations"})
#: Words that have a meaning wherever they stand, also where somebody gave them as a name.
_WORDS: Final = frozenset(
    {
        *(
            "all",
            "allow",
            "any",
            "application",
            "aws",
            "azure",
            "default",
            "deny",
            "disabled",
            "egress",
            "enabled",
        ),
        *(
            "gcp",
            "global",
            "http",
            "https",
            "icmp",
            "icmpv6",
            "ingress",
            "internet",
            "network",
            "next",
            "none",
        ),
        *("off", "on", "private", "public", "root", "tcp", "tls", "udp", "www"),
    }
)
_LEFT_OUT: Final = "(left out)"
_KEPT_BITS: Final = 8
_SHORTEST: Final = 3


class Anonymous:
    """Stand-ins so far. `learn` every line of a file, then `rewritten` each. `words` are left as they are."""

    def __init__(self, words: Collection[str] = ()) -> None:
        self._words = _WORDS | set(words)
        self._tokens: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._addresses: dict[tuple[int, int], int] = {}
        self._regions: set[str] = set()

    # -- learning -------------------------------------------------------------------------------------------

    def learn(self, row: Mapping[str, Any]) -> None:
        """Note what identifies somebody in a line: accounts, the parts of ids that were given, names."""
        for scope in (row, *row.get("scopes", ())):
            if "account" in scope:
                self._account(str(scope["account"]), str(scope["provider"]))
                self._regions.add(str(scope["region"]).lower())
        if row.get("type") == "resource":
            for part in _given_parts(str(row["id"]), str(row["provider"])):
                self._note(part)
            for token in _TOKEN.findall(str(row["name"])):
                self._note(token)

    def _account(self, account: str, provider: str) -> None:
        number = len(self._tokens) + 1
        shapes = {"aws": f"9{number:011}", "azure": f"00000000-0000-4000-8000-{number:012}"}
        self._tokens.setdefault(account.lower(), shapes.get(provider, f"project-{number}"))

    def _note(self, token: str) -> None:
        key = token.lower()
        said = key in self._tokens or key in self._regions
        if said or key in self._words or len(key) < _SHORTEST or key.isdigit():
            return
        number = len(self._tokens) + 1
        short = _SHORT_ID.fullmatch(token)
        if short:
            self._tokens[key] = f"{short[1]}-{number:0{len(short[2])}x}"
        elif _UUID.fullmatch(token):
            self._tokens[key] = f"00000000-0000-4000-8000-{number:012}"
        else:
            self._tokens[key] = f"name-{number}"

    # -- rewriting ------------------------------------------------------------------------------------------

    def rewritten(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a line with stand-ins in place of what identifies somebody."""
        found = {key: self._value(value) for key, value in row.items()}
        if row.get("type") == "resource":
            found["facts"] = {name: self._fact(name, value) for name, value in row["facts"].items()}
            found["unread"] = {
                name: {**why, "text": _LEFT_OUT if why.get("text") else ""}
                for name, why in row["unread"].items()
            }
        elif row.get("type") == "gap":
            found["why"] = _LEFT_OUT
        for kept in (
            "type",
            "kind",
            "tool",
            "version",
            "kinds",
            "format",
            "started",
            "call",
            "permission",
            "provider",
        ):
            if kept in row:
                found[kept] = row[kept]
        return found

    def _fact(self, name: str, value: Any) -> Any:
        if name == "tags" and isinstance(value, Mapping):
            return {self._tag(key): self._tag(text) for key, text in value.items()}
        return self._value(value)

    def _tag(self, text: str) -> str:
        if text.startswith("aws:"):  # set by AWS itself, with a meaning
            return text
        return self._tags.setdefault(text, f"tag-{len(self._tags) + 1}")

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self._value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value

    def _text(self, text: str) -> str:
        """Replace addresses, then tokens that are known, whole or between dots, then the names of hosts."""
        addresses = _ADDRESS.sub(self._address, text)
        return _TOKEN.sub(self._token, _PERSON.sub(self._person, addresses))

    def _person(self, found: re.Match[str]) -> str:
        """Replace what stands before the @ of an address: a person, or the number of a project and its service."""
        number = _AGENT.fullmatch(found[0])
        if number:
            return f"{number[1]}{self._number(number[2])}{number[3]}"
        key = found[0].lower()
        if key in self._words:
            return found[0]
        return self._tokens.setdefault(key, f"name-{len(self._tokens) + 1}")

    def _number(self, digits: str) -> str:
        """Return the stand-in of an account or a project, which nobody else than their clouds numbers."""
        return self._tokens.setdefault(digits, f"9{len(self._tokens) + 1:011}")

    def _token(self, found: re.Match[str]) -> str:
        token = found[0]
        whole = self._tokens.get(token.lower())
        if whole is not None:
            return whole
        if token.lower() in self._words:
            return token
        if _ACCOUNT.fullmatch(token):
            return self._number(token)
        if _DOMAIN.fullmatch(token) and not token.endswith(_CLOUDS):
            self._tokens[token.lower()] = f"host-{len(self._tokens) + 1}.example"
            return self._tokens[token.lower()]
        return ".".join(self._tokens.get(part.lower(), part) for part in token.split("."))

    def _address(self, found: re.Match[str]) -> str:
        text, slash, length = found[0].partition("/")
        try:
            block = ipaddress.ip_network(found[0], strict=False)
        except ValueError:
            return found[0]
        if _is_special(block) or block.prefixlen <= _KEPT_BITS:
            return found[0]
        address = ipaddress.ip_address(text)
        moved = self._moved(int(address), address.max_prefixlen)
        result = ipaddress.ip_address(moved.to_bytes(address.max_prefixlen // 8, "big"))
        if _is_special(ipaddress.ip_network(result)):
            return found[0]
        return f"{result}{slash}{length}"

    def _moved(self, address: int, width: int) -> int:
        """Return another address with the same first bits in common with every other as before.

        Each bit behind the first eight is turned or not by what stands before it, as counted up, so that blocks keep
        their size and what lies in them.
        """
        moved = address
        for bit in range(width - _KEPT_BITS - 1, -1, -1):
            prefix = (width - bit, address >> (bit + 1))
            turn = self._addresses.setdefault(prefix, len(self._addresses) * 7 // 3 & 1)
            moved ^= turn << bit
        return moved


def _is_special(block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Tell whether a block touches one that has a meaning of its own: private, documentation, loopback."""
    return any(block.version == one.version and block.overlaps(one) for one in _SPECIAL)


_SPECIAL: Final = [ipaddress.ip_network(one.block) for one in SPECIAL]


def _given_parts(id_: str, provider: str) -> list[str]:
    """Return the parts of an id that its owner, or chance, gave: not the service, the type, the place."""
    if provider == "aws" and id_.startswith("arn:"):
        parts = re.split("[:/]", id_.split(":", 5)[-1])
        return [part for number, part in enumerate(parts) if number or len(parts) == 1]
    if provider == "gcp":
        parts = [part for part in id_.removeprefix("//").split("/")[1:] if part != "global"]
        pairs = zip(parts[::2], parts[1::2], strict=False)
        return [value for key, value in pairs if key not in _LOCATIONS] if len(parts) > 1 else parts
    parts = [part for part in id_.split("/") if part]
    pairs = zip(parts[::2], parts[1::2], strict=False)
    return [value for key, value in pairs if key.lower() != "providers"] if len(parts) > 1 else parts


def anonymize(source: Path, target: Path, words: Collection[str] = ()) -> Anonymous:
    """Write an inventory with stand-ins; returns them. `words`, in lower case, have a meaning to rules, and stay.

    Raises OSError, ValueError for what is no inventory.
    """
    anonymous = Anonymous(words)
    for line in lines_of(source):
        anonymous.learn(orjson.loads(line))
    with whole_file(target) as stream:
        for line in lines_of(source):
            stream.write(orjson.dumps(anonymous.rewritten(orjson.loads(line))) + b"\n")
    return anonymous
