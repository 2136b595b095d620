"""One packet walked through the short form of a case of Google Cloud, rule by rule, as the semantics say it.

It shares no code with the scanner. What cannot be resolved about a rule is decided by the world: a set of rules, by the
stage and the place in it, that match whatever about them is not known.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from aws_walk import Given, Sent, network, within

NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "esp": 50}
ACCEPT, DROP, NEXT = "accept", "drop", "next"
ACTIONS = {"allow": ACCEPT, "apply_security_profile_group": ACCEPT, "deny": DROP, "goto_next": NEXT}
OWN_ADDRESS, OUTSIDE, OWN_SIX, FRONT = "10.128.0.2", "35.206.75.120", "2600:1900:4000:1::", "34.120.1.1"

Place = tuple[str, int]
World = AbstractSet[Place]


def worlds(given: Given) -> list[frozenset[Place]]:
    """Every world that is possible: the first is the one in which no rule matches that need not."""
    found: list[frozenset[Place]] = [frozenset()]
    for place in doubtful(given):
        found += [world | {place} for world in found]
    return found


def doubtful(given: Given) -> Iterator[Place]:
    for name, rules in stages(given):
        for number, rule in enumerate(rules):
            unread = [one for one in rule.get("groups", ()) if one not in given.get("groups", {})]
            if unread or any(rule.get(key) for key in ("geo", "ti", "fqdn")):
                yield name, number


def stages(given: Given) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rules that are tried together, in the order in which they are tried."""
    above = [(f"hier-{number}", rules) for number, rules in enumerate(given.get("hier") or ())]
    if given.get("system"):
        above.append(("system", given["system"]))
    above += [(f"rsystem-{number}", rules) for number, rules in enumerate(given.get("rsystem") or ())]
    own = [("vpc", given.get("vpc") or [])]
    policies = [(name, given[name]) for name in ("gnp", "rnp") if given.get(name)]
    return above + (policies + own if given.get("order") == "BEFORE" else own + policies)


def arrives(given: Given, sent: Sent, world: World) -> bool:
    """Tell whether the packet gets to the machine: by its own address, or by a front."""
    return _directly(given, sent, world) or _by_front(given, sent, world)


def _directly(given: Given, sent: Sent, world: World) -> bool:
    vm = given.get("vm", {})
    return (
        bool(vm.get(f"ext{sent.family}"))
        and vm.get("status", "RUNNING") == "RUNNING"
        and routed(given, sent.source)
        and let_in(given, vm, sent, OWN_ADDRESS if sent.family == 4 else OWN_SIX, world)
    )


def _by_front(given: Given, sent: Sent, world: World) -> bool:
    front, vm = given.get("lb"), given.get("vm", {})
    if not front or sent.family != 4 or not _listens(front, sent):
        return False
    if front.get("src") and not any(within(sent.source, block) for block in front["src"]):
        return False
    if front["target"] in ("http", "tcp"):
        return True
    return vm.get("status", "RUNNING") == "RUNNING" and let_in(given, vm, sent, FRONT, world)


def _listens(front: dict[str, Any], sent: Sent) -> bool:
    protocol = front.get("proto", "TCP")
    if protocol == "L3_DEFAULT":
        return True
    if NAMES[protocol.lower()] != sent.protocol:
        return False
    return not front.get("ports") or ports_match([front["ports"]], sent.port)


def routed(given: Given, source: str) -> bool:
    """Tell whether a reply leaves by the internet gateway: longest prefix, then the lowest priority."""
    routes = given.get("routes")
    if routes is None:
        return bool(given.get("route0", True))
    tags = given.get("vm", {}).get("tags", [])
    best = [
        (-network(block).prefixlen, priority, hop != "internet")
        for block, hop, priority, targets in [*routes, ["10.128.0.0/20", "network", 0, []]]
        if within(source, block) and (not targets or set(targets) & set(tags))
    ]
    return bool(best) and not min(best)[2]


