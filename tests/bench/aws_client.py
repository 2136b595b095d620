"""Measure our AWS client against stock boto3 on a trivial server: calls a second and CPU per call, as ratios.

    python tests/bench/aws_client.py [--calls 4000] [--threads 64 128] [--latency 0 50] [--tls]

The server runs in a process of its own, so that the CPU time measured is the client's.
"""

import argparse
import asyncio
import gc
import multiprocessing
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import boto3
import certifi
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from private_ca import make_ca, make_certificate
from wire import Reading

from scanner.accounts import AwsAsked
from scanner.models.resource import Cloud, Scope
from scanner.providers.aws import transport
from scanner.providers.aws.calls import IDENTITY, AwsCall

ENCRYPTION = AwsCall("s3", "GetBucketEncryption")
GROUPS = AwsCall("ec2", "DescribeSecurityGroups", "SecurityGroups", paging=None)

WHO = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
SSE = b"""<?xml version="1.0"?><ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>
<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>
<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"""
ONE_GROUP = """<item><ownerId>123456789012</ownerId><groupId>sg-{0:08x}</groupId><groupName>g{0}</groupName>
<groupDescription>bench</groupDescription><vpcId>vpc-1</vpcId><ipPermissions><item><ipProtocol>tcp</ipProtocol>
<fromPort>443</fromPort><toPort>443</toPort><groups/><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item><item>
<cidrIp>192.0.2.0/24</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissions>
<ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item>
</ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissionsEgress><tagSet/></item>"""
PAGE = (
    '<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>'
    f"<securityGroupInfo>{''.join(map(ONE_GROUP.format, range(100)))}</securityGroupInfo>"
    "</DescribeSecurityGroupsResponse>"
).encode()


class Answers(asyncio.Protocol):
    """Answers every request by what its first kilobyte asks for, after a wait."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.got += data
        while b"\r\n\r\n" in self.got:
            head, _, rest = self.got.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            size = int(length or 0)
            if len(rest) < size:
                return
            body, self.got = rest[:size], rest[size:]
            answer = (
                WHO if b"GetCallerIdentity" in body else PAGE if b"DescribeSecurityGroups" in body else SSE
            )
            reply = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(answer)
                + answer
            )
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self.transport.write, reply)
            else:
                self.transport.write(reply)


def serve(pipe: Connection, latency: float, certificate: tuple[str, str] | None) -> None:
    """Serve until the process is ended; the port goes into the pipe."""

    async def run() -> None:
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Answers(latency), "127.0.0.1", 0, ssl=context, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def serving(latency: float, certificate: tuple[str, str] | None = None) -> Iterator[str]:
    """Run the server in a process of its own; the value is its address."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(theirs, latency, certificate), daemon=True
    )
    process.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


Sender = Callable[[AwsCall, dict[str, Any]], object]


def ours(address: str) -> Sender:
    """Return what sends a call through our client."""
    settings = AwsAsked(profiles=(), accounts=(), endpoint=address)
    session = Reading((ENCRYPTION, GROUPS)).sign_in(settings, "bench")[0]
    scope = Scope(Cloud.AWS, session.account, "us-east-1")
    session.send(IDENTITY, scope, {})
    return lambda call, arguments: session.send(call, scope, arguments)


def stock(address: str, threads: int) -> Sender:
    """Return what sends a call through a stock client that has a connection for each thread."""
    config = Config(max_pool_connections=threads)
    methods = {
        ENCRYPTION: boto3.client(
            "s3", "us-east-1", endpoint_url=address, config=config
        ).get_bucket_encryption,
        GROUPS: boto3.client(
            "ec2", "us-east-1", endpoint_url=address, config=config
        ).describe_security_groups,
    }
    return lambda call, arguments: methods[call](**arguments)


def measure(send: Sender, call: AwsCall, calls: int, threads: int) -> tuple[float, float]:
    """Return calls a second, and CPU milliseconds per call."""
    given: dict[str, Any] = {"Bucket": "bench"} if call is ENCRYPTION else {}
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: send(call, given), range(threads)))
        wall, cpu = time.perf_counter(), time.process_time()
        list(pool.map(lambda _: send(call, given), range(calls)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return calls / wall, cpu / calls * 1000


def middle(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the medians."""
    return statistics.median(rate for rate, _ in runs), statistics.median(cpu for _, cpu in runs)


def compare(what: str, stock_: tuple[float, float], ours_: tuple[float, float]) -> None:
    """Print one line: both, and our ratio to stock."""
    print(  # noqa: T201 - a command
        f"{what:<44} stock {stock_[0]:7.0f}/s {stock_[1]:7.2f} ms   ours {ours_[0]:7.0f}/s {ours_[1]:7.2f} ms"
        f"   {ours_[0] / stock_[0]:5.2f}x the rate, {ours_[1] / stock_[1]:5.2f}x the CPU"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--threads", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 50], help="milliseconds")
    parser.add_argument("--tls", action="store_true", help="also measure new TLS connections")
    arguments = parser.parse_args()
    os.environ.update(
        AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench", AWS_EC2_METADATA_DISABLED="true"
    )
    gc.set_threshold(50_000, 20, 100)  # as a scan does, for both
    for latency in arguments.latency:
        with serving(latency / 1000) as address:
            for threads in arguments.threads:
                theirs_, ours_ = stock(address, threads), ours(address)
                for call, calls in ((ENCRYPTION, arguments.calls), (GROUPS, arguments.calls // 20)):
                    runs = [
                        (measure(theirs_, call, calls, threads), measure(ours_, call, calls, threads))
                        for _ in range(3)
                    ]
                    what = f"{call.operation}, {latency} ms, {threads} threads"
                    compare(what, middle([run[0] for run in runs]), middle([run[1] for run in runs]))
    if arguments.tls:
        tls(64)


def tls(connections: int) -> None:
    """Measure one call on each of many new connections, trusting the usual CA bundle and one private CA."""
    with tempfile.TemporaryDirectory() as folder:
        authority = make_ca(Path(folder))
        bundle = Path(folder) / "bundle.pem"
        bundle.write_text(authority.certificate.read_text() + Path(certifi.where()).read_text())
        os.environ["AWS_CA_BUNDLE"] = str(bundle)
        files = make_certificate(authority, "127.0.0.1")
        with serving(0.2, (str(files[0]), str(files[1]))) as address:
            results = []
            for sender in (stock(address, connections), ours(address)):
                wall, cpu = time.perf_counter(), time.process_time()
                with ThreadPoolExecutor(connections) as pool:
                    list(
                        pool.map(lambda _, send=sender: send(ENCRYPTION, {"Bucket": "b"}), range(connections))
                    )
                results.append(
                    (
                        connections / (time.perf_counter() - wall),
                        (time.process_time() - cpu) / connections * 1000,
                    )
                )
            compare(f"{connections} new TLS connections", *results)
        transport.shared_http.cache_clear()


if __name__ == "__main__":
    main()
