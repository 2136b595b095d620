"""exposure, reach: what the internet can get to, and which rule decides."""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options as o
from scanner.errors import UserError

if TYPE_CHECKING:
    from scanner.exposure.survey import Exposed, Survey
    from scanner.run import Choice

_FORMATS = ("table", "jsonl")


def exposure(
    sources: o.Sources = None,
    account: o.Accounts = None,
    region: o.Regions = None,
    profile: o.Profiles = None,
    config: o.ConfigFile = None,
    allow_gaps: o.AllowGaps = False,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FORMAT[=PATH]", help="table, or jsonl for programs.")
    ] = "table",
) -> None:
    """Show what the internet can reach: each endpoint, its open ports, and the rules that let packets through.

    Firewalls that are on nothing are listed by what they would open. Exits 3 when something could not be read.

    Examples:
      surefoot exposure aws

      surefoot exposure tonight.jsonl.zst -o jsonl=exposure.jsonl
    """
    from scanner.exposure.survey import lines
    from scanner.files import whole_file
    from scanner.reporters import page_of
    from scanner.reporters.exposure import render
    from scanner.reporters.page import Page, encoded
    from scanner.reporters.rows import dumps

    format_, equals, path = output.partition("=")
    if format_ not in _FORMATS or (equals and not path):
        raise UserError(f"-o {output}: FORMAT is one of {', '.join(_FORMATS)}, alone or as FORMAT=PATH")
    choice, survey = _survey(sources, account, region, profile, config)
    gaps = [gap for gap in survey.gaps if choice.covers(gap.scope)]
    unresolved = [bool(gaps), not survey.complete]

    def noted() -> "Iterator[Exposed]":
        for one in survey.exposed(choice.covers):
            if one.unresolved:
                unresolved.append(True)
            yield one

    def chunks(page: Page) -> Iterator[bytes]:
        if format_ == "jsonl":
            return (dumps(one) + b"\n" for one in lines(noted(), gaps, complete=survey.complete))
        return encoded(render(list(noted()), gaps, page))

    if path:
        with whole_file(Path(path)) as stream:
            stream.writelines(chunks(Page()))
    else:
        sys.stdout.buffer.writelines(chunks(page_of(sys.stdout, os.environ)))
    if any(unresolved) and not allow_gaps:
        raise typer.Exit(3)


def reach(
    endpoint: Annotated[
        str, typer.Argument(metavar="ENDPOINT", help="Its id, the end of it (eni-...), its name or address.")
    ],
    sources: o.Sources = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="The port, for tcp and udp.")
    ] = None,
    source: Annotated[
        str, typer.Option("--from", metavar="ADDRESS", help="Who sends: one address on the internet.")
    ] = "",
    protocol: Annotated[str, typer.Option("--protocol", help="tcp, udp, icmp, or a number.")] = "tcp",
    account: o.Accounts = None,
    region: o.Regions = None,
    profile: o.Profiles = None,
    config: o.ConfigFile = None,
    allow_gaps: o.AllowGaps = False,
) -> None:
    """Send one packet through all layers to one endpoint, and say which rule decides at each.

    Exits 0 with the answer, and 3 when something decides that could not be read.

    Example: surefoot reach eni-0abc --port 22 --from 198.51.100.7 tonight.jsonl.zst
    """
    from scanner.exposure.asking import find
    from scanner.exposure.reach import reach as walk
    from scanner.exposure.tracing import Fate
    from scanner.reporters import page_of
    from scanner.reporters.exposure import way

    if not source:
        raise UserError("--from: say who sends, one address on the internet")
    _, survey = _survey(sources, account, region, profile, config)
    try:
        reached = walk(survey.exposures, find(survey.exposures, endpoint), source, protocol, port)
    except ValueError as error:
        raise UserError(str(error)) from None
    asked = f"{protocol} {port} from {source}" if port is not None else f"{protocol} from {source}"
    sys.stdout.writelines(way(reached, asked, page_of(sys.stdout, os.environ)))
    if reached.fate is Fate.UNRESOLVED and not allow_gaps:
        raise typer.Exit(3)


def _survey(
    sources: Sequence[str] | None,
    account: Sequence[str] | None,
    region: Sequence[str] | None,
    profile: Sequence[str] | None,
    config: Path | None,
) -> "tuple[Choice, Survey]":
    """Read a saved inventory, or an account as far as exposure needs it."""
    from scanner.exposure.exposures import Exposures

    settings = o.configuration(config)
    saved = o.is_inventory(sources)
    choice = o.choice_of(
        settings, sources, accounts=account, regions=region, profiles=profile, saved=saved is not None
    )
    if saved is not None:
        return choice, _read(saved)
    from scanner.cli.scan import collect_into

    packs, _ = o.rules_of(settings, None, None, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.jsonl"
        collect_into(path, settings, choice, packs, (), Exposures.reads)
        return choice, _read(path)


def _read(path: Path) -> "Survey":
    from scanner.exposure.survey import Survey
    from scanner.memory import kept, never_freed

    with kept():
        survey = Survey.of(path)
    never_freed(survey)
    return survey
