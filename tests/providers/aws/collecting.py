"""What the sources of one family make of the account on moto's server, through the real SDK."""

from collections.abc import Sequence
from typing import Any

from scanner.accounts import AwsAsked
from scanner.collect import Collection, Unit
from scanner.inventory import Gap
from scanner.models.resource import Resource
from scanner.providers.aws.provider import AWS
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import plan
from scanner.providers.spec import Source

REGION = "eu-west-1"


def collected(sources: Sequence[Source], region: str = REGION, *kinds: type[Resource]) -> dict[str, Any]:
    """Return every resource (of these kinds) by its id, with all its fields asked; fails where a listing has a gap."""
    wanted = kinds or [source.kind for source in sources]
    needs = {kind: frozenset(kind.fact_fields()) for kind in wanted}
    session: Any
    (session,) = AWS.sign_in(AwsAsked(profiles=(), accounts=(), endpoint=""), "test-run")
    try:
        collection = Collection(
            [Unit(session, (region,))], plan(sources, needs), pace=Pace(PaceSettings(share=1))
        )
        events = list(collection.events())
    finally:
        session.close()
    assert not [event for event in events if isinstance(event, Gap)]
    return {resource.id: resource for event in events if isinstance(event, list) for resource in event}
