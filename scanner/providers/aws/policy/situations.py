"""In which requests the conditions of statements hold together, when only some of a request is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from scanner.providers.aws.policy.document import Statement
from scanner.providers.aws.policy.operators import Condition, holds
from scanner.providers.aws.policy.values import matchings

_MOST_UNKNOWN = 10
"""1,024 situations; a policy with more open questions is answered from the statements that depend on none."""

Unknown = tuple[object, ...]
"""A question about a request that is not answered: is this key there, does it match these values."""

Answers = dict[Unknown, bool]

Facts = Callable[[Condition], tuple[bool | None, bool | None]]
"""What is known of the requests in view: is the key of a condition there, does it match one of the values."""


def situations(statements: Sequence[Statement], facts: Facts) -> set[int]:
    """Every way in which the conditions of statements can hold together: bit n is set if statement n's do.

    Questions that the facts leave open are answered in every way in which one request can, each the same for
    all statements: "from this address" in one statement and "not from this address" in another leave no
    request out. What would take too many answers is taken at its worst: a Deny that may not hold does not,
    an Allow that may hold does.
    """
    told = [n for n, one in enumerate(statements) if len(_unknown([one], facts)) <= _MOST_UNKNOWN]
    if len(_unknown([statements[n] for n in told], facts)) > _MOST_UNKNOWN:
        return {sum(1 << n for n, one in enumerate(statements) if _at_worst(one, facts))}
    rest = sum(1 << n for n, one in enumerate(statements) if n not in told and _at_worst(one, facts))
    return {
        rest + sum(1 << n for n in told if _met(statements[n], facts, answers))
        for answers in _answers([statements[n] for n in told], facts)
    }


def can_hold(statement: Statement, facts: Facts) -> bool:
    """Whether the conditions of the statement hold in any of the requests in view."""
    if len(_unknown([statement], facts)) <= _MOST_UNKNOWN:
        return any(_outcomes(statement, facts))
    return all(any(_outcomes(replace(statement, conditions=(one,)), facts)) for one in statement.conditions)


def _at_worst(statement: Statement, facts: Facts) -> bool:
    if not statement.denies:
        return can_hold(statement, facts)
    return len(_unknown([statement], facts)) <= _MOST_UNKNOWN and all(_outcomes(statement, facts))


def _outcomes(statement: Statement, facts: Facts) -> Iterator[bool]:
    return (_met(statement, facts, answers) for answers in _answers([statement], facts))


def _met(statement: Statement, facts: Facts, answers: Answers) -> bool:
    for condition in statement.conditions:
        present, matches = facts(condition)
        if present is None:
            present = answers[_there(condition)]
        if matches is None:
            matches = answers.get(_matching(condition), False)
        if not holds(condition, present=present, matches=matches):
            return False
    return True


def _answers(statements: Iterable[Statement], facts: Facts) -> Iterator[Answers]:
    """Every answer to all the open questions: keys are free of one another, what is asked of one key is not."""
    keys: dict[str, dict[Unknown, Condition]] = {}
    for question, condition in _unknown(statements, facts).items():
        keys.setdefault(condition.key.lower(), {})[question] = condition
    for combined in product(*(list(_of_one_key(asked)) for asked in keys.values())):
        yield {question: answer for answers in combined for question, answer in answers.items()}


def _of_one_key(asked: Mapping[Unknown, Condition]) -> Iterator[Answers]:
    there = [question for question in asked if len(question) == 1]
    if there:
        yield {there[0]: False}
    compared = {question: condition for question, condition in asked.items() if len(question) > 1}
    for matches in matchings(tuple(compared.values())):
        yield {**dict.fromkeys(there, True), **dict(zip(compared, matches, strict=True))}


def _unknown(statements: Iterable[Statement], facts: Facts) -> dict[Unknown, Condition]:
    """The questions that are open, each once, in the order of the policy, with a condition that asks it."""
    found: dict[Unknown, Condition] = {}
    for condition in (condition for one in statements for condition in one.conditions):
        present, matches = facts(condition)
        if present is None:
            found.setdefault(_there(condition), condition)
        if matches is None and present is not False and condition.test != "null":
            found.setdefault(_matching(condition), condition)
    return found


def _there(condition: Condition) -> Unknown:
    return (condition.key.lower(),)


def _matching(condition: Condition) -> Unknown:
    # ArnEquals and ArnLike are one operator with two names.
    test = "arnlike" if condition.test == "arnequals" else condition.test
    # Over several values, "all are" and "all are not" are not opposites: they are asked apart.
    apart = (condition.over, condition.negated) if condition.over else ()
    return (condition.key.lower(), test, frozenset(condition.values), *apart)
