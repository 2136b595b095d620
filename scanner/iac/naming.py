"""What a finding names as the way in: the route tables, access lists and firewalls that let packets through."""

import re
from collections.abc import Iterator
from typing import Final

from scanner.engine import Outcome, Verdict
from scanner.iac.ids import Subject
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud

#: Kinds by the prefix of their ids, which AWS gives out once in the world.
_KINDS: Final = {"rtb": "RouteTable", "acl": "AccessList", "sg": "Firewall"}
_AWS: Final = re.compile(r"\b(rtb|acl|sg)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")

#: Names of Google Cloud that are one of a project: its own firewall rules and its routes.
_GCP: Final = re.compile(r"(route )?([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)")


def named(verdict: Verdict) -> Iterator[Subject]:
    """Yield what a finding on an endpoint names, each once, in the order of the way; nothing for other findings.

    What a name does not tell surely is left out: rules of policies above a project, and all of Azure's, whose names
    are those of a resource group.
    """
    if verdict.outcome is not Outcome.FAIL or verdict.kind != Endpoint.kind():
        return
    said = [message.rpartition(" by ")[2] for message in verdict.messages if " by " in message]
    ways = [text.partition(", unless ")[0] for text in said]
    yield from dict.fromkeys(subject for way in ways for subject in _of_way(verdict, way))


def _of_way(verdict: Verdict, way: str) -> Iterator[Subject]:
    if verdict.scope.cloud is Cloud.AWS:
        for id_ in _AWS.finditer(way):
            yield Subject(verdict.scope, _KINDS[id_[1]], id_[0])
    elif verdict.scope.cloud is Cloud.GCP:
        for name in way.split(", "):
            if found := _GCP.fullmatch(re.sub(r" \([^()]*\)$", "", name)):
                kind, folder = ("RouteTable", "routes") if found[1] else ("Firewall", "firewalls")
                host = f"//compute.googleapis.com/projects/{verdict.scope.account}"
                yield Subject(verdict.scope, kind, f"{host}/global/{folder}/{found[2]}")
