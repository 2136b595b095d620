"""The large account of the measuring bench: recorded once for our own calls, then served at 0 and at 30 ms a call.

The market leader runs on the same account when PROWLER names its command; it is never a dependency. Without it the
figures that were measured elsewhere are named, which are of another machine: only ratios of one run mean much.
"""

import csv
import json
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import ROOT, SUREFOOT, Cost, Row, cost_of, signed_in

BENCH = ROOT.parent / "shared" / "bench"
LATENCIES_MS = (0, 30)
RUNS = 3
#: Share of each documented rate that is used: what a scan allows itself, and all of it, as `[pace]` of surefoot.toml
#: may say. The leader keeps to no rate.
SHARES = {0.5: "", 1.0: ", all of each rate"}

SIZES = (
    "--vpcs 10 --sgs 500 --buckets 200 --rds 100 --volumes 300 --instances 300 --snapshots 100 --rds-snapshots 50 "
    "--rds-clusters 10 --dynamodb 50 --elbv2 20 --elbs 10 --kms 20 --iam-users 30 --iam-roles 30 --lambdas 30 "
    "--secrets 20 --sns 20 --sqs 20"
)


#: In a process of its own: this one has to stay small.
FINISHED = """
import boto3
iam = boto3.client("iam")
while iam.generate_credential_report()["State"] != "COMPLETE":
    pass
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One scan of the account: its cost, the calls that the server counted, the resources that it reports.

    `unread` counts what could not be judged or listed: moto does not have every service.
    """

    cost: Cost
    calls: int
    resources: int
    unread: int = 0


#: Measured elsewhere, on the whole of this account (2,379 resources of 26 services): by latency.
ELSEWHERE = {
    0: Run(Cost(53.6, 39.7, 1235, 0), 4622, 2379),
    30: Run(Cost(102.0, 40.1, 1235, 0), 4622, 2379),
}

Scanning = Callable[[str, Path], tuple[Cost, int, int]]
"""Scan the AWS at this address, with this folder to write into: the cost, how many resources, and how much unread."""


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Record and measure ours, then the leader's where it is installed."""
    if not BENCH.is_dir():
        yield Row("the large account", note=f"not measured: it needs {BENCH}")
        return
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        with _moto(environment) as upstream:
            _say("furnishing the large account")
            words = [sys.executable, str(BENCH / "seed_aws.py"), "--endpoint", upstream, "--reset", "--quiet"]
            subprocess.run([*words, *SIZES.split()], check=True, env=environment)
            _finish_reports(upstream, environment)
            _record("ours", _ours(environment), upstream, folder)
            leader = environment.get("PROWLER", "")
            if leader:
                _record("leader", _leader(leader, environment), upstream, folder)
        others = _served("leader", _leader(leader, environment), folder, 1) if leader else ELSEWHERE
        for latency, other in others.items():
            name = "the market leader" if leader else "the leader, measured elsewhere"
            yield _row(f"{name}, {latency} ms", other)
        for share, said in SHARES.items():
            for latency, run in _served("ours", _ours(environment, share), folder, RUNS).items():
                yield _row(f"the large account, {latency} ms{said}", run, others[latency])


def _finish_reports(url: str, environment: Mapping[str, str]) -> None:
    """Have the report on credentials made: a recording answers every call alike, and the leader asks until it is."""
    subprocess.run(
        [sys.executable, "-c", FINISHED], check=True, env={**environment, **signed_in(url)}, timeout=60
    )


def _row(what: str, run: Run, other: Run | None = None) -> Row:
    cost, note = run.cost, ""
    if other is not None:
        note = (
            f"{cost.wall / other.cost.wall:.3f} of the leader's wall, {cost.cpu / other.cost.cpu:.3f} of its CPU, "
            f"{cost.peak_mb / other.cost.peak_mb:.3f} of its memory, {run.calls / other.calls:.2f} of its calls"
            + (f"; {run.unread} unread" if run.unread else "")
        )
    rate = f"{run.resources / cost.wall:,.0f} resources"
    return Row(what, cost.wall, cost.cpu, run.calls, cost.peak_mb, run.resources, rate, note)


