"""What a cloud's API promises, and answers that were recorded from it: read from a folder of JSON files.

`methods.json` describes each call as the SDK's own description does: verb, host, path, query parameters. The answers
stand in `<account>/<region>/<service>.<Operation>.json`, each a list of {request, status, headers, body}.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson

METHODS: Final = "methods.json"

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

#: The year of what does not end.
_NEVER: Final = "9999"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: `most` is the greatest number that is accepted, `choices` the only values (none: any)."""

    type: str = "string"
    required: bool = False
    most: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """One call of an API, and the permission that it takes.

    `items` is where a page has its list, `each` the key of the list within a scope of an aggregated one, `token` what
    asks for a further page (empty: what the cloud calls it everywhere else).
    """

    call: str
    verb: str
    host: str
    path: str
    query: Mapping[str, Parameter]
    permission: str = ""
    items: str = ""
    each: str = ""
    token: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its paths look like: `{word}` holds no slash, `{+word}` may."""
        parts = re.split(r"(\{\+?\w+\})", self.path)
        return re.compile("".join(map(_pattern, parts)), re.IGNORECASE)


def _pattern(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return r"(.+)" if part.startswith("{+") else r"([^/]+)"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer and the request that it answers; `query` without what asks for a page."""

    call: str
    path: str
    body: Any
    query: Mapping[str, str] = field(default_factory=dict)
    asked: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def methods_in(folder: Path) -> dict[str, Method]:
    """Read the descriptions of a cloud's calls. Raises OSError."""
    rows = orjson.loads((folder / METHODS).read_bytes())
    return {call: method_of(call, row) for call, row in rows.items()}


def method_of(call: str, row: Mapping[str, Any]) -> Method:
    """Read one description."""
    query = {
        name: Parameter(**{**said, "choices": tuple(said.get("choices", ()))})
        for name, said in row["query"].items()
    }
    said = {name: row[name] for name in ("verb", "host", "path")}
    more = {name: row.get(name, "") for name in ("permission", "items", "each", "token")}
    return Method(call, query=query, **said, **more)


def answers_in(folder: Path) -> Iterator[Recorded]:
    """Yield the recorded answers of every account of a cloud. Raises OSError."""
    for file in sorted(folder.glob("*/*/*.json")):
        for row in orjson.loads(file.read_bytes()):
            request = row["request"]
            yield Recorded(
                call=file.stem,
                path=request["path"],
                body=row["body"],
                query=request.get("query", {}),
                asked=request.get("body"),
                status=row["status"],
                headers=row["headers"],
            )


def moved(recorded: Recorded, by: timedelta) -> Recorded:
    """Return the answer with every time in it moved: what was a day old when it was recorded is a day old now."""
    return replace(recorded, body=_moved(recorded.body, by))


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner, by) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, by) for inner in value]
    if isinstance(value, str) and _TIME.fullmatch(value) and not value.startswith(_NEVER):
        precision = "milliseconds" if "." in value else "seconds"
        return (datetime.fromisoformat(value) + by).isoformat(timespec=precision).replace("+00:00", "Z")
    return value


Key = tuple[str, str, tuple[tuple[str, str], ...], bytes]


def key_of(call: str, path: str, query: Mapping[str, str], asked: Any) -> Key:
    """Return what tells requests apart; ids and words in paths are equal whatever their case."""
    return call, path.lower(), tuple(sorted(query.items())), orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)


def indexed(recorded: Iterable[Recorded]) -> dict[Key, Recorded]:
    """Return the answers by the requests that they answer; of equal ones the last."""
    return {key_of(one.call, one.path, one.query, one.asked): one for one in recorded}


def folder_of(cloud: str) -> Path:
    """Return the folder of a cloud's recorded answers: within the installed package, or in the checkout."""
    here: Sequence[Path] = (Path(__file__).parents[1], Path(__file__).parents[3])
    return next(path for base in here if (path := base / "fixtures" / cloud).is_dir())
