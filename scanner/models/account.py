"""The account and its regions: the subjects of rules about absence and about switches that stand for all."""

from typing import ClassVar

from scanner.models.resource import Resource


class Account(Resource):
    """The account itself, once, in the scope `global`."""

    title: ClassVar[str] = "account"


class RegionSettings(Resource):
    """One region of an account, once per region."""

    title: ClassVar[str] = "region"
