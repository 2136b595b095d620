"""Rules and resources without any cloud: verdicts a second on one core."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from measuring import Row, cost_of

AIM = 300_000


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Measure both mixes of `judging_mix.py`, each in a process of its own."""
    for mix, what, resources in (
        ("shapes", "200 rules on 20 kinds", 100_000),
        ("built-in", "200 of ours on their examples", 50_000),
    ):
        script = Path(__file__).with_name("judging_mix.py")
        words: list[str | Path] = [sys.executable, script, "--mix", mix, "--resources", str(resources)]
        said = json.loads(cost_of(words, environment).out)
        rate = said["verdicts"] / said["wall"]
        aim = f"{rate / AIM:.1f} × the aim of {AIM:,}; " if mix == "shapes" else ""
        yield Row(
            what,
            said["wall"],
            said["cpu"],
            None,
            said["peak"],
            said["resources"],
            f"{rate:,.0f} verdicts",
            f"{aim}{said['failed'] / said['verdicts']:.0%} are findings",
        )
