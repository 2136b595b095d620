"""In which requests the conditions of statements hold together, when only some of a request is known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from scanner.providers.aws.policy.document import Statement
from scanner.providers.aws.policy.operators import Condition, holds

_MOST_UNKNOWN = 10
"""1,024 situations; a policy with more open questions is answered from the statements that depend on none."""

Unknown = tuple[object, ...]
"""A question about a request that is not answered: is this key there, does it match these values."""

Facts = Callable[[Condition], tuple[bool | None, bool | None]]
"""What is known of the requests in view: is the key of a condition there, does it match one of the values."""


def situations(statements: Sequence[Statement], facts: Facts) -> set[int]:
    """Every way in which the conditions of statements can hold together: bit n is set if statement n's do.

    Questions that the facts leave open are answered both ways, each the same for all statements: "from this
    address" in one statement and "not from this address" in another leave no request out.
    """
    told = [n for n, one in enumerate(statements) if len(_unknown([one], facts)) <= _MOST_UNKNOWN]
    if len(_unknown([statements[n] for n in told], facts)) > _MOST_UNKNOWN:
        return {sum(1 << n for n in told if all(_outcomes(statements[n], facts)))}
    return {
        sum(1 << n for n in told if _met(statements[n], facts, answers))
        for answers in _answers([statements[n] for n in told], facts)
    }


def can_hold(statement: Statement, facts: Facts) -> bool:
    """Whether the conditions of the statement hold in any of the requests in view."""
    return len(_unknown([statement], facts)) > _MOST_UNKNOWN or any(_outcomes(statement, facts))


def _outcomes(statement: Statement, facts: Facts) -> Iterator[bool]:
    return (_met(statement, facts, answers) for answers in _answers([statement], facts))


def _met(statement: Statement, facts: Facts, answers: dict[Unknown, bool]) -> bool:
    for condition in statement.conditions:
        present, matches = facts(condition)
        if present is None:
            present = answers[_there(condition)]
        if matches is None:
            matches = answers.get(_matching(condition), False)
        if not holds(condition, present=present, matches=matches):
            return False
    return True


def _answers(statements: Iterable[Statement], facts: Facts) -> Iterator[dict[Unknown, bool]]:
    unknown = _unknown(statements, facts)
    return (dict(zip(unknown, answer, strict=True)) for answer in product((True, False), repeat=len(unknown)))


def _unknown(statements: Iterable[Statement], facts: Facts) -> list[Unknown]:
    """The questions that are open, each once, in the order of the policy."""
    found: dict[Unknown, None] = {}
    for condition in (condition for one in statements for condition in one.conditions):
        present, matches = facts(condition)
        if present is None:
            found[_there(condition)] = None
        if matches is None and present is not False and condition.test != "null":
            found[_matching(condition)] = None
    return list(found)


def _there(condition: Condition) -> Unknown:
    return (condition.key.lower(),)


def _matching(condition: Condition) -> Unknown:
    # Over several values, "all are" and "all are not" are not opposites: they are asked apart.
    apart = (condition.over, condition.negated) if condition.over else ()
    return (condition.key.lower(), condition.test, frozenset(condition.values), *apart)
