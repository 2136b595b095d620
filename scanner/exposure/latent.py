"""What firewalls leave open whatever addresses say: the same layers, at each address that rules could tell apart."""

from collections.abc import Callable, Iterable
from typing import Final

from scanner.exposure.chains import WHOLE
from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.targets import Target, target
from scanner.models.endpoint import Endpoint

_ONLY: Final = {family: Layer("family", (Rule("", Action.NEXT, WHOLE[family]),)) for family in (V4, V6)}
_BOTH: Final = 2


def latent(
    endpoint: Endpoint, layers: Callable[[Target], tuple[Layer, ...]], last: Action, last_ref: str = ""
) -> tuple[Chain, ...]:
    """Return the chains of an endpoint's firewalls, at each of its addresses and in both families, public or not.

    Raises UnreadError.
    """
    whom = target(endpoint, V4, "")
    seen = [
        (family, one.private) for family in (V4, V6) for one in endpoint.addresses if one.family == family
    ]
    seen += [(family, "") for family in (V4, V6) if family not in {one.family for one in endpoint.addresses}]
    return chains_of(seen, whom, layers, last, last_ref)


def chains_of(
    seen: Iterable[tuple[Family, str | None]],
    like: Target,
    layers: Callable[[Target], tuple[Layer, ...]],
    last: Action,
    last_ref: str = "",
) -> tuple[Chain, ...]:
    """Return the chains of `layers` at addresses of what is else `like` a target; of equal layers only one."""
    families: dict[tuple[Layer, ...], set[Family]] = {}
    for family, address in seen:
        families.setdefault(layers(like._replace(family=family, address=address)), set()).add(family)
    return tuple(
        Chain((*(() if len(found) == _BOTH else (_ONLY[one],)), *same), last, last_ref)
        for same, found in families.items()
        for one in sorted(found)[:1]
    )
