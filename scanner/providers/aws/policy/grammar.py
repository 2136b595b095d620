"""The values that the JSON of a policy is made of, and the errors for those that it is not."""

import json


def parsed(text: str) -> object:
    """The JSON of a policy's text."""
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the policy is not JSON: {error}") from None
    return parsed


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
