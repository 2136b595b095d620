"""Addresses as text and as numbers: the one place that reads and writes blocks, ranges and single addresses."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import Final, Literal

Family = Literal[4, 6]
"""The IP version."""

V4: Final = 4
V6: Final = 6

WIDTH: Final[dict[Family, int]] = {V4: 32, V6: 128}
"""Bits of an address."""

# Decimal octets without leading zeros, as RFC 6943 section 3.1.1 asks: a dictionary is both the check and the value.
_OCTET: Final = {str(value): value for value in range(256)}
# Of lengths, zeros in front mean nothing else to anybody.
_LENGTHS: Final = {str(value).zfill(digits): value for value in range(129) for digits in (1, 2, 3)}


def read(text: str) -> tuple[Family, int, int]:
    """Family, first address and the address after the last of `text`.

    Takes a block (`10.1.2.3/8`: host bits are dropped), an address (`10.1.2.3`, one host) and a range
    (`10.0.0.5-10.0.0.9`, both ends included). Raises ValueError naming the text.
    """
    if "-" in text:
        return _range(text)
    address, slash, length = text.partition("/")
    family, value = read_address(address, whole=text)
    if not slash:
        return family, value, value + 1
    width = WIDTH[family]
    host = width - _LENGTHS.get(length, WIDTH[V6] + 1)
    if host < 0:
        raise ValueError(f"{text!r}: the prefix length of an IPv{family} block is a number from 0 to {width}")
    start = value >> host << host
    return family, start, start + (1 << host)


def read_address(text: str, *, whole: str = "") -> tuple[Family, int]:
    """Family and number of one address; an error names `whole`, the text that it stands in.

    Raises ValueError, also for what other readers let through: octets with leading zeros (some read them as
    octal), zones (`fe80::1%eth0`), spaces.
    """
    try:
        if ":" not in text:
            a, b, c, d = text.split(".")
            return V4, _OCTET[a] << 24 | _OCTET[b] << 16 | _OCTET[c] << 8 | _OCTET[d]
        if "%" not in text:
            return V6, _six(text)
    except (AddressValueError, KeyError, ValueError):
        pass
    raise ValueError(f"{whole or text!r} is not an IPv4 or IPv6 address, block or range")


@lru_cache(maxsize=1 << 12)
def _six(text: str) -> int:
    return int(IPv6Address(text))


def _range(text: str) -> tuple[Family, int, int]:
    first, _, last = text.partition("-")
    family, start = read_address(first, whole=text)
    other, stop = read_address(last, whole=text)
    if other != family:
        raise ValueError(f"{text!r}: one end of the range is IPv4, the other IPv6")
    if stop < start:
        raise ValueError(f"{text!r}: the range ends before it begins")
    return family, start, stop + 1


def write_address(family: Family, value: int) -> str:
    """Write the address as people do; IPv6 in its short form (RFC 5952)."""
    if family == V4:
        return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"
    return str(IPv6Address(value))


def write_block(family: Family, start: int, size: int) -> str:
    """Write the block of so many addresses, a power of two, from `start` on, which is aligned to it."""
    return f"{write_address(family, start)}/{WIDTH[family] + 1 - size.bit_length()}"


def write_blocks(family: Family, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """The fewest CIDR blocks that cover exactly these sorted, disjoint spans of [start, stop)."""
    width = WIDTH[family]
    for span_start, stop in spans:
        start = span_start
        while start < stop:
            # The widest block that is aligned at `start` and ends by `stop`.
            aligned = (start & -start).bit_length() - 1 if start else width
            host = min(aligned, (stop - start).bit_length() - 1)
            yield write_block(family, start, 1 << host)
            start += 1 << host
