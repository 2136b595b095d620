"""An Azure subscription of 5,000 security groups and 10,000 interfaces, by both sources: CPU an item, calls, memory."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import SUREFOOT, Row, cost_of

GROUPS, INTERFACES = 5_000, 10_000
SOURCES = ("live", "graph")


@contextmanager
def server(groups: int, interfaces: int) -> Iterator[tuple[str, str]]:
    """Run the subscription; the values are its address, and the one that says how many calls there were."""
    script = Path(__file__).with_name("azure_estate.py")
    words = [sys.executable, str(script), "--groups", str(groups), "--interfaces", str(interfaces)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url, asked = process.stdout.readline().split()
        yield url, asked
        process.stdin.close()


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Read the security groups, then the interfaces, then scan all of it; each in a process of its own."""
    script = str(Path(__file__).with_name("collect_azure.py"))
    with server(GROUPS, INTERFACES) as (url, asked):
        there = {**environment, "SUREFOOT_AZURE_ENDPOINT": url}
        for source in SOURCES:
            for what, kind in (
                (f"{GROUPS:,} security groups", "Firewall"),
                (f"{INTERFACES:,} interfaces", "Endpoint"),
            ):
                cost = cost_of([sys.executable, script, kind, source], there)
                count, cpu, wall, _ = cost.out.split()
                note = f"{float(cpu) / int(count) * 1e6:,.0f} us of CPU an item"
                name = f"{what}, {source}"
                yield Row(name, float(wall), float(cpu), _calls(asked), cost.peak_mb, int(count), note=note)
        scan = [*SUREFOOT, "scan", "azure", "--fail-on", "never", "--allow-gaps", "-o", "jsonl=/dev/null"]
        cost = cost_of(scan, there)
        yield Row("all rules on it, live", cost.wall, cost.cpu, _calls(asked), cost.peak_mb)


def _calls(asked: str) -> int:
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - loopback
        return int(answer.read())
