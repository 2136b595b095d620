"""Firewall rules as examples state them."""

from scanner import NetworkRule, Reference


def incoming(protocol: str, port: int | None, *sources: str) -> NetworkRule:
    """One rule that lets packets in, to one port (None: to all) and from blocks, or from address lists (`pl-...`)."""
    blocks = tuple(source for source in sources if not source.startswith("pl-"))
    lists = tuple(Reference("address_list", source) for source in sources if source.startswith("pl-"))
    return NetworkRule(
        ref=f"{protocol} from {' and '.join(sources)}",
        direction="ingress",
        action="allow",
        priority=None,
        enabled=True,
        protocol=protocol,
        ports=() if port is None else ((port, port),),
        sources=blocks,
        source_references=lists,
        unresolvable_sources=(),
        from_internet=None,
        destinations=(),
        targets=(),
    )
