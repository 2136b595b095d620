"""What a run leaves behind beside its reports: its night in the history, and a message to those who want one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli import options as o
from scanner.cli.known import warn
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.history.keeping import Kept
    from scanner.history.remembering import Memory
    from scanner.report import Report
    from scanner.run import Scan


@dataclass(slots=True)
class Telling:
    """What is to be done when all is judged. `failed` says what could not be: then the command ends with 2."""

    settings: "Config"
    memory: "Memory | None" = None
    by_owner: bool = False
    failed: list[str] = field(default_factory=list)

    def told(self, run: "Scan", report: "Report", stopped: Sequence[int]) -> "Report":
        """Store the run, tell who wants to know, and return the report with what the past adds to it."""
        report = replace(report, told=replace(report.told, by_owner=self.by_owner))
        if self.memory is None:
            return report
        if stopped:
            warn(["the history was not told of this run: it was cut short"])
            self.memory.close()
            return report
        try:
            kept = self.memory.store(report, run.known.present, datetime.now(UTC))
            report = self.memory.told(report)
            warn(self._notified(report, kept))
        except UserError as error:
            self.failed.append(str(error))
        finally:
            self.memory.close()
        warn(self.failed)
        return report

    def _notified(self, report: "Report", kept: "Kept") -> Iterator[str]:
        table = self.settings.notify
        if not (table.webhooks or table.mail):
            return
        if not kept.stored:
            yield "nobody was told: this run was stored, and told, before"
            return
        from scanner.notify.sending import notify

        assert self.memory is not None  # noqa: S101 - a run was stored in it
        yield from notify(table, report, kept, self.memory.engine)


def telling(
    run: "Scan",
    settings: "Config",
    *,
    saved: Path | None = None,
    history: str | None = None,
    group_by: str | None = None,
    outputs: Sequence[tuple[str, Path | None]] = (),
) -> Telling:
    """Open the history before anything is read, and tell the run whose resources are whose. Raises UserError.

    What was saved earlier is stored only where the command line says so.
    """
    from scanner.owners import AccountName, Owners

    if group_by not in (None, "owner"):
        raise UserError(f"--group-by {group_by}: it reads owner")
    where = o.history_of(settings, history) if saved is None or history else None
    named = run.accounts.by_key if run.accounts is not None else {}
    accounts = {key: AccountName(one.name, one.environment, one.owner) for key, one in named.items()}
    run.known.owners = Owners(settings.owners, accounts)
    run.maps = where is not None or any(name == "html" for name, _ in outputs)
    if where is None:
        if saved is None and history is None and (settings.notify.webhooks or settings.notify.mail):
            warn(["[notify] tells of what is new since the run before, and so needs a [history]"])
        return Telling(settings, by_owner=group_by is not None)
    from scanner.history.remembering import Memory

    run.known.keeps = True
    return Telling(settings, Memory.open(where, settings.history.keep_days), group_by is not None)
