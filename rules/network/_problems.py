"""What the rules on open ports say, each of its own ports."""

from scanner import Endpoint, Exposures, Firewall, Firewalls, Problem, Problems, Severity

Ports = tuple[int, int]


def opened(firewall: Firewall, firewalls: Firewalls, protocol: str, ports: Ports, name: str = "") -> Problems:
    """Say how a firewall lets the internet in on all of these ports; mildly where no public address is behind it."""
    for text in firewalls.open_to_internet(firewall, protocol, ports):
        said = f"{text} ({name})" if name else text
        if firewalls.is_latent(firewall):
            yield Problem(f"{said}; nothing that it is on has a public address", severity=Severity.LOW)
        else:
            yield said


def reached(
    endpoint: Endpoint, exposures: Exposures, protocol: str, ports: Ports, name: str = ""
) -> Problems:
    """Say how the internet can reach all of these ports of an endpoint."""
    for text in exposures.reachable_from_internet(endpoint, protocol, ports):
        yield f"{text} ({name})" if name else text


def has_public_address(endpoint: Endpoint) -> bool:
    """Tell whether the internet has an address to send to."""
    return any(address.public is not None and not address.blocked for address in endpoint.addresses)
