"""Networks whose questions nobody writes down."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Network, Problems, Severity, rule


@rule(
    "network-without-dns-log",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.13"]],
    passes={"written down": Network(dns_logged=True)},
    fails={"not written down": Network(dns_logged=False)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud dns policies create <name> --networks {name} --enable-logging --description <text>; where "
        "the network has a policy already: gcloud dns policies update <name> --enable-logging",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/dns/docs/monitoring",),
)
def network_without_dns_log(network: Network) -> Problems:
    """Network does not log which names its machines ask for.

    A machine that was taken over asks for the name of whoever commands it before it sends anything, and data can leave
    in the questions themselves, past every firewall. The log of names says which machine, since when, and which others
    asked for the same.
    """
    if not network.dns_logged:
        yield "no DNS policy logs its queries"
