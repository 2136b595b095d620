"""scan, collect, evaluate, demo: from words to a run, from a report to its outputs."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.cli import runs as r
from scanner.cli.known import known_of, warn
from scanner.cli.telling import telling
from scanner.cli.trust import Words, words
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.collect import Progress
    from scanner.config import Config
    from scanner.engine import Tuned
    from scanner.packs import Packs
    from scanner.providers.plan import Needs
    from scanner.report import Report
    from scanner.rule import Severity
    from scanner.run import Choice, Scan

SaveTo = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="INVENTORY", help="Keep what was read: .jsonl, or .jsonl.zst to compress it."
    ),
]


def scan(
    sources: o.Sources = None,
    account: o.Accounts = None,
    region: o.Regions = None,
    profile: o.Profiles = None,
    organization: o.Organizations = None,
    folder: o.Folders = None,
    management_group: o.Groups = None,
    impersonate: o.Impersonate = None,
    role: o.Role = None,
    external_id: o.ExternalId = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    only: o.OnlyTags = None,
    only_state: o.OnlyState = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
    allow_empty: o.AllowEmpty = False,
    save: SaveTo = None,
    output: o.Outputs = None,
    waivers: o.WaiversFile = None,
    baseline: o.Baseline = None,
    new_only: o.NewOnly = False,
    iac: o.IacFolder = None,
    state: o.States = None,
    skip_incomplete: o.SkipIncomplete = False,
    trust: o.Trust = None,
    redact: o.Redact = False,
    push: o.Push = None,
    history: o.History = None,
    group_by: o.GroupBy = None,
    max_rate: o.MaxRate = None,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Connect to the public addresses that were read, and to [probe] targets of surefoot.toml.",
        ),
    ] = False,
    source: o.VantageSources = None,
    host: o.Hosts = None,
    connect: o.Connect = None,
    accounts: r.AccountsFile = None,
    run_dir: r.RunDir = None,
    resume: r.Resume = None,
    shard: r.ShardOf = None,
    engine: r.Engine = None,
    store: r.Store = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the calls per service and send none.")
    ] = False,
    ctx: typer.Context = None,  # type: ignore[assignment] # typer gives it; other commands do not
) -> None:
    """Look at accounts, or at a saved inventory, and say what is wrong with them.

    Examples:
      surefoot scan aws

      surefoot scan aws --profile staging --region eu-west-1 --fail-on high

      surefoot scan aws --organization aws --role audit --save tonight.jsonl.zst

      surefoot scan gcp --organization 123456789012 --impersonate audit@security.iam.gserviceaccount.com

      surefoot scan --accounts accounts.toml --shard 1/3 --save shard-1.jsonl.zst

      surefoot scan --resume 20261123T013000Z-k3x8

      surefoot scan aws --save tonight.jsonl.zst -o table -o sarif=out.sarif -o html=report.html

      surefoot scan aws --history history.db

      surefoot scan tonight.jsonl.zst --select bucket-public -o jsonl

      surefoot scan aws --probe --source 198.51.100.7

      surefoot scan aws --host ssh://web-1 --host ssm://i-0abc?region=eu-west-1

      surefoot scan aws --baseline main.jsonl --new-only --fail-on high --iac . --state prod.tfstate
    """
    again = r.gone_on(ctx, resume)
    if again is not None:
        scan(**again)
        return
    if new_only and baseline is None:
        raise UserError("--new-only: new since when? Give an earlier run with --baseline")
    named = words(trust, Words(config, waivers, baseline, rules, only_state))
    warn(named.notes)
    settings = named.in_place(o.configuration(named.config, max_rate))
    saved = o.is_inventory(sources)
    outputs = outputs_of(output)
    worst = o.severity_of(settings.fail_on if fail_on is None else fail_on)
    packs, tuned = o.rules_of(settings, named.rules, select, ignore)
    choice = o.choice_of(
        settings,
        r.clouds_of(sources, accounts, settings, organization, folder, management_group),
        accounts=account,
        regions=region,
        profiles=profile,
        organizations=organization,
        folders=folder,
        groups=management_group,
        impersonate=impersonate,
        role=role,
        external_id=external_id,
        only=only,
        only_state=named.only_state,
        saved=saved is not None,
    )
    if dry_run:
        from scanner.cli.inspect import dry

        dry(choice, tuned)
        return
    run = scan_of(settings, choice, packs, tuned)
    run.known = known_of(
        settings, tuned, waivers=named.waivers, baseline=named.baseline, iac=iac, states=state
    )
    if saved is not None and (probe or host):
        raise UserError(f"{saved}: only what was just read is probed or asked; addresses change their owners")
    if probe:
        run.beside += (o.vantage_of(settings, sources=source, connect=connect, joins=True),)
    if host:
        run.beside += (o.visit_of(settings, host, joins=True),)
    r.environments(run, accounts, packs, settings, select=select or (), ignore=ignore or ())
    telling_ = telling(run, settings, saved=saved, history=history, group_by=group_by, outputs=outputs)
    if saved is None:
        r.place(run, ctx, run_dir=run_dir, resume=resume, shard=shard, engine=engine, store=store)
    with stoppable(run.stop) as stopped:
        report = run.saved(saved) if saved else run.live(save, watching)
    report = telling_.told(run, replace(report, skip_incomplete=skip_incomplete), stopped)
    warn(
        [
            *run.known.warnings(report),
            *r.advise(run, stopped),
            *_unsafe(report, outputs),
            *_pushed(report, push),
        ]
    )
    finish(
        report,
        outputs,
        worst,
        stopped,
        allow_gaps=allow_gaps,
        allow_empty=allow_empty,
        new_only=new_only,
        redact=redact,
        failed=bool(telling_.failed),
    )


def collect(
    sources: o.Sources = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="INVENTORY", help="Where to keep it.")
    ] = Path("inventory.jsonl.zst"),
    account: o.Accounts = None,
    region: o.Regions = None,
    profile: o.Profiles = None,
    organization: o.Organizations = None,
    folder: o.Folders = None,
    management_group: o.Groups = None,
    impersonate: o.Impersonate = None,
    role: o.Role = None,
    external_id: o.ExternalId = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
    allow_gaps: o.AllowGaps = False,
    allow_empty: o.AllowEmpty = False,
    max_rate: o.MaxRate = None,
    accounts: r.AccountsFile = None,
    run_dir: r.RunDir = None,
    resume: r.Resume = None,
    shard: r.ShardOf = None,
    engine: r.Engine = None,
    store: r.Store = None,
    ctx: typer.Context = None,  # type: ignore[assignment] # typer gives it; other commands do not
) -> None:
    """Read accounts and keep what was read; `evaluate` judges it later, without credentials.

    Examples:
      surefoot collect aws -o tonight.jsonl.zst

      surefoot collect aws --organization aws --shard 2/8 -o shard-2.jsonl.zst
    """
    again = r.gone_on(ctx, resume)
    if again is not None:
        collect(**again)
        return
    settings = o.configuration(config, max_rate)
    packs, tuned = o.rules_of(settings, rules, select, ignore)
    choice = o.choice_of(
        settings,
        r.clouds_of(sources, accounts, settings, organization, folder, management_group),
        accounts=account,
        regions=region,
        profiles=profile,
        organizations=organization,
        folders=folder,
        groups=management_group,
        impersonate=impersonate,
        role=role,
        external_id=external_id,
    )
    run = scan_of(settings, choice, packs, tuned)
    r.environments(run, accounts, packs, settings, select=select or (), ignore=ignore or ())
    r.place(run, ctx, run_dir=run_dir, resume=resume, shard=shard, engine=engine, store=store)
    with stoppable(run.stop) as stopped:
        report = run.live(output, watching, judge=False)
    resources, gaps = report.resources, len(report.gaps)
    sys.stderr.write(f"{output}: {resources} resources, {gaps} gaps, {report.calls} calls\n")
    warn(r.advise(run, stopped))
    for gap in report.gaps:
        sys.stderr.write(f"gap: {gap.scope} {gap.kind}: {gap.permission or gap.code}: {gap.why}\n")
    _leave_when(stopped)
    if (report.gaps and not allow_gaps) or (not resources and not allow_empty):
        raise typer.Exit(3)


def evaluate(
    inventory: Annotated[
        Path, typer.Argument(metavar="INVENTORY", help="A file that collect or --save wrote.")
    ],
    account: o.Accounts = None,
    region: o.Regions = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    only: o.OnlyTags = None,
    only_state: o.OnlyState = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
    allow_empty: o.AllowEmpty = False,
    output: o.Outputs = None,
    waivers: o.WaiversFile = None,
    baseline: o.Baseline = None,
    new_only: o.NewOnly = False,
    iac: o.IacFolder = None,
    state: o.States = None,
    skip_incomplete: o.SkipIncomplete = False,
    trust: o.Trust = None,
    redact: o.Redact = False,
    history: o.History = None,
    group_by: o.GroupBy = None,
) -> None:
    """Judge a saved inventory; needs no credentials and asks nobody.

    Example: surefoot evaluate tonight.jsonl.zst -o sarif=out.sarif
    """
    scan(
        sources=[str(inventory)],
        account=account,
        region=region,
        select=select,
        ignore=ignore,
        only=only,
        only_state=only_state,
        rules=rules,
        config=config,
        fail_on=fail_on,
        allow_gaps=allow_gaps,
        allow_empty=allow_empty,
        output=output,
        waivers=waivers,
        baseline=baseline,
        new_only=new_only,
        iac=iac,
        state=state,
        skip_incomplete=skip_incomplete,
        trust=trust,
        redact=redact,
        history=history,
        group_by=group_by,
    )


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where the reports are kept.")
    ] = Path("demo-report"),
    fail_on: o.FailOn = None,
) -> None:
    """Scan a demo account: a real server on loopback, the real SDK, the real command. Needs no credentials.

    Needs the extra `demo`: pip install 'surefoot[demo]'
    """
    from scanner.config import Config
    from scanner.demo import running

    with running() as clouds:
        settings = Config()  # a surefoot.toml that lies here is about other accounts
        packs, tuned = o.rules_of(settings, None, None, None)
        choice = o.choice_of(settings, clouds)
        worst = o.severity_of(fail_on or settings.fail_on)
        folder.mkdir(parents=True, exist_ok=True)
        run = scan_of(settings, choice, packs, tuned)
        run.maps = True
        with stoppable(run.stop) as stopped:
            report = run.live(folder / "inventory.jsonl.zst", watching)
    files = [f"{name}={folder / file}" for name, file in _DEMO_FILES.items()]
    note = f"reports: {', '.join(str(folder / file) for file in _DEMO_FILES.values())}\n"
    finish(report, outputs_of(["table", *files]), worst, stopped, note=note)


_DEMO_FILES = {
    "jsonl": "verdicts.jsonl",
    "sarif": "findings.sarif",
    "markdown": "summary.md",
    "compliance": "compliance.txt",
    "html": "report.html",
}


def scan_of(settings: "Config", choice: "Choice", packs: "Packs", tuned: "Sequence[Tuned]") -> "Scan":
    """Put one run together."""
    from scanner import frameworks, memory, tuning
    from scanner.run import Scan

    own = [frameworks.load_framework(path, known_rules=packs.known_ids) for path in settings.frameworks]
    memory.settle()
    return Scan(
        settings,
        choice,
        tuned,
        frameworks=(*frameworks.frameworks(), *own),
        packs=packs.versions,
        not_selected=tuple(
            rule for id_, rule in packs.rules.items() if id_ not in {one.rule.id for one in tuned}
        ),
        options=tuning.options_of(tuned),
    )


def _pushed(report: "Report", push: str | None) -> Iterator[str]:
    """Push the findings where --push says, and yield what came of it."""
    if push is None:
        return
    from scanner.notify import securityhub

    target, _, profile = push.partition(":")
    if target != "securityhub":
        raise UserError(f"--push {push}: it reads securityhub, or securityhub:PROFILE")
    account, of = securityhub.connect(profile or None)
    pushed = securityhub.push(report, account, of)
    yield f"Security Hub of {account} took {pushed.taken} findings and refused {pushed.refused}"
    yield from pushed.reasons[:10]


def _unsafe(report: "Report", outputs: Sequence[tuple[str, Path | None]]) -> Iterator[str]:
    """Yield the accounts whose alerts code scanning would close, because this run could not look at everything."""
    if report.skip_incomplete or not any(name == "sarif" for name, _ in outputs):
        return
    for cloud, account in sorted(report.unsafe_categories):
        yield (
            f"do not upload surefoot/{cloud}/{account}: not all could be judged, and code scanning takes what is "
            "missing for fixed; give a --baseline, from which it is carried forward, or --skip-incomplete"
        )


def outputs_of(words: Sequence[str] | None) -> list[tuple[str, Path | None]]:
    """Return (format, path or None for stdout). Raises UserError that lists the formats."""
    from scanner.reporters import FORMATS

    outputs: list[tuple[str, Path | None]] = []
    for word in words or ["table"]:
        name, equals, path = word.partition("=")
        if name not in FORMATS or (equals and not path):
            raise UserError(f"-o {word}: FORMAT is one of {', '.join(FORMATS)}, alone or as FORMAT=PATH")
        if equals and not Path(path).parent.is_dir():
            raise UserError(f"-o {word}: the folder {Path(path).parent} does not exist")
        if name == "sarif" and path.endswith("/"):
            Path(path).mkdir(exist_ok=True)
        outputs.append((name, Path(path) if equals else None))
    if sum(path is None for _, path in outputs) > 1:
        raise UserError(
            "-o: only one format can go to stdout; give the others a path, such as -o sarif=out.sarif"
        )
    return outputs


@contextlib.contextmanager
def stoppable(stop: threading.Event) -> Iterator[list[int]]:
    """Let Ctrl-C and SIGTERM end the run early, keeping what it has; a second one ends it at once."""
    stopped: list[int] = []

    def on_signal(number: int, _frame: object) -> None:
        if stopped:
            raise SystemExit(128 + number)
        stopped.append(number)
        stop.set()
        sys.stderr.write("\nstopping: what was read so far is kept (again to leave at once)\n")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_when(stopped: Sequence[int]) -> None:
    if stopped:
        raise typer.Exit(128 + stopped[0])


@contextlib.contextmanager
def watching(progress: "Progress") -> Iterator[None]:
    """Show how far a collection is, on stderr and only on a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    over = threading.Event()
    console = Console(stderr=True)

    def show() -> None:
        with console.status("signing in ...") as status:
            while not over.wait(0.1):
                retried = f", {progress.retries} tried again" if progress.retries else ""
                status.update(f"{progress.calls} calls{retried}, {progress.resources} resources")

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(1)


