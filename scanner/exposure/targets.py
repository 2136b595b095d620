"""Which rules are for an endpoint: rules that name targets or destinations, and the layer that they make for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from scanner.exposure.addresses import block
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Layer, Rule
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.packets import EVERYTHING, NOTHING
from scanner.models.endpoint import Endpoint
from scanner.models.network import (
    GROUP,
    NETWORK,
    SECURE_TAG,
    SERVICE_ACCOUNT,
    SERVICE_TAG,
    TAG,
    TARGET_TYPE,
    NetworkRule,
    Reference,
)
from scanner.models.resource import NOTHING_TO_READ, Code, UnreadError, Why

Reach = tuple[tuple[Reference, ...], tuple[str, ...]]
"""What a rule names as its targets and its destinations; empty: it does not narrow itself to any."""

Fit = bool | str
"""Whether a rule is for an endpoint; words where that is not known."""

EVERYONE: Final[Reach] = ((), ())
"""The reach of a rule that names neither."""

#: Of Google Cloud's types of targets, what is no machine, and never gets packets from the internet.
_INTERNAL_TYPES: Final = frozenset({"INTERNAL_MANAGED_LB"})

NO_SECURE_TAG: Final = Reference(SECURE_TAG, "")
"""That a machine has this one says that all of its secure tags are known."""
#: That it has one of several secure tags, whose names stand in the id with blanks between.
_ONE_OF: Final = "one_of_secure_tags"
#: That its secure tags are not known, and why, in words.
_NO_WORD: Final = "no_word_of_secure_tags"

#: Memberships that are told in full wherever any are.
_TOLD: Final = frozenset({TAG, SERVICE_ACCOUNT, NETWORK, GROUP})


class Target(NamedTuple):
    """What rules see of an endpoint at an address. None: it is not known which; empty: it has none in this family.

    `untold` says why its secure tags are not known.
    """

    family: Family
    address: str | None
    memberships: frozenset[Reference] | UnreadError
    untold: UnreadError | None = None


def target(endpoint: Endpoint, family: int, address: str | None) -> Target:
    """Return what rules see of an endpoint at one address."""
    known: frozenset[Reference] | UnreadError
    try:
        known = frozenset((*endpoint.memberships, *_on_tags(endpoint)))
    except UnreadError as error:
        known = error
    return Target(V6 if family == V6 else V4, address, known, _untold(endpoint))


def _on_tags(endpoint: Endpoint) -> Iterator[Reference]:
    if endpoint.known("tag_sets"):
        yield NO_SECURE_TAG
        for tags in endpoint.tag_sets:
            yield Reference(_ONE_OF, " ".join(tags))


def _untold(endpoint: Endpoint) -> UnreadError | None:
    why = endpoint.why("tag_sets")
    if endpoint.known("tag_sets") or why.code in NOTHING_TO_READ:
        return None
    return UnreadError("Endpoint.tag_sets", why)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Rules that are tried together, in their order: what a layer is made of once it is known for whom.

    `rules` are pairs of an index into `reaches` and the rule on the algebra; `named` are all targets that they name,
    `placed` says whether any names destinations, and `tagged` whether any names secure tags.
    """

    name: str
    reaches: tuple[Reach, ...]
    rules: tuple[tuple[int, Rule], ...]
    default: Action
    default_ref: str
    named: frozenset[Reference]
    placed: bool
    tagged: bool


def stage(name: str, rules: Iterable[tuple[Reach, Rule]], default: Action, default_ref: str = "") -> Stage:
    """Return the stage of rules that already stand in their order."""
    reaches: dict[Reach, int] = {}
    numbered = tuple((reaches.setdefault(reach, len(reaches)), rule) for reach, rule in rules)
    named = frozenset(one for references, _ in reaches for one in references)
    placed = any(destinations for _, destinations in reaches) or any(one.kind == SERVICE_TAG for one in named)
    tagged = any(one.kind == SECURE_TAG for one in named)
    return Stage(name, tuple(reaches), numbered, default, default_ref, named, placed, tagged)


def reach_of(rule: NetworkRule) -> Reach:
    """Return what a rule narrows itself to. Raises UnreadError."""
    return rule.targets, rule.destinations


def facing(estate: Estate, of: Stage, whom: Target) -> Layer:
    """Return the layer that a stage is for one target; targets that its rules cannot tell apart get the same one."""
    known = whom.memberships
    if not isinstance(known, UnreadError):
        known = (known & of.named) | (_tags_of(whom, known, estate) if of.tagged else frozenset())
    where = whom[:2] if of.placed else (V4, "")
    return estate.once(_facing, of, Target(*where, known))


