"""A Google Cloud project of 10,000 firewall rules and 5,000 instances: CPU an item, calls, memory."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import Row, cost_of

FIREWALLS, INSTANCES = 10_000, 5_000


@contextmanager
def server(firewalls: int, instances: int) -> Iterator[tuple[str, str]]:
    """Run the project; the values are its address, and the one that says how many calls there were."""
    script = Path(__file__).with_name("google_estate.py")
    words = [sys.executable, str(script), "--firewalls", str(firewalls), "--instances", str(instances)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url, asked = process.stdout.readline().split()
        yield url, asked
        process.stdin.close()


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Read the firewall rules, then the interfaces of the instances, each in a process of its own."""
    script = str(Path(__file__).with_name("collect_google.py"))
    with server(FIREWALLS, INSTANCES) as (url, asked):
        for what, kind in (
            (f"{FIREWALLS:,} firewall rules", "Firewall"),
            (f"{INSTANCES:,} instances", "Endpoint"),
        ):
            cost = cost_of([sys.executable, script, kind], {**environment, "SUREFOOT_GCP_ENDPOINT": url})
            with urllib.request.urlopen(asked) as answer:  # noqa: S310 - loopback
                calls = int(answer.read())
            count, cpu, wall, _ = cost.out.split()
            note = f"{float(cpu) / int(count) * 1e6:,.0f} us of CPU an item"
            yield Row(what, float(wall), float(cpu), calls, cost.peak_mb, int(count), note=note)
