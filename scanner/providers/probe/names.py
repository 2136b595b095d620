"""Whether a certificate is for a host: the names in it against the one that clients use (RFC 9525, RFC 5280)."""

import ipaddress
from collections.abc import Iterable


def matches(host: str, names: Iterable[str]) -> bool:
    """Tell whether one of a certificate's names is that of the host.

    `host` is a name in ASCII and lower case, or an address. A wildcard stands for exactly one label, the whole and the
    leftmost one; addresses are equal as numbers, and match no name.
    """
    address = _address(host)
    if address is not None:
        return any(_address(name) == address for name in names)
    return any(_matches(host.split("."), name.rstrip(".").lower().split(".")) for name in names)


def _matches(host: list[str], name: list[str]) -> bool:
    if len(host) != len(name):
        return False
    if name[0] == "*":
        # `*.example.org` has two labels to the right at least: nobody is given all of a top-level domain.
        return len(name) > 2 and host[1:] == name[1:]  # noqa: PLR2004
    return host == name


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
