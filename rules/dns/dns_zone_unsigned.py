"""Zones whose answers anybody can forge."""

from scanner import CIS_GCP_5, Cloud, DnsZone, Problems, Severity, rule


@rule(
    "dns-zone-unsigned",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["3.3"]],
    applies=lambda zone: zone.public,
    passes={"signed": DnsZone(public=True, signed=True)},
    fails={"not signed": DnsZone(public=True, signed=False)},
    fix={
        Cloud.GCP: "gcloud dns managed-zones update {name} --dnssec-state on, then give the registrar the DS record: "
        "gcloud dns dns-keys list --zone {name}",
    },
    references=("https://cloud.google.com/dns/docs/dnssec-config",),
)
def dns_zone_unsigned(zone: DnsZone) -> Problems:
    """DNS zone's answers are not signed.

    Without DNSSEC a resolver believes whoever answers first. Somebody between your users and their resolver sends them
    to another machine under your name, and can get certificates issued for it.

    Signing helps only once the registrar has the DS record, which nobody sees from here.
    """
    if not zone.signed:
        yield "DNSSEC is off"
