"""The account and its regions: the subjects of rules about absence and about switches that stand for all."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource
from scanner.models.storage import PublicBlock


class Account(Resource):
    """The account itself, once, in the scope `global`."""

    title: ClassVar[str] = "account"

    public_block: PublicBlock | None = UNREAD
    """The block of public access that stands over every bucket of the account; None: there is none. AWS:
    GetPublicAccessBlock of the account, which includes what its organization asks for; GCP: the organization policy
    `storage.publicAccessPrevention`; Azure: None, a subscription has no such switch."""


class RegionSettings(Resource):
    """One region of an account, once per region."""

    title: ClassVar[str] = "region"
