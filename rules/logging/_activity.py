"""What the rules on activity log alerts share."""

from collections.abc import Iterable

from scanner import Problems, SubscriptionSettings


def unnoticed(settings: SubscriptionSettings, watched: Iterable[str]) -> Problems:
    """Say of which of these nobody is told."""
    missing = [one for one in watched if one not in settings.alerts]
    if missing:
        yield f"no alert of the whole subscription is about {' or '.join(missing)}"
