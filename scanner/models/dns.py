"""Names on the internet, and whether an answer about them can be proved."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class DnsZone(Resource):
    """A zone of the domain name system. GCP: a managed zone of Cloud DNS."""

    title: ClassVar[str] = "DNS zone"

    public: bool = UNREAD
    """Whether it answers everybody. GCP `visibility`."""
    signed: bool = UNREAD
    """Whether its answers are signed (DNSSEC). Not applicable to one that is not public. GCP `dnssecConfig.state` is on
    or transfer."""
    key_signing: str = UNREAD
    """The algorithm of the key that signs its keys. Not applicable where nothing is signed. GCP `defaultKeySpecs[]` of
    the type keySigning."""
    zone_signing: str = UNREAD
    """The algorithm of the key that signs its answers. GCP `defaultKeySpecs[]` of the type zoneSigning."""
