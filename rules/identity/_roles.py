"""Who has which roles in a project."""

import re
from collections.abc import Collection, Iterable

from scanner import RoleGrant

#: The agent of one of Google's services, named after the number of the project that it works for.
_AGENT = re.compile(r"serviceAccount:service-\d+@[\w.-]+\.gserviceaccount\.com")
#: Domains of other service accounts that Google makes and looks after itself.
_GOOGLES = (
    "@cloudservices.gserviceaccount.com",
    "@appspot.gserviceaccount.com",
    "@developer.gserviceaccount.com",
    "@system.gserviceaccount.com",
    "@cloudbuild.gserviceaccount.com",
)


def is_program(who: str) -> bool:
    """Tell whether a member is a service account that somebody made: not an agent of Google's own services."""
    if not who.startswith("serviceAccount:") or _AGENT.fullmatch(who):
        return False
    return who[who.find("@") :] not in _GOOGLES


def members_with_both(grants: Iterable[RoleGrant], one: Collection[str], other: Collection[str]) -> list[str]:
    """Return, sorted, who has a role of each of two sets."""
    grants = list(grants)
    first = {grant.who for grant in grants if grant.role in one}
    return sorted(first & {grant.who for grant in grants if grant.role in other})
