"""explain, permissions, doctor, config, version: what stands behind a scan."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o

if TYPE_CHECKING:
    from scanner.engine import Tuned
    from scanner.run import Choice

config_app = typer.Typer(help="surefoot.toml: check it.", no_args_is_help=True, rich_markup_mode=None)


@config_app.command("check")
def config_check(config: o.ConfigFile = None, rules: o.Rules = None) -> None:
    """Read surefoot.toml and every pack, and say what is wrong, with the line; exit 2 when anything is."""
    from scanner import frameworks

    settings = o.configuration(config)
    packs, tuned = o.rules_of(settings, rules, None, None)
    for path in settings.frameworks:
        frameworks.load_framework(path, known_rules=packs.known_ids)
    sys.stdout.write(f"the configuration is good: {len(tuned)} of {len(packs.rules)} rules are on\n")


def version() -> None:
    """Print the version."""
    from scanner import __version__

    sys.stdout.write(f"surefoot {__version__}\n")


def explain(
    fingerprint: Annotated[
        str, typer.Argument(help="Of a verdict, from -o jsonl; its first digits are enough.")
    ],
    sources: o.Sources = None,
    profile: o.Profiles = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Say why a verdict is what it is: each fact that the rule read, its value, its call and when.

    Example: surefoot explain 3f2a9c tonight.jsonl.zst
    """
    from scanner.explain import explanation

    settings = o.configuration(config)
    saved = o.is_inventory(sources)
    packs, tuned = o.rules_of(settings, rules, None, None)
    if saved is None:
        from scanner.cli.scan import collect_into

        choice = o.choice_of(settings, sources, profiles=profile)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "inventory.jsonl"
            collect_into(path, settings, choice, packs, tuned)
            text = explanation(fingerprint, path, tuned)
    else:
        text = explanation(fingerprint, saved, tuned)
    sys.stdout.write(text)


def permissions(
    cloud: Annotated[str, typer.Argument(help="aws, gcp or azure.")],
    select: o.Select = None,
    ignore: o.Ignore = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Print exactly the permissions that the selected rules need, as a policy that the cloud accepts.

    Example: surefoot permissions aws --select storage > policy.json
    """
    from scanner.judging import Only
    from scanner.permissions import beyond_reader, policy
    from scanner.providers import provider_of
    from scanner.run import calls_for, needs_of

    settings = o.configuration(config)
    choice = o.choice_of(settings, [cloud])
    _, tuned = o.rules_of(settings, rules, select, ignore)

    (chosen,) = choice.clouds
    # What only some settings lead to: a bulk source, accounts that are found through an organization.
    led_to = getattr(provider_of(chosen), "led_to", lambda _: ())(getattr(settings, chosen.value))
    sys.stdout.write(policy(chosen, (*calls_for(chosen, needs_of(tuned, Only())), *led_to)))
    by_rule = {one.rule.id: calls_for(chosen, needs_of([one], Only())) for one in tuned}
    for name, lacking in beyond_reader(chosen, by_rule).items():
        sys.stderr.write(f"the role Reader lacks {name}; what needs it: {', '.join(lacking)}\n")


def dry(choice: "Choice", tuned: "Sequence[Tuned]") -> None:
    """Print the calls that a scan would send, per service."""
    from scanner.run import calls_for, needs_of

    for cloud in choice.clouds:
        calls = calls_for(cloud, needs_of(tuned, choice.only))
        sys.stdout.write(f"{cloud}: {len(calls)} different calls; none was sent\n")
        for call in calls:
            sys.stdout.write(f"  {call.name:<52} {call.permission}\n")


def doctor(
    sources: o.Sources = None,
    account: o.Accounts = None,
    region: o.Regions = None,
    profile: o.Profiles = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Show who would scan what: identity, account, regions, and which permissions are missing.

    Example: surefoot doctor aws --profile staging
    """
    from scanner.doctor import examine

    settings = o.configuration(config)
    choice = o.choice_of(settings, sources, accounts=account, regions=region, profiles=profile)
    _, tuned = o.rules_of(settings, rules, select, ignore)
    missing = False
    for line, bad in examine(settings, choice, tuned):
        missing = missing or bad
        sys.stdout.write(line + "\n")
    if missing:
        raise typer.Exit(3)
