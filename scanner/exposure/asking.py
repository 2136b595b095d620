"""Questions to an inventory, for the tests that people write: `exposure(inventory, "eni-1").reachable(port=22)`."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.errors import UserError
from scanner.exposure.addresses import block, by_family, union
from scanner.exposure.estate import Missing, called
from scanner.exposure.exposures import Exposures
from scanner.exposure.notation import V4, V6
from scanner.exposure.packets import NOTHING, PacketSet
from scanner.exposure.services import WITH_PORTS, protocol_number
from scanner.exposure.special import DOCUMENTATION, PUBLIC
from scanner.exposure.walking import Exposure
from scanner.inventory import ANY_KIND, Gap, Inventory
from scanner.models.endpoint import Endpoint
from scanner.models.resource import GLOBAL, Scope, UnreadError, Why

ANYBODY = ("0.0.0.0/0", "::/0")

#: Examples are written with addresses for documentation, in place of those of real people on the internet.
_INTERNET = {
    family: union(
        family,
        [PUBLIC[family], *(block(row.block) for row in DOCUMENTATION if block(row.block).family == family)],
    )
    for family in (V4, V6)
}


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the internet can reach of one endpoint."""

    endpoint: Endpoint
    exposure: Exposure
    exposures: Exposures

    def reachable(
        self, *, port: int | None = None, source: str | Iterable[str] = ANYBODY, protocol: str = "tcp"
    ) -> bool:
        """Tell whether anybody on the internet, of `source`, can reach the port (None: a protocol without ports).

        `source` is an address, block or range, or several. Raises UnreadError where what was not read decides, and
        ValueError for what is no source, port or protocol.
        """
        asked = _packets((source,) if isinstance(source, str) else source, protocol, port)
        if self.exposure.accepted & asked:
            return True
        self._settle(self.exposure.maybe & asked)
        return False

    def only_from(self, sources: Iterable[str], *, port: int | None = None, protocol: str = "tcp") -> bool:
        """Tell whether nobody on the internet but `sources` can reach the port. Raises as `reachable`."""
        others = _packets(ANYBODY, protocol, port) - _packets(sources, protocol, port)
        if self.exposure.accepted & others:
            return False
        self._settle(self.exposure.maybe & others)
        return True

    def _settle(self, open_question: PacketSet) -> None:
        if not open_question:
            return
        for start, stop, cells in self.exposure.bands:
            for cell in cells:
                doubtful = PacketSet(((start, stop, cell.sources),)) & open_question
                for step in cell.path if doubtful and not cell.sure else ():
                    if step.why:
                        raise self.exposures.estate.unread[step.why]


def exposure(inventory: Inventory, id: str) -> Reach:
    """Return what can be reached of one endpoint, by its id, its short id (`eni-1`), its name or a public address.

    Raises UserError when no endpoint, or more than one, has it.
    """
    exposures = Exposures(missing_in(inventory.gaps))
    for resource in inventory.resources:
        exposures.add(resource)
    endpoint = find(exposures, id)
    return Reach(endpoint, exposures.of(endpoint), exposures)


def find(exposures: Exposures, id: str) -> Endpoint:
    """Return the endpoint with this id, short id, name or address. Raises UserError when there is not exactly one."""
    by_id, by_name = [], []
    for endpoint in exposures.estate.all(Endpoint):
        last = endpoint.canonical_id.rpartition("/")[2]
        if id in (*called(endpoint), endpoint.id, last) or id.lower() == endpoint.canonical_id:
            by_id.append(endpoint)
        elif endpoint.name == id or _has(endpoint, id):
            by_name.append(endpoint)
    found = by_id or by_name
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(endpoint.id for endpoint in found)
        raise UserError(f"{id}: is the name of {len(found)} endpoints: {listed}")
    known = sorted(endpoint.id for endpoint in exposures.estate.all(Endpoint))
    some = f"; there are {len(known)}, such as {known[0]}" if known else ", and there is none at all"
    raise UserError(f"{id}: no endpoint has this id or name{some}")


def _has(endpoint: Endpoint, address: str) -> bool:
    return endpoint.known("addresses") and any(one.public == address for one in endpoint.addresses)


def missing_in(gaps: Iterable[Gap]) -> Missing:
    """Return what says, for a kind and the scope of whoever asks, why its listing was not whole."""
    found: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        found.setdefault((*gap.scope[:2], gap.kind), []).append(gap)

    def missing(kind: str, scope: Scope) -> UnreadError | None:
        for name in (kind, ANY_KIND):
            for gap in found.get((*scope[:2], name), ()):
                if gap.scope.region in (scope.region, GLOBAL) or scope.region == GLOBAL:
                    why = Why(code=gap.code, permission=gap.permission, call=gap.call, text=gap.text)
                    return UnreadError(f"the list of kind {kind}", why)
        return None

    return missing


def _packets(sources: Iterable[str], protocol: str, port: int | None) -> PacketSet:
    """Packets of addresses on the internet among `sources`."""
    number = protocol_number(protocol)
    if port is None and (number is None or number in WITH_PORTS):
        raise ValueError(f"say which port: protocol {protocol!r} has ports")
    found = NOTHING
    for addresses in by_family(sources):
        public = addresses & _INTERNET[addresses.family]
        if public:
            found |= PacketSet.of(public, protocol, None if port is None else [(port, port)])
    return found
