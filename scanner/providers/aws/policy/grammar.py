"""The values that the JSON of a policy is made of, and the errors for those that it is not."""

import json


def parsed(text: str) -> object:
    """The JSON of a policy's text. What is written twice in one object has no meaning that could be told."""
    try:
        parsed: object = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the policy is not JSON: {error}") from None
    return parsed


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in (other for other, _ in pairs[:n]))
        raise ValueError(f"{twice!r:.60} is twice in one object")
    return found


def strings(value: object, place: str) -> tuple[str, ...]:
    """One string or a list of at least one."""
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise ValueError(f"{place} is empty")
    for one in listed:
        if not isinstance(one, str):
            raise wrong(place, one, "a string")
    return tuple(listed)


def items(value: object, place: str) -> list[tuple[str, object]]:
    """The members of an object."""
    if not isinstance(value, dict):
        raise wrong(place, value, "an object")
    return [(str(key), inner) for key, inner in value.items()]


def wrong(place: str, value: object, wanted: str) -> ValueError:
    """The error for a value that the grammar does not have there; a long value is cut."""
    named = {dict: "an object", list: "a list", type(None): "null"}.get(type(value)) or f"{value!r:.60}"
    return ValueError(f"{place} is {named}, not {wanted}")
