"""Inventories of large accounts whose exposure is measured: `python tests/bench/exposure_accounts.py SHAPE FILE`.

own      AWS: 10,000 interfaces in 500 subnets, each with a group of its own of 20 rules; one of 1,000 rules on ten
shared   AWS: the same interfaces with two of 200 groups of 20 rules; one group of 1,000 rules on one of them
gcp      Google Cloud: 10,000 machines in 20 networks, for each of which 20 of 2,000 rules are, by tags
azure    Azure: 10,000 interfaces with a security group of 20 rules each, behind 500 subnets' groups of 20
"""

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.exposure.exposures import reads_of
from scanner.inventory import Header, writing
from scanner.models.endpoint import Address, Endpoint
from scanner.models.network import (
    ALLOW,
    ATTACHED,
    DENY,
    EGRESS,
    INGRESS,
    NETWORK,
    OF_NETWORK,
    SERVICE_TAG,
    TAG,
    Firewall,
    NetworkRule,
    Reference,
)
from scanner.models.resource import Cloud, Code, Resource, Scope, Why
from scanner.models.routing import AccessList, Network, Route, RouteTable, Subnet

ENDPOINTS, SUBNETS, NETWORKS, OWN, BIG, GROUPS = 10_000, 500, 20, 20, 1_000, 200
PORTS = (22, 80, 443, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9200, 27017)
SCOPE = Scope(Cloud.AWS, "123456789012", "eu-west-1")
EC2 = "arn:aws:ec2:eu-west-1:123456789012:"
PROJECT = Scope(Cloud.GCP, "shop", "global")
COMPUTE = "//compute.googleapis.com/projects/shop/"
SUBSCRIPTION = Scope(Cloud.AZURE, "00000000-0000-0000-0000-000000000001", "westeurope")
RESOURCES = f"/subscriptions/{SUBSCRIPTION.account}/resourcegroups/one/providers/microsoft.network/"


def _rule(ref: str, protocol: str, ports: tuple[int, int] | None, source: str, **changed: Any) -> NetworkRule:
    facts: dict[str, Any] = {
        "ref": ref,
        "direction": INGRESS,
        "action": ALLOW,
        "priority": None,
        "enabled": True,
        "protocol": protocol,
        "ports": () if ports is None else (ports,),
        "sources": (source,),
        "source_references": (),
        "unresolvable_sources": (),
        "from_internet": None,
        "destinations": (),
        "targets": (),
    }
    return NetworkRule(**{**facts, **changed})


def _random_rule(random_: random.Random, **changed: Any) -> NetworkRule:
    first = random_.choice(PORTS) if random_.random() < 0.6 else random_.randrange(65_000)
    last = first if random_.random() < 0.8 else first + random_.randrange(500)
    kind = random_.random()
    octets = [random_.randrange(1, 224), *(random_.randrange(256) for _ in range(2))]
    narrow = f"{octets[0]}.{octets[1]}.{octets[2]}.0/{random_.choice((16, 20, 24, 28))}"
    source = "0.0.0.0/0" if kind < 0.1 else "::/0" if kind < 0.15 else "10.0.0.0/8" if kind < 0.3 else narrow
    protocol = random_.choice(("tcp", "tcp", "tcp", "udp"))
    return _rule(f"{protocol} {first}-{last} from {source}", protocol, (first, last), source, **changed)


def _prioritised(random_: random.Random, rules: int, **changed: Any) -> Iterator[NetworkRule]:
    """Rules in an order, of which one in five denies."""
    for number in range(rules):
        action = DENY if random_.random() < 0.2 else ALLOW
        yield _random_rule(random_, priority=100 + number, action=action, **changed)


def _address(number: int, *, open_without: bool) -> Address:
    public = f"54.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return Address(
        family=4,
        public=public,
        private=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        blocked=False,
        open_without_firewall=open_without,
    )


def _machine(number: int, id: str, scope: Scope, **changed: Any) -> Endpoint:
    facts: dict[str, Any] = {
        "owner": f"i-{number}",
        "addresses": (_address(number, open_without=scope.cloud is Cloud.AWS),),
        "memberships": (),
        "running": True,
        "policies": (),
        "services": None,
        "sources": None,
        "tags": {},
    }
    return Endpoint(id=id, name=f"eni-{number}", scope=scope, **{**facts, **changed})


# -- AWS ------------------------------------------------------------------------------------------------------


