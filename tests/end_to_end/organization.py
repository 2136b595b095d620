"""An AWS organization on moto: accounts with a few resources, and a proxy that refuses or throttles some of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from between import Asked, Between, Refusal, denied, throttled
from command import Command

from scanner.demo.aws.process import serving

REGION = "us-east-1"
BASE = "123456789012"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": REGION}
#: Rules that need a few calls each, and one that looks across kinds.
RULES = (
    "volume-unencrypted",
    "volume-default-encryption-off",
    "bucket-without-versioning",
    "database-public",
)


@dataclass
class Organization:
    """`accounts` are all but the management account, in the order of their ids."""

    url: str
    between: Between
    accounts: list[str] = field(default_factory=list)
    unit: str = ""
    refused: set[str] = field(default_factory=set)
    throttled: set[str] = field(default_factory=set)
    of_key: dict[str, str] = field(default_factory=dict)
    assumed: list[dict[str, str]] = field(default_factory=list)

    def choose(self, asked: Asked) -> Refusal | None:
        if asked.operation == "AssumeRole":
            self.assumed.append(dict(asked.given))
            return denied(asked) if asked.given["RoleArn"].split(":")[4] in self.refused else None
        return throttled(asked) if self.of_key.get(asked.key) in self.throttled else None

    def seen(self, asked: Asked, answer: bytes) -> None:
        """Learn whose keys were given out."""
        found = re.search(rb"<AccessKeyId>(\w+)</AccessKeyId>", answer)
        if asked.operation == "AssumeRole" and found:
            self.of_key[found[1].decode()] = asked.given["RoleArn"].split(":")[4]

    def reset(self) -> None:
        self.between.pass_everything()
        self.between.choose, self.between.seen = self.choose, self.seen
        self.refused, self.throttled, self.assumed = set(), set(), []

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.between.address,
            "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def command(self, folder: Path) -> Command:
        return Command(folder, self.environment)


@contextmanager
def organization(count: int) -> Iterator[Organization]:
    """Serve an organization of so many accounts, the first half of them in one unit."""
    with serving() as url:
        between = Between(url)
        made = Organization(url, between)
        made.accounts, made.unit = _furnished(url, count)
        made.reset()
        yield made
        between.close()


@contextmanager
def _client(service: str, url: str, keys: dict[str, str]) -> Iterator[Any]:
    client = boto3.client(service, endpoint_url=url, **keys)
    yield client
    client.close()


def _furnished(url: str, count: int) -> tuple[list[str], str]:
    with _client("organizations", url, KEYS) as client:
        client.create_organization(FeatureSet="ALL")
        root = client.list_roots()["Roots"][0]["Id"]
        unit = client.create_organizational_unit(ParentId=root, Name="half")["OrganizationalUnit"]["Id"]
        made = []
        for number in range(count):
            status = client.create_account(Email=f"a{number}@example.com", AccountName=f"a{number}")
            made.append(status["CreateAccountStatus"]["AccountId"])
        for account in sorted(made)[: count // 2]:
            client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    with _client("sts", url, KEYS) as sts:
        for number, account in enumerate(sorted(made)):
            _furnish(url, _session(sts, account), number)
    return sorted(made), unit


def _session(sts: Any, account: str) -> dict[str, str]:
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/furnisher", RoleSessionName="furnish")
    keys = given["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
        "region_name": REGION,
    }


def _furnish(url: str, keys: dict[str, str], number: int) -> None:
    with _client("ec2", url, keys) as ec2:
        for encrypted in (True, False, False)[: 1 + number % 3]:
            ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, Encrypted=encrypted)
    with _client("s3", url, keys) as s3:
        s3.create_bucket(Bucket=f"bucket-of-{number}")
