"""The objects of `-o jsonl`, the contract that other programs read; `-o json` writes the same ones."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import PurePath
from typing import Any, Final

import orjson

from scanner.engine import Unread, Verdict
from scanner.iac.location import Location
from scanner.inventory import Gap, gap_fields, scope_fields
from scanner.known.past import Seen
from scanner.models.resource import read_at
from scanner.report import Report

SCHEMA: Final = 1


def rows(report: Report) -> Iterator[dict[str, Any]]:
    """Yield every object in its order: the run, the verdicts, the gaps, what is carried forward, the end."""
    yield run_row(report)
    for verdict in report.verdicts:
        yield verdict_row(report, verdict)
    for gap in report.gaps:
        yield gap_row(report, gap)
    for seen, why in report.carried:
        yield carried_row(seen, why)
    yield end_row(report)


def run_row(report: Report) -> dict[str, Any]:
    """What ran: enough to tell tonight's change in the cloud from a change in a rule, its revision or its options."""
    return {
        "type": "run",
        "schema": SCHEMA,
        "tool": "surefoot",
        "version": report.version,
        "run": report.run,
        "started": read_at(report.started),
        "scopes": [scope_fields(scope) for scope in report.scopes],
        "left_out": list(report.left_out),
        "rules": {id_: tuned.rule.revision for id_, tuned in sorted(report.rules.items())},
        "packs": dict(sorted(report.packs.items())),
        "options": dict(report.options),
    }


def verdict_row(report: Report, verdict: Verdict) -> dict[str, Any]:
    """One verdict. `waived` is the reason, or null; `location` is the code that owns the resource, or null."""
    seen = Seen(verdict.fingerprint, verdict, report.reason(verdict))
    fields = seen_fields(seen)
    fingerprint = fields.pop("fingerprint")
    return {
        "type": "verdict",
        **fields,
        "controls": report.control_ids[verdict.rule, verdict.scope.cloud],
        "fingerprint": fingerprint,
        "location": _location(report.locations.get(fingerprint)),
        **_owned(report, verdict, fingerprint),
    }


def _owned(report: Report, verdict: Verdict, fingerprint: str) -> dict[str, str | None]:
    """Whose it is, where anybody said what belongs to whom; null: nobody's."""
    told = report.told
    if not told.owners and not told.accounts:
        return {}
    account = told.accounts.get((verdict.scope.cloud.value, verdict.scope.account))
    return {
        "owner": told.owners.get(fingerprint),
        "account_name": account.name or None if account is not None else None,
        "environment": account.environment or None if account is not None else None,
    }


def seen_fields(seen: Seen) -> dict[str, Any]:
    """A verdict without what its rule says."""
    verdict = seen.verdict
    return {
        "rule": verdict.rule,
        "severity": verdict.severity,
        "outcome": verdict.outcome,
        "waived": seen.waived,
        **scope_fields(verdict.scope),
        "kind": verdict.kind,
        "resource": verdict.resource,
        "name": verdict.name,
        "messages": verdict.messages,
        "unread": [_unread(unread) for unread in verdict.unread],
        "fingerprint": seen.fingerprint,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else asdict(location)


def gap_row(report: Report, gap: Gap) -> dict[str, Any]:
    """One gap. `waived` is there when it is accepted: the reason."""
    reason = report.accepted_gaps.get(gap)
    return {"type": "gap", **gap_fields(gap), **({} if reason is None else {"waived": reason})}


def carried_row(seen: Seen, why: str) -> dict[str, Any]:
    """A finding of an earlier run that this one did not look at, and why: the next one has to know of it."""
    return {"type": "carried", **seen_fields(seen), "why": why}


def _unread(unread: Unread) -> dict[str, str]:
    why = unread.why
    said = ": ".join(part for part in (why.call, why.text) if part) or why.code
    return {"field": unread.field, "code": why.code, "permission": why.permission, "why": said}


def end_row(report: Report) -> dict[str, Any]:
    """Without this line a file was cut short. `complete` is false when anything could not be judged."""
    return {"type": "end", "complete": not report.incomplete, "counts": dict(report.counts)}


def dumps(row: Mapping[str, Any]) -> bytes:
    """One object as JSON. What JSON cannot say (half of a surrogate pair) is escaped, so that no verdict is lost."""
    try:
        return orjson.dumps(row, default=_default)
    except orjson.JSONEncodeError:
        return orjson.dumps(_speakable(row), default=_default, option=orjson.OPT_NON_STR_KEYS)


def _speakable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {key: _speakable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_speakable(inner) for inner in value]
    return value


def _default(value: object) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} is no part of a report")
