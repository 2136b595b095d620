"""How long `surefoot exposure` takes for a large account: `python tests/bench/exposure.py`.

An inventory of 10,000 network interfaces in 500 subnets of 20 networks, each with a security group of its own of 20
rules; and one group of 1,000 rules on ten of them. The command runs in a process of its own, from the file to the last
line; its time is the CPU's, user and system.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from scanner.exposure.exposures import reads_of  # noqa: E402
from scanner.inventory import Header, writing  # noqa: E402
from scanner.models.endpoint import Address, Endpoint  # noqa: E402
from scanner.models.network import ALLOW, ATTACHED, DENY, EGRESS, INGRESS, Firewall, NetworkRule  # noqa: E402
from scanner.models.resource import Cloud, Resource, Scope  # noqa: E402
from scanner.models.routing import AccessList, Network, Route, RouteTable, Subnet  # noqa: E402

ENDPOINTS, SUBNETS, NETWORKS, OWN, BIG, SHARED = 10_000, 500, 20, 20, 1_000, 10
PORTS = (22, 80, 443, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9200, 27017)
SCOPE = Scope(Cloud.AWS, "123456789012", "eu-west-1")
EC2 = "arn:aws:ec2:eu-west-1:123456789012:"


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


def _random_rule(random_: random.Random) -> NetworkRule:
    first = random_.choice(PORTS) if random_.random() < 0.6 else random_.randrange(65_000)
    last = first if random_.random() < 0.8 else first + random_.randrange(500)
    kind = random_.random()
    octets = [random_.randrange(1, 224), *(random_.randrange(256) for _ in range(2))]
    narrow = f"{octets[0]}.{octets[1]}.{octets[2]}.0/{random_.choice((16, 20, 24, 28))}"
    source = "0.0.0.0/0" if kind < 0.1 else "::/0" if kind < 0.15 else "10.0.0.0/8" if kind < 0.3 else narrow
    protocol = random_.choice(("tcp", "tcp", "tcp", "udp"))
    return _rule(f"{protocol} {first}-{last} from {source}", protocol, (first, last), source)


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


def _interface(number: int) -> Endpoint:
    groups = [f"sg-{number}", *(["sg-big"] if number < SHARED else [])]
    public = f"54.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return Endpoint(
        id=f"{EC2}network-interface/eni-{number}",
        name=f"eni-{number}",
        scope=SCOPE,
        tags={},
        owner=f"i-{number}",
        addresses=(
            Address(family=4, public=public, private="10.0.0.5", blocked=False, open_without_firewall=True),
        ),
        network=f"vpc-{number % NETWORKS}",
        subnets=(f"subnet-{number % SUBNETS}",),
        firewalls=tuple(groups),
        memberships=(),
        running=True,
        services=None,
        sources=None,
    )


def _subnet(number: int) -> Iterator[Resource]:
    network = f"vpc-{number % NETWORKS}"
    identity: dict[str, Any] = {"scope": SCOPE, "tags": {}}
    yield Subnet(id=f"{EC2}subnet/subnet-{number}", network=network, block=None, unadvertised=(), **identity)
    ways = {
        "0.0.0.0/0": f"igw-{number % NETWORKS}",
        f"{number % 200 + 1}.0.0.0/16": "tgw-1",
        "10.0.0.0/8": "local",
    }
    routes = tuple(
        Route(
            destination=block,
            address_list=None,
            target=target,
            to_internet=target.startswith("igw-"),
            active=True,
            priority=0,
            targets=(),
        )
        for block, target in ways.items()
    )
    subnets = (f"subnet-{number}",)
    yield RouteTable(
        id=f"{EC2}route-table/rtb-{number}",
        network=network,
        subnets=subnets,
        gateways=(),
        main=False,
        routes=routes,
        **identity,
    )
    entries = (
        _rule("rule 90", "tcp", (22, 22), "45.0.0.0/8", action=DENY, priority=90),
        _rule("rule 100", "all", None, "0.0.0.0/0", priority=100),
        _rule("rule 101", "all", None, "::/0", priority=101),
        _rule(
            "rule 100 out", "all", None, "", sources=(), destinations=("0.0.0.0/0",),
            priority=100, direction=EGRESS,
        ),
    )  # fmt: skip
    yield AccessList(
        id=f"{EC2}network-acl/acl-{number}", network=network, subnets=subnets, rules=entries, **identity
    )


def account() -> Iterator[Resource]:
    """Yield everything in the account, by kind and id as `collect` writes it."""
    random_ = random.Random(7)  # noqa: S311 - a repeatable account, not a secret
    made = [one for number in range(SUBNETS) for one in _subnet(number)]
    yield from (one for one in made if isinstance(one, AccessList))
    yield from map(_interface, range(ENDPOINTS))
    yield from (_group(f"sg-{number}", OWN, random_) for number in range(ENDPOINTS))
    yield _group("sg-big", BIG, random_)
    for number in range(NETWORKS):
        id_ = f"{EC2}vpc/vpc-{number}"
        yield Network(id=id_, scope=SCOPE, tags={}, internet_gateways=(f"igw-{number}",), policies=())
    yield from (one for one in made if not isinstance(one, AccessList))


def main() -> None:
    """Print the figures as one line of JSON, and exit 1 beyond 5 s or 300 MB."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "inventory.jsonl.zst", Path(folder) / "exposure.jsonl"
        kinds = {kind.kind(): tuple(sorted(fields)) for kind, fields in reads_of(Cloud.AWS).items()}
        with writing(path) as writer:
            writer.write(Header(kinds, (SCOPE,), started=datetime(2026, 1, 1, tzinfo=UTC)))
            for one in account():
                writer.write(one)
            writer.end(complete=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "scanner", "exposure", str(path), "-o", f"jsonl={out}"]
        subprocess.run(command, check=True, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        figures = {
            "endpoints": lines[-1]["counts"]["endpoints"],
            "rules": ENDPOINTS * OWN + BIG,
            "openings": sum(len(line.get("effective", ())) for line in lines),
            "inventory_mb": round(path.stat().st_size / 2**20, 1),
            "output_mb": round(out.stat().st_size / 2**20, 1),
            "cpu_s": round(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, 2),
            "peak_mb": round(after.ru_maxrss / 1024),
        }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.exit(figures["cpu_s"] > 5 or figures["peak_mb"] > 300)


if __name__ == "__main__":
    main()
