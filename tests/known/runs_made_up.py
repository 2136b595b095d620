"""Runs made for the tests of what is known: verdicts, gaps, rules, in one line each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.engine import Outcome, Tuned, Unread, Verdict
from scanner.inventory import Gap
from scanner.known import Past, Seen, present_in
from scanner.models.resource import Cloud, Code, Resource, Scope, Why
from scanner.models.storage import Bucket, Volume
from scanner.rule import Problems, Rule, Severity, rule

HERE = Scope(Cloud.AWS, "111122223333", "eu-west-1")
THERE = Scope(Cloud.AWS, "444455556666", "eu-west-1")
SCOPES = (HERE._replace(region="global"), HERE, THERE._replace(region="global"), THERE)


def made(id_: str, kind: type[Resource] = Bucket, *, revision: int = 1, formerly: Sequence[str] = ()) -> Rule:
    """Make a rule on a kind."""

    def check(resource: Resource) -> Problems:  # noqa: ARG001 - its kind is all that counts
        """Something is wrong."""
        yield "wrong"

    check.__annotations__["resource"] = kind
    decorate = rule(
        id_, severity=Severity.HIGH, passes={}, fails={}, fix={}, revision=revision, formerly=formerly
    )
    return decorate(check)


RULES = {"bucket-public": made("bucket-public"), "volume-unencrypted": made("volume-unencrypted", Volume)}


def tuned(*rules: Rule) -> dict[str, Tuned]:
    """Return rules as a run has them."""
    return {one.id: Tuned(one) for one in rules or RULES.values()}


def verdict(
    resource: str = "arn:aws:s3:::www",
    outcome: Outcome = Outcome.FAIL,
    rule_: str = "bucket-public",
    scope: Scope = HERE,
    severity: Severity = Severity.HIGH,
    messages: Iterable[str] = ("wrong",),
    permission: str = "s3:GetBucketPolicy",
    identity: str = "",
) -> Verdict:
    """Make a verdict; an UNKNOWN misses `permission`."""
    kind = "Volume" if rule_.startswith("volume") else "Bucket"
    why = Why(code=Code.DENIED, permission=permission)
    failed = outcome is Outcome.FAIL
    return Verdict(
        rule_,
        identity or rule_,
        outcome,
        severity,
        scope,
        kind,
        resource,
        "",
        tuple(messages) if failed else (),
        (Unread("Bucket.policy", why),) if outcome is Outcome.UNKNOWN else (),
    )


def past(
    *verdicts: Verdict,
    gaps: Sequence[Gap] = (),
    scopes: Iterable[Scope] = SCOPES,
    rules: Mapping[str, int] | None = None,
    options: Mapping[str, Any] | None = None,
    only: Mapping[str, Any] | None = None,
    waived: Mapping[str, str] | None = None,
) -> Past:
    """Make a run from its verdicts."""
    return Past(
        scopes=frozenset(scopes),
        rules=dict.fromkeys(RULES, 1) if rules is None else rules,
        options=options or {},
        only=only or {},
        seen={
            one.fingerprint: Seen(one.fingerprint, one, (waived or {}).get(one.fingerprint))
            for one in verdicts
        },
        gaps=gaps,
        present=present_in(verdicts),
    )


def gap(kind: str = "Bucket", scope: Scope = HERE, permission: str = "s3:ListAllMyBuckets") -> Gap:
    """Make a denied listing."""
    return Gap(scope, kind, Code.DENIED, permission, "s3.List", "AccessDenied")
