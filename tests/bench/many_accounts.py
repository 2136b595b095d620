"""An AWS organization whose accounts all hold the same, and that answers after a fixed time.

    python tests/bench/many_accounts.py --accounts 50 --volumes 500 --buckets 100 --latency-ms 30

Writes its port as the first line; GET /asked says how many calls came. Ends with its standard input. Whose account a
call is for is told by its key, which is the one that AssumeRole gave out.
"""

import argparse
import asyncio
import json
import re
import sys
from typing import Final

import many_buckets
from many_buckets import S3

HOME: Final = "123456789012"
_KEY: Final = re.compile(rb"Credential=ASIA(\d{12})")
_ROLE: Final = re.compile(rb"iam%3A%3A(\d{12})")
_TOKEN: Final = re.compile(rb"NextToken=(\d+)")
#: The most that a page of DescribeVolumes holds is 1,000 when the caller says so, and our caller does.
_PAGE: Final = 1000


class Organization:
    """The answers that differ by account."""

    def __init__(self, accounts: int, volumes: int, buckets: int) -> None:
        self.accounts = [f"{number:012d}" for number in range(1, accounts)]
        self.volumes, self.buckets = volumes, buckets

    def listed(self) -> bytes:
        """Answer ListAccounts."""
        rows = [
            {
                "Id": id_,
                "Arn": f"arn:aws:organizations::{HOME}:account/o-bench12345/{id_}",
                "Name": id_,
                "State": "ACTIVE",
            }
            for id_ in (HOME, *self.accounts)
        ]
        return json.dumps({"Accounts": rows}).encode()

    def role(self, body: bytes) -> bytes:
        """Answer AssumeRole."""
        found = _ROLE.search(body)
        account = found[1].decode() if found else HOME
        return (
            "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
            f"<AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            "<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ).encode()

    def volumes_of(self, account: str, body: bytes) -> bytes:
        """Answer DescribeVolumes."""
        found = _TOKEN.search(body)
        start = int(found[1]) if found else 0
        end = min(self.volumes, start + _PAGE)
        items = "".join(
            f"<item><volumeId>vol-{account}{number:05d}</volumeId><size>8</size><status>in-use</status>"
            f"<encrypted>{'true' if number % 20 else 'false'}</encrypted>"
            "<availabilityZone>us-east-1a</availabilityZone><volumeType>gp3</volumeType><tagSet><item><key>team</key><value>bench</value></item></tagSet></item>"
            for number in range(start, end)
        )
        more = f"<nextToken>{end}</nextToken>" if end < self.volumes else ""
        return f"<DescribeVolumesResponse><volumeSet>{items}</volumeSet>{more}</DescribeVolumesResponse>".encode()

    def buckets_of(self, account: str) -> bytes:
        """Answer ListBuckets."""
        rows = "".join(
            f"<Bucket><Name>bench-{account}-{number:05d}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate>"
            "<BucketRegion>us-east-1</BucketRegion></Bucket>"
            for number in range(self.buckets)
        )
        owner = "<Owner><ID>0</ID></Owner>"
        return (
            f"<ListAllMyBucketsResult {S3}>{owner}<Buckets>{rows}</Buckets></ListAllMyBucketsResult>".encode()
        )


class Answering(many_buckets.Answering):
    """One connection, with the head of each request at hand."""

    def __init__(self, organization: Organization, latency: float) -> None:
        super().__init__(b"", latency)
        self._organization = organization

    def answer(self, head: bytes, body: bytes) -> bytes:
        """Return what one request is answered with."""
        found = _KEY.search(head)
        account = found[1].decode() if found else HOME
        said: bytes | None = None
        if b"ListAccounts" in head:
            said = self._organization.listed()
        elif b"Action=AssumeRole" in body:
            said = self._organization.role(body)
        elif b"Action=DescribeVolumes" in body:
            said = self._organization.volumes_of(account, body)
        elif head.startswith((b"GET / ", b"GET /?")):
            said = self._organization.buckets_of(account)
        if said is None:
            return super().answer(head, body)
        many_buckets.Answering.asked += 1
        return many_buckets.http(said)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--accounts", type=int, default=50)
    words.add_argument("--volumes", type=int, default=500)
    words.add_argument("--buckets", type=int, default=100)
    words.add_argument("--latency-ms", type=float, default=30)
    chosen = words.parse_args()
    held = Organization(chosen.accounts, chosen.volumes, chosen.buckets)
    sys.exit(asyncio.run(many_buckets.serve(lambda: Answering(held, chosen.latency_ms / 1000))))