def _ours(environment: Mapping[str, str], share: float = 0.5) -> Scanning:
    def scan(url: str, folder: Path) -> tuple[Cost, int, int]:
        (folder / "surefoot.toml").write_text(f"[pace]\nshare = {share}\n")
        words = ["scan", "aws", "--region", "us-east-1", "-o", "jsonl=out.jsonl", "-o", "csv=out.csv"]
        cost = cost_of([*SUREFOOT, *words], {**environment, **signed_in(url)}, folder)
        counts = json.loads((folder / "out.jsonl").read_text().splitlines()[-1])["counts"]
        return cost, counts["resources"], counts["unknown"] + counts["error"] + counts["gaps"]

    return scan


def _leader(command: str, environment: Mapping[str, str]) -> Scanning:
    def scan(url: str, folder: Path) -> tuple[Cost, int, int]:
        script = str(BENCH / "run_prowler.sh")
        ran = subprocess.run(
            [script, command, url, str(folder)], capture_output=True, text=True, check=True, env=environment
        )
        said = dict(re.findall(r"(wall_s|user_s|sys_s|peak_kb) ([\d.]+)", ran.stdout))
        cpu = float(said["user_s"]) + float(said["sys_s"])
        cost = Cost(float(said["wall_s"]), cpu, float(said["peak_kb"]) / 1024, 0)
        csv.field_size_limit(10**9)
        with (folder / "p.csv").open(encoding="utf-8") as lines:
            seen = {row["RESOURCE_UID"] for row in csv.DictReader(lines, delimiter=";")}
        return cost, len(seen), 0

    return scan


def _record(name: str, scan: Scanning, upstream: str, folder: Path) -> None:
    _say(f"recording what {name} asks for")
    work = folder / f"{name}-recording"
    work.mkdir()
    with _replay("record", folder / f"{name}.pickle", upstream=upstream) as (url, _):
        scan(url, work)


def _served(name: str, scan: Scanning, folder: Path, runs: int) -> dict[int, Run]:
    """Scan the recording at each latency; of several runs, the one with the median wall time."""
    found = {}
    for latency in LATENCIES_MS:
        _say(f"{name} at {latency} ms")
        several = []
        for number in range(runs):
            work = Path(tempfile.mkdtemp(dir=folder))
            with _replay("serve", folder / f"{name}.pickle", latency_ms=latency) as (url, said):
                cost, resources, unread = scan(url, work)
            asked, missed = (int(number) for number in re.findall(r": (\d+)", said[0])[:2])
            if missed:
                raise RuntimeError(f"{missed} of {asked} calls of {name} were not recorded")
            several.append(Run(cost, asked, resources, unread))
        middle = statistics.median_low(run.cost.wall for run in several)
        found[latency] = next(run for run in several if run.cost.wall == middle)
    return found


@contextmanager
def _moto(environment: Mapping[str, str]) -> Iterator[str]:
    """Run moto's own server, without what the demo adds to it; the value is its address."""
    port = _free_port()
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    # Else ~1,300 snapshots of Amazon's own images come back as the account's own.
    settings = {**environment, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, stdout=quiet, stderr=quiet, env=settings) as server:
        _wait_for(port)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@contextmanager
def _replay(
    mode: str, store: Path, *, upstream: str = "", latency_ms: float = 0
) -> Iterator[tuple[str, list[str]]]:
    """Run `replay.py`; the value is its address, and a list that holds its last line once it has ended."""
    port, said = _free_port(), list[str]()
    words = [sys.executable, str(BENCH / "replay.py"), mode, "--port", str(port), "--store", str(store)]
    words += ["--upstream", upstream] if upstream else ["--latency-ms", str(latency_ms)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        _wait_for(port)
        try:
            yield f"http://127.0.0.1:{port}", said
        finally:
            server.send_signal(signal.SIGTERM)
            said += server.communicate(timeout=60)[0].splitlines()[-1:]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


def _say(text: str) -> None:
    sys.stderr.write(f"  {text} ...\n")