def _group(name: str, rules: int, random_: random.Random) -> Firewall:
    return Firewall(
        id=f"{EC2}security-group/{name}",
        name=name,
        scope=SCOPE,
        tags={},
        level=ATTACHED,
        applies_to=("vpc-1",),
        rules=tuple(_random_rule(random_) for _ in range(rules)),
    )


def _subnet(number: int) -> Iterator[Resource]:
    network, subnets = f"vpc-{number % NETWORKS}", (f"subnet-{number}",)
    identity: dict[str, Any] = {"scope": SCOPE, "tags": {}, "network": network}
    yield Subnet(id=f"{EC2}subnet/subnet-{number}", block=None, unadvertised=(), **identity)
    ways = {
        "0.0.0.0/0": f"igw-{number % NETWORKS}",
        f"{number % 200 + 1}.0.0.0/16": "tgw-1",
        "10.0.0.0/8": "local",
    }
    routes = tuple(_route(block, target, target.startswith("igw-")) for block, target in ways.items())
    id_ = f"{EC2}route-table/rtb-{number}"
    yield RouteTable(id=id_, subnets=subnets, gateways=(), main=False, routes=routes, **identity)
    entries = (
        _rule("rule 90", "tcp", (22, 22), "45.0.0.0/8", action=DENY, priority=90),
        _rule("rule 100", "all", None, "0.0.0.0/0", priority=100),
        _rule("rule 101", "all", None, "::/0", priority=101),
        _rule(
            "rule 100 out", "all", None, "", sources=(), destinations=("0.0.0.0/0",),
            priority=100, direction=EGRESS,
        ),
    )  # fmt: skip
    yield AccessList(id=f"{EC2}network-acl/acl-{number}", subnets=subnets, rules=entries, **identity)


def _route(destination: str, target: str, to_internet: bool) -> Route:  # noqa: FBT001 - as said in a table
    return Route(
        destination=destination,
        address_list=None,
        target=target,
        to_internet=to_internet,
        active=True,
        priority=0,
        targets=(),
    )


def _aws(groups_of: Callable[[int], tuple[str, ...]], groups: int, big: str) -> Iterator[Resource]:
    random_ = random.Random(7)  # noqa: S311 - a repeatable account, not a secret
    made = [one for number in range(SUBNETS) for one in _subnet(number)]
    yield from (one for one in made if isinstance(one, AccessList))
    for number in range(ENDPOINTS):
        places = {"network": f"vpc-{number % NETWORKS}", "subnets": (f"subnet-{number % SUBNETS}",)}
        id_ = f"{EC2}network-interface/eni-{number}"
        yield _machine(number, id_, SCOPE, firewalls=groups_of(number), **places)
    yield from (_group(f"sg-{number}", OWN, random_) for number in range(groups))
    yield _group(big, BIG, random_)
    for number in range(NETWORKS):
        id_ = f"{EC2}vpc/vpc-{number}"
        yield Network(id=id_, scope=SCOPE, tags={}, internet_gateways=(f"igw-{number}",), policies=())
    yield from (one for one in made if not isinstance(one, AccessList))


def own() -> Iterator[Resource]:
    """Yield an account in which every interface has a group of its own."""
    return _aws(lambda number: (f"sg-{number}", *(["sg-big"] if number < 10 else [])), ENDPOINTS, "sg-big")


def shared() -> Iterator[Resource]:
    """Yield an account in which many interfaces share groups, and one has a group of 1,000 rules."""

    def groups_of(number: int) -> tuple[str, ...]:
        two = (f"sg-{number % GROUPS}", f"sg-{(number // 7) % GROUPS}")
        return ("sg-big",) if number == 0 else tuple(dict.fromkeys(two))

    return _aws(groups_of, GROUPS, "sg-big")


# -- Google Cloud ---------------------------------------------------------------------------------------------


