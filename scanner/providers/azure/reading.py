"""Readers that several Azure services share."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from scanner.models.resource import GLOBAL
from scanner.providers.spec import Raw

#: What enumerations with two values say; they are equal whatever their case.
SWITCH: Final = {"enabled": True, "disabled": False}


def tags(raw: Raw) -> dict[str, str]:
    """Return the tags."""
    return dict(raw.get("tags") or {})


def region(raw: Raw) -> str:
    """Return the region by its name, which some services write as people do: `West Europe`."""
    return str(raw.get("location") or GLOBAL).replace(" ", "").lower()


def lower(word: str | None) -> str | None:
    """Return a word of an enumeration for comparing; None where it is absent."""
    return word.lower() if word else None


def grouped(rows: Iterable[Raw], key: Callable[[Raw], str]) -> Mapping[str, list[Raw]]:
    """Return the rows of a list by what `key` says of each. It is kept with a list that many items look into."""
    kept: dict[Any, dict[str, list[Raw]]] = getattr(rows, "__dict__", {})
    groups = kept.get(key.__qualname__)
    if groups is None:
        groups = kept[key.__qualname__] = {}
        for row in rows:
            groups.setdefault(key(row), []).append(row)
    return groups


def id_of(raw: Raw) -> str:
    """Return the id of a resource for comparing; "" where the answer has none."""
    return str(raw.get("id") or "").lower()


def parts(collection: str) -> Callable[[Raw], list[Any]]:
    """Return what reads a list of parts from the properties of a resource; absent and null: there are none."""
    return lambda raw: list(raw["properties"].get(collection) or ())


def part(whole: Raw, collection: str, reference: Raw) -> Raw:
    """Return the part of a resource that a reference names. Raises LookupError when there is none."""
    wanted = reference["id"].lower()
    for one in whole["properties"].get(collection) or ():
        if one["id"].lower() == wanted:
            found: Raw = one
            return found
    raise LookupError(f"lacks {reference['id']} among its {collection}")
