"""What may be wrong with one result of a SARIF file: its rule, its words, its place, its identity."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

_LOCATIONS: Final = 1_000
_STEPS: Final = 10_000
_HASH: Final = "primaryLocationLineHash"


class Flaw(NamedTuple):
    """One thing that is wrong: where in the file, what. A `grave` one is refused, or closes alerts by mistake."""

    where: str
    text: str
    grave: bool = True


def error(where: str, text: str) -> Flaw:
    """Return what makes an upload fail, or mislead."""
    return Flaw(where, text)


def warning(where: str, text: str) -> Flaw:
    """Return what is only shown otherwise than meant."""
    return Flaw(where, text, grave=False)


def of_result(result: Any, rules: list[str], seen: set[tuple[str, str, str]], where: str) -> Iterator[Flaw]:
    """Yield what is wrong with one result; `rules` are the ids of its run, `seen` the identities that were met."""
    rule, index = value_at(result, "ruleId"), value_at(result, "ruleIndex")
    if rule not in rules:
        yield error(f"{where}.ruleId", f"{rule!r} is no rule of the run")
    elif index is not None and (not isinstance(index, int) or rules[index : index + 1] != [rule]):
        yield error(f"{where}.ruleIndex", f"{index} is not the rule {rule!r}")
    if not value_at(result, "message", "text"):
        yield error(f"{where}.message.text", "is missing or empty")
    if value_at(result, "kind") not in (None, "fail"):
        yield error(f"{where}.kind", f"{result['kind']!r} would be shown as an alert")
    if value_at(result, "suppressions"):
        yield error(f"{where}.suppressions", "are ignored: what is accepted would be an open alert")
    locations = items(value_at(result, "locations"))
    if not 1 <= len(locations) <= _LOCATIONS:
        yield error(f"{where}.locations", f"{len(locations)}; a result has 1 to {_LOCATIONS:,}")
    for number, location in enumerate(locations):
        yield from _location(location, f"{where}.locations[{number}]")
    yield from _beside(result, where)
    yield from _identity(result, locations, seen, where)


def _beside(result: Any, where: str) -> Iterator[Flaw]:
    """Yield what is wrong with the places that lead to a result."""
    steps = list(_steps(result))
    if len(steps) > _STEPS:
        yield error(f"{where}.codeFlows", f"{len(steps):,} locations; {_STEPS:,} are taken")
    beside = {"relatedLocations": items(value_at(result, "relatedLocations")), "codeFlows": steps[:_STEPS]}
    for name, places in beside.items():
        for number, place in enumerate(places):
            if value_at(place, "physicalLocation") is not None:
                yield from _location(place, f"{where}.{name}[{number}]")


def _steps(result: Any) -> Iterator[Any]:
    """Yield the places of every step of every code flow, one flow after another."""
    for flow in items(value_at(result, "codeFlows")):
        for thread in items(value_at(flow, "threadFlows")):
            yield from (value_at(step, "location") for step in items(value_at(thread, "locations")))


def _identity(
    result: Any, locations: list[Any], seen: set[tuple[str, str, str]], where: str
) -> Iterator[Flaw]:
    hash_ = str(value_at(result, "partialFingerprints", _HASH) or "")
    uri = (
        str(value_at(locations[0], "physicalLocation", "artifactLocation", "uri") or "") if locations else ""
    )
    if not hash_:
        yield warning(f"{where}.partialFingerprints", f"without {_HASH} an alert is lost when its line moves")
        return
    key = (str(value_at(result, "ruleId")), uri, hash_)
    if key in seen:
        yield error(
            f"{where}.partialFingerprints", f"{hash_} is there already: two findings would be one alert"
        )
    seen.add(key)


def _location(location: Any, where: str) -> Iterator[Flaw]:
    uri = value_at(location, "physicalLocation", "artifactLocation", "uri")
    at = f"{where}.physicalLocation"
    if not isinstance(uri, str) or not uri:
        yield error(at, "is missing: a result without a file is refused, and the whole upload with it")
        return
    split = urlsplit(uri)
    if split.scheme or split.netloc:
        yield error(
            f"{at}.artifactLocation.uri",
            f"{uri!r} has a scheme: a path from the repository's root is taken",
        )
    elif uri.startswith("/") or ".." in unquote(split.path).split("/"):
        yield error(f"{at}.artifactLocation.uri", f"{uri!r} leads out of the repository")
    elif re.search(r"[^\w\-./~!$&'()*+,;=:@%]|%(?![0-9A-Fa-f]{2})", uri, re.ASCII):
        yield error(f"{at}.artifactLocation.uri", f"{uri!r} is not percent-encoded")
    line = value_at(location, "physicalLocation", "region", "startLine")
    if not isinstance(line, int) or line < 1:
        yield error(f"{at}.region.startLine", f"{line!r} is no line")


def value_at(value: Any, *path: str) -> Any:
    """Return what stands at a path of keys; None where it is not there."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: Any) -> list[Any]:
    """Return a list; an empty one for what is none."""
    return value if isinstance(value, list) else []
