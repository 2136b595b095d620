"""What the internet can reach, for people: endpoints with open ports, firewalls on nothing, one packet's way."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from scanner.exposure.breadth import Breadth
from scanner.exposure.layers import Action
from scanner.exposure.openings import Opening
from scanner.exposure.reach import Reached, different
from scanner.exposure.survey import Exposed
from scanner.exposure.tracing import Decision, Fate
from scanner.exposure.wide import which
from scanner.inventory import Gap
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Scope
from scanner.reporters.layout import Cell, paragraph, row, widest, wrap
from scanner.reporters.page import Page, line
from scanner.reporters.text import called, clean, listed, local_id, placing, plural

_WHO: Final = {
    Breadth.WORLD: ("everyone", "high"),
    Breadth.PART: ("a large part", "high"),
    Breadth.NARROW: ("few", ""),
    Breadth.UNRESOLVED: ("unknown", "warn"),
}
_MOST_RULES: Final = 6
_MOST_ADDRESSES: Final = 2
_NARROW: Final = 20
_DONE: Final = {Action.ACCEPT: "let in", Action.NEXT: "passed on", Action.DROP: "stopped"}
_END: Final = {
    Fate.ACCEPTED: ("reachable", "high"),
    Fate.DROPPED: ("not reachable", "good"),
    Fate.UNRESOLVED: ("not known: something that was not read decides", "warn"),
}


def render(found: Sequence[Exposed], gaps: Sequence[Gap], page: Page) -> Iterator[str]:
    """Yield the lines of the table: what can be reached, what firewalls on nothing would open, what was not read."""
    place = placing({one.of.scope for one in found})
    endpoints = [one for one in found if isinstance(one.of, Endpoint)]
    firewalls = [one for one in found if not isinstance(one.of, Endpoint)]
    reachable = [one for one in endpoints if one.effective or one.unread]
    yield from _table("reachable from the internet", reachable, page, place, _effective)
    waiting = [one for one in firewalls if one.rule_level or one.unread]
    yield from _table(
        "firewalls that let the internet in, on nothing that was read", waiting, page, place, _rule_level
    )
    for gap in gaps:
        where = clean(str(gap.scope))
        yield from paragraph(page, f"not read: {gap.kind} in {where}: {clean(gap.why)}", 0, "warn", hang=2)
    if gaps:
        yield "\n"
    yield line(page, (_totals(endpoints, reachable, firewalls, gaps), "bold"))


def _effective(one: Exposed) -> tuple[Opening, ...]:
    return one.effective


def _rule_level(one: Exposed) -> tuple[Opening, ...]:
    return one.rule_level


def _totals(
    endpoints: Sequence[Exposed],
    reachable: Sequence[Exposed],
    firewalls: Sequence[Exposed],
    gaps: Sequence[Gap],
) -> str:
    unknown = sum(one.unresolved for one in endpoints)
    parts = [
        f"{plural(len(endpoints), 'endpoint')}, {len(reachable) - unknown:,} reachable",
        *([f"{unknown:,} not known"] if unknown else []),
        f"{plural(len(firewalls), 'firewall')} on nothing that was read",
        *([plural(len(gaps), "gap")] if gaps else []),
    ]
    return ", ".join(parts)


def _table(
    title: str,
    shown: Sequence[Exposed],
    page: Page,
    place: Callable[[Scope], str],
    chosen: Callable[[Exposed], tuple[Opening, ...]],
) -> Iterator[str]:
    if not shown:
        return
    yield line(page, (title, "bold"))
    for scope, group in groupby(shown, key=lambda one: one.of.scope):
        if place(scope):
            yield line(page, (place(scope), "dim"))
        for one in group:
            yield from _one(one, page, chosen(one))
    yield "\n"


def _one(one: Exposed, page: Page, found: Sequence[Opening]) -> Iterator[str]:
    """The endpoint, its owner and addresses, and what lets all of its ports in; below it a line for each of those."""
    cloud, of = one.of.scope.cloud, one.of
    owner = one.owner if one.owner and one.owner not in (of.id, of.canonical_id) else ""
    about = [f"of {clean(local_id(cloud, owner))}"] if owner else []
    if one.addresses:
        about.append(f"at {clean(listed(one.addresses, _MOST_ADDRESSES))}")
    yield from paragraph(page, " ".join([called(cloud, of.canonical_id, of.name), *about]), 2, hang=2)
    if one.unread:
        yield from paragraph(page, f"not known: {clean(one.unread)}", 4, "warn", hang=2)
    same = _same(found) if isinstance(of, Endpoint) else ()
    if same:
        yield from paragraph(page, clean(f"by {', '.join(same)}, and:"), 4, "dim", hang=2)
    ports = [f"{which(opening.protocol, opening.ports)} (IPv{opening.family})" for opening in found]
    who = [_WHO[opening.breadth] for opening in found]
    widths = widest(ports), widest(word for word, _ in who)
    rest = max(page.width - sum(widths) - 4 - 4, _NARROW)
    for opening, port, (word, style) in zip(found, ports, who, strict=True):
        by = wrap(_by(opening, len(same)), rest)
        yield from row(
            page, 4, (Cell([port], widths[0]), Cell([word], widths[1], style), Cell(by, rest, "dim"))
        )


def _same(found: Sequence[Opening]) -> tuple[str, ...]:
    """The rules with which all ways in begin: those before the subnet, mostly.

    The last of each is its own, and so are those before it that are of the same firewall.
    """
    shortest = min((opening.via for opening in found), key=len, default=())
    number = len(shortest) - 1
    while number > 0 and any(opening.via[:number] != shortest[:number] for opening in found):
        number -= 1
    while number > 0 and any(_of(opening.via[-1]) == _of(shortest[number - 1]) for opening in found):
        number -= 1
    return shortest[: max(number, 0)]


def _of(ref: str) -> str:
    """What a rule belongs to: the first word of its name."""
    return ref.partition(" ")[0]


def _by(opening: Opening, told: int) -> str:
    via = opening.via[told:]
    by = f"by {listed(via, _MOST_RULES)}" if via else "no firewall is on the way"
    unless = f", unless {listed(opening.doubts, _MOST_RULES)} closes it" if opening.doubts else ""
    unread = f"; not read: {listed(opening.unresolved, _MOST_RULES)}" if opening.unresolved else ""
    return clean(f"{by}{unless}{unread}")


def way(reached: Reached, asked: str, page: Page) -> Iterator[str]:
    """Yield the lines on one packet: what each layer decides, on each way that differs, and how it ends."""
    endpoint = reached.endpoint
    name = called(endpoint.scope.cloud, endpoint.canonical_id, endpoint.name)
    yield line(page, (f"{clean(asked)} to {name}", "bold"))
    ways = different(reached.ways)
    for number, decisions in enumerate(ways, 1):
        if len(ways) > 1:
            yield line(page, (f"way {number} of {len(ways)}", "dim"))
        yield from _decisions(decisions, page)
    word, style = _END[reached.fate]
    yield line(page, (word, style))
    if reached.note:
        yield from paragraph(page, f"note: {clean(reached.note)}", 0, "dim", hang=2)


def _decisions(decisions: Sequence[Decision], page: Page) -> Iterator[str]:
    names = [one.layer or "in the end" for one in decisions]
    words = [("perhaps " if not one.sure else "") + _DONE[one.action] for one in decisions]
    widths = widest(names), widest(words)
    rest = max(page.width - sum(widths) - 2 - 4, _NARROW)
    for one, name, word in zip(decisions, names, words, strict=True):
        by = "; ".join(part for part in (one.ref, one.why and f"not read: {one.why}") if part)
        cells = Cell([name], widths[0]), Cell([word], widths[1]), Cell(wrap(clean(by), rest), rest, "dim")
        yield from row(page, 2, cells)
