"""Makes the made-up reports importable, and opens the page of one in a browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "reporters"))
