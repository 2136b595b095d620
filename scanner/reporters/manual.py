"""The manual: the page of one rule (`rules show`) and the list of all (`rules list`)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from scanner.engine import Tuned
from scanner.models.resource import Cloud, Resource
from scanner.reporters.fixes import fix_of
from scanner.reporters.instructions import instructions
from scanner.reporters.layout import pad, paragraph, widest, wrap
from scanner.reporters.options import range_of, toml, type_of
from scanner.reporters.page import Page, line
from scanner.reporters.text import clean, plural
from scanner.rule import InRegion, Parameter, Rule

_LABEL: Final = 12
_TEXT: Final = 88
"""Prose is easier to read in lines that are not longer, however wide the page is."""


def page(tuned: Tuned, on: Page) -> str:
    """Return the manual page of a rule as the user set it."""
    sheet = Page(min(on.width, _TEXT), on.colour, on.piped)
    rule = tuned.rule
    sections: Sequence[tuple[str, Callable[[], Iterator[str]]]] = (
        ("Why it matters", lambda: _prose(rule.reason, sheet)),
        ("Options", lambda: _options(tuned, sheet)),
        ("Passes", lambda: _captions(rule.passes, sheet)),
        ("Fails", lambda: _captions(rule.fails, sheet)),
        ("How to fix it", lambda: _fixes(rule, sheet)),
        ("Controls", lambda: _controls(rule, sheet)),
        ("References", lambda: (line(sheet, ("  ", ""), (clean(one), "")) for one in rule.references)),
    )
    text = "".join(paragraph(sheet, clean(rule.title), 0, "bold")) + "\n" + "".join(_facts(tuned, sheet))
    for head, lines in sections:
        body = "".join(lines())
        if body:
            text += "\n" + line(sheet, (head, "bold")) + body
    return text


def _facts(tuned: Tuned, sheet: Page) -> Iterator[str]:
    rule = tuned.rule
    severity = tuned.severity or rule.severity
    declared = "" if severity is rule.severity else f" (as configured; the rule says {rule.severity})"
    facts = {
        "id": rule.id,
        "severity": f"{severity}{declared}",
        "pack": rule.pack,
        "file": _file(rule),
        "revision": str(rule.revision),
        "formerly": ", ".join(rule.formerly),
    }
    for name, value in facts.items():
        if value:
            yield from _fact(name, [value], sheet)
    yield from _fact("looks at", list(_looks_at(rule)), sheet)


def _fact(name: str, values: Sequence[str], sheet: Page) -> Iterator[str]:
    for number, value in enumerate(values):
        first, *more = paragraph(sheet, clean(value), _LABEL, hang=2)
        label = name if number == 0 else ""
        yield line(sheet, (pad(label, _LABEL), "dim"), (first.strip(), ""))
        yield from more


def _file(rule: Rule) -> str:
    file = Path(rule.check.__code__.co_filename)
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _looks_at(rule: Rule) -> Iterator[str]:
    """Each kind with the fields that are read; for the kinds beside the subject, from where."""
    across: dict[type[Resource], type] = dict.fromkeys(rule.signature.kinds, InRegion)
    across |= {one.kind: one.within for one in rule.signature.across}
    for kind, fields in sorted(
        rule.needs.items(), key=lambda need: (need[0] not in rule.subjects, need[0].kind())
    ):
        where = ""
        if kind in across:
            where = " of the same region" if across[kind] is InRegion else " of the same account"
        yield f"{kind.kind()}{where}: {', '.join(sorted(fields)) or 'that it is there'}"


def _prose(text: str, sheet: Page) -> Iterator[str]:
    """Wrap paragraphs; indented lines and list items keep their lines."""
    for number, part in enumerate(text.split("\n\n")):
        if number:
            yield "\n"
        joined = ""
        for one in part.splitlines():
            if one.startswith((" ", "- ", "* ", "| ")):
                yield from paragraph(sheet, clean(joined), 2) if joined else ()
                joined = ""
                yield line(sheet, ("  ", ""), (clean(one), ""))
            else:
                joined = f"{joined} {one}".strip()
        yield from paragraph(sheet, clean(joined), 2) if joined else ()


def _options(tuned: Tuned, sheet: Page) -> Iterator[str]:
    parameters = tuned.rule.signature.options
    for parameter in parameters.values():
        yield from _option(parameter, tuned, sheet)
    if parameters:
        yield line(sheet, ("  in surefoot.toml:", "dim"))
        yield line(sheet, (f"    [rules.{tuned.rule.id}]", "code"))
    for parameter in parameters.values():
        value = tuned.options.get(parameter.name, parameter.default)
        yield line(sheet, (f"    {parameter.name} = {clean(toml(value))}", "code"))


def _option(parameter: Parameter, tuned: Tuned, sheet: Page) -> Iterator[str]:
    facts = [type_of(parameter), *range_of(parameter), f"default {toml(parameter.default)}"]
    if parameter.name in tuned.options:
        facts.append(f"set to {toml(tuned.options[parameter.name])}")
    yield line(sheet, ("  ", ""), (parameter.name, "bold"))
    if parameter.option is not None:
        yield from paragraph(sheet, clean(parameter.option.text), 6)
    yield from paragraph(sheet, clean("; ".join(facts)), 6, "dim")


def _captions(cases: Iterable[str], sheet: Page) -> Iterator[str]:
    for caption in cases:
        yield from paragraph(sheet, clean(f"- {caption}"), 2, hang=2)


def _fixes(rule: Rule, sheet: Page) -> Iterator[str]:
    for cloud in Cloud:
        fix = fix_of(rule, cloud)
        if fix:
            yield line(sheet, (f"  {cloud}", "dim"))
            yield from instructions(sheet, fix, 4)


def _controls(rule: Rule, sheet: Page) -> Iterator[str]:
    width = widest(control.id for control in rule.controls)
    for control in rule.controls:
        part = " (in part)" if control.part else ""
        first, *more = paragraph(sheet, clean(f"{control.title}{part}"), width + 4)
        yield line(sheet, ("  ", ""), (pad(control.id, width), "bold"), (f"  {first.strip()}", ""))
        yield from more


def listing(rules: Sequence[Tuned], on: Page) -> str:
    """Return all rules, a line each with id, severity and title: by subject for people, plain for programs."""
    width = widest(one.rule.id for one in rules)
    if on.piped:
        return "".join(_listed(one, width, Page(1_000)) for one in rules)
    subjects: dict[str, list[Tuned]] = defaultdict(list)
    for one in rules:
        subjects[one.rule.folder].append(one)
    text = ""
    for name, group in sorted(subjects.items()):
        text += line(on, (name.replace("_", " "), "bold"), (f"  {plural(len(group), 'rule')}", "dim"))
        text += "".join(_listed(one, width, on, indent=2) for one in group) + "\n"
    return text + line(on, (plural(len(rules), "rule"), "bold"), (" in all; surefoot rules show ID", "dim"))


def _listed(one: Tuned, width: int, on: Page, *, indent: int = 0) -> str:
    severity = one.severity or one.rule.severity
    left = indent + width + 2 + 10
    first, *more = wrap(clean(one.rule.title), max(20, on.width - left))
    head = (" " * indent, ""), (pad(one.rule.id, width), "bold"), ("  ", "")
    text = line(on, *head, (severity, severity), (" " * (10 - len(severity)), ""), (first, ""))
    return text + "".join(line(on, (" " * left, ""), (part, "")) for part in more)
