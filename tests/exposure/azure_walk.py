"""One packet walked through the short form of a case of Azure, rule by rule, as the semantics say it.

It shares no code with the scanner. Whether a rule matches whose source cannot be resolved, and what Always Allow does
where that is not documented, is decided by the world: a set of places of rules for which it is what it could be.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from aws_walk import Given, Sent, within

NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "esp": 50, "ah": 51}
ANY = ("*", "any", "Any")
OWN = {4: "10.0.0.4", 6: "fd00::4"}

Place = tuple[str, int]
World = AbstractSet[Place]


def worlds(given: Given) -> list[frozenset[Place]]:
    """Every world that is possible: the first is the one in which no rule matches that need not."""
    found: list[frozenset[Place]] = [frozenset()]
    for place in doubtful(given):
        found += [world | {place} for world in found]
    return found


def doubtful(given: Given) -> Iterator[Place]:
    for key in ("avnm", "avnm2", "subnet_nsg", "nic_nsg"):
        for number, rule in enumerate(given.get(key) or ()):
            if any(is_unresolved(one) for one in many(rule.get("src", "*"))):
                yield key, number
    if not has_group(given) and any(
        rule["acc"] == "AlwaysAllow" for key in ("avnm", "avnm2") for rule in given.get(key) or ()
    ):
        yield "undocumented", 0


def arrives(given: Given, sent: Sent, world: World) -> bool:
    """Tell whether the packet gets to the machine: by an address of its own, or by a load balancer."""
    if given.get("stopped"):
        return False
    sku = given.get("pip" if sent.family == 4 else "pip6")
    if sku and let_in(given, sent, "Basic" if sku == "Basic" else "Standard", world):
        return True
    front = given.get("lb")
    if not front or not front.get("public") or sent.family != 4:
        return False
    return any(
        let_in(given, behind, front.get("sku", "Standard"), world) for behind in translated(front, sent)
    )


def translated(front: dict[str, Any], sent: Sent) -> Iterator[Sent]:
    """The packet as machines behind a front see it, by each rule that takes it."""
    for port, protocol, to in (*front.get("rules", ()), *front.get("nat", ())):
        if protocol == "all" or NAMES[protocol] == sent.protocol:
            if port == 0:
                yield sent
            elif sent.port == port:
                yield sent._replace(port=to)


def has_group(given: Given) -> bool:
    return given.get("subnet_nsg") is not None or given.get("nic_nsg") is not None


def let_in(given: Given, sent: Sent, sku: str, world: World) -> bool:
    decided = _admin(given, sent, world)
    if decided == "AlwaysAllow":
        return has_group(given) or sku == "Basic" or ("undocumented", 0) in world
    if decided == "Deny":
        return False
    if not has_group(given):
        return sku == "Basic"
    return all(
        _group(given, key, sent, world) for key in ("subnet_nsg", "nic_nsg") if given.get(key) is not None
    )


def _admin(given: Given, sent: Sent, world: World) -> str | None:
    for key in ("avnm", "avnm2"):
        for number, rule in sorted(enumerate(given.get(key) or ()), key=lambda one: one[1]["prio"]):
            if matches(given, rule, sent, known=(key, number) in world):
                return str(rule["acc"])
    return None


def _group(given: Given, key: str, sent: Sent, world: World) -> bool:
    for number, rule in sorted(enumerate(given[key]), key=lambda one: one[1]["prio"]):
        if matches(given, rule, sent, known=(key, number) in world):
            return bool(rule["acc"] == "Allow")
    # The default rules: the virtual network and the probes; nobody in these tests is either.
    return False


def matches(given: Given, rule: dict[str, Any], sent: Sent, *, known: bool) -> bool:
    protocol = rule["p"].lower()
    return (
        not str(rule.get("dir", "In")).startswith("Out")
        and (protocol in ("*", "any") or NAMES[protocol] == sent.protocol)
        # What has no ports is not meant by a rule for all protocols and some ports.
        and (NAMES.get(protocol) in (1, 50, 51) or _port(many(rule.get("dport", "*")), sent))
        and _destination(given, rule, sent)
        and _source(rule, sent.source, known=known)
    )


def many(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _port(texts: list[str], sent: Sent) -> bool:
    if "*" in texts:
        return True
    spans = [[int(end) for end in text.partition("-")[::2] if end] for text in texts]
    return sent.port is not None and any(span[0] <= sent.port <= span[-1] for span in spans)


def _destination(given: Given, rule: dict[str, Any], sent: Sent) -> bool:
    if rule.get("dasg"):
        return bool(set(rule["dasg"]) & set(given.get("asgs", ())))
    named = many(rule.get("dst", "*"))
    if any(one in ANY or one == "VirtualNetwork" for one in named):
        return True
    return any(not one.isalpha() and within(OWN[sent.family], one) for one in named)


def _source(rule: dict[str, Any], source: str, *, known: bool) -> bool:
    if rule.get("sasg"):
        return False
    return any(_from(one, source, known=known) for one in many(rule.get("src", "*")))


def _from(named: str, source: str, *, known: bool) -> bool:
    if named in ANY:
        return True
    if named.lower() == "internet":
        return not any(within(source, block) for block in ("10.0.0.0/8", "fc00::/7"))
    if is_unresolved(named):
        return known
    # The other tags are the network's own machines and its load balancers' probes.
    return not named.isalpha() and within(source, named)


def is_unresolved(named: str) -> bool:
    """Tell whether a tag stands for addresses that nobody here knows."""
    return named in ("AzureCloud", "Storage")
