"""`make bench`: measures time, memory and calls, and writes one table.

    make bench                              everything
    make bench ARGS="start engine"          some parts: start, engine, buckets, account, gcp, organization ...
    make bench PROWLER=/path/to/prowler     the same account by the market leader too, for ratios in one run

`account` needs the measuring bench beside this checkout (../shared/bench).
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import bench_account
import bench_azure
import bench_buckets
import bench_engine
import bench_exposure
import bench_gcp
import bench_history
import bench_organization
import bench_start
from measuring import ROOT, Row, table

PARTS: dict[str, Callable[[dict[str, str]], Iterator[Row]]] = {
    "start": bench_start.rows,
    "engine": bench_engine.rows,
    "buckets": bench_buckets.rows,
    "account": bench_account.rows,
    "gcp": bench_gcp.rows,
    "history": bench_history.rows,
    "azure": bench_azure.rows,
    "organization": bench_organization.rows,
    "million": bench_organization.million,
    "exposure": bench_exposure.rows,
}


def environment() -> dict[str, str]:
    """Nothing of this machine's settings for clouds and proxies."""
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR", "PROWLER")
    here = {name: os.environ[name] for name in kept if name in os.environ}
    return {**here, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = words.parse_args().parts or list(PARTS)
    if not set(chosen) <= PARTS.keys():
        words.error(f"PART is one of {', '.join(PARTS)}")
    found: list[Row] = []
    for part in chosen:
        sys.stderr.write(f"{part} ...\n")
        try:
            for row in PARTS[part](environment()):
                found.append(row)  # noqa: PERF402 - what was measured before a failure stands
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            found.append(Row(part, note=f"failed: {error}"))
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()
