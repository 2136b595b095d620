"""Made-up rules, resources and reports for the tests of reports."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from scanner.engine import Outcome, Tuned, Unread, Verdict
from scanner.frameworks import CIS_AWS_7, CIS_GCP_5, Control, Framework
from scanner.inventory import Gap
from scanner.models.resource import UNREAD, Cloud, Code, Resource, Scope, Why
from scanner.report import Report
from scanner.rule import InRegion, Option, Problems, Rule, Severity, rule

STARTED = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
IRELAND = Scope(Cloud.AWS, "111122223333", "eu-west-1")
VIRGINIA = Scope(Cloud.AWS, "111122223333", "us-east-1")
BELGIUM = Scope(Cloud.GCP, "acme-prod", "europe-west1")
HOLLAND = Scope(Cloud.AZURE, "0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d", "westeurope")


class Crate(Resource):
    """A kind that no cloud has."""

    title = "crate"
    locked: bool = UNREAD
    lid: str | None = UNREAD


class Crane(Resource):
    """Another one, which rules on crates look across."""

    load: int = UNREAD


def made_up(id: str, severity: Severity, title: str, **more: Any) -> Rule:
    """Make a rule on crates that finds nothing: its verdicts are made up too."""

    def check(crate: Crate) -> Problems:
        yield from () if crate.locked else ["it is open"]

    check.__doc__ = f"{title}.\n\nWhoever passes by takes what is in it.\n"
    check.__module__ = "rules.storage." + id.replace("-", "_")
    given: dict[str, Any] = {
        "passes": {"a locked crate": Crate(locked=True)},
        "fails": {"an open crate": Crate(locked=False)},
        "fix": {Cloud.AWS: "aws crates lock --name NAME", Cloud.GCP: "gcloud crates lock NAME"},
        **more,
    }
    return rule(id, severity=severity, **given)(check)


@rule(
    "crate-without-crane",
    severity=Severity.MEDIUM,
    passes={"a light crate": Crate(lid="oak")},
    fails={"a heavy crate": Crate(lid="lead")},
    fix={Cloud.AWS: "Put the crate under a crane that carries it."},
    controls=[CIS_AWS_7["3.2.2"].partly()],
    revision=3,
    formerly=["crane-missing", "crate-alone"],
    references=["https://example.com/cranes"],
)
def crate_without_crane(
    crate: Crate,
    cranes: InRegion[Crane],
    *,
    tonnes: Annotated[int, Option("What the crane carries at least, in tonnes.", at_least=1, at_most=90)] = 7,
    lids: tuple[str, ...] = ("oak", "pine"),
    strict: bool = False,
) -> Problems:
    """Crate stands where no crane can lift it.

    Sooner or later every crate has to move, and a crate
    that cannot be lifted is dragged:

        dragged crates lose their lids

    - the floor is scratched
    - the lid falls off
    """
    if crate.lid not in lids and not strict and not any(crane.load > tonnes for crane in cranes):
        yield "no crane reaches it"


def in_pack(one: Rule, pack: str) -> Rule:
    """The rule as if it came from a file beside no folder, in a pack of a user's."""
    return replace(one, pack=pack)


OPEN = made_up(
    "crate-open",
    Severity.CRITICAL,
    "Crate is open to everyone who passes by",
    controls=[CIS_AWS_7["3.1.1"], CIS_GCP_5["6.8"]],
)
RUSTY = made_up("crate-rusty", Severity.LOW, "Crate has rusty nails", controls=[CIS_AWS_7["3.2.1"].partly()])

ACME = Framework(
    "ACME-1",
    "Our own",
    "1",
    None,
    {
        number: Control("ACME-1", "1", number, title, automated=True, rules=rules)
        for number, title, rules in [
            ("1", "Crates are closed and sound", ("crate-open", "crate-rusty")),
            ("2", "Crates can be moved", ("crane-missing",)),
            ("3", "Crates are blue", ()),
        ]
    },
)


