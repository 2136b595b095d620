"""Zones whose zone-signing key can be forged."""

from scanner import CIS_GCP_5, Cloud, DnsZone, Problems, Severity, rule


@rule(
    "dns-zone-weak-zone-signing",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["3.5"]],
    applies=lambda zone: zone.public and zone.signed,
    passes={"SHA-256": DnsZone(public=True, signed=True, zone_signing="rsasha256")},
    fails={"SHA-1": DnsZone(public=True, signed=True, zone_signing="rsasha1")},
    fix={
        Cloud.GCP: "gcloud dns managed-zones update {name} --dnssec-state off, after the DS record was taken from "
        "the registrar and its time to live is over; then gcloud dns managed-zones update {name} --dnssec-state on "
        "--ksk-algorithm ecdsap256sha256 --ksk-key-length 256 --zsk-algorithm ecdsap256sha256 "
        "--zsk-key-length 256 --denial-of-existence nsec3",
    },
    references=("https://cloud.google.com/dns/docs/dnssec-advanced",),
)
def dns_zone_weak_zone_signing(zone: DnsZone) -> Problems:
    """DNS zone's zone-signing key uses SHA-1.

    It signs its answers. With SHA-1 two texts that have the same signature can be computed, so that what was
    signed once can be put in place of something else. Resolvers have begun to treat such zones as not signed at all.
    """
    if zone.zone_signing == "rsasha1":
        yield "the zone-signing key uses RSASHA1"
