"""The worked cases: each row's input in short form, and what is open at rule level and in effect."""

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple


class ExposureCase(NamedTuple):
    """One row; semantics and keys of `given` are those of the table's own description."""

    id: str
    cloud: str
    title: str
    given: dict[str, Any]
    rule_level: str
    effective: str
    why: str


def cases(cloud: str, file: str = "cases.tsv") -> list[ExposureCase]:
    """Return the rows of one cloud."""
    with Path(__file__).with_name(file).open(encoding="utf-8", newline="") as rows:
        return [
            ExposureCase(
                row["id"],
                row["cloud"],
                row["title"],
                json.loads(row["input"]),
                row["rule_level"],
                row["effective"],
                row["why"],
            )
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["cloud"] == cloud
        ]
