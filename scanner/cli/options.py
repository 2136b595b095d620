"""Options that several commands share, and what their words mean."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.engine import Tuned
    from scanner.judging import Only
    from scanner.models.resource import Cloud
    from scanner.packs import Packs
    from scanner.rule import Severity
    from scanner.runs.signing import Choice
    from scanner.vantage import Vantage
    from scanner.visit import Visit

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE]...",
        help="Clouds (aws gcp azure; none: those in surefoot.toml), or one saved inventory.",
        show_default=False,
    ),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="ID", help="Only this account; `aws:ID` with several clouds. Repeatable."
    ),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region", metavar="NAME", help="Only this region; `aws:NAME` with several clouds. Repeatable."
    ),
]
Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", metavar="NAME", help="Sign in to AWS with this profile. Repeatable."),
]
Organizations = Annotated[
    list[str] | None,
    typer.Option(
        "--organization",
        metavar="[CLOUD:]ID",
        help="Every account of an organization: `aws` is that of whoever is signed in, o-ID, r-ID or ou-ID a part "
        "of AWS's; a number is Google Cloud's. Repeatable.",
    ),
]
Folders = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="NUMBER", help="Every project of a Google Cloud folder. Repeatable."),
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--management-group",
        metavar="ID",
        help="Every subscription of an Azure management group. Repeatable.",
    ),
]
Impersonate = Annotated[
    str | None,
    typer.Option(
        "--impersonate",
        metavar="EMAIL",
        help="Read Google Cloud as this service account, for which whoever is signed in may make tokens.",
        show_default=False,
    ),
]
Role = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="NAME|ARN",
        help="The role to take on in each AWS account that is not the one signed in to.  [default: surefoot]",
        show_default=False,
    ),
]
ExternalId = Annotated[
    str | None,
    typer.Option(
        "--external-id", metavar="ID", help="What the role's trust policy asks for.", show_default=False
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="RULE", help="Only these rules: id, glob, subject or severity. Repeatable."
    ),
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="RULE", help="Leave these rules out. Repeatable.")
]
OnlyTags = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="tag:KEY=VALUE|kind:KIND",
        help="Judge only resources with this tag, or of this kind. Repeatable.",
    ),
]
OnlyState = Annotated[
    list[Path] | None,
    typer.Option(
        "--only-state", metavar="FILE", help="Judge only what this Terraform state manages. Repeatable."
    ),
]
Rules = Annotated[
    list[Path] | None, typer.Option("--rules", metavar="DIR", help="A folder of your own rules. Repeatable.")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Instead of surefoot.toml in this folder.", show_default=False
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="Exit 1 for findings this bad or worse: info low medium high critical, or never.  [default: low]",
        show_default=False,
    ),
]
AllowGaps = Annotated[bool, typer.Option("--allow-gaps", help="Do not exit 3 for what could not be read.")]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Do not exit 3 when nothing was checked.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT[=PATH]",
        help="table (default), jsonl, json, csv, markdown, html, sarif, compliance, junit, ocsf, asff, codequality; "
        "to a file, or to stdout. Repeatable.",
        show_default=False,
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="RUN",
        help="An earlier run to compare with: -o jsonl, or an inventory.",
        show_default=False,
    ),
]
NewOnly = Annotated[
    bool,
    typer.Option("--new-only", help="Exit 1 or 3 only for what is new or worse since --baseline."),
]
WaiversFile = Annotated[
    Path | None,
    typer.Option("--waivers", metavar="FILE", help="Accepted findings: a TOML file.", show_default=False),
]
IacFolder = Annotated[
    Path | None,
    typer.Option(
        "--iac",
        metavar="DIR",
        help="Terraform or CloudFormation code that made the accounts.",
        show_default=False,
    ),
]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="[DIR=]FILE",
        help="Raw Terraform or OpenTofu state, and the folder that it is of. Repeatable.",
        show_default=False,
    ),
]
History = Annotated[
    str | None,
    typer.Option(
        "--history",
        metavar="FILE|URL",
        help="The history: a file, or postgresql://...; none: not this time. Else SUREFOOT_HISTORY, or [history].",
        show_default=False,
    ),
]
GroupBy = Annotated[
    str | None,
    typer.Option("--group-by", metavar="owner", help="A part of the table for each owner of [owners]."),
]
Trust = Annotated[
    str | None,
    typer.Option(
        "--trust",
        metavar="REF",
        help="Take settings, waivers, rules and a tracked baseline from this commit, and not from the working tree.",
        show_default=False,
    ),
]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact",
        help="Hide account ids and addresses in what others see: SARIF, Markdown, JUnit, Code Quality.",
    ),
]
Push = Annotated[
    str | None,
    typer.Option(
        "--push",
        metavar="securityhub[:PROFILE]",
        help="Send the findings to AWS Security Hub, with credentials of their own.",
        show_default=False,
    ),
]
SkipIncomplete = Annotated[
    bool,
    typer.Option(
        "--skip-incomplete", help="Leave accounts out of SARIF whose alerts it would close by mistake."
    ),
]
MaxRate = Annotated[
    float | None, typer.Option("--max-rate", metavar="N", help="At most N calls a second in all.", min=0.1)
]

VantageSources = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="ADDRESS", help="An address by which the internet knows this machine. Repeatable."
    ),
]
Hosts = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="BACKEND://NAME",
        help="Also ask this host from inside: local, ssh, docker, podman, kubectl or ssm. Repeatable.",
    ),
]
Connect = Annotated[
    list[str] | None,
    typer.Option(
        "--connect",
        metavar="HOST:PORT=HOST:PORT",
        help="Connect there in place of a host and port; `*` is any, behind `=` the same port. Repeatable.",
    ),
]


def severity_of(word: str) -> "Severity | None":
    """Return what --fail-on names; None for never. Raises UserError."""
    from scanner.rule import Severity

    if word == "never":
        return None
    try:
        return Severity(word)
    except ValueError:
        raise UserError(f"--fail-on {word}: one of {', '.join(Severity)}, never") from None


def is_inventory(sources: Sequence[str] | None) -> Path | None:
    """Return the saved inventory that SOURCE names, or None when it names clouds. Raises UserError."""
    words = list(sources or ())
    if len(words) == 1 and words[0] not in _cloud_words():
        path = Path(words[0])
        if not path.is_file():
            raise UserError(
                f"{words[0]}: neither a cloud ({', '.join(_cloud_words())}) nor a file that is there"
            )
        return path
    return None


def _cloud_words() -> list[str]:
    from scanner.providers import clouds

    return [cloud.value for cloud in clouds()]


def configuration(file: Path | None, max_rate: float | None = None) -> "Config":
    """Read surefoot.toml with what the command line puts over it. Raises ConfigError."""
    from scanner import config

    loaded = config.load(file)
    if max_rate is not None:
        loaded = loaded.model_copy(update={"pace": loaded.pace.model_copy(update={"max_rate": max_rate})})
    return loaded


def history_of(config: "Config", asked: str | None) -> str | None:
    """Return where the history is: what the command line says, or the environment, or surefoot.toml; None: nowhere."""
    import os
    from importlib.util import find_spec

    where = asked or os.environ.get("SUREFOOT_HISTORY") or config.history.url or None
    if where == "none":
        return None
    if where is not None and any(find_spec(name) is None for name in ("alembic", "sqlalchemy")):
        raise UserError("the history needs the extra: pip install 'surefoot[history]'")
    return where


def rules_of(
    config: "Config",
    folders: Iterable[Path] | None,
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
) -> tuple["Packs", list["Tuned"]]:
    """Load the packs and tune the chosen rules. Raises PackError, ConfigError."""
    from scanner import packs, tuning

    loaded = packs.load([*config.packs, *(folders or ())])
    return loaded, tuning.tune(loaded, config, select or (), ignore or ())


def choice_of(
    config: "Config",
    sources: Sequence[str] | None,
    *,
    accounts: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    profiles: Sequence[str] | None = None,
    organizations: Sequence[str] | None = None,
    folders: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    impersonate: str | None = None,
    role: str | None = None,
    external_id: str | None = None,
    only: Sequence[str] | None = None,
    only_state: Sequence[Path] | None = None,
    saved: bool = False,
) -> "Choice":
    """Turn words into what a run looks at. Raises UserError that names what is allowed."""
    from scanner.models.resource import Cloud
    from scanner.runs.signing import Choice

    chosen = () if saved else tuple(_cloud(word) for word in dict.fromkeys(sources or config.clouds))
    if not chosen and not saved:
        raise UserError(
            "say which clouds to look at: `surefoot scan aws`, or `clouds = [...]` in surefoot.toml"
        )
    clouds = chosen or tuple(Cloud)
    return Choice(
        clouds=chosen,
        accounts=_by_cloud("--account", accounts, clouds, saved=saved),
        regions=_by_cloud("--region", regions, clouds, saved=saved),
        profiles=tuple(profiles or ()),
        within=_within(clouds, organizations or (), folders or (), groups or (), impersonate),
        role=role,
        external_id=external_id,
        only=_only(only or (), only_state or ()),
    )


def _within(
    clouds: Sequence["Cloud"],
    organizations: Sequence[str],
    folders: Sequence[str],
    groups: Sequence[str],
    impersonate: str | None,
) -> dict["Cloud", dict[str, tuple[str, ...]]]:
    """Return what holds the accounts to look at, by cloud, and as whom, as its section of surefoot.toml names it."""
    from scanner.models.resource import Cloud

    found: dict[Cloud, dict[str, tuple[str, ...]]] = {}
    # The name of a cloud alone is that organization which whoever is signed in belongs to.
    words = [f"{word}:" if word in _cloud_words() else word for word in organizations]
    for cloud, ids in _by_cloud("--organization", words, clouds, saved=False).items():
        if cloud is Cloud.AZURE:
            raise UserError("--organization: Azure has management groups: --management-group ID")
        if cloud is Cloud.GCP and (len(ids) > 1 or not ids[0]):
            raise UserError("--organization gcp:NUMBER: one organization of Google Cloud, by its number")
        found[cloud] = {"organization": ids}
    for option, cloud, section, words_ in (
        ("--folder", Cloud.GCP, "folders", folders),
        ("--management-group", Cloud.AZURE, "management_groups", groups),
        ("--impersonate", Cloud.GCP, "impersonate", (impersonate,) if impersonate else ()),
    ):
        ids = tuple(word.removeprefix(f"{cloud}:") for word in words_)
        if ids and cloud not in clouds:
            raise UserError(f"{option}: {cloud} is not scanned; SOURCE is {', '.join(clouds)}")
        if ids:
            found.setdefault(cloud, {})[section] = ids
    return found


def _cloud(word: str) -> "Cloud":
    from scanner.models.resource import Cloud

    if word not in _cloud_words():
        raise UserError(
            f"{word}: no such cloud; SOURCE is {', '.join(_cloud_words())}, or one saved inventory"
        )
    return Cloud(word)


def _by_cloud(
    option: str, words: Sequence[str] | None, clouds: Sequence["Cloud"], *, saved: bool
) -> dict["Cloud", tuple[str, ...]]:
    found: dict[Cloud, tuple[str, ...]] = {}
    for word in words or ():
        prefix, colon, rest = word.partition(":")
        if colon and prefix in _cloud_words():
            targets = [cloud for cloud in clouds if cloud.value == prefix]
            if not targets:
                raise UserError(f"{option} {word}: {prefix} is not scanned; SOURCE is {', '.join(clouds)}")
        elif len(clouds) > 1 and not saved:
            raise UserError(f"{option} {word}: say of which cloud, such as `{clouds[0]}:{word}`")
        else:
            targets, rest = list(clouds), word
        for cloud in targets:
            found[cloud] = (*found.get(cloud, ()), rest)
    return found


def _only(words: Sequence[str], states: Sequence[Path]) -> "Only":
    from scanner.judging import Only
    from scanner.models import kinds

    tags, chosen = {}, set()
    for word in words:
        what, _, rest = word.partition(":")
        key, equals, value = rest.partition("=")
        if what == "tag" and equals and key:
            tags[key] = value
        elif what == "kind" and rest in kinds():
            chosen.add(rest)
        elif what == "kind":
            raise UserError(f"--only {word}: KIND is one of {', '.join(sorted(kinds()))}")
        else:
            raise UserError(f"--only {word}: must read tag:KEY=VALUE or kind:KIND")
    if not states:
        return Only(tags, frozenset(chosen))
    from scanner.iac import Ownership, StateFile

    ownership = Ownership(None, [StateFile(path) for path in states])
    names = tuple(str(path) for path in states)
    return Only(tags, frozenset(chosen), names, lambda one: ownership.owner(one) is not None)


def vantage_of(
    config: "Config",
    *,
    targets: Sequence[str] = (),
    closed: Sequence[str] = (),
    joins: bool = False,
    **over: Sequence[str] | Sequence[Path] | str | float | None,
) -> "Vantage":
    """Return the vantage point as [probe] says, with what the command line puts over it. Raises UserError.

    Targets of the command line are instead of those of surefoot.toml.
    """
    import sys

    from scanner.models.live import CLOSED
    from scanner.providers.probe.targets import named
    from scanner.vantage import Vantage, named_in, settings_of

    given = {
        name: tuple(value) if isinstance(value, list) else value for name, value in over.items() if value
    }
    table = config.probe.model_copy(update=given)
    chosen = (*named(targets), *named(closed, expected=CLOSED)) or named_in(config.probe)
    return Vantage(settings_of(table), chosen, joins, lambda text: sys.stderr.write(f"{text}\n"))


def visit_of(config: "Config", words: Sequence[str], *, joins: bool = False) -> "Visit":
    """Return the visit to hosts that words name. Raises UserError."""
    import sys

    from scanner.providers.hosts.words import hosts
    from scanner.visit import Visit

    return Visit(config.probe.vantage, hosts(words), joins, lambda text: sys.stderr.write(f"{text}\n"))
