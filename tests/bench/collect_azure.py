"""Reads every fact of one kind of an Azure subscription by one source, and says how many there are, and the cost."""

import gc
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.collect import Collection, Unit
from scanner.config import Azure
from scanner.models import kinds
from scanner.providers.azure.provider import AZURE
from scanner.providers.plan import Needs, plan


def main() -> None:
    kind, source = kinds()[sys.argv[1]], sys.argv[2]
    needs: Needs = {kind: frozenset(kind.fact_fields())}
    gc.set_threshold(50_000, 20, 100)
    [session] = AZURE.sign_in(Azure.model_validate({"source": source}), "bench")
    began, wall = time.process_time(), time.perf_counter()
    collection = Collection([Unit(session, (), frozenset())], plan(AZURE.sources, needs))
    count = sum(len(event) for event in collection.events() if isinstance(event, list))
    cpu, wall = time.process_time() - began, time.perf_counter() - wall
    sys.stdout.write(f"{count} {cpu} {wall} {collection.progress.calls}\n")


if __name__ == "__main__":
    main()
