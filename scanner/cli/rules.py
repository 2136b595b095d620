"""rules list, show, new, test, docs: the manual of the rules, and how to write one."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError

app = typer.Typer(help="List, show, write and test rules.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    select: o.Select = None, ignore: o.Ignore = None, rules: o.Rules = None, config: o.ConfigFile = None
) -> None:
    """List the rules by subject: id, severity, title.

    Example: surefoot rules list --select storage
    """
    from scanner.reporters import manual, page_of

    _, tuned = o.rules_of(o.configuration(config), rules, select, ignore)
    sys.stdout.write(manual.listing(tuned, page_of(sys.stdout, os.environ)))


@app.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The rule's id.")],
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Show a rule's manual page: what it looks at, why it matters, how to fix it.

    Example: surefoot rules show bucket-public
    """
    from scanner.reporters import manual, page_of

    _, tuned = o.rules_of(o.configuration(config), rules, [rule], None)
    for one in tuned:
        sys.stdout.write(manual.page(one, page_of(sys.stdout, os.environ)))


@app.command("new")
def new(
    rule: Annotated[str, typer.Argument(metavar="ID", help="Lower case, words joined by hyphens.")],
    folder: Annotated[Path, typer.Option("--rules", metavar="DIR", help="The folder it goes into.")] = Path(),
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="What it judges, such as Bucket.")
    ] = "Bucket",
) -> None:
    """Write the skeleton of a rule; its own style test fails until it is filled in.

    Example: surefoot rules new bucket-without-owner --kind Bucket --rules my-rules/
    """
    from scanner.scaffold import write_rule

    path = write_rule(rule, kind, folder)
    sys.stdout.write(f"{path}\nfill it in, then: surefoot rules test --rules {folder}\n")


@app.command("test")
def test(
    rules: o.Rules = None,
    select: o.Select = None,
    config: o.ConfigFile = None,
) -> None:
    """Run the examples and the style checks of every rule; exit 1 when one fails.

    Example: surefoot rules test --rules my-rules/
    """
    from scanner import packs
    from scanner.testing import examples, style_problems

    settings = o.configuration(config)
    loaded = packs.load([*settings.packs, *(rules or ())])
    chosen = loaded.select(select or ())
    if rules and not select:
        names = {folder.resolve() for folder in rules}
        own = {pack.name for pack in loaded.packs if pack.folder in names}
        chosen = tuple(rule for rule in chosen if rule.pack in own)
    if not chosen:
        raise UserError("there is no rule to test")
    failed = 0
    for rule in chosen:
        problems = style_problems(rule)
        failed += bool(problems)
        sys.stdout.write(
            f"{'FAILED' if problems else 'ok':<7} {rule.id} ({sum(1 for _ in examples(rule))} examples)\n"
        )
        for problem in problems:
            sys.stdout.write(f"        {problem}\n")
    sys.stdout.write(f"{len(chosen) - failed} passed, {failed} failed\n")
    if failed:
        raise typer.Exit(1)


@app.command("docs")
def docs(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to.")],
    rules: o.Rules = None,
    config: o.ConfigFile = None,
) -> None:
    """Write the manual of all rules, and what is read for them, as Markdown.

    Example: surefoot rules docs -o docs
    """
    from scanner.files import whole_file
    from scanner.providers import providers
    from scanner.reporters.handbook import pages

    _, tuned = o.rules_of(o.configuration(config), rules, None, None)
    written = pages((one.rule for one in tuned), {cloud: one.sources for cloud, one in providers().items()})
    output.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        with whole_file(output / name) as file:
            file.write(text.encode())
        sys.stdout.write(f"{output / name}\n")
