# ruff: noqa: INP001 - a script for a container, not a package
"""Prints of a lock what some packages need, with its hashes: pick.py LOCK PACKAGE... > picked.lock.

Which package needs which stands in the lock's own `# via` lines. Needs nothing but Python.
"""

import re
import sys
from pathlib import Path


def entries(lock: str) -> dict[str, str]:
    """Return each package of a lock with its lines."""
    parts = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    return {re.split(r"[=\s\[]", part, maxsplit=1)[0].lower(): part for part in parts}


def picked(lock: str, names: list[str]) -> list[str]:
    """Return the lines of these packages, and of all that they need. Raises KeyError for one that is not there."""
    all_ = entries(lock)
    found = {name: all_[name] for name in names}
    while True:
        more = {
            name: part
            for name, part in all_.items()
            if name not in found
            and found.keys() & set(re.findall(r"^\s+#\s+(?:via )?([a-z0-9._-]+)", part, re.MULTILINE))
        }
        if not more:
            return [found[name] for name in sorted(found)]
        found |= more


if __name__ == "__main__":
    sys.stdout.write("".join(picked(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2:])))
