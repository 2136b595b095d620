"""Reads an AWS resource policy into statements, so that nothing after it meets a wrong type."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from scanner.providers.aws.policy.grammar import parsed, strings, wrong
from scanner.providers.aws.policy.operators import Condition, conditions

EVERYONE = "*"
_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        *("Principal", "NotPrincipal"),
        *("Action", "NotAction"),
        *("Resource", "NotResource"),
        "Condition",
    },
)
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
_ACCOUNT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")


@dataclass(frozen=True, slots=True)
class Choice:
    """What an element lists, or with `all_but` (NotAction and its like) everything else."""

    listed: tuple[str, ...]
    all_but: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. A principal is `*` for everyone, else its type and name, such as `AWS:111122223333`.

    `resources` is None where there is neither Resource nor NotResource, as some services allow.
    """

    denies: bool
    principals: Choice
    actions: Choice
    resources: Choice | None
    conditions: tuple[Condition, ...]


def statements(document: object) -> tuple[Statement, ...]:
    """The statements of a policy: parsed JSON, its text, or None for no policy at all.

    The source is the grammar of the IAM JSON policy language. ValueError, with the place in the document, for
    anything that the grammar does not have: a policy that was not understood must not pass for a strict one.
    """
    if isinstance(document, str):
        document = parsed(document)
    if document is None:
        return ()
    if not isinstance(document, dict):
        raise wrong("the policy", document, "a JSON object")
    if "Statement" not in document:
        raise ValueError("the policy has no Statement")
    listed = document["Statement"]
    return tuple(
        _statement(one, f"Statement[{n}]")
        for n, one in enumerate(listed if isinstance(listed, list) else [listed])
    )


def _statement(one: object, place: str) -> Statement:
    if not isinstance(one, dict):
        raise wrong(place, one, "an object")
    if unknown := [key for key in one if key not in _ELEMENTS]:
        # A misspelt Condition that is skipped would make its statement hold for every request.
        raise wrong(f"{place} has an element that", unknown[0], f"one of {', '.join(sorted(_ELEMENTS))}")
    if one.get("Effect") not in ("Allow", "Deny"):
        raise wrong(f"{place}.Effect", one.get("Effect"), "Allow or Deny")
    return Statement(
        denies=one["Effect"] == "Deny",
        principals=_either(one, "Principal", place, _principals),
        actions=_either(one, "Action", place, strings),
        resources=_either(one, "Resource", place, strings)
        if {"Resource", "NotResource"} & set(one)
        else None,
        conditions=conditions(one["Condition"], f"{place}.Condition") if "Condition" in one else (),
    )


def _either(
    one: dict[object, object], name: str, place: str, read: Callable[[object, str], tuple[str, ...]]
) -> Choice:
    """The element of this name, or the one with Not before it; there is exactly one of them."""
    present = [key for key in (name, f"Not{name}") if key in one]
    if len(present) != 1:
        raise ValueError(
            f"{place} has {'both' if present else 'neither'} {name} {'and' if present else 'nor'} Not{name}"
        )
    return Choice(read(one[present[0]], f"{place}.{present[0]}"), all_but=present[0] != name)


def _principals(value: object, place: str) -> tuple[str, ...]:
    if value == EVERYONE:
        return (EVERYONE,)
    if not isinstance(value, dict):
        raise wrong(place, value, 'an object or "*"')
    if not value:
        raise ValueError(f"{place} is empty")
    if unknown := [key for key in value if key not in _PRINCIPALS]:
        raise wrong(f"{place} has a type that", unknown[0], f"one of {', '.join(_PRINCIPALS)}")
    return tuple(
        _principal(kind, name) for kind, names in value.items() for name in strings(names, f"{place}.{kind}")
    )


def _principal(kind: str, name: str) -> str:
    """`{"AWS": "*"}` is everyone, and an account is the same by its number and by the ARN of its root."""
    if kind == "AWS" and name == EVERYONE:
        return EVERYONE
    account = _ACCOUNT.fullmatch(name) if kind == "AWS" else None
    return f"{kind}:{account[1] if account else name}"
