"""A rule as code scanning shows it: its title, why it matters, how it is fixed, how bad it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.engine import Tuned
from scanner.models.resource import Cloud
from scanner.reporters import sarif_models as sarif
from scanner.reporters.escaping import block
from scanner.reporters.fixes import fix_of
from scanner.rule import Rule, Severity

LEVELS: Final[Mapping[Severity, sarif.Level]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}

#: GitHub: above 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low; without one the level is shown.
_SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_NAME: Final = 255
_TEXT: Final = 1_024
_TAGS: Final = 10


def descriptor(tuned: Tuned, cloud: Cloud, controls: Sequence[str]) -> sarif.ReportingDescriptor:
    """Describe a rule as it ran on one cloud."""
    rule, severity = tuned.rule, tuned.severity or tuned.rule.severity
    return sarif.ReportingDescriptor(
        id=rule.id,
        name="".join(word.capitalize() for word in rule.id.split("-"))[:_NAME],
        short_description=sarif.Message(text=_short(rule.title)),
        full_description=sarif.Message(text=_short(" ".join(rule.reason.split()) or rule.title)),
        help=sarif.Message(
            text="\n\n".join(_text(rule, cloud)), markdown="\n\n".join(_markdown(rule, cloud))
        ),
        help_uri=next(
            (one for one in rule.references if one.startswith("https://") and " " not in one), None
        ),
        default_configuration=sarif.Configuration(level=LEVELS[severity]),
        properties=sarif.RuleProperties(
            tags=tuple(dict.fromkeys(tag for tag in ("security", rule.folder, *controls) if tag))[:_TAGS],
            security_severity=_SCORES.get(severity),
        ),
    )


def _short(text: str) -> str:
    return text if len(text) <= _TEXT else text[: _TEXT - 4] + " ..."


def _text(rule: Rule, cloud: Cloud) -> Iterator[str]:
    yield rule.title + "."
    if rule.reason:
        yield rule.reason
    if fix := fix_of(rule, cloud):
        yield f"Fix:\n{fix}"
    if rule.references:
        yield "References:\n" + "\n".join(rule.references)


def _markdown(rule: Rule, cloud: Cloud) -> Iterator[str]:
    yield f"**{rule.title}.**"
    if rule.reason:
        yield rule.reason
    if fix := fix_of(rule, cloud):
        yield f"**Fix**\n\n{block(fix)}"
    if rule.references:
        yield "**References**\n\n" + "\n".join(f"- {one}" for one in rule.references)
