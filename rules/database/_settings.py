"""What rules about one setting of a database engine share."""

from collections.abc import Collection

from scanner import DatabaseSettings, Problems

_ON = frozenset({"on", "1", "true", "yes"})
_OFF = frozenset({"off", "0", "false", "no"})


def switched_off(settings: DatabaseSettings, name: str) -> Problems:
    """Yield a problem unless a switch is on that is off by default; what is neither on nor off counts as off."""
    said = settings.chosen.get(name)
    if said is None:
        yield f"{name} is not set, and off by default"
    elif said not in _ON:
        yield f"{name} is {said or 'empty'}"


def switched_on(settings: DatabaseSettings, name: str, *, by_default: bool) -> Problems:
    """Yield a problem unless a switch is off; what is neither on nor off counts as on."""
    said = settings.chosen.get(name)
    if said is None:
        if by_default:
            yield f"{name} is not set, and on by default"
    elif said not in _OFF:
        yield f"{name} is {said or 'empty'}"


def other_than(
    settings: DatabaseSettings, name: str, wanted: Collection[str], *, by_default: str
) -> Problems:
    """Yield a problem unless a setting has one of the wanted values."""
    said = settings.chosen.get(name)
    if (by_default if said is None else said) not in wanted:
        yield (
            f"{name} is not set, and {by_default} by default"
            if said is None
            else f"{name} is {said or 'empty'}"
        )


def is_chosen(settings: DatabaseSettings, name: str) -> Problems:
    """Yield a problem when anybody chose a value at all."""
    if name in settings.chosen:
        yield f"{name} is set, to {settings.chosen[name] or 'nothing'}"
