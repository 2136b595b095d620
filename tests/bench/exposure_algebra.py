"""How long the exposure algebra takes for a large account: `python tests/bench/exposure_algebra.py`.

10,000 endpoints, each with a group of its own of 20 rules, behind the address, route and ACL layers of 500 subnets;
and one group of 1,000 rules: alone on 10 endpoints, and beside its own group on one. Everything is counted from
the text of the rules: building, walking, summing up; every result and every rule stays in memory.
"""

import gc
import json
import random
import resource
import sys
import time

from scanner.exposure import Action, Chain, Layer, PacketSet, Rule, block, openings, walk

ENDPOINTS, SUBNETS, OWN, BIG = 10_000, 500, 20, 1_000
PORTS = (22, 80, 443, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9200, 27017)
Text = tuple[str, str, tuple[int, int] | None, str]


def _rule(random_: random.Random, number: int) -> Text:
    first = random_.choice(PORTS) if random_.random() < 0.6 else random_.randrange(65_000)
    last = first if random_.random() < 0.8 else first + random_.randrange(500)
    kind = random_.random()
    octets = [random_.randrange(1, 224), *(random_.randrange(256) for _ in range(2))]
    narrow = f"{octets[0]}.{octets[1]}.{octets[2]}.0/{random_.choice((16, 20, 24, 28))}"
    source = "0.0.0.0/0" if kind < 0.1 else "::/0" if kind < 0.15 else "10.0.0.0/8" if kind < 0.3 else narrow
    return f"sgr-{number}", random_.choice(("tcp", "tcp", "tcp", "udp")), (first, last), source


def _built(text: Text, action: Action) -> Rule:
    ref, protocol, ports, source = text
    return Rule(ref, action, PacketSet.of(block(source), protocol, ports and (ports,)))


def _subnet(number: int) -> tuple[Layer, ...]:
    v4, v6 = block("0.0.0.0/0"), block("::/0")
    ways = PacketSet.of(v4 - block("10.0.0.0/8"))
    routed = PacketSet.of(v4 - block(f"{number % 200 + 1}.0.0.0/16"))
    acl = (
        Rule("90", Action.DROP, PacketSet.of(block("45.0.0.0/8"), "tcp", [(22, 22)])),
        Rule("100", Action.NEXT, PacketSet.of(v4, "tcp", [(22, 22), (80, 80), (443, 443)])),
        Rule("110", Action.NEXT, PacketSet.of(v4, "all")),
        Rule("120", Action.NEXT, PacketSet.of(v6, "all")),
    )
    return (
        Layer("address", (Rule("", Action.NEXT, ways),)),
        Layer("route", (Rule(f"rtb-{number} 0.0.0.0/0", Action.NEXT, routed),)),
        Layer(f"acl-{number}", acl),
    )


def _group(name: str, texts: list[Text]) -> Layer:
    return Layer(name, tuple(_built(text, Action.ACCEPT) for text in texts))


def main() -> None:
    """Print the figures as one line of JSON, and exit 1 beyond 5 s or 300 MB."""
    gc.set_threshold(50_000, 20, 100)  # as `surefoot scan` does
    random_ = random.Random(7)  # noqa: S311 - a repeatable account, not a secret
    account = [[_rule(random_, 20 * i + j) for j in range(OWN)] for i in range(ENDPOINTS)]
    big = [_rule(random_, 10_000_000 + j) for j in range(BIG)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    start = time.process_time()
    subnets = [_subnet(number) for number in range(SUBNETS)]
    groups = [_group(f"sg-{i}", texts) for i, texts in enumerate(account)]
    large = _group("sg-big", big)
    both = Layer("sg-big, sg-0", large.rules + groups[0].rules)
    built = time.process_time()
    chains = [Chain((*subnets[i % SUBNETS], group)) for i, group in enumerate(groups)]
    chains += [Chain((*subnets[i], large)) for i in range(10)] + [Chain((*subnets[0], both))]
    found = [openings(walk(chain)) for chain in chains]
    done = time.process_time()

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "endpoints": len(chains),
        "rules": ENDPOINTS * OWN + BIG,
        "openings": sum(map(len, found)),
        "build_s": round(built - start, 2),
        "walk_s": round(done - built, 2),
        "total_s": round(done - start, 2),
        "peak_mb": round(peak),
        "of_which_the_texts_mb": round(before),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.exit(figures["total_s"] > 5 or figures["peak_mb"] > 300)


if __name__ == "__main__":
    main()
