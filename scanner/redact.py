"""Drops the values of tags that are not to be kept: in inventories, histories and reports."""

from scanner.config import RedactTable
from scanner.known.patterns import matches
from scanner.models.resource import Resource

DROPPED = "[redacted]"
"""What stands where a value was, so that it can be seen that there was one."""


def redacted(resource: Resource, table: RedactTable) -> Resource:
    """Return the resource without the tag values that `[redact]` names, by their tag or by the value itself."""
    if not (table.tags or table.values) or not resource.known("tags"):
        return resource
    dropped = {
        name: DROPPED
        for name, value in resource.tags.items()
        if any(matches(pattern, name) for pattern in table.tags)
        or any(matches(pattern, value) for pattern in table.values)
    }
    return resource.model_copy(update={"tags": {**resource.tags, **dropped}}) if dropped else resource
