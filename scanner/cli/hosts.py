"""hosts: what machines that the user names say of themselves."""

from typing import Annotated

import typer

from scanner.cli import options as o
from scanner.cli.known import known_of, warn
from scanner.cli.scan import SaveTo, finish, outputs_of, scan_of, stoppable, watching


def hosts(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="HOST...",
            help="local://, ssh://NAME, docker://NAME, podman://NAME, kubectl://POD?namespace=N, "
            "ssm://INSTANCE?region=R&profile=P.",
            show_default=False,
        ),
    ],
    select: o.Select = None,
    ignore: o.Ignore = None,
    config: o.ConfigFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
    save: SaveTo = None,
    output: o.Outputs = None,
    waivers: o.WaiversFile = None,
    baseline: o.Baseline = None,
) -> None:
    """Ask hosts that you name what listens on them, which services run, and how full their disks are.

    By commands that only read. With `surefoot scan CLOUD --host ...` the firewalls before them are judged too.
    Needs the extra `testinfra`: pip install 'surefoot[testinfra]'

    Examples:
      surefoot hosts local://

      surefoot hosts ssh://web-1 ssh://admin@web-2 -o jsonl

      surefoot hosts ssm://i-0abc?region=eu-west-1
    """
    from scanner.run import Choice
    from scanner.visit import kinds_of_hosts

    settings = o.configuration(config)
    outputs = outputs_of(output)
    worst = o.severity_of(settings.fail_on if fail_on is None else fail_on)
    packs, tuned = o.rules_of(settings, None, select, ignore)
    kinds = kinds_of_hosts()
    run = scan_of(settings, Choice(), packs, [one for one in tuned if one.rule.subject in kinds])
    run.beside = (o.visit_of(settings, names),)
    run.known = known_of(settings, run.rules, waivers=waivers, baseline=baseline)
    with stoppable(run.stop) as stopped:
        report = run.live(save, watching)
    warn(list(run.known.warnings(report)))
    finish(report, outputs, worst, stopped, allow_gaps=allow_gaps)
