"""Sets of names as AWS patterns describe them, and which of those sets can meet in one name.

A pattern is compared with patterns, never with a list of examples: all patterns of a question run as one
automaton over every string at once, so that "these three together leave nothing out" is a proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ONE, RUN = "any one", "any run"
"""The tokens of `?` and `*`; every other token is the one character that it matches."""

_PIECE = re.compile(r"\$\{([^}]*)\}|(\*+)|(.)", re.DOTALL)
_MOST_STATES = 20_000

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The strings that match one of the patterns, or with `all_but` those that match none."""

    patterns: tuple[Tokens, ...]
    all_but: bool = False


def literal(text: str) -> Tokens:
    """The pattern that matches this text and nothing else."""
    return tuple(text)


def glob(text: str) -> Tokens:
    """The pattern of an Action: `*` is any run of characters, `?` any one; upper and lower case are one."""
    return like(text.lower())


def like(text: str) -> Tokens:
    """The pattern of a StringLike, without policy variables: as of an Action, but case counts."""
    return tuple(_token(part) for part in re.findall(r"\*+|.", text, re.DOTALL))


def resource(text: str, *, widest: bool) -> Tokens | None:
    """The pattern of a Resource, where `${*}`, `${?}` and `${$}` are plain characters.

    What a policy variable such as `${aws:username}` stands for is only known with a request. With `widest` it
    may be anything; otherwise a pattern that has one is None: no name is sure to match it.
    """
    tokens: list[str] = []
    for variable, run, one in _PIECE.findall(text):
        if variable in ("*", "?", "$"):
            tokens.append(variable)
        elif run or one:
            tokens.append(_token(run or one))
        elif widest:
            tokens.append(RUN)
        else:
            return None
    return tuple(tokens)


def _token(part: str) -> str:
    return RUN if part.startswith("*") else ONE if part == "?" else part


def kinds(universe: Tokens, sets: Sequence[Names]) -> set[int]:
    """Every way in which a string of the universe can lie in the sets: bit n is set if it lies in set n.

    So 0 is among them if and only if some string of the universe lies in none. ValueError when the patterns
    make more than 20,000 states together, which no policy of a real bucket comes near.
    """
    run = _Automaton(universe, sets)
    seen, todo, found = {run.start}, [run.start], set[int]()
    while todo:
        state = todo.pop()
        if state & run.universe_end:
            found.add(run.kind(state))
        for after in run.steps(state):
            if after not in seen:
                seen.add(after)
                todo.append(after)
        if len(seen) > _MOST_STATES:
            raise ValueError("the patterns of the policy are too many and too alike to be compared")
    return found


class _Automaton:
    """All patterns at once: one bit per position in each, set while that position can be reached."""

    def __init__(self, universe: Tokens, sets: Sequence[Names]) -> None:
        self.runs = self.ones = self.start = 0
        self.characters: dict[str, int] = {}
        self._bits = 0
        self.universe_end = self._add(universe)
        self.universe = (1 << self._bits) - 1
        self.ends = [(sum(map(self._add, dict.fromkeys(names.patterns))), names.all_but) for names in sets]
        self.start = self._settled(self.start)

    def _add(self, tokens: Tokens) -> int:
        """Give the pattern its bits; the bit of its end."""
        self.start |= 1 << self._bits
        for token in tokens:
            bit = 1 << self._bits
            if token == RUN:
                self.runs |= bit
            elif token == ONE:
                self.ones |= bit
            else:
                self.characters[token] = self.characters.get(token, 0) | bit
            self._bits += 1
        self._bits += 1
        return 1 << (self._bits - 1)

    def _settled(self, state: int) -> int:
        """Also the positions after a run, which may be empty; several runs may stand side by side."""
        while (more := state | (state & self.runs) << 1) != state:
            state = more
        return state

    def steps(self, state: int) -> set[int]:
        """The states after one more character that keeps the string inside the universe.

        Characters that no reached position names all do the same: one step stands for them.
        """
        told = {positions & state for positions in self.characters.values()} | {0}
        after = {self._settled(state & self.runs | (state & self.ones | moved) << 1) for moved in told}
        return {following for following in after if following & self.universe}

    def kind(self, state: int) -> int:
        """Which sets the string read so far lies in, a bit each."""
        return sum(1 << n for n, (ends, all_but) in enumerate(self.ends) if bool(state & ends) != all_but)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of `*` and `?` matches the whole text, in this case of letters."""
    return kinds(literal(text), [Names((like(pattern),))]) == {1}
