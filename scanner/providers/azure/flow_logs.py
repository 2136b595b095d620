"""Flow logs of virtual networks, from raw JSON to facts."""

from collections.abc import Iterable, Iterator

from scanner.models.routing import ALL_PACKETS
from scanner.providers.spec import Raw


def flow_log(answers: Iterable[Iterable[Raw]], network: Raw) -> str | None:
    """Return which packets of a virtual network are written down; a flow log keeps what is let in and what is not.

    `answers` are the flow logs of each network watcher of its region.
    """
    return ALL_PACKETS if any(_active(answers, network)) else None


def flow_log_days(answers: Iterable[Iterable[Raw]], network: Raw) -> float | None:
    """Return for how many days flow logs of a network are kept; a policy of 0 days, or one that is off: for ever."""
    kept = [_days(log.get("retentionPolicy") or {}) for log in _active(answers, network)]
    return None if None in kept else max((days for days in kept if days is not None), default=0)


def _days(policy: Raw) -> float | None:
    return policy["days"] or None if policy.get("enabled") else None


def _active(answers: Iterable[Iterable[Raw]], network: Raw) -> Iterator[Raw]:
    """Yield the properties of those flow logs of a network that are on."""
    id_ = network["id"].lower()
    for logs in answers:
        for log in logs:
            properties = log["properties"]
            if properties["enabled"] and properties["targetResourceId"].lower() == id_:
                yield properties
