"""probe: what hosts that the user names really answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.cli.known import known_of, warn
from scanner.cli.scan import SaveTo, finish, outputs_of, scan_of, stoppable, watching
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.engine import Tuned


def probe(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="HOST:PORT, HOST (its web server), or tcp, tls, http, https, smtp, postgres, mysql://HOST[:PORT]; "
            "none: those of [probe] in surefoot.toml.",
            show_default=False,
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(
            "--closed",
            metavar="HOST:PORT",
            help="A port that is expected to be closed from here. Repeatable.",
        ),
    ] = None,
    trust_ca: Annotated[
        list[Path] | None,
        typer.Option(
            "--ca", metavar="FILE", help="Certificates, in PEM, to trust beside the system's. Repeatable."
        ),
    ] = None,
    connect: o.Connect = None,
    vantage: Annotated[
        str | None, typer.Option("--vantage", metavar="NAME", help="What to call this place in reports.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", min=0.1, max=60, help="For each answer.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="N", min=0.1, max=10_000, help="Connections a second.")
    ] = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    config: o.ConfigFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
    save: SaveTo = None,
    output: o.Outputs = None,
    waivers: o.WaiversFile = None,
    baseline: o.Baseline = None,
    new_only: o.NewOnly = False,
) -> None:
    """Connect to hosts that you name, and judge their ports, certificates and web servers.

    Nothing but these targets is contacted. What is found is true from where this runs.

    Examples:
      surefoot probe example.org:443

      surefoot probe https://shop.example.org smtp://mail.example.org:587 --closed db.example.org:5432

      surefoot probe postgres://db.internal --ca company-ca.pem -o jsonl

      surefoot probe shop.example.org:443 --connect shop.example.org:443=192.0.2.10:443
    """
    from scanner.run import Choice

    if new_only and baseline is None:
        raise UserError("--new-only: new since when? Give an earlier run with --baseline")
    settings = o.configuration(config)
    outputs = outputs_of(output)
    worst = o.severity_of(settings.fail_on if fail_on is None else fail_on)
    packs, tuned = o.rules_of(settings, None, select, ignore)
    at = o.vantage_of(
        settings,
        targets=targets or (),
        closed=closed or (),
        trust=trust_ca,
        connect=connect,
        vantage=vantage,
        timeout=timeout,
        rate=rate,
    )
    if not at.targets:
        raise UserError(
            "say what to probe: `surefoot probe example.org:443`, or [probe] targets in surefoot.toml"
        )
    run = scan_of(settings, Choice(), packs, _about_probes(tuned))
    run.beside = (at,)
    run.known = known_of(settings, run.rules, waivers=waivers, baseline=baseline)
    with stoppable(run.stop) as stopped:
        report = run.live(save, watching)
    warn(list(run.known.warnings(report)))
    finish(report, outputs, worst, stopped, allow_gaps=allow_gaps, new_only=new_only)


def _about_probes(tuned: "Sequence[Tuned]") -> "list[Tuned]":
    """Leave out the rules that judge what only a cloud says."""
    from scanner.vantage import kinds_of_probes

    kinds = kinds_of_probes()
    return [one for one in tuned if one.rule.subject in kinds]
