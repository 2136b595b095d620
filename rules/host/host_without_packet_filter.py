"""Hosts that keep nothing out by themselves."""

from scanner import Cloud, Host, Problems, Severity, rule


@rule(
    "host-without-packet-filter",
    severity=Severity.INFO,
    passes={"drops what nobody asked for": Host(filters=True)},
    fails={"takes everything": Host(filters=False)},
    fix={
        Cloud.HOST: "ufw default deny incoming && ufw allow <port>/tcp && ufw enable; or nft add rule inet filter "
        "input tcp dport <port> accept, with a policy of drop"
    },
)
def host_without_packet_filter(host: Host) -> Problems:
    """Host has no packet filter of its own.

    The firewalls of the cloud are all that stands before it: one rule that is too wide, or another machine of the same
    network that was taken over, reaches every port. Where the cloud's firewalls are kept tidy this is a choice, so it
    is for information only.
    """
    if not host.filters:
        yield "no rule of its packet filter keeps anything out"
