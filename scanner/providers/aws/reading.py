"""Readers that several AWS services share."""

from scanner.providers.spec import Raw


def tags(raw: Raw) -> dict[str, str]:
    """Tags of an item that carries them as `Tags`: EC2, load balancers, S3. Absent means that there are none."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw.get("Tags") or ()}


def tags_of_row(rows: list[Raw]) -> dict[str, str]:
    """Tags of the one row that a joined call has for an item. Raises LookupError when it has none."""
    return tags(rows[0])
