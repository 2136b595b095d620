"""Reads every fact of one kind of a Google Cloud project, and says how many there were and what it cost."""

import gc
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.collect import Collection, Unit
from scanner.config import Gcp
from scanner.models import kinds
from scanner.providers.gcp.provider import GCP
from scanner.providers.plan import Needs, plan


def main() -> None:
    kind = kinds()[sys.argv[1]]
    needs: Needs = {kind: frozenset(kind.fact_fields())}
    gc.set_threshold(50_000, 20, 100)
    [session] = GCP.sign_in(Gcp(accounts=("demo-project",)), "bench")
    began, wall = time.process_time(), time.perf_counter()
    collection = Collection([Unit(session, (), frozenset())], plan(GCP.sources, needs))
    count = sum(len(event) for event in collection.events() if isinstance(event, list))
    cpu, wall = time.process_time() - began, time.perf_counter() - wall
    sys.stdout.write(f"{count} {cpu} {wall} {collection.progress.calls}\n")


if __name__ == "__main__":
    main()
