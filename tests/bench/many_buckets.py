"""An S3 with many buckets that answers after a fixed time: fast enough not to be what is measured.

    python tests/bench/many_buckets.py --buckets 1000 --latency-ms 50

Writes its port as the first line; GET /asked says how many calls came. Ends with its standard input.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Final

S3: Final = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
WHO: Final = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
REGIONS: Final = """<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo><item>
<regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item></regionInfo>
</DescribeRegionsResponse>"""
BLOCK: Final = f"""<PublicAccessBlockConfiguration {S3}><BlockPublicAcls>true</BlockPublicAcls>
<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>
<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"""

#: What a bucket of today answers, by the query that asks for it.
ANSWERS: Final = {
    "encryption": f"""<ServerSideEncryptionConfiguration {S3}><Rule><ApplyServerSideEncryptionByDefault>
<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>""",
    "versioning": f"<VersioningConfiguration {S3}><Status>Enabled</Status></VersioningConfiguration>",
    "publicAccessBlock": BLOCK,
    "ownershipControls": f"""<OwnershipControls {S3}><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>
</OwnershipControls>""",
    "acl": f"""<AccessControlPolicy {S3}><Owner><ID>0</ID></Owner><AccessControlList><Grant>
<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>0</ID></Grantee>
<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>""",
    "logging": f"""<BucketLoggingStatus {S3}><LoggingEnabled><TargetBucket>logs</TargetBucket>
<TargetPrefix>x/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>""",
    "replication": f"""<ReplicationConfiguration {S3}><Role>arn:aws:iam::123456789012:role/copy</Role><Rule><ID>all</ID>
<Status>Enabled</Status><Priority>1</Priority><Filter><Prefix></Prefix></Filter><Destination>
<Bucket>arn:aws:s3:::copies</Bucket></Destination></Rule></ReplicationConfiguration>""",
    "object-lock": f"""<ObjectLockConfiguration {S3}><ObjectLockEnabled>Enabled</ObjectLockEnabled>
<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>""",
    "tagging": f"<Tagging {S3}><TagSet><Tag><Key>team</Key><Value>bench</Value></Tag></TagSet></Tagging>",
    "policy": """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",
"Resource":["arn:aws:s3:::NAME","arn:aws:s3:::NAME/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}""",
}

#: What is asked by a word of the body, or by the beginning of the path.
WORDS: Final = {"GetCallerIdentity": WHO, "DescribeRegions": REGIONS, "/v20180820/": BLOCK}


class Answering(asyncio.Protocol):
    """One connection; requests on it are answered in turn."""

    asked = 0

    def __init__(self, buckets: bytes, latency: float) -> None:
        self._buckets = buckets
        self._latency = latency
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while True:
            head, found, body = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            length = _length(head)
            if len(body) < length:
                return
            self._rest = body[length:]
            answer = self.answer(head, body[:length])
            asyncio.get_running_loop().call_later(self._latency, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)

    def answer(self, head: bytes, body: bytes) -> bytes:
        """Return what one request is answered with."""
        target = head.split(b"\r\n", 1)[0].split(b" ")[1].decode()
        if target == "/asked":
            return http(str(Answering.asked).encode())
        Answering.asked += 1
        path, _, query = target.partition("?")
        words = [word for word in WORDS if word.encode() in body] or [path[:11]]
        said = WORDS.get(words[0]) or ANSWERS.get(query.partition("=")[0].partition("&")[0])
        if said is not None:
            return http(said.replace("NAME", path.strip("/")).encode())
        if path == "/":
            return http(self._buckets)
        return http(f"<Error><Code>NotImplemented</Code><Message>{query}</Message></Error>".encode(), b"501")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def http(body: bytes, status: bytes = b"200") -> bytes:
    return b"HTTP/1.1 %s -\r\ncontent-type: text/xml\r\ncontent-length: %d\r\n\r\n%s" % (
        status,
        len(body),
        body,
    )


def listed(count: int) -> bytes:
    """Answer ListBuckets."""
    buckets = "".join(
        f"<Bucket><Name>bench-{n:05d}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate>"
        "<BucketRegion>us-east-1</BucketRegion></Bucket>"
        for n in range(count)
    )
    owner = "<Owner><ID>0</ID></Owner>"
    return (
        f"<ListAllMyBucketsResult {S3}>{owner}<Buckets>{buckets}</Buckets></ListAllMyBucketsResult>".encode()
    )


async def serve(answering: Callable[[], Answering]) -> None:
    """Serve until standard input ends."""
    server = await asyncio.get_running_loop().create_server(answering, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True
    ).start()
    await over.wait()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--buckets", type=int, default=1000)
    words.add_argument("--latency-ms", type=float, default=50)
    chosen = words.parse_args()
    buckets = listed(chosen.buckets)
    asyncio.run(serve(lambda: Answering(buckets, chosen.latency_ms / 1000)))
