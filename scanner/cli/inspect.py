"""explain, permissions, doctor, config, version: what stands behind a scan."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError

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
    if settings.accounts is not None:
        from scanner import accounts, tuning

        tuning.tune_for(packs, settings, accounts.load(settings.accounts))
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
    form: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="FORM",
            help="Write a template instead: cloudformation (aws), terraform (all), with role, trust and bindings.",
        ),
    ] = None,
    trusted: Annotated[
        str,
        typer.Option(
            "--trust-principal",
            metavar="WHO",
            help="Who takes the role on: an ARN or account (aws), a member (gcp), an object id (azure).",
        ),
    ] = "",
    role: o.Role = None,
    external_id: o.ExternalId = None,
    organization: o.Organizations = None,
    folder: o.Folders = None,
    management_group: o.Groups = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Into a file; FILE-1, FILE-2 where one policy is not enough.",
        ),
    ] = None,
) -> None:
    """Print exactly the permissions that the selected rules need, as a policy that the cloud accepts.

    Examples:
      surefoot permissions aws --select storage > policy.json

      surefoot permissions aws --as cloudformation --trust-principal 111122223333 --external-id nightly > role.json

      surefoot permissions aws --organization aws > for-whoever-signs-in.json

      surefoot permissions gcp --as terraform --organization 123456789012 > surefoot.tf

      surefoot permissions azure --as terraform --management-group platform > surefoot.tf
    """
    from scanner.judging import Only
    from scanner.models.resource import Cloud
    from scanner.permissions import beyond_reader, granted, policies, to_sign_in
    from scanner.permissions.templates import Wanted, template
    from scanner.providers import provider_of
    from scanner.run import calls_for, needs_of

    settings = o.configuration(config)
    choice = o.choice_of(
        settings, [cloud], organizations=organization, folders=folder, groups=management_group
    )
    _, tuned = o.rules_of(settings, rules, select, ignore)

    (chosen,) = choice.clouds
    within = choice.within.get(chosen, {})
    section = getattr(settings, chosen.value)
    update = {
        name: ids[0] if isinstance(getattr(section, name), str) else ids for name, ids in within.items()
    }
    # What only some settings lead to: a bulk source, accounts that are found through an organization.
    led_to = getattr(provider_of(chosen), "led_to", lambda _: ())(section.model_copy(update=update))
    calls = (*calls_for(chosen, needs_of(tuned, Only())), *led_to)
    if form is not None:
        wanted = Wanted(
            name=role or "surefoot",
            trusted=trusted,
            external_id=external_id or "",
            organization=within.get("organization", ("",))[0] if chosen is Cloud.GCP else "",
            folders=within.get("folders", ()),
            groups=within.get("management_groups", ()),
        )
        texts = [template(form, chosen, granted(chosen, calls), wanted)]
    elif chosen is Cloud.AWS and within:
        texts = [to_sign_in(role or "surefoot")]
    else:
        texts = policies(chosen, calls)
    _put(texts, output)
    by_rule = {one.rule.id: calls_for(chosen, needs_of([one], Only())) for one in tuned}
    for name, lacking in beyond_reader(chosen, by_rule).items():
        sys.stderr.write(f"the role Reader lacks {name}; what needs it: {', '.join(lacking)}\n")


def _put(texts: Sequence[str], output: Path | None) -> None:
    """Print texts, or write each into a file of its own."""
    from scanner.files import whole_file

    if len(texts) > 1:
        sys.stderr.write(f"{len(texts)} policies: one would be larger than is allowed; attach all of them\n")
    for number, text in enumerate(texts, 1):
        if output is None:
            sys.stdout.write(text)
            continue
        path = output if len(texts) == 1 else output.with_name(f"{output.stem}-{number}{output.suffix}")
        try:
            with whole_file(path) as stream:
                stream.write(text.encode())
        except OSError as error:
            raise UserError(f"-o {output}: {error.strerror}") from None


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
