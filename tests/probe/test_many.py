"""Many endpoints at once, some of them silent: the bound that a nightly run counts on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench" / "probes.py"


@pytest.mark.slow
def test_a_thousand_endpoints_with_a_tenth_of_them_silent() -> None:
    ran = subprocess.run([sys.executable, BENCH], capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"100 of them silent: ([\d.]+) s.*; 100 found silent, .*'unknown': 0", ran.stdout)
    assert found, ran.stdout
    assert float(found[1]) < 30
