"""Readers that several AWS services share."""

from collections.abc import Mapping
from typing import Final

from scanner.models.storage import ANY_ACCOUNT, EVERYONE, PublicGrant
from scanner.providers.aws import policy
from scanner.providers.spec import Raw

MOST: Final = 6
"""So many actions or reasons are kept of one policy: a message names some, it does not repeat the document."""

_PRINCIPALS: Final = {"everyone": EVERYONE, "any-account": ANY_ACCOUNT}


def tags(raw: Raw) -> dict[str, str]:
    """Tags of an item that carries them as `Tags`: EC2, load balancers, S3. Absent means that there are none."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw.get("Tags") or ()}


def tags_of_row(rows: list[Raw]) -> dict[str, str]:
    """Tags of the one row that a joined call has for an item. Raises LookupError when it has none."""
    return tags(rows[0])


def tag_map(answer: Mapping[str, str] | None) -> dict[str, str]:
    """Tags of a service that gives them as an object. Absent means that there are none."""
    return dict(answer or {})


def grants(
    document: str | None, service: policy.Service = policy.S3, arn: str | None = None
) -> tuple[PublicGrant, ...]:
    """Grants to the public of a resource policy (None: there is no policy); the policy itself is not kept."""
    return tuple(granted(grant, grant.may) for grant in policy.public_grants(document, service, arn))


def granted(grant: policy.PublicGrant, may: tuple[str, ...]) -> PublicGrant:
    """Return a policy's grant with what it lets the public do."""
    all_but = grant.actions[0] == policy.ALL_BUT
    actions = grant.actions[1:] if all_but else grant.actions
    more = len(actions) - MOST
    words = (f"{policy.ALL_BUT} " if all_but else "") + ", ".join(actions[:MOST])
    words += f" and {more} more" if more > 0 else ""
    said = f"{words}, limited by {', '.join(grant.limited_by)}" if grant.limited_by else words
    return PublicGrant(who=_PRINCIPALS[grant.principal], may=may, said=said)
