"""One raw item of an answer, and the answers of its details, to the resource that a collection would make of them."""

from typing import Any

from scanner import mapping
from scanner.models.resource import Cloud, Resource, Scope
from scanner.providers.spec import PARENT, Raw, Source

SCOPE = Scope(Cloud.AWS, "123456789012", "eu-west-1")


def mapped(
    source: Source, raw: Raw, *, parent: Raw | None = None, scope: Scope = SCOPE, **answers: Any
) -> Resource:
    """Map `raw` with the details' `answers` by operation; a detail whose `when` is false is not applicable."""
    if parent is not None:
        raw = {**raw, PARENT: parent}
    item = mapping.start_item(source, raw, scope, "aws")
    for detail in source.details:
        if detail.when is not None and not detail.when(raw):
            mapping.take_not_applicable(item, detail.fills.keys() - source.fields.keys())
        elif detail.call.operation in answers:
            mapping.take_answer(item, detail, answers[detail.call.operation], detail.fills)
    return mapping.finish_item(item)


def unfilled(source: Source) -> set[str]:
    """Return the fields of the kind that the source neither fills nor declares lacking."""
    return set(source.kind.fact_fields()) - source.filled - set(source.lacking)
