"""An organization at 30 ms a call against one of its accounts; and a million resources in bounded memory."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import SUREFOOT, Row, cost_of, signed_in

ACCOUNTS, VOLUMES, BUCKETS, LATENCY_MS = 50, 500, 100, 30
#: Two hundred accounts of five thousand resources have to fit into so many MB.
MANY_ACCOUNTS, MANY_VOLUMES, AIM_MB = 200, 5000, 500


@contextmanager
def server(accounts: int, volumes: int, buckets: int, latency_ms: float) -> Iterator[str]:
    """Run the organization of `many_accounts.py`; the value is its address."""
    script = Path(__file__).with_name("many_accounts.py")
    given = {"accounts": accounts, "volumes": volumes, "buckets": buckets, "latency-ms": latency_ms}
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    with subprocess.Popen(
        [sys.executable, str(script), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def measured(
    what: str,
    environment: dict[str, str],
    *words: str,
    accounts: int,
    volumes: int,
    buckets: int,
    latency_ms: float,
) -> Row:
    """Scan once. Raises RuntimeError when not everything was read."""
    with (
        server(accounts, volumes, buckets, latency_ms) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        here = {**environment, **signed_in(url), "XDG_STATE_HOME": folder}
        scan = ["scan", "aws", *words, "--region", "us-east-1", "--fail-on", "never", "-o", "jsonl=out.jsonl"]
        cost = cost_of([*SUREFOOT, *scan], here, Path(folder))
        if cost.code not in (0, 3):
            raise RuntimeError(f"ended with {cost.code}: {cost.err[-500:]}")
        with urllib.request.urlopen(f"{url}/asked") as asked:  # noqa: S310 - loopback
            calls = int(asked.read())
        with (Path(folder) / "out.jsonl").open() as lines:
            counts = json.loads(list(lines)[-1])["counts"]
    expected = accounts * (volumes + buckets)
    if cost.code or counts["gaps"] or counts["unknown"] or counts["resources"] < expected:
        raise RuntimeError(f"ended with {cost.code}, {counts}: {cost.err[-500:]}")
    rate = f"{calls / cost.wall:,.0f} calls"
    each = f"{cost.cpu / calls * 1000:.2f} ms of CPU a call, {cost.cpu / accounts:.2f} s an account"
    return Row(what, cost.wall, cost.cpu, calls, cost.peak_mb, counts["resources"], rate, each)


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Measure one account, then fifty of the same."""
    both = ("--select", "bucket-*", "--select", "volume-unencrypted")
    size = {"volumes": VOLUMES, "buckets": BUCKETS, "latency_ms": LATENCY_MS}
    yield measured(f"one account at {LATENCY_MS} ms", environment, *both, accounts=1, **size)
    words = (*both, "--organization", "aws")
    yield measured(
        f"an organization of {ACCOUNTS} at {LATENCY_MS} ms", environment, *words, accounts=ACCOUNTS, **size
    )


def million(environment: dict[str, str]) -> Iterator[Row]:
    """Measure what a million resources keep in memory."""
    words = ("--select", "volume-unencrypted", "--organization", "aws")
    row = measured(
        f"{MANY_ACCOUNTS} accounts of {MANY_VOLUMES:,}",
        environment,
        *words,
        accounts=MANY_ACCOUNTS,
        volumes=MANY_VOLUMES,
        buckets=0,
        latency_ms=0,
    )
    share = (row.peak_mb or 0) / AIM_MB
    yield Row(
        row.what,
        row.wall,
        row.cpu,
        row.calls,
        row.peak_mb,
        row.resources,
        row.rate,
        f"{share:.2f} of the {AIM_MB} MB that it may take",
    )
