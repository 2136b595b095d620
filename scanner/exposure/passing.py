"""Fronts that pass packets on with the client's own address: each machine behind is a way in, its firewalls decide."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from scanner.exposure.chains import admitted, arrival, closed, listening, public, unresolved
from scanner.exposure.estate import Estate, called
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.translation import Translation, in_front
from scanner.models.endpoint import Address, Endpoint, Service, placed
from scanner.models.resource import UnreadError

_BACKENDS: Final = "backends"
_MACHINE: Final = "machine"
_OWN: Final = "its own list of addresses"

Way = tuple[Sequence[Layer], Action, str]
"""Layers, what becomes of packets that the last of them hands on, and by what."""

Behind = Callable[[Endpoint, Address, Service], Iterable[Way]]
"""Returns the ways through the firewalls of a machine behind, for packets to one address and service of the front."""


def passes_on(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint is only a front for others. Raises UnreadError."""
    return any(service.backends is not None for service in endpoint.services or ())


def passed_on(endpoint: Endpoint, estate: Estate, behind: Behind) -> Iterator[Chain]:
    """Yield every way through a front: for each address and service, each machine behind. Raises UnreadError."""
    shown = public(endpoint.addresses)
    if not shown or not endpoint.running:
        yield Chain((arrival(endpoint, endpoint.addresses, estate),))
        return
    for address in shown:
        for service in endpoint.services or ():
            before = tuple(_before(endpoint, address, service, estate))
            for layers, last, ref in _ways(endpoint, address, service, estate, behind):
                yield Chain((*before, *(_translated(each, service, estate) for each in layers)), last, ref)


def _before(endpoint: Endpoint, address: Address, service: Service, estate: Estate) -> Iterator[Layer]:
    """The layers of the front itself."""
    yield arrival(endpoint, (address,), estate)
    for own in (listening((service,), estate), estate.once(_admitted, endpoint.sources)):
        if own is not None:
            yield own


def _admitted(_: Estate, sources: tuple[str, ...] | None) -> Layer | None:
    return admitted(sources, _OWN)


def _ways(
    endpoint: Endpoint, address: Address, service: Service, estate: Estate, behind: Behind
) -> Iterator[Way]:
    if not service.backends:
        yield [closed(_BACKENDS, "nothing stands behind it")], Action.DROP, ""
    for id_ in service.backends or ():
        try:
            backend = estate.one(Endpoint, id_, endpoint.scope, names=names)
        except UnreadError as error:
            yield [unresolved(_BACKENDS, error, estate)], Action.ACCEPT, ""
            continue
        stopped = list(_stopped(backend, estate))
        for layers, last, ref in behind(backend, address, service):
            yield [*stopped, *layers], last, ref


def names(endpoint: Endpoint) -> Iterator[str]:
    """Yield how fronts call what is behind them: by its id, or by where it stands."""
    yield from called(endpoint)
    if endpoint.known("network") and endpoint.network is not None and endpoint.known("addresses"):
        for one in endpoint.addresses:
            if one.private is not None:
                yield placed(endpoint.network, one.private)


def _stopped(backend: Endpoint, estate: Estate) -> Iterator[Layer]:
    try:
        if not backend.running:
            yield closed(_MACHINE, "it is not running")
    except UnreadError as error:
        yield unresolved(_MACHINE, error, estate)


def _translated(behind: Layer, service: Service, estate: Estate) -> Layer:
    """A layer behind the front, in the ports in front."""
    if service.back_ports is None or service.ports is None or service.ports == service.back_ports:
        return behind
    way = Translation(service.protocol, service.ports, service.back_ports)
    return estate.once(_in_front, behind, way)


def _in_front(_: Estate, behind: Layer, way: Translation) -> Layer:
    return in_front(behind, [way])
