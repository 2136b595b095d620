"""The conditions of a statement: what each compares, and when it holds.

The rules are those of the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions
with multiple context keys or values".
"""

import json
import re
from dataclasses import dataclass

from scanner.providers.aws.policy.grammar import items, wrong

_OPERATOR = re.compile(r"(?:(foranyvalue|forallvalues):)?(.+?)(ifexists)?")
_KNOWN = frozenset(
    {
        *("stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"),
        *("stringlike", "stringnotlike", "bool", "binaryequals", "ipaddress", "notipaddress", "null"),
        *("arnequals", "arnnotequals", "arnlike", "arnnotlike"),
        *(f"{kind}{how}" for kind in ("numeric", "date") for how in ("equals", "notequals")),
        *(
            f"{kind}{how}{equals}"
            for kind in ("numeric", "date")
            for how in ("lessthan", "greaterthan")
            for equals in ("", "equals")
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition block: an operator, a context key, and the values that it is compared with.

    `test` is the operator in lower case without its `ForAnyValue:` or `ForAllValues:` (kept in `over`, ""
    otherwise), its `Not` (`negated`) and its `IfExists`. `key` is as written; case never matters to IAM.
    """

    test: str
    key: str
    values: tuple[str, ...]
    over: str = ""
    negated: bool = False
    if_exists: bool = False


def conditions(block: object, place: str) -> tuple[Condition, ...]:
    """The lines of a Condition block, all of which must hold."""
    lines = []
    for operator, keys in items(block, place):
        told = _OPERATOR.fullmatch(operator.lower())
        over, test, if_exists = told.groups(default="") if told else ("", "", "")
        if test not in _KNOWN:
            raise wrong(f"{place} has an operator that", operator, "one that is known")
        if not keys:
            raise ValueError(f"{place}.{operator} is empty")
        for key, values in items(keys, f"{place}.{operator}"):
            lines.append(
                Condition(
                    test=test.replace("not", "", 1),
                    key=key,
                    values=_values(values, f"{place}.{operator}.{key}"),
                    over=over,
                    negated="not" in test,
                    if_exists=bool(if_exists),
                ),
            )
    return tuple(lines)


def _values(value: object, place: str) -> tuple[str, ...]:
    """The values as IAM compares them: as text, whether they were written as text, number or boolean."""
    listed = value if isinstance(value, list) else [value]
    for one in listed:
        if not isinstance(one, (str, bool, int, float)):
            raise wrong(place, one, "a string, number or boolean")
    return tuple(one if isinstance(one, str) else json.dumps(one) for one in listed)


def holds(condition: Condition, *, present: bool, matches: bool) -> bool:
    """Whether the condition holds where its key is present or not, and matches one of its values or not."""
    if condition.test == "null":
        return any(value.lower() == str(not present).lower() for value in condition.values)
    if present:
        return matches != condition.negated
    if condition.if_exists or condition.over == "forallvalues":
        return True
    return condition.negated and condition.over != "foranyvalue"
