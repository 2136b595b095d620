"""Zones whose key-signing key can be forged."""

from scanner import CIS_GCP_5, Cloud, DnsZone, Problems, Severity, rule


@rule(
    "dns-zone-weak-key-signing",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["3.4"]],
    applies=lambda zone: zone.public and zone.signed,
    passes={"SHA-256": DnsZone(public=True, signed=True, key_signing="rsasha256")},
    fails={"SHA-1": DnsZone(public=True, signed=True, key_signing="rsasha1")},
    fix={
        Cloud.GCP: "gcloud dns managed-zones update {name} --dnssec-state off, after the DS record was taken from "
        "the registrar and its time to live is over; then gcloud dns managed-zones update {name} --dnssec-state on "
        "--ksk-algorithm ecdsap256sha256 --ksk-key-length 256 --zsk-algorithm ecdsap256sha256 "
        "--zsk-key-length 256 --denial-of-existence nsec3",
    },
    references=("https://cloud.google.com/dns/docs/dnssec-advanced",),
)
def dns_zone_weak_key_signing(zone: DnsZone) -> Problems:
    """DNS zone's key-signing key uses SHA-1.

    It signs its other keys. With SHA-1 two texts that have the same signature can be computed, so that what was
    signed once can be put in place of something else. Resolvers have begun to treat such zones as not signed at all.
    """
    if zone.key_signing == "rsasha1":
        yield "the key-signing key uses RSASHA1"
