"""One trail that does all of what is asked: half of it by each of two does not count."""

from collections.abc import Iterable

from scanner import Problems, Trail, UnreadError, all_of, unknown_value

EVENTS = frozenset({"all", "reads", "writes", "some", "none"})


def some_trail(trails: Iterable[Trail], field: str, enough: tuple[str, ...], problem: str) -> Problems:
    """Yield the problem unless some trail records such events in every region. Raises UnreadError where one may."""
    missing: UnreadError | None = None
    seen = 0
    try:
        for trail in trails:
            seen += 1
            try:
                if records(trail, field, enough):
                    return
            except UnreadError as unread:
                missing = missing or unread
    except UnreadError as unread:
        missing = missing or unread
    if missing is not None:
        raise missing
    count = {0: "there is no trail", 1: "the one trail does not"}.get(seen, f"none of {seen} trails does")
    yield f"{problem}: {count}"


def records(trail: Trail, field: str, enough: tuple[str, ...]) -> bool:
    """Tell whether a trail records such events in every region. Raises UnreadError."""

    def events() -> bool:
        value: str = getattr(trail, field)
        if value not in EVENTS:
            raise unknown_value(trail, field, value)
        return value in enough

    return all_of(lambda: trail.every_region, lambda: trail.recording, events)
