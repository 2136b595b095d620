"""Whether a bucket's policy refuses plain HTTP, decided over every principal, action and resource at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.providers.aws.policy import cover, plain
from scanner.providers.aws.policy.document import Statement, statements
from scanner.providers.aws.policy.globs import Tokens, literal
from scanner.providers.aws.policy.situations import can_hold, situations


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """What a bucket policy does with requests over plain HTTP.

    `state` is "refused" when every action on the bucket and its objects is denied to every principal,
    "partly" when only some of that is, "accepted" when nothing is. `reasons` are what keeps it from
    "refused".
    """

    state: Literal["refused", "partly", "accepted"]
    reasons: tuple[str, ...] = ()


def plain_http(document: object, bucket_arn: str) -> PlainHttp:
    """What the policy (parsed JSON, its text, or None for none) does with plain HTTP to this bucket.

    Only Deny counts: an Allow that asks for TLS leaves plain HTTP to identity policies. A Deny that has
    nothing to do with transport counts where it denies all of the bucket or all of its objects. A resource
    control policy of the organization, which is not seen here, may refuse what this one accepts. ValueError
    for a malformed policy.
    """
    halves = plain.halves(bucket_arn)
    every = statements(document)
    denies = [one for one in every if one.denies]
    if any(one.resources is None for one in denies):
        raise ValueError("a Deny statement has neither Resource nor NotResource")
    left_open = [half for half in halves if _leaves_out(denies, half, plain.ACTIONS)]
    if not left_open:
        return PlainHttp("refused")
    about = [one for one in denies if plain.speaks_of_transport(one) and plain.touches(one, halves)]
    if about or len(left_open) < len(halves):
        return PlainHttp("partly", tuple(_gaps(about or denies, halves)))
    return PlainHttp("accepted", tuple(dict.fromkeys(_misses(document, every))))


def _leaves_out(denies: Sequence[Statement], half: plain.Half, actions: Tokens) -> bool:
    """Whether some request over plain HTTP for one of the actions on this half is denied by none."""
    return cover.leaves_out(
        (
            cover.principals(denies),
            situations(denies, plain.facts),
            cover.actions(denies, actions),
            plain.resources(denies, half),
        ),
    )


def _gaps(denies: Sequence[Statement], halves: Sequence[plain.Half]) -> Iterator[str]:
    """What these statements leave out, dimension by dimension; else the requests that fall between them."""
    gaps = [*_resource_gap(denies, halves), *_action_gap(denies, halves), *_other_gaps(denies)]
    yield from (f"plain HTTP is refused {gap}" for gap in gaps)
    if gaps:
        return
    for half in halves:
        if _leaves_out(denies, half, plain.ACTIONS):
            names = [name for name in half.actions if _leaves_out(denies, half, literal(name.lower()))]
            yield f"plain HTTP is not refused for {', '.join(names) or 'some actions'} on {half.name}"


def _resource_gap(denies: Sequence[Statement], halves: Sequence[plain.Half]) -> Iterator[str]:
    whole = [half for half in halves if 0 not in plain.resources(denies, half)]
    if len(whole) < len(halves):
        rest = [half for half in halves if half not in whole]
        some = [
            half for half in rest if any(1 in plain.resources([one], half, widest=True) for one in denies)
        ]
        parts = [f"on {half.name}" for half in whole] + [f"on some of {half.name}" for half in some]
        yield f"only {' and '.join(parts)}"


def _action_gap(denies: Sequence[Statement], halves: Sequence[plain.Half]) -> Iterator[str]:
    if 0 in cover.actions(denies, plain.ACTIONS):
        names = [name for half in halves for name in half.actions]
        left_out = [name for name in names if 0 in cover.actions(denies, literal(name.lower()))]
        yield f"for some actions only, not for {left_out[0]}" if left_out else "for some actions only"


def _other_gaps(denies: Sequence[Statement]) -> Iterator[str]:
    if 0 in cover.principals(denies):
        yield "to some principals only"
    if 0 in situations(denies, plain.facts):
        conditions = [condition for one in denies for condition in one.conditions]
        keys = dict.fromkeys(one.key for one in conditions if one.key.lower() not in plain.TRANSPORT)
        yield f"only under further conditions on {', '.join(keys)}" if keys else "under some conditions only"


def _misses(document: object, every: Sequence[Statement]) -> Iterator[str]:
    """That nothing refuses plain HTTP, and what may have been meant to."""
    yield (
        "there is no bucket policy"
        if document is None
        else "no statement of the bucket policy denies plain HTTP"
    )
    for one in every:
        keys = {condition.key.lower() for condition in one.conditions}
        if one.denies and not can_hold(one, plain.facts):
            if plain.SECURE in keys:
                yield "a Deny statement is for requests over TLS, and so not for plain HTTP"
            elif plain.VERSION in keys:
                yield "a Deny statement compares the TLS version, which plain HTTP does not have"
        elif one.denies and plain.speaks_of_transport(one):
            yield "a Deny statement for plain HTTP matches nothing in this bucket"
        elif not one.denies and plain.speaks_of_transport(one):
            yield "an Allow statement asks for TLS, but identity policies can still allow plain HTTP"