def let_in(given: Given, vm: dict[str, Any], sent: Sent, to: str, world: World) -> bool:
    for name, rules in stages(given):
        action = (
            _vpc(rules, vm, sent, to) if name == "vpc" else _policy(given, name, rules, vm, sent, to, world)
        )
        if action != NEXT:
            return action == ACCEPT
    return False


def _vpc(rules: list[dict[str, Any]], vm: dict[str, Any], sent: Sent, to: str) -> str:
    matching = [rule for rule in rules if _vpc_matches(rule, vm, sent, to)]
    if not matching:
        return NEXT
    first = min(rule["prio"] for rule in matching)
    return DROP if any("deny" in rule for rule in matching if rule["prio"] == first) else ACCEPT


def _vpc_matches(rule: dict[str, Any], vm: dict[str, Any], sent: Sent, to: str) -> bool:
    named = rule.get("stags") or rule.get("ssa")
    sources = rule.get("src") or ([] if named else ["0.0.0.0/0"])
    return (
        not rule.get("disabled")
        and rule.get("dir", "INGRESS") == "INGRESS"
        and rule.get("net", "default") == vm.get("net", "default")
        and (not rule.get("ttags") or bool(set(rule["ttags"]) & set(vm.get("tags", []))))
        and (not rule.get("tsa") or vm.get("sa") in rule["tsa"])
        and (not rule.get("dst") or any(within(to, block) for block in rule["dst"]))
        and any(within(sent.source, block) for block in sources)
        and _l4(rule.get("allow") or rule.get("deny") or [], sent)
    )


def _l4(entries: list[Any], sent: Sent) -> bool:
    return any(
        protocol == "all" or int(NAMES.get(protocol, protocol)) == sent.protocol
        for protocol, ports in entries
        if not ports or ports_match(ports, sent.port)
    )


def ports_match(ports: list[str], port: int | None) -> bool:
    spans = [[int(end) for end in text.partition("-")[::2] if end] for text in ports]
    return port is not None and any(span[0] <= port <= span[-1] for span in spans)


def _policy(
    given: Given,
    name: str,
    rules: list[dict[str, Any]],
    vm: dict[str, Any],
    sent: Sent,
    to: str,
    world: World,
) -> str:
    order = sorted(enumerate(rules), key=lambda one: one[1]["prio"])
    for number, rule in order:
        if _policy_matches(given, rule, vm, sent, to, known=(name, number) in world):
            return ACTIONS[rule["action"]]
    return NEXT


def _policy_matches(
    given: Given, rule: dict[str, Any], vm: dict[str, Any], sent: Sent, to: str, *, known: bool
) -> bool:
    return (
        not rule.get("disabled")
        and rule.get("targetType", "INSTANCES") == "INSTANCES"
        and _comes_from(rule.get("srcNetType"), sent.source)
        and (not rule.get("targetNets") or vm.get("net", "default") in rule["targetNets"])
        and (not rule.get("tsa") or vm.get("sa") in rule["tsa"])
        and (not rule.get("dst") or any(within(to, block) for block in rule["dst"]))
        and (not rule.get("ttags") or bool(set(rule["ttags"]) & set(vm.get("stags", []))))
        and _l4(rule["l4"], sent)
        and _source_matches(given, rule, sent.source, known=known)
    )


def _comes_from(network_type: str | None, source: str) -> bool:
    """Tell the internet from elsewhere: of the sources of these tests, only those in 10.0.0.0/8 are not of it."""
    return not network_type or (network_type == "INTERNET" and not within(source, "10.0.0.0/8"))


def _source_matches(given: Given, rule: dict[str, Any], source: str, *, known: bool) -> bool:
    blocks = list(rule.get("src") or ())
    unread = [key for key in ("geo", "ti", "fqdn") if rule.get(key)]
    for name in rule.get("groups", ()):
        if name in given.get("groups", {}):
            blocks += given["groups"][name]
        else:
            unread.append(name)
    named = rule.get("groups") or rule.get("stags")
    if not blocks and not unread and not named:
        return True
    return any(within(source, block) for block in blocks) or bool(unread and known)
