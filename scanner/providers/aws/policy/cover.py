"""Whether Deny statements together deny every request of a kind, by whatever way they share it out."""

import re
from collections.abc import Iterable, Sequence

from scanner.providers.aws.policy.document import EVERYONE, Choice, Statement
from scanner.providers.aws.policy.globs import RUN, Names, Tokens, glob, kinds, resource

_OF_ACCOUNT = re.compile(r"AWS:arn:[^:]+:(?:iam|sts)::(\d{12}):.*", re.DOTALL)
_PARTITION = re.compile(r"\Aarn:aws(?:-[a-z-]+)?:")
_MOST_WAYS = 1_000_000

ANY: Tokens = (RUN,)


def leaves_out(dimensions: Iterable[set[int]]) -> bool:
    """Whether some request lies in no statement.

    Each dimension (actions, resources, principals, situations) has the ways in which a request can lie in the
    statements, a bit each. A request lies in a statement if it does so in every dimension; since dimensions
    are free of one another, every combination is a request.
    """
    ways = {-1}
    for dimension in dimensions:
        if len(ways) * len(dimension) > _MOST_WAYS:
            raise ValueError("the statements of the policy overlap in too many ways to be compared")
        ways = {way & other for way in ways for other in dimension}
    return 0 in ways


def actions(statements: Sequence[Statement], universe: Tokens) -> set[int]:
    """The ways in which an action of the universe can lie in the statements."""
    return kinds(universe, [action_names(one.actions) for one in statements])


def action_names(choice: Choice) -> Names:
    """The actions that an element means."""
    return Names(tuple(glob(text) for text in choice.listed), choice.all_but)


def resources(
    statements: Sequence[Statement], universe: Tokens, *, widest: bool, partition: str | None = None
) -> set[int]:
    """The ways in which a resource of the universe can lie in the statements; see `resource_names`."""
    return kinds(
        universe, [resource_names(one.resources, widest=widest, partition=partition) for one in statements]
    )


def resource_names(choice: Choice | None, *, widest: bool, partition: str | None = None) -> Names:
    """The resources that an element means: at most (`widest`) or at least, as policy variables leave it open.

    A policy can only name resources of its own partition, so a plain `aws`, `aws-cn` or `aws-us-gov` is read
    as the partition given: what is judged is the same in all of them.
    """
    if choice is None:
        return Names((ANY,))
    texts = [
        _PARTITION.sub(f"arn:{partition}:", text, count=1) if partition else text for text in choice.listed
    ]
    patterns = [resource(text, widest=widest != choice.all_but) for text in texts]
    return Names(tuple(one for one in patterns if one is not None), choice.all_but)


def principals(statements: Sequence[Statement]) -> set[int]:
    """The ways in which a principal can lie in the statements: each that is named, and anyone else."""
    named = {name for one in statements for name in one.principals.listed} - {EVERYONE}
    return {
        sum(1 << n for n, one in enumerate(statements) if lies_in(principal, one.principals))
        for principal in (*named, None)
    }


def lies_in(principal: str | None, choice: Choice) -> bool:
    """Whether a principal (None: one that no statement names) is among those that an element means.

    Whoever names an account names the users and roles in it.
    """
    account = _OF_ACCOUNT.fullmatch(principal) if principal else None
    names = {EVERYONE, principal, f"AWS:{account[1]}" if account else None}
    return any(name in names for name in choice.listed) != choice.all_but
