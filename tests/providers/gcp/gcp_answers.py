"""Answers of Google Cloud for tests, whole as its APIs give them."""

from typing import Any

from scanner.demo.wire.recorded import Recorded

PROJECT = "demo-project"


def firewall(number: int, **changes: Any) -> dict[str, Any]:
    """One VPC firewall rule, whole as `firewalls.list` gives it."""
    where = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global"
    return {
        "kind": "compute#firewall",
        "id": str(5_000_000_000_000_000_000 + number),
        "creationTimestamp": "2026-01-05T02:11:45.120-08:00",
        "name": f"rule-{number}",
        "description": "",
        "network": f"{where}/networks/default",
        "priority": 1000,
        "sourceRanges": ["10.128.0.0/9"],
        "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
        "direction": "INGRESS",
        "logConfig": {"enable": False},
        "disabled": False,
        "enableLogging": False,
        "selfLink": f"{where}/firewalls/rule-{number}",
        **changes,
    }


def firewalls(count: int, project: str = PROJECT) -> Recorded:
    """An answer with this many firewall rules."""
    return Recorded(
        call="compute.firewalls.list",
        path=f"/compute/v1/projects/{project}/global/firewalls",
        body={
            "kind": "compute#firewallList",
            "id": f"projects/{project}/global/firewalls",
            "items": [firewall(number) for number in range(count)],
            "selfLink": f"https://www.googleapis.com/compute/v1/projects/{project}/global/firewalls",
        },
    )


def answer(call: str, path: str, body: Any, **query: str) -> Recorded:
    return Recorded(call=call, path=path, body=body, query=query)
