"""An evaluator of resource policies that knows no sets: it asks each statement about one request.

Written from the IAM User Guide alone ("Policy evaluation logic", "Condition operators", "Multivalued context
keys"), and not from the code that it judges.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Policy = dict[str, Any]
Context = dict[str, list[str]]

_OPERATOR = re.compile(r"(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?")


@dataclass(frozen=True)
class Request:
    """Who asks what of which resource; `context` has the keys that are there, in lower case."""

    action: str
    resource: str
    names: frozenset[str] = frozenset()
    context: Context = field(default_factory=dict)


def denied(statements: Iterable[Policy], request: Request) -> bool:
    return any(one["Effect"] == "Deny" and _lies_in(one, request) for one in statements)


def allowed(statements: list[Policy], request: Request) -> bool:
    grants = any(one["Effect"] == "Allow" and _lies_in(one, request) for one in statements)
    return grants and not denied(statements, request)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _lies_in(one: Policy, request: Request) -> bool:
    return (
        _chosen(one, "Principal", lambda value: _named(value, request.names))
        and _chosen(one, "Action", lambda value: _like(request.action.lower(), value.lower()))
        and _chosen(one, "Resource", lambda value: _like(request.resource, value))
        and all(
            _met(operator, key, listed(values), request.context)
            for operator, keys in one.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _chosen(one: Policy, element: str, chooses: Callable[[Any], bool]) -> bool:
    if element in one:
        return any(map(chooses, listed(one[element])))
    return not any(map(chooses, listed(one[f"Not{element}"])))


def _named(value: Any, names: frozenset[str]) -> bool:
    if value == "*":
        return True
    told = [(kind, name) for kind, named in value.items() for name in listed(named)]
    return any((kind == "AWS" and name == "*") or name in names for kind, name in told)


def _like(text: str, pattern: str) -> bool:
    parts = [{"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _equal(said: str, value: Any) -> bool:
    return bool(said == value)


def _bool(said: str, value: Any) -> bool:
    return said == str(value).lower()


def _arn(said: str, value: str) -> bool:
    return all(map(_like, said.split(":", 5), value.split(":", 5)))


def _inside(said: str, value: str) -> bool:
    return ip_address(said) in ip_network(value, strict=False)


def _less(said: str, value: Any) -> bool:
    return float(said) < float(value)


_TESTS: dict[str, Callable[[str, Any], bool]] = {
    "StringEquals": _equal,
    "StringLike": _like,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _bool,
    "IpAddress": _inside,
    "NumericLessThan": _less,
}


def _met(operator: str, key: str, values: list[Any], context: Context) -> bool:
    told = _OPERATOR.fullmatch(operator)
    assert told is not None
    over, test, if_exists = told.groups()
    there = context.get(key.lower())
    if test == "Null":
        return (there is None) == _bool("true", values[0])
    negated = "Not" in test
    if there is None:
        return bool(if_exists) or over == "ForAllValues" or (negated and over != "ForAnyValue")
    compare = _TESTS[test.replace("Not", "")]
    each = [any(compare(said, value) for value in values) != negated for said in there]
    return all(each) if over == "ForAllValues" else any(each)
