"""Flow logs of virtual networks, from raw JSON to facts."""

from collections.abc import Iterable

from scanner.models.routing import ALL_PACKETS
from scanner.providers.spec import Raw


def flow_log(answers: Iterable[Iterable[Raw]], network: Raw) -> str | None:
    """Return which packets of a virtual network are written down; a flow log keeps what is let in and what is not.

    `answers` are the flow logs of each network watcher of its region.
    """
    id_ = network["id"].lower()
    logs = (log["properties"] for logs in answers for log in logs)
    on = any(log["enabled"] and log["targetResourceId"].lower() == id_ for log in logs)
    return ALL_PACKETS if on else None