def gcp() -> Iterator[Resource]:
    """Yield a project in which each machine has a tag, for which 20 VPC firewall rules are; one tag has 1,000."""
    random_ = random.Random(7)  # noqa: S311
    tags = 100
    for number in range(ENDPOINTS):
        network = f"{COMPUTE}global/networks/net-{number % NETWORKS}"
        tag = "big" if number == 0 else f"tag-{number // NETWORKS % tags}"
        yield _machine(
            number,
            f"{COMPUTE}zones/europe-west1-b/instances/vm-{number}/networkInterfaces/nic0",
            PROJECT._replace(region="europe-west1"),
            network=network,
            subnets=(f"{COMPUTE}regions/europe-west1/subnetworks/one",),
            firewalls=(),
            memberships=(Reference(TAG, tag), Reference(NETWORK, network)),
            unread={"tag_sets": Why(code=Code.NOT_APPLICABLE, text="no rule over it names secure tags")},
        )
    for net in range(NETWORKS):
        for tag, rules in [
            *((f"tag-{one}", OWN) for one in range(tags)),
            *([("big", BIG)] if not net else []),
        ]:
            for number, rule in enumerate(_prioritised(random_, rules, targets=(Reference(TAG, tag),))):
                name = f"net-{net}-{tag}-{number}"
                yield Firewall(
                    id=f"{COMPUTE}global/firewalls/{name}",
                    name=name,
                    scope=PROJECT,
                    level=OF_NETWORK,
                    applies_to=(f"{COMPUTE}global/networks/net-{net}",),
                    rules=(rule.model_copy(update={"ref": name}),),
                )
    for net in range(NETWORKS):
        id_ = f"{COMPUTE}global/networks/net-{net}"
        yield Network(id=id_, name=f"net-{net}", scope=PROJECT, policies=(), policies_first=False)
    for net in range(NETWORKS):
        yield RouteTable(
            id=f"{COMPUTE}global/routes/default-{net}",
            name=f"default-{net}",
            scope=PROJECT,
            network=f"{COMPUTE}global/networks/net-{net}",
            subnets=(),
            gateways=(),
            main=True,
            routes=(_route("0.0.0.0/0", "default-internet-gateway", to_internet=True),),
        )


# -- Azure ----------------------------------------------------------------------------------------------------


def _security_group(name: str, rules: int, random_: random.Random) -> Firewall:
    defaults = (
        _rule("AllowVnetInBound", "all", None, "", priority=65000, sources=(),
              source_references=(Reference(SERVICE_TAG, "VirtualNetwork"),)),
        _rule("DenyAllInBound", "all", None, "0.0.0.0/0", priority=65500, action=DENY),
    )  # fmt: skip
    return Firewall(
        id=f"{RESOURCES}networksecuritygroups/{name}",
        name=name,
        scope=SUBSCRIPTION,
        tags={},
        level=ATTACHED,
        applies_to=(),
        rules=(*_prioritised(random_, rules), *defaults),
    )


def azure() -> Iterator[Resource]:
    """Yield a subscription in which each interface and each subnet has a security group of its own."""
    random_ = random.Random(7)  # noqa: S311
    for number in range(ENDPOINTS):
        network = f"{RESOURCES}virtualnetworks/net-{number % NETWORKS}"
        yield _machine(
            number,
            f"{RESOURCES}networkinterfaces/nic-{number}",
            SUBSCRIPTION,
            network=network,
            subnets=(f"{network}/subnets/subnet-{number % SUBNETS}",),
            firewalls=(f"{RESOURCES}networksecuritygroups/{'big' if number == 0 else f'nic-{number}'}",),
        )
    yield from (_security_group(f"nic-{number}", OWN, random_) for number in range(ENDPOINTS))
    yield from (_security_group(f"subnet-{number}", OWN, random_) for number in range(SUBNETS))
    yield _security_group("big", BIG, random_)
    for number in range(NETWORKS):
        id_ = f"{RESOURCES}virtualnetworks/net-{number}"
        yield Network(id=id_, scope=SUBSCRIPTION, policies=(), blocks=("10.0.0.0/8",))
    for number in range(SUBNETS):
        network = f"{RESOURCES}virtualnetworks/net-{number % NETWORKS}"
        yield Subnet(
            id=f"{network}/subnets/subnet-{number}",
            scope=SUBSCRIPTION,
            network=network,
            firewalls=(f"{RESOURCES}networksecuritygroups/subnet-{number}",),
        )


SHAPES: Final[dict[str, tuple[Scope, Callable[[], Iterator[Resource]]]]] = {
    "own": (SCOPE, own),
    "shared": (SCOPE, shared),
    "gcp": (PROJECT, gcp),
    "azure": (SUBSCRIPTION, azure),
}


def write(shape: str, path: Path) -> None:
    """Write an inventory by kind, as `collect` does."""
    scope, account = SHAPES[shape]
    kinds = {kind.kind(): tuple(sorted(fields)) for kind, fields in reads_of(scope.cloud).items()}
    with writing(path) as writer:
        writer.write(Header(kinds, (scope,), started=datetime(2026, 1, 1, tzinfo=UTC)))
        for one in account():
            writer.write(one)
        writer.end(complete=True)


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
