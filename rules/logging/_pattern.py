"""Whether a filter of CloudWatch Logs lets an event of CloudTrail through, by what the filter means.

The syntax is that of Amazon CloudWatch Logs, "Filter pattern syntax for metric filters".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

Event = Mapping[str, str | None]
"""Dotted path to value; None: the event has no such field. A field that is not named has a value that no filter names,
so that a filter which asks for one value of it does not let all such events through."""

Test = Callable[[Event], bool | None]
"""None: it depends on something that the event does not say, or that this module does not know."""

_PART = re.compile(
    r"""\s*(?: (?P<sign> && | \|\| | [()] )
    | \$[.\[] (?P<field> [^\s=!<>()&|]+ ) \s*
      (?: (?P<word> NOT\s+EXISTS | EXISTS | IS\s+NULL | IS\s+TRUE | IS\s+FALSE )\b
        | (?P<compare> != | [<>]=? | = ) \s*
          (?P<value> "(?:[^"\\]|\\.)*" | %[^%]*% | [^\s()&|"%][^()&|"]*? ) (?=\s*(?:[)&|]|$)) ) )\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TERM = re.compile(r'\s*(?P<sign>[-?]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>\w+))(?=\s|$)')
_DEEPEST = 50


def lets_through(pattern: str, event: Event) -> bool | None:
    """Tell whether a filter lets an event through; None: it cannot be told, as of a filter in a syntax of its own."""
    test = _read(pattern.strip())
    return None if test is None else test(event)


@lru_cache(maxsize=1024)
def _read(text: str) -> Test | None:
    if not text:
        return lambda _: True
    if text[0] != "{" or text[-1] != "}":
        return _terms(text)
    parts = _split(text[1:-1])
    if parts is None or sum(part == "(" for part in parts) > _DEEPEST:
        return None
    test = _either(parts)
    return None if parts else test


def _split(text: str) -> list[str | Test] | None:
    """Return the signs and the comparisons of an expression in turn; None where something else stands in it."""
    parts: list[str | Test] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            return [] if not parts and not text.strip() else None
        parts.append(found["sign"] or _comparison(found))
        at = found.end()
    return parts


def _either(parts: list[str | Test]) -> Test | None:
    """Read tests with || between them, and take them from the list."""
    return _joined(parts, "||", lambda rest: _joined(rest, "&&", _one, all_hold), any_holds)


def _joined(
    parts: list[str | Test],
    sign: str,
    inner: Callable[[list[str | Test]], Test | None],
    joining: Callable[[Iterable[bool | None]], bool | None],
) -> Test | None:
    tests = [inner(parts)]
    while parts and parts[0] == sign:
        del parts[0]
        tests.append(inner(parts))
    read = [test for test in tests if test is not None]
    return (lambda event: joining(test(event) for test in read)) if len(read) == len(tests) else None


def _one(parts: list[str | Test]) -> Test | None:
    first = parts.pop(0) if parts else ""
    if not isinstance(first, str):
        return first
    inner = _either(parts) if first == "(" else None
    return inner if parts and parts.pop(0) == ")" else None


def any_holds(values: Iterable[bool | None]) -> bool | None:
    """Kleene's or."""
    found = set(values)
    return True if True in found else None if None in found else False


def all_hold(values: Iterable[bool | None]) -> bool | None:
    """Kleene's and."""
    found = set(values)
    return False if False in found else None if None in found else True


def _comparison(found: re.Match[str]) -> Test:
    field, word = found["field"], " ".join((found["word"] or "").upper().split())
    if word.endswith("EXISTS"):
        return lambda event: (event[field] is None) is word.startswith("NOT") if field in event else None
    if word:
        wanted = word.removeprefix("IS ").lower()
        return lambda event: event[field] == wanted if event.get(field) and wanted != "null" else None
    sign, value = found["compare"], found["value"].strip()
    if sign == "=":
        return lambda event: _equal(event, field, value)
    if sign == "!=":
        return lambda event: _unequal(event, field, value)
    return lambda _: None


def _equal(event: Event, field: str, value: str) -> bool | None:
    """Compare a field; of one whose value is not said, only that which any value has is sure."""
    plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
    if field not in event:
        open_ended = value.startswith("%") or "*" in plain
        return True if plain.strip("*") == "" and plain else None if open_ended else False
    said = event[field]
    if said is None:
        return False
    if value.startswith("%"):
        return _matches(value[1:-1], said)
    return _like(said, plain.split("*"))


def _unequal(event: Event, field: str, value: str) -> bool | None:
    """AWS does not say whether a field that is not there differs from a value."""
    equal = _equal(event, field, value)
    return None if equal is None or event.get(field, "") is None else not equal


def _like(value: str, parts: list[str]) -> bool:
    """Tell whether a value has these parts in turn, from its start to its end."""
    if len(parts) == 1:
        return value == parts[0]
    first, *inner, last = parts
    at, end = len(first), len(value) - len(last)
    if not (value.startswith(first) and value.endswith(last) and at <= end):
        return False
    for part in inner:
        at = value.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _matches(expression: str, value: str) -> bool | None:
    """Look for a regular expression, of which CloudWatch knows no groups: what has some is none of its own."""
    if "(" in expression:
        return None
    try:
        return re.search(expression, value) is not None
    except re.error:
        return None


def _terms(text: str) -> Test | None:
    """Read words that an event has to hold; `?` before one: it or another; `-`: it must not."""
    terms = []
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            return None
        terms.append((found["sign"], found["word"] or re.sub(r"\\(.)", r"\1", found["phrase"])))
        at = found.end()

    def test(event: Event) -> bool:
        said = "\n".join(f"{field.rpartition('.')[2]} {value}" for field, value in event.items() if value)
        held = {sign: [word in said for one, word in terms if one == sign] for sign in ("", "?", "-")}
        enough = all(held[""]) if held[""] else any(held["?"]) or not held["?"]
        return enough and not any(held["-"])

    return test