def arn(scope: Scope, name: str) -> str:
    """The id of a crate in AWS."""
    return f"arn:aws:crates:{scope.region}:{scope.account}:crate/{name}"


def verdict(
    one: Rule,
    name: str,
    outcome: Outcome = Outcome.FAIL,
    scope: Scope = IRELAND,
    *,
    messages: Iterable[str] = ("its lid is off",),
    **more: Any,
) -> Verdict:
    """One verdict on a crate called `name`."""
    given: dict[str, Any] = {"resource": arn(scope, name), "name": name, "severity": one.severity, **more}
    said = tuple(messages) if outcome in (Outcome.FAIL, Outcome.ERROR) else ()
    return Verdict(
        rule=one.id, identity=one.identity, outcome=outcome, scope=scope, kind="Crate", messages=said, **given
    )


def denied(field: str, permission: str) -> tuple[Unread, ...]:
    """A fact that was refused."""
    text = "User: arn:aws:iam::111122223333:role/audit is not authorized"
    return (
        Unread(field, Why(code=Code.DENIED, permission=permission, call=permission.split(":")[1], text=text)),
    )


def report(
    verdicts: Iterable[Verdict] = (),
    gaps: Iterable[Gap] = (),
    *,
    rules: Iterable[Rule] | None = None,
    **more: Any,
) -> Report:
    """A report of these verdicts by these rules (all made-up ones)."""
    ran = (OPEN, RUSTY, crate_without_crane) if rules is None else rules
    tuned: Mapping[str, Tuned] = {one.id: Tuned(one) for one in ran}
    given = sorted(verdicts, key=lambda one: one.order)
    settled: dict[str, Any] = {
        "version": "0.1.0",
        "run": "20261123T013000Z",
        "started": STARTED,
        "scopes": (IRELAND, VIRGINIA),
        "rules": tuned,
        "verdicts": given,
        "gaps": tuple(gaps),
        "resources": len({one.resource for one in given}),
        **more,
    }
    return Report(**settled)


def ordinary(**more: Any) -> Report:
    """A night like any other: findings, passes, a waiver, an unread fact, a gap, on two clouds."""
    waived = verdict(OPEN, "old-crate", scope=VIRGINIA)
    verdicts = [
        verdict(
            OPEN,
            "front-door",
            messages=["its lid is off", "the key is in the lock, and 203.0.113.0/24 can turn it"],
        ),
        verdict(OPEN, "loading-ramp", scope=VIRGINIA),
        verdict(OPEN, "cellar", Outcome.PASS),
        verdict(OPEN, "attic", Outcome.UNKNOWN, unread=denied("Crate.locked", "crates:GetLock")),
        verdict(
            OPEN,
            "shed",
            scope=BELGIUM,
            resource="//crates.googleapis.com/projects/acme-prod/zones/b/crates/shed",
        ),
        waived,
        verdict(RUSTY, "front-door"),
        verdict(RUSTY, "cellar", Outcome.PASS),
        verdict(RUSTY, "ramp", Outcome.ERROR, messages=["the rule is broken: KeyError: 'nails'"]),
    ]
    gap = Gap(VIRGINIA, "Crane", Code.DENIED, "cranes:DescribeCranes", "DescribeCranes", "AccessDenied: no")
    given: dict[str, Any] = {
        "scopes": (IRELAND, VIRGINIA, BELGIUM),
        "waived": {waived.fingerprint: "emptied next week"},
        "frameworks": (CIS_AWS_7, CIS_GCP_5, ACME),
        "packs": {"surefoot": "0.1.0"},
        "options": {"fail_on": "low"},
        "left_out": ("aws:111122223333/me-south-1",),
        "calls": 512,
        "seconds": 8.25,
        **more,
    }
    return report(verdicts, [gap], **given)


def text(reporter: Any, one: Report, page: Any) -> str:
    """What a reporter writes, as text."""
    return b"".join(reporter(one, page)).decode()
