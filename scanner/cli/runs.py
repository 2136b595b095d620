"""Runs of many accounts: where one is kept, how it goes on, its shards, and `merge`."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import options as o
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.packs import Packs
    from scanner.run import Scan
    from scanner.runs.shards import Shard

AccountsFile = Annotated[
    Path | None,
    typer.Option(
        "--accounts",
        metavar="FILE",
        help="accounts.toml: accounts of all clouds, with role, regions and environment.",
        show_default=False,
    ),
]
RunDir = Annotated[
    Path | None,
    typer.Option(
        "--run",
        metavar="DIR",
        help="Keep the run in this new folder, also after its end.",
        show_default=False,
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="RUN",
        help="Go on with a run that was cut short: its folder, or its name in `surefoot runs`. Words that are not "
        "given again are those with which it was started.",
        show_default=False,
    ),
]
ShardOf = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Only every N-th account from the I-th on, of all in their order; `surefoot merge` joins the parts.",
        show_default=False,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="dask=ADDRESS",
        help="Let the workers of a Dask cluster read the accounts; --store is where they leave them.",
        show_default=False,
    ),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR|URL",
        help="A folder or object store that every worker reaches (s3://bucket/runs).  [default: the run's folder]",
        show_default=False,
    ),
]


def gone_on(ctx: typer.Context | None, resume: str | None) -> dict[str, Any] | None:
    """Return all words of a run that is gone on with: those given now, else those that it was started with.

    None when no run is. Raises RunFolderError.
    """
    if ctx is None or resume is None:
        return None
    from scanner.runs import folder

    head = folder.find(resume).head
    before = {name: _spoken(word) for name, word in (head.words if head is not None else {}).items()}
    given = _given(ctx)
    return {**ctx.params, **{name: word for name, word in before.items() if name not in given}}


def said(ctx: typer.Context | None) -> dict[str, Any]:
    """Return the words that were given, as a run keeps them; but not where it is kept."""
    if ctx is None:
        return {}
    return {name: _written(ctx.params[name]) for name in sorted(_given(ctx) - {"run_dir", "resume"})}


def _given(ctx: typer.Context) -> set[str]:
    return {
        name for name in ctx.params if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"
    }


def _written(word: Any) -> Any:
    if isinstance(word, Path):
        return {"path": str(word)}
    return [_written(one) for one in word] if isinstance(word, list | tuple) else word


def _spoken(word: Any) -> Any:
    if isinstance(word, Mapping):
        return Path(word["path"])
    return [_spoken(one) for one in word] if isinstance(word, list) else word


def shard_of(word: str | None) -> "Shard | None":
    """Read `I/N`. Raises UserError."""
    if word is None:
        return None
    from scanner.runs.shards import Shard

    number, slash, of = word.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise UserError(f"--shard {word}: must read I/N with I from 1 to N, such as 2/3")
    return Shard(int(number), int(of))


def place(
    run: "Scan",
    ctx: typer.Context | None,
    *,
    run_dir: Path | None = None,
    resume: str | None = None,
    shard: str | None = None,
    engine: str | None = None,
    store: str | None = None,
) -> None:
    """Tell a run where it is kept, which accounts of all are its own, and who reads them. Raises UserError."""
    from scanner.runs import folder

    if resume is not None and run_dir is not None:
        raise UserError("--run: a run that goes on stays where it is; leave --run away, or --resume")
    run.shard = shard_of(shard)
    run.words = said(ctx)
    if engine is not None:
        from scanner.runs.cluster import address_of

        run.cluster = address_of(engine)
    elif store is not None:
        raise UserError(
            "--store: only with --engine dask=ADDRESS; a run of this machine is kept in --run DIR"
        )
    run.store = store
    run.kept = folder.find(resume) if resume is not None else folder.new(run.started, run_dir)


def clouds_of(
    sources: Sequence[str] | None,
    file: Path | None,
    settings: "Config",
    organizations: Sequence[str] | None,
    folders: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> Sequence[str] | None:
    """Return the clouds to look at: as said or set, else those of what holds accounts, or of accounts.toml."""
    named = file or settings.accounts
    if sources or settings.clouds:
        return sources
    numbers = [word for word in organizations or () if word.removeprefix("gcp:").isdecimal()]
    found = ["aws"] if len(organizations or ()) > len(numbers) else []
    found += ["gcp"] if numbers or folders else []
    found += ["azure"] if groups else []
    if named is not None:
        from scanner import accounts

        found += [one.cloud for one in accounts.load(named).account]
    return list(dict.fromkeys(found)) or sources


def environments(run: "Scan", file: Path | None, packs: "Packs", settings: "Config", **choosing: Any) -> None:
    """Give a run its accounts.toml, and the rules as its environments tune them. Raises ConfigError."""
    from scanner import accounts
    from scanner.tuning import tune_for

    named = file or settings.accounts
    if named is None:
        return
    run.accounts = accounts.load(named)
    run.elsewhere = tune_for(packs, settings, run.accounts, **choosing)


def advise(run: "Scan", stopped: Sequence[int]) -> list[str]:
    """Say how an interrupted run goes on."""
    return [f"to go on with it: --resume {run.kept.name}"] if stopped and run.kept else []


def runs() -> None:
    """List the runs that were cut short and can be gone on with.

    Example: surefoot runs
    """
    from scanner.runs import folder
    from scanner.runs.folder import RunFolder

    def line(one: RunFolder) -> str:
        assert one.head is not None  # noqa: S101 - only those are listed
        return f"{one.name}  {len(one.results)} of {len(one.head.accounts)} accounts"

    found = [line(one) for one in folder.unfinished()]
    sys.stdout.write("\n".join(found or ["no run was cut short"]) + "\n")


def merge(
    parts: Annotated[
        list[Path],
        typer.Argument(
            metavar="PART...", help="Saved inventories, or folders of runs (--run), such as shards."
        ),
    ],
    select: o.Select = None,
    ignore: o.Ignore = None,
    only: o.OnlyTags = None,
    only_state: o.OnlyState = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
    accounts: AccountsFile = None,
    fail_on: o.FailOn = None,
    allow_gaps: o.AllowGaps = False,
    allow_empty: o.AllowEmpty = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="INVENTORY", help="Keep all of it as one inventory.")
    ] = None,
    output: o.Outputs = None,
    waivers: o.WaiversFile = None,
    baseline: o.Baseline = None,
    new_only: o.NewOnly = False,
    iac: o.IacFolder = None,
    state: o.States = None,
    skip_incomplete: o.SkipIncomplete = False,
    redact: o.Redact = False,
    history: o.History = None,
    group_by: o.GroupBy = None,
) -> None:
    """Join what several runs read, and judge it as if one had read it all. An account that none has is a gap.

    Examples:
      surefoot merge shard-1.jsonl.zst shard-2.jsonl.zst shard-3.jsonl.zst -o jsonl=all.jsonl

      surefoot merge runs/1 runs/2 runs/3 --save tonight.jsonl.zst
    """
    from dataclasses import replace

    from scanner.cli.known import known_of, warn
    from scanner.cli.scan import finish, outputs_of, scan_of, stoppable
    from scanner.cli.telling import telling

    settings = o.configuration(config)
    outputs = outputs_of(output)
    worst = o.severity_of(settings.fail_on if fail_on is None else fail_on)
    packs, tuned = o.rules_of(settings, rules, select, ignore)
    choice = o.choice_of(settings, None, only=only, only_state=only_state, saved=True)
    run = scan_of(settings, choice, packs, tuned)
    environments(run, accounts, packs, settings, select=select or (), ignore=ignore or ())
    run.known = known_of(settings, tuned, waivers=waivers, baseline=baseline, iac=iac, states=state)
    telling_ = telling(run, settings, history=history, group_by=group_by, outputs=outputs)
    with stoppable(run.stop) as stopped:
        report = run.merged(parts, save)
    report = telling_.told(run, replace(report, skip_incomplete=skip_incomplete), stopped)
    warn(run.known.warnings(report))
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
