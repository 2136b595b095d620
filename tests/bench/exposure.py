"""How long `surefoot exposure` takes for a large account: `python tests/bench/exposure.py [SHAPE]`.

The shapes are those of `exposure_accounts.py`; without one it is `own`. The command runs in a process of its own, from
the file to the last line that it writes; its time is the CPU's, user and system.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from measuring import ROOT, SUREFOOT, Cost, cost_of

#: What the command may cost on one core.
SECONDS, MEGABYTES = 5, 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What it cost, how many endpoints there were and openings were found; sizes in MB."""

    cost: Cost
    endpoints: int
    openings: int
    read_mb: float
    written_mb: float


def measured(shape: str, environment: Mapping[str, str]) -> Measured:
    """Write an inventory, then have the command read it."""
    with tempfile.TemporaryDirectory() as folder:
        inventory, out = Path(folder) / "inventory.jsonl.zst", Path(folder) / "exposure.jsonl"
        script = str(Path(__file__).with_name("exposure_accounts.py"))
        subprocess.run([sys.executable, script, shape, str(inventory)], check=True, env=dict(environment))
        words: list[str | Path] = [*SUREFOOT, "exposure", inventory, "-o", f"jsonl={out}"]
        cost = cost_of(words, environment, Path(folder))
        if cost.code:
            raise RuntimeError(f"surefoot exposure ended with {cost.code}: {cost.err[-2000:]}")
        openings = endpoints = 0
        with out.open(encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                openings += len(line.get("effective", ()))
                endpoints += line["type"] == "exposure"
        sizes = (round(path.stat().st_size / 2**20, 1) for path in (inventory, out))
        return Measured(cost, endpoints, openings, *sizes)


def main() -> None:
    """Print the figures as one line of JSON, and exit 1 beyond 5 s or 300 MB."""
    shape = sys.argv[1] if len(sys.argv) > 1 else "own"
    found = measured(shape, {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"})
    figures = {
        "shape": shape,
        "endpoints": found.endpoints,
        "openings": found.openings,
        "inventory_mb": found.read_mb,
        "output_mb": found.written_mb,
        "cpu_s": round(found.cost.cpu, 2),
        "peak_mb": round(found.cost.peak_mb),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.exit(found.cost.cpu > SECONDS or found.cost.peak_mb > MEGABYTES)


if __name__ == "__main__":
    main()