def _tags_of(whom: Target, known: frozenset[Reference], estate: Estate) -> frozenset[Reference]:
    """What is known of a target's secure tags, and why nothing is."""
    found = {one for one in known if one.kind in (SECURE_TAG, _ONE_OF)}
    if whom.untold is not None:
        found.add(Reference(_NO_WORD, _unknown(estate, whom.untold)))
    return frozenset(found)


def _facing(estate: Estate, of: Stage, whom: Target) -> Layer:
    return estate.once(_layer, of, tuple(fit(reach, whom, estate) for reach in of.reaches))


def _layer(_: Estate, of: Stage, fits: tuple[Fit, ...]) -> Layer:
    rules = (_fitted(rule, fits[number]) for number, rule in of.rules if fits[number] is not False)
    return Layer(of.name, tuple(rules), of.default, of.default_ref)


def _fitted(rule: Rule, how: Fit) -> Rule:
    if how is True:
        return rule
    return replace(rule, packets=NOTHING, maybe=rule.packets | rule.maybe, why=rule.why or str(how))


def fit(reach: Reach, whom: Target, estate: Estate) -> Fit:
    """Tell whether a rule of this reach is for a target: it must be among the targets and the destinations."""
    references, destinations = reach
    kinds = {one.kind for one in references}
    fits = [
        _among(kind, {one for one in references if one.kind == kind}, whom, estate)
        for kind in sorted(kinds - {SERVICE_TAG})
    ]
    # A service tag is one more of the destinations.
    if destinations or SERVICE_TAG in kinds:
        fits.append(_within(destinations, whom, estate))
    if False in fits:
        return False
    return next((one for one in fits if one is not True), True)


def _among(kind: str, named: set[Reference], whom: Target, estate: Estate) -> Fit:
    """Tell whether a target is one of those named, all of one kind."""
    if kind == TARGET_TYPE and all(one.id in _INTERNAL_TYPES for one in named):
        return False
    if isinstance(whom.memberships, UnreadError):
        return _unknown(estate, whom.memberships)
    if named & whom.memberships:
        return True
    if kind in _TOLD:
        return False
    if kind == SECURE_TAG:
        found = _tagged({one.id for one in named}, whom.memberships)
        if found is not None:
            return found
    listed = ", ".join(sorted(one.id for one in named))
    return _said(estate, "Endpoint.memberships", f"it was not read whether it is among {kind} {listed}")


def _tagged(named: set[str], known: frozenset[Reference]) -> Fit | None:
    """Tell whether a machine has one of these secure tags, by what is known of it; None: nothing is."""
    if any(named.issuperset(one.id.split(" ")) for one in known if one.kind == _ONE_OF):
        return True
    if any(one.kind == SECURE_TAG for one in known):
        return False
    return next((one.id for one in known if one.kind == _NO_WORD), None)


def _within(destinations: Iterable[str], whom: Target, estate: Estate) -> Fit:
    """Tell whether a target's address is in one of the blocks; a tag's addresses never are those of a machine."""
    if whom.address == "":
        return False
    if whom.address is None:
        return _said(estate, "Endpoint.addresses", "the address behind translation is not known")
    own = block(whom.address)
    partly = False
    for text in destinations:
        try:
            named = block(text)
        except ValueError as broken:
            return _said(estate, "Firewall.rules", str(broken), Code.MALFORMED)
        if named.family == own.family:
            if own <= named:
                return True
            partly = partly or bool(own & named)
    return _said(estate, "Endpoint.addresses", f"only a part of {whom.address} is meant") if partly else False


def _said(estate: Estate, field: str, text: str, code: Code = Code.UNAVAILABLE) -> str:
    return _unknown(estate, UnreadError(field, Why(code=code, text=text)))


def _unknown(estate: Estate, error: UnreadError) -> str:
    why = str(error)
    estate.unread.setdefault(why, error)
    return why


def unread_rules(ref: str, error: UnreadError, estate: Estate) -> list[tuple[Reach, Rule]]:
    """Return what stands for rules that were not read: they may keep out, and may let in, everything."""
    why = _unknown(estate, error)
    return [
        (EVERYONE, Rule(ref, action, maybe=EVERYTHING, why=why)) for action in (Action.DROP, Action.ACCEPT)
    ]
