"""What a finding names as the way in: the route tables, access lists and firewalls that let packets through."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from scanner.engine import Outcome, Verdict
from scanner.iac.choosing import blamed_in
from scanner.iac.ids import Subject
from scanner.iac.location import Location
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud

#: Kinds, and how ARNs call them, by the prefix of their ids, which AWS gives out once in the world.
_KINDS: Final = {
    "rtb": ("RouteTable", "route-table"),
    "acl": ("AccessList", "network-acl"),
    "sg": ("Firewall", "security-group"),
}
_AWS: Final = re.compile(r"\b(rtb|acl|sg)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")

#: Names of Google Cloud that are one of a project: its own firewall rules and its routes.
_GCP: Final = re.compile(r"(route )?([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)")
_POLICY: Final = re.compile(r"(\S+) priority \d+")

#: A group of Azure and its rule; names of either hold no space.
_AZURE: Final = re.compile(r"(\S+) \S+")

Firewalls = Mapping[tuple[Cloud, str, str], Collection[Subject]]
"""Cloud, account and name in lower case → all firewalls of that name."""


class Way(NamedTuple):
    """One thing that lets packets in, and the code that owns it, where that is known."""

    subject: Subject
    place: Location | None = None


def named(verdict: Verdict, firewalls: Firewalls | None = None) -> Iterator[Subject]:
    """Yield what a finding on an endpoint names, each once, in the order of the way; nothing for other findings.

    Groups of Azure and policies of Google Cloud are looked up in `firewalls`: their names are those of a resource
    group, or of a network. A name that does not tell surely is left out.
    """
    if verdict.outcome is not Outcome.FAIL or verdict.kind != Endpoint.kind():
        return
    said = [name for message in verdict.messages for name in blamed_in(message)]
    yield from dict.fromkeys(subject for name in said for subject in _meant(verdict, name, firewalls or {}))


def _meant(verdict: Verdict, name: str, firewalls: Firewalls) -> Iterator[Subject]:
    scope = verdict.scope
    if scope.cloud is Cloud.AWS:
        partition = verdict.resource.split(":")[1] if verdict.resource.startswith("arn:") else "aws"
        for id_ in _AWS.finditer(name):
            kind, word = _KINDS[id_[1]]
            arn = f"arn:{partition}:ec2:{scope.region}:{scope.account}:{word}/{id_[0]}"
            yield Subject(scope, kind, arn)
        return
    if scope.cloud is Cloud.GCP and (found := _GCP.fullmatch(name)):
        kind, folder = ("RouteTable", "routes") if found[1] else ("Firewall", "firewalls")
        host = f"//compute.googleapis.com/projects/{scope.account}"
        yield Subject(scope._replace(region="global"), kind, f"{host}/global/{folder}/{found[2]}")
        return
    if found := (_POLICY if scope.cloud is Cloud.GCP else _AZURE).fullmatch(name):
        same = firewalls.get((scope.cloud, scope.account, found[1].lower()), ())
        if len(same) == 1:
            yield from same
