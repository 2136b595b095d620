"""IAM policies: what the answer of `getIamPolicy` gives to the public."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.models.storage import ANY_ACCOUNT, EVERYONE, MAY_OTHER, PublicGrant
from scanner.providers.spec import Raw

#: Members of a binding that are the public (discovery documents: `Binding.members`).
PUBLIC: Final = {"allUsers": EVERYONE, "allAuthenticatedUsers": ANY_ACCOUNT}


def bindings(policy: Raw) -> Sequence[Raw]:
    """Return the bindings of a policy; a resource on which nobody set one has an empty policy, with its `etag`.

    Raises KeyError for what is no policy: "an `etag` is returned in the response to `getIamPolicy`" (every discovery
    document), so an answer without one must not pass for "nobody has any rights".
    """
    policy["etag"]
    found: Sequence[Raw] = policy.get("bindings", ())
    return found


def public_grants(policy: Raw, roles: Mapping[str, tuple[str, ...]]) -> tuple[PublicGrant, ...]:
    """Return the grants to the public; a role that is not among `roles` lets them do something else."""
    return tuple(_grants(policy, roles))


def _grants(policy: Raw, roles: Mapping[str, tuple[str, ...]]) -> Iterator[PublicGrant]:
    for binding in bindings(policy):
        for member in binding["members"]:
            if member in PUBLIC:
                may = roles.get(binding["role"], (MAY_OTHER,))
                yield PublicGrant(who=PUBLIC[member], may=may, said=binding["role"])
