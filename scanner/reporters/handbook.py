"""The pages of `docs/`, written from the rules themselves: the manual of all rules, and what each kind costs to read.

Rules and sources are code that is trusted as much as this one, so their words are Markdown as they stand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.models import kinds
from scanner.models.resource import Cloud, Resource
from scanner.providers.plan import Needs, calls_of, plan
from scanner.providers.spec import Source
from scanner.reporters.escaping import block
from scanner.reporters.fixes import fix_of
from scanner.reporters.options import range_of, toml, type_of
from scanner.reporters.text import plural
from scanner.rule import Parameter, Rule

CLOUDS: Final = {
    Cloud.AWS: "AWS",
    Cloud.GCP: "Google Cloud",
    Cloud.AZURE: "Azure",
    Cloud.PROBE: "a probe",
    Cloud.HOST: "hosts",
}

_MADE: Final = (
    "<!-- Written by `make docs` from the rules. What is changed here is lost; change the rule. -->\n\n"
)

Sources = Mapping[Cloud, Sequence[Source]]


def pages(rules: Iterable[Rule], sources: Sources) -> Mapping[str, str]:
    """Return the files of the folder by name, the same for the same rules and sources."""
    ordered = sorted(rules, key=lambda rule: (rule.folder, rule.id))
    return {"rules.md": rules_page(ordered, sources), "kinds.md": kinds_page(ordered, sources)}


# -- rules.md -----------------------------------------------------------------------------------------------


def rules_page(rules: Sequence[Rule], sources: Sources) -> str:
    """Return the manual: a table of all rules by subject, then a section for each."""
    text = f"{_MADE}# Rules\n\n{plural(len(rules), 'rule')}. What they read is in [kinds.md](kinds.md).\n"
    for folder, group in _by_folder(rules):
        text += f"\n## {folder.replace('_', ' ').capitalize()}\n\n"
        text += _table(("rule", "severity", "title", "clouds"), (_row(rule, sources) for rule in group))
    for rule in rules:
        text += f"\n{_section(rule)}"
    return text


def _by_folder(rules: Iterable[Rule]) -> Iterable[tuple[str, list[Rule]]]:
    folders: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        folders[rule.folder].append(rule)
    return folders.items()


def _row(rule: Rule, sources: Sources) -> tuple[str, ...]:
    judged = [name for cloud, name in CLOUDS.items() if _judges(rule, sources.get(cloud, ()))]
    return (f"[{rule.id}](#{rule.id})", rule.severity, rule.title, ", ".join(judged) or "-")


def _judges(rule: Rule, sources: Iterable[Source]) -> bool:
    """Tell whether a cloud has what the rule judges; it has not where every source lacks a field that is read."""
    own = [source for source in sources if source.kind in rule.subjects]
    return any(rule.needs[source.kind].isdisjoint(source.lacking) for source in own)


def _section(rule: Rule) -> str:
    parts = [
        f"### {rule.id}",
        f"**{rule.title}.** Severity {rule.severity}. Looks at {_looks_at(rule)}.",
        rule.reason,
        _options(rule),
        *_fixes(rule),
        _list(
            "Controls", (f"{one.id} {one.title}{' (in part)' if one.part else ''}" for one in rule.controls)
        ),
        _list("References", (f"<{address}>" for address in rule.references)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _looks_at(rule: Rule) -> str:
    names = sorted(rule.needs, key=lambda kind: (kind not in rule.subjects, kind.kind()))
    return ", ".join(f"[{kind.kind()}](kinds.md)" for kind in names)


def _options(rule: Rule) -> str:
    return _list("Options", map(_option, rule.signature.options.values()))


def _option(parameter: Parameter) -> str:
    about = f" {parameter.option.text};" if parameter.option else ""
    facts = "; ".join((type_of(parameter), *range_of(parameter), f"default `{toml(parameter.default)}`"))
    return f"`{parameter.name}`:{about} {facts}"


def _fixes(rule: Rule) -> Iterator[str]:
    for cloud, name in CLOUDS.items():
        fix = fix_of(rule, cloud)
        if fix:
            yield f"How to fix it on {name}:\n\n{block(fix)}"


def _list(head: str, items: Iterable[str]) -> str:
    lines = [f"- {item}" for item in items]
    return "\n".join((f"{head}:\n", *lines)) if lines else ""


# -- kinds.md -----------------------------------------------------------------------------------------------


def kinds_page(rules: Sequence[Rule], sources: Sources) -> str:
    """Return the table of kinds: by cloud, the calls that a scan with all rules sends, and what it needs for them."""
    needs = _needs(rules)
    text = f"{_MADE}# Kinds\n\n"
    text += "What is read for each kind when every rule is selected. A scan asks only what its rules read: "
    text += "`surefoot permissions aws --select RULE` prints the policy for a choice of them.\n\n"
    rows: list[tuple[str, ...]] = []
    for kind in kinds().values():
        reading = ", ".join(f"[{rule.id}](rules.md#{rule.id})" for rule in rules if kind in rule.needs)
        if not reading:
            continue
        for cloud, name in CLOUDS.items():
            own = [source for source in sources.get(cloud, ()) if source.kind is kind]
            if own:
                calls = calls_of(plan(sources[cloud], {kind: needs[kind]}))
                permissions = sorted({call.permission for call in calls if call.permission})
                said = (_codes(call.name for call in calls) or "none", _codes(permissions) or "none")
                rows.append((kind.kind(), name, *said, reading))
                reading = "as above"
    return text + _table(("kind", "cloud", "calls", "permissions", "rules"), rows)


def _needs(rules: Iterable[Rule]) -> Needs:
    fields: dict[type[Resource], frozenset[str]] = {}
    for rule in rules:
        for kind, read in rule.needs.items():
            fields[kind] = fields.get(kind, frozenset()) | read
    return fields


def _codes(words: Iterable[str]) -> str:
    return "<br>".join(f"`{word}`" for word in words)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
