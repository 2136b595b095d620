"""What a grant to the public says of a topic or a queue."""

from collections.abc import Mapping

from scanner import MAY_ADMIN, MAY_OTHER, Problem, PublicGrant, Severity, unknown_value


def problem(grant: PublicGrant, words: Mapping[str, str]) -> Problem:
    """Say who may do what; `words` are those for reading and writing. UnreadError for what is not known."""
    known = {**words, MAY_ADMIN: "change who may use it", MAY_OTHER: "do something else with it"}
    strange = next((may for may in grant.may if may not in known), None)
    if strange is not None:
        raise unknown_value(grant, "may", strange)
    severity = Severity.LOW if set(grant.may) == {MAY_OTHER} else None
    return Problem(
        f"{grant.who_in_words} may {' and '.join(known[may] for may in grant.may)} ({grant.said})", severity
    )
