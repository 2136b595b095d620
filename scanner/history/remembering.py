"""What a live run does with the history: opened before anything is read, written when all is judged, then asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.engine import Outcome
from scanner.history.asking import Asking
from scanner.history.keeping import Kept, keep
from scanner.history.night import night_of
from scanner.history.opening import open_history
from scanner.history.retention import forget
from scanner.report import Report

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(slots=True)
class Memory:
    """An open history, for how many days it keeps what changed."""

    engine: "Engine"
    keep_days: int

    @classmethod
    def open(cls, where: str, keep_days: int) -> "Memory":
        """Open or begin a history. Raises HistoryError."""
        return cls(open_history(where, make=True), keep_days)

    def store(self, report: Report, present: frozenset[tuple[str, str]], now: datetime) -> Kept:
        """Store a run and forget what is too old. Raises HistoryError."""
        kept = keep(self.engine, night_of(report, present))
        forget(self.engine, now, self.keep_days)
        return kept

    def told(self, report: Report) -> Report:
        """Return the report with the past of its findings and the trend."""
        with self.engine.connect() as connection:
            asking = Asking(connection)
            names = [one.fingerprint for one in report.verdicts if one.outcome is not Outcome.PASS]
            lives, trend = asking.lives(names), asking.trend()
            earlier = asking.earlier({*names, *lives})
        told = replace(report.told, lives=lives, trend=trend, earlier=earlier)
        return replace(report, told=told)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
