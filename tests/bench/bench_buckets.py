"""A thousand buckets at 50 ms a call: with the facts that there is an aim for, and with every one that is read."""

import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from measuring import SUREFOOT, Row, cost_of, signed_in

BUCKETS = 1000
#: Rules that read what is asked of each bucket in under ten seconds: encryption, versioning, the block of public
#: access, policy, ACL and ownership, logging.
SEVEN = (
    *("--select", "bucket-allows-plain-http", "--select", "bucket-public", "--select", "bucket-uses-acls"),
    *("--select", "bucket-without-access-log", "--select", "bucket-without-own-key"),
    *("--select", "bucket-without-versioning"),
)
#: What else is read of a bucket, where rules ask for it: copies, object lock, tags.
EVERYTHING = ("--select", "bucket-*", "--only", "tag:team=bench")
LATENCY_MS = 50
AIM_S = 10.0


@contextmanager
def server(buckets: int, latency_ms: float) -> Iterator[str]:
    """Run the S3 of `many_buckets.py`; the value is its address."""
    script = Path(__file__).with_name("many_buckets.py")
    words = [sys.executable, str(script), "--buckets", str(buckets), "--latency-ms", str(latency_ms)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Scan once for the facts that the aim is about, and once for every call that fills a fact of a bucket."""
    yield _row("seven facts", SEVEN, environment)
    yield _row("every fact", EVERYTHING, environment)


def _row(which: str, choice: Sequence[str], environment: dict[str, str]) -> Row:
    with server(BUCKETS, LATENCY_MS) as url, tempfile.TemporaryDirectory() as folder:
        words = [*SUREFOOT, "scan", "aws", *choice, "-o", "jsonl=out.jsonl", "--fail-on", "never"]
        cost = cost_of(words, {**environment, **signed_in(url)}, Path(folder))
        with urllib.request.urlopen(f"{url}/asked") as asked:  # noqa: S310 - loopback
            calls = int(asked.read())
        lines = (Path(folder) / "out.jsonl").read_text().count('"type":"verdict"')
    if cost.code or not lines:
        raise RuntimeError(f"ended with {cost.code}, {lines} verdicts: {cost.err}")
    return Row(
        f"{BUCKETS:,} buckets at {LATENCY_MS} ms, {which}",
        cost.wall,
        cost.cpu,
        calls,
        cost.peak_mb,
        BUCKETS,
        f"{calls / cost.wall:,.0f} calls",
        f"{cost.wall / AIM_S:.2f} of the {AIM_S:.0f} s that it may take; {calls / BUCKETS:.1f} calls a bucket",
    )
