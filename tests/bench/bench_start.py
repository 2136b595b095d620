"""How long a person waits for a small question."""

import statistics
from collections.abc import Iterator

from measuring import SUREFOOT, Row, cost_of

RUNS = 7


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Take the median of several runs of each."""
    for words in (["--help"], ["version"], ["rules", "list"], ["scan", "aws", "--dry-run"]):
        costs = [cost_of([*SUREFOOT, *words], environment) for _ in range(RUNS)]
        yield Row(
            f"surefoot {' '.join(words)}",
            statistics.median(cost.wall for cost in costs),
            statistics.median(cost.cpu for cost in costs),
            peak_mb=max(cost.peak_mb for cost in costs),
            note=f"median of {RUNS}",
        )
