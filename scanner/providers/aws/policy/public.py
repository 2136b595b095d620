"""Which statements of a resource policy open the resource to the public, in AWS's own meaning of the word.

The source is 'The meaning of "public"' on the page access-control-block-public-access of the Amazon S3 User
Guide: a grant is public unless its principals or its conditions are fixed values, without a wildcard or a
policy variable.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import Literal

from scanner.providers.aws.policy import cover, plain
from scanner.providers.aws.policy.document import EVERYONE, Statement, statements
from scanner.providers.aws.policy.globs import ONE, RUN, Tokens, kinds, literal
from scanner.providers.aws.policy.operators import Condition
from scanner.providers.aws.policy.services import S3, Service
from scanner.providers.aws.policy.situations import situations
from scanner.providers.aws.policy.values import network

ALL_BUT = "all but"
"""What the actions of a grant begin with where its statement has NotAction."""

_EQUAL = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:]+:[^:]+:[^:]*:\d{12}:.*", re.DOTALL)
_TEXT_OF_ACCOUNT = re.compile(r"arn:[^:*?]+:[^:*?]+:[^:*?]*:\d{12}:.*", re.DOTALL)
_OWNER = frozenset({"${aws:resourceaccount}", "${aws:resourceorgid}"})
_PATH_OF_ORGANIZATION = re.compile(r"o-[a-z0-9]+/.*", re.DOTALL)
_BROADEST_4, _BROADEST_6 = 8, 32


@dataclass(frozen=True, slots=True)
class PublicGrant:
    """One Allow statement that is public.

    `principal` is "everyone" (who need not sign in) or "any-account" (anyone who signs in with an account of
    their own). `actions` are as written, after "all but" where the statement has NotAction. `may` is what
    they come to, without what Deny statements take from everyone. `limited_by` are the condition keys of the
    statement, none of which makes it less than public.
    """

    principal: Literal["everyone", "any-account"]
    actions: tuple[str, ...]
    may: tuple[str, ...]
    limited_by: tuple[str, ...] = ()


def public_grants(document: object, service: Service = S3, arn: str | None = None) -> tuple[PublicGrant, ...]:
    """The public grants of a policy: parsed JSON, its text, or None for none. ValueError if it is malformed.

    A Deny counts as far as it is sure to meet the public: one for everybody outside of an organization leaves
    no grant to the public, one for plain HTTP leaves every grant. With the `arn` of its bucket a policy is
    read for that bucket and its objects alone.
    """
    every = statements(document)
    denies = [one for one in every if one.denies and cover.lies_in(None, one.principals)]
    halves = plain.halves(arn) if arn else ()
    grants = (_grant(one, denies, service, halves) for one in every if not one.denies)
    return tuple(grant for grant in grants if grant)


def _grant(
    one: Statement, denies: Sequence[Statement], service: Service, halves: Sequence[plain.Half]
) -> PublicGrant | None:
    principal = _principal(one)
    if principal is None:
        return None
    # Bit 0 is the grant: what lies in it, and in no Deny at once, is left.
    places = [_places(one, denies, half) for half in halves or (None,)]
    times = situations((one, *denies), partial(_facts, service))

    def leaves(universe: Tokens) -> bool:
        actions = cover.actions((one, *denies), universe)
        return any(
            cover.leaves_out({way >> 1 for way in ways if way & 1} for ways in (times, actions, resources))
            for resources in places
        )

    if not leaves((*literal(f"{service.prefix}:"), ONE, RUN)):
        return None
    may = [
        kind for kind, names in service.may.items() if any(leaves(literal(name.lower())) for name in names)
    ]
    prefix = (ALL_BUT,) if one.actions.all_but else ()
    return PublicGrant(
        principal,
        actions=(*prefix, *one.actions.listed),
        may=tuple(may) or ("other",),
        limited_by=tuple(dict.fromkeys(condition.key for condition in one.conditions)),
    )


def _places(one: Statement, denies: Sequence[Statement], half: plain.Half | None) -> set[int]:
    """The ways in which a resource can lie in the grant, at most, and in the Deny statements, at least."""
    partition = half.partition if half else None
    allowed = cover.resource_names(one.resources, widest=True, partition=partition)
    denied = [cover.resource_names(each.resources, widest=False, partition=partition) for each in denies]
    return kinds(half.universe if half else cover.ANY, [allowed, *denied])


def _principal(one: Statement) -> Literal["everyone", "any-account"] | None:
    """The public that the statement names, or None where its principals are fixed."""
    choice = one.principals
    if EVERYONE in choice.listed or choice.all_but:
        if choice.all_but and EVERYONE in choice.listed:
            return None
        return "any-account" if any(map(_of_signed_in, one.conditions)) else "everyone"
    return "any-account" if any(map(_open, choice.listed)) else None


def _open(principal: str) -> bool:
    """Whether a named principal is not one: an ARN of any account, or an identity provider of the public."""
    kind, _, name = principal.partition(":")
    anybody = bool(re.search(r"[*?]", name)) and not _TEXT_OF_ACCOUNT.fullmatch(name)
    return anybody or (kind == "Federated" and not name.startswith("arn:"))


def _of_signed_in(condition: Condition) -> bool:
    """Whether only signed-in callers can meet the condition: its key is absent from anonymous requests."""
    key = condition.key.lower()
    about_caller = key.startswith("aws:principal") or key in ("aws:userid", "aws:username")
    return about_caller and condition.test in _EQUAL and _needs_key(condition)


def _needs_key(condition: Condition) -> bool:
    return not (condition.negated or condition.if_exists or condition.over == "forallvalues")


def _facts(service: Service, condition: Condition) -> tuple[bool | None, bool | None]:
    """What is known of the requests of the public: they match none of the values that name who is meant."""
    secure = condition.key.lower() == plain.SECURE
    return True if secure else None, False if _fixed(condition, service) else None


def _fixed(condition: Condition, service: Service) -> bool:
    """Whether the condition compares with fixed values only, of a key that makes a grant not public."""
    key = condition.key.lower()
    if key not in service.fixing:
        return False
    if key == "aws:sourceip" and condition.test == "ipaddress":
        return _narrow(condition.values)
    return condition.test in _EQUAL and all(
        not re.search(r"[*?]|\$\{", value)
        or (key in service.fixed_by_account and _of_owner(condition, value))
        for value in condition.values
    )


def _of_owner(condition: Condition, value: str) -> bool:
    """Whether a value with a wildcard or a variable still means one account or one organization.

    The parts of an ARN are compared one by one by ArnEquals and ArnLike, so that a wildcard stays in its part.
    """
    if "${" in value:
        return value.lower() in _OWNER
    arn = _ARN_OF_ACCOUNT if condition.test.startswith("arn") else _TEXT_OF_ACCOUNT
    return bool(arn.fullmatch(value) or _PATH_OF_ORGANIZATION.fullmatch(value))


def _narrow(values: Sequence[str]) -> bool:
    """Whether addresses are few enough: no block over /8 (IPv4) or /32 (IPv6), private ones apart.

    Blocks that lie side by side count as one: two halves of the internet are the internet.
    """
    networks = [network(value) for value in values]
    if None in networks:
        return False
    four = [one for one in networks if isinstance(one, IPv4Network) and not any(map(one.subnet_of, _PRIVATE))]
    six = [one for one in networks if isinstance(one, IPv6Network)]
    return all(one.prefixlen >= _BROADEST_4 for one in collapse_addresses(four)) and all(
        one.prefixlen >= _BROADEST_6 for one in collapse_addresses(six)
    )
