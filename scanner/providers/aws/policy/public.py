"""Which statements of a resource policy open the resource to the public, in AWS's own meaning of the word.

The source is 'The meaning of "public"' on the page access-control-block-public-access of the Amazon S3 User
Guide: a grant is public unless its principals or its conditions are fixed values, without a wildcard or a
policy variable.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Literal

from scanner.providers.aws.policy import cover
from scanner.providers.aws.policy.document import EVERYONE, Statement, statements
from scanner.providers.aws.policy.globs import ONE, RUN, kinds, literal
from scanner.providers.aws.policy.operators import Condition
from scanner.providers.aws.policy.services import S3, Service

_EQUAL = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:*?]+:[^:*?]+:[^:*?]*:\d{12}:.*")
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


def public_grants(document: object, service: Service = S3) -> tuple[PublicGrant, ...]:
    """The public grants of a policy: parsed JSON, its text, or None for none. ValueError if it is malformed.

    A Deny takes a grant away when it has no condition and leaves nobody but named principals; a Deny with a
    condition does not, as in AWS's own reading.
    """
    every = statements(document)
    denies = [
        one for one in every if one.denies and not one.conditions and cover.lies_in(None, one.principals)
    ]
    grants = (_grant(one, denies, service) for one in every if not one.denies)
    return tuple(grant for grant in grants if grant)


def _grant(one: Statement, denies: Sequence[Statement], service: Service) -> PublicGrant | None:
    principal = _principal(one)
    if principal is None or any(_fixed(condition, one, service) for condition in one.conditions):
        return None
    whole = (*literal(f"{service.prefix}:"), ONE, RUN)
    if not _leaves(one, denies, whole):
        return None
    may = [
        kind
        for kind, names in service.may.items()
        if any(_leaves(one, denies, literal(name.lower())) for name in names)
    ]
    prefix = ("all but",) if one.actions.all_but else ()
    return PublicGrant(
        principal,
        actions=(*prefix, *one.actions.listed),
        may=tuple(may) or ("other",),
        limited_by=tuple(dict.fromkeys(condition.key for condition in one.conditions)),
    )


def _leaves(one: Statement, denies: Sequence[Statement], universe: tuple[str, ...]) -> bool:
    """Whether the statement allows some action of the universe that no Deny takes away."""
    actions = kinds(universe, [cover.action_names(each.actions) for each in (one, *denies)])
    allowed = cover.resource_names(one.resources, widest=True)
    denied = [cover.resource_names(each.resources, widest=False) for each in denies]
    resources = kinds(cover.ANY, [allowed, *denied])
    # Bit 0 is the grant: what lies in it, and in no Deny by action and resource both, is left.
    return cover.leaves_out({way >> 1 for way in ways if way & 1} for ways in (actions, resources))


def _principal(one: Statement) -> Literal["everyone", "any-account"] | None:
    """The public that the statement names, or None where its principals are fixed."""
    choice = one.principals
    if EVERYONE in choice.listed or choice.all_but:
        if choice.all_but and EVERYONE in choice.listed:
            return None
        return "any-account" if any(map(_of_signed_in, one.conditions)) else "everyone"
    return "any-account" if any(map(_open, choice.listed)) else None


def _open(principal: str) -> bool:
    """Whether a named principal is not one: an ARN with a wildcard, or an identity provider of the public."""
    kind, _, name = principal.partition(":")
    return "*" in name or "?" in name or (kind == "Federated" and not name.startswith("arn:"))


def _of_signed_in(condition: Condition) -> bool:
    """Whether only signed-in callers can meet the condition: its key is absent from anonymous requests."""
    key = condition.key.lower()
    about_caller = key.startswith("aws:principal") or key in ("aws:userid", "aws:username")
    return about_caller and condition.test in _EQUAL and _needs_key(condition)


def _needs_key(condition: Condition) -> bool:
    return not (condition.negated or condition.if_exists or condition.over == "forallvalues")


def _fixed(condition: Condition, one: Statement, service: Service) -> bool:
    """Whether the condition holds for fixed values only, of a key that makes a grant not public."""
    key = condition.key.lower()
    if key not in service.fixing or condition.negated:
        return False
    if not _needs_key(condition) and key not in _sure_keys(one):
        return False
    if key == "aws:sourceip" and condition.test == "ipaddress":
        return _narrow(condition.values)
    return condition.test in _EQUAL and all(
        not re.search(r"[*?]|\$\{", value)
        or (key in service.fixed_by_account and "${" not in value and bool(_ARN_OF_ACCOUNT.fullmatch(value)))
        for value in condition.values
    )


def _sure_keys(one: Statement) -> Iterator[str]:
    """The keys that a Null condition of the statement asks to be there."""
    for condition in one.conditions:
        if condition.test == "null" and [value.lower() for value in condition.values] == ["false"]:
            yield condition.key.lower()


def _narrow(values: Sequence[str]) -> bool:
    """Whether addresses are few enough: no block over /8 (IPv4) or /32 (IPv6), private ones apart.

    Blocks that lie side by side count as one: two halves of the internet are the internet.
    """
    try:
        networks = [ip_network(value, strict=False) for value in values]
    except ValueError:
        return False
    four = [one for one in networks if isinstance(one, IPv4Network) and not any(map(one.subnet_of, _PRIVATE))]
    six = [one for one in networks if isinstance(one, IPv6Network)]
    return all(one.prefixlen >= _BROADEST_4 for one in collapse_addresses(four)) and all(
        one.prefixlen >= _BROADEST_6 for one in collapse_addresses(six)
    )
