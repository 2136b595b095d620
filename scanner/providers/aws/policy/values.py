"""Which of several comparisons one value of a context key can meet together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from itertools import product
from types import MappingProxyType

from scanner.providers.aws.policy.globs import RUN, Names, kinds, like, literal, matches
from scanner.providers.aws.policy.operators import Condition

_ADDRESSES = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_BOOLEANS = frozenset(
    {
        *("aws:multifactorauthpresent", "aws:principalisawsservice", "aws:securetransport"),
        *("aws:viaawsservice", "kms:grantisforawsresource", "lambda:invokedviafunctionurl"),
    },
)
"""Keys, in lower case, that hold nothing but an address, or nothing but true or false."""

Ways = set[tuple[bool, ...]]
"""Whether each of some comparisons matches, for every value that there may be."""


def matchings(conditions: Sequence[Condition]) -> Ways:
    """The ways in which a value of the conditions' one key can match each of them, before their Not.

    Texts are compared with texts, addresses with addresses and booleans with booleans. Of all else any may
    match whatever the others do: more than there is, never less.
    """
    families: dict[str, list[int]] = {}
    for n, condition in enumerate(conditions):
        families.setdefault(_family(condition) or str(n), []).append(n)
    ways = [_WAYS.get(name, _either)([conditions[n] for n in its]) for name, its in families.items()]
    places = [n for its in families.values() for n in its]
    return {
        tuple(one for _, one in sorted(zip(places, sum(combined, ()), strict=True)))
        for combined in product(*ways)
    }


def says(condition: Condition, boolean: str) -> bool | None:
    """Whether "true" or "false" matches a value; None where the operator is not for such a key, or the value varies.

    Bool ignores case, as S3 was seen to do (basho/riak_cs issue 380).
    """
    if any("${" in value for value in condition.values):
        return None
    match condition.test:
        case "bool" | "stringequalsignorecase":
            return boolean in (value.lower() for value in condition.values)
        case "stringequals":
            return boolean in condition.values
        case "stringlike":
            return any(matches(value, boolean) for value in condition.values)
        case _:
            return None


def network(value: str) -> IPv4Network | IPv6Network | None:
    """The block of addresses that a value is, or None."""
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


def _family(condition: Condition) -> str | None:
    """What the values are compared as, where that is known of every one of them."""
    if condition.over or any("${" in value for value in condition.values):
        return None
    key = condition.key.lower()
    if key in _BOOLEANS and says(condition, "true") is not None:
        return "boolean"
    if condition.test == "ipaddress" and key in _ADDRESSES and all(map(network, condition.values)):
        return "address"
    return "text" if condition.test in ("stringequals", "stringlike") else None


def _either(_: Sequence[Condition]) -> Ways:
    return {(True,), (False,)}


def _texts(conditions: Sequence[Condition]) -> Ways:
    names = [
        Names(tuple((literal if one.test == "stringequals" else like)(value) for value in one.values))
        for one in conditions
    ]
    return {tuple(bool(way >> n & 1) for n in range(len(names))) for way in kinds((RUN,), names)}


def _booleans(conditions: Sequence[Condition]) -> Ways:
    return {
        tuple(says(condition, boolean) is True for condition in conditions) for boolean in ("true", "false")
    }


def _addresses(conditions: Sequence[Condition]) -> Ways:
    blocks = [[block for value in one.values if (block := network(value))] for one in conditions]
    return {
        tuple(any(address in block for block in its) for its in blocks)
        for address in _steps(block for its in blocks for block in its)
    }


def _steps(blocks: Iterable[IPv4Network | IPv6Network]) -> Iterator[IPv4Address | IPv6Address]:
    """An address of every stretch that no block begins or ends in."""
    yield from (IPv4Address(0), IPv6Address(0))
    for block in blocks:
        yield block.network_address
        if int(block.broadcast_address) + 1 < 2**block.max_prefixlen:
            yield block.broadcast_address + 1


_WAYS: Mapping[str, Callable[[Sequence[Condition]], Ways]] = MappingProxyType(
    {"text": _texts, "address": _addresses, "boolean": _booleans}
)
