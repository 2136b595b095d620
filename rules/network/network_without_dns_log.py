"""Networks whose questions nobody writes down."""

from scanner import CIS_GCP_5, Cloud, Network, Problems, Severity, rule


@rule(
    "network-without-dns-log",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.13"]],
    passes={"written down": Network(dns_logged=True)},
    fails={"not written down": Network(dns_logged=False)},
    fix={
        Cloud.AWS: "aws route53resolver create-resolver-query-log-config --name <name> --destination-arn <arn>, then "
        "aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id <id> "
        "--resource-id {name}",
        Cloud.GCP: "gcloud dns policies create <name> --networks {name} --enable-logging --description <text>; where "
        "the network has a policy already: gcloud dns policies update <name> --enable-logging",
        Cloud.AZURE: "az dns-resolver policy create --dns-resolver-policy-name <name> "
        "--resource-group <resource-group>, then link it to the network, with a diagnostic setting for DnsResponse",
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
