"""What the internet can reach of 10,000 endpoints with 20 rules each, on every cloud: CPU and memory of the command."""

from collections.abc import Iterator

from exposure import MEGABYTES, SECONDS, measured
from measuring import Row

WHAT = {
    "own": "AWS, a group for each",
    "shared": "AWS, shared groups",
    "gcp": "Google Cloud, rules by tag",
    "azure": "Azure, two groups for each",
}


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Measure every shape of account, each in a process of its own."""
    for shape, what in WHAT.items():
        found = measured(shape, environment)
        aim = (
            f"of {SECONDS} s and {MEGABYTES} MB allowed; {found.openings:,} openings in {found.written_mb} MB"
        )
        rate = f"{found.endpoints / found.cost.cpu:,.0f} endpoints"
        yield Row(what, found.cost.wall, found.cost.cpu, None, found.cost.peak_mb, found.endpoints, rate, aim)