def finish(
    report: "Report",
    outputs: Sequence[tuple[str, Path | None]],
    fail_on: "Severity | None",
    stopped: Sequence[int],
    *,
    allow_gaps: bool = False,
    allow_empty: bool = False,
    new_only: bool = False,
    redact: bool = False,
    note: str = "",
    failed: bool = False,
) -> None:
    """Write every output, say the outcome in one last line, and leave with its exit code."""
    from scanner.report import exit_code
    from scanner.reporters import page_of, write, write_folder
    from scanner.reporters.totals import result

    code = exit_code(report, fail_on, allow_gaps=allow_gaps, allow_empty=allow_empty, new_only=new_only)
    for name, path in sorted(outputs, key=lambda output: output[1] is None):
        if path is not None and path.is_dir():
            write_folder(report, path, redact=redact)
        elif path is not None:
            write(report, name, path, redact=redact)
        else:
            write(report, name, sys.stdout.buffer, page_of(sys.stdout, os.environ), redact=redact)
    if ("table", None) not in outputs:
        sys.stderr.write(f"surefoot: {result(report)}\n")
    sys.stderr.write(note)
    _leave_when(stopped)
    if failed or code:
        raise typer.Exit(2 if failed else code)


def collect_into(
    path: Path,
    settings: "Config",
    choice: "Choice",
    packs: "Packs",
    tuned: "Sequence[Tuned]",
    reads: "Needs | None" = None,
) -> None:
    """Collect what the rules need, and `reads`, into a file, judging nothing."""
    run = scan_of(settings, choice, packs, tuned)
    run.reads = reads or {}
    with stoppable(run.stop) as stopped:
        run.live(path, watching, judge=False)
    _leave_when(stopped)
