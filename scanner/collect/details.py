"""Asks the further calls that fill the fields of listed items: per item, in batches, once per scope, in turn."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scanner.collect.sending import Ask, Rows, Sender, malformed
from scanner.mapping import (
    MALFORMED,
    Item,
    fill,
    find,
    in_words,
    take_answer,
    take_failure,
    take_not_applicable,
)
from scanner.models.resource import GLOBAL, Code, Scope, Why
from scanner.providers.spec import EACH, Call, CallError, Detail, Session

_TOGETHER: Final = frozenset({"batch", "scope"})

Wanted = tuple[Detail, frozenset[str]]
"""A detail, and the fields that somebody will read of those that it fills."""


@dataclass(slots=True)
class Page:
    """The items of one page while calls about them are under way; `whole` is called when none is left."""

    items: list[Item]
    whole: Callable[["Page"], None]
    waiting: int = 1

    def settle(self) -> None:
        """Count one thing that was waited for as done."""
        self.waiting -= 1
        if not self.waiting:
            self.whole(self)


def _detail_arguments(detail: Detail, items: list[Item], scope: Scope, partition: str) -> dict[str, Any]:
    """Fill a detail call's parameters; in a batch, each item adds to the lists."""
    arguments = dict(detail.call.params)
    for item in items if detail.per == "batch" else items[:1]:
        for name, value in fill(detail.call.given, item.raw, scope, partition).items():
            if detail.per == "batch" and isinstance(value, list):
                arguments.setdefault(name, []).extend(value)
            else:
                arguments[name] = value
    return arguments


def _asked_in(call: Call, item: Item) -> Scope:
    """Return the scope in which a detail is asked for an item."""
    if call.at:
        return item.scope._replace(region=str(find(item.raw, call.at)))
    return item.scope if call.regional else item.scope._replace(region=GLOBAL)


def _why(call: Call, error: CallError) -> Why:
    permission = error.permission or call.permission
    return Why(code=error.code, permission=permission, call=call.name, text=str(error))


def _brought(name: str, answer: Any) -> dict[str, Any]:
    """Return what an answer adds to an item, by its key."""
    key = name.removesuffix("[]")
    if key != name:
        return {key: answer}
    first = answer[0] if answer and isinstance(answer, list) else answer
    return {key: first or None}


def _broken(call: object, error: Exception) -> Why:
    return Why(code=Code.MALFORMED, call=getattr(call, "name", ""), text=in_words(error))


class _Gathered:
    """The answers of several calls: `settled` gets them once all are there, and the first failure, if any."""

    def __init__(
        self, count: int, absent: tuple[str, ...], settled: Callable[[list[Any], CallError | None], None]
    ) -> None:
        self._answers: list[Any] = [None] * count
        self._left = count
        self._absent = absent
        self._failure: CallError | None = None
        self._settled = settled
        if not count:
            settled([], None)

    def waiting_for(self, number: int) -> tuple[Callable[[Any], None], Callable[[CallError], None]]:
        """Return what to tell the answer of a call, or its failure."""

        def answered(answer: Any) -> None:
            self._answers[number] = answer
            self._left -= 1
            if not self._left:
                self._settled(self._answers, self._failure)

        def failed(error: CallError) -> None:
            if error.error not in self._absent:
                self._failure = self._failure or error
            answered(None)

        return answered, failed


@dataclass(slots=True, eq=False)
class _Asked:
    """A detail that was asked for items. There is one for each call that waits: thousands at a time."""

    details: "Details"
    detail: Detail
    wanted: frozenset[str]
    items: Sequence[Item]

    def answered(self, answer: Any) -> None:
        self.details.answered(self.detail, self.wanted, self.items, answer)

    def failed(self, error: CallError) -> None:
        call = self.detail.call
        if error.error in call.absent:
            self.answered(Rows() if call.items else None)
        else:
            self.details.failed(self.detail, self.wanted, self.items, error)


class Details:
    """The details of the items of one sign-in's pages. Everything is called with the sender's lock held."""

    def __init__(self, sender: Sender, session: Session, page: Page) -> None:
        self._sender = sender
        self._session = session
        self._page = page

    def ask(
        self,
        details: Sequence[Wanted],
        items: list[Item],
    ) -> None:
        """Ask every detail for the items that it applies to; what is asked of one item, item by item.

        So calls about one bucket follow each other: botocore works out an endpoint for each bucket, and keeps the
        last hundred. Call by call it would work it out every time.
        """
        alone = [(detail, wanted) for detail, wanted in details if detail.per not in _TOGETHER]
        for detail, wanted in details:
            if detail.per in _TOGETHER:
                apply = [item for item in items if self._applies(detail, wanted, item, details)]
                self._ask_detail(detail, wanted, apply)
        for item in items:
            for detail, wanted in alone:
                if self._applies(detail, wanted, item, details):
                    self._ask_detail(detail, wanted, [item])

    def _ask_detail(self, detail: Detail, wanted: frozenset[str], items: list[Item]) -> None:
        if detail.per == "batch":
            for start in range(0, len(items), detail.size):
                self._detail(detail, wanted, items[start : start + detail.size])
        elif detail.per == "scope":
            for _, group in itertools.groupby(items, key=lambda item: _asked_in(detail.call, item)):
                self._detail(detail, wanted, list(group))
        elif detail.per == "each":
            for item in items:
                self._detail_each(detail, wanted, item)
        else:
            for item in items:
                self._detail(detail, wanted, [item])

    def _applies(
        self,
        detail: Detail,
        wanted: frozenset[str],
        item: Item,
        details: Sequence[Wanted],
    ) -> bool:
        if detail.when is None:
            return True
        try:
            applies = detail.when(item.raw)
            if not applies:
                others = (one for one, _ in details if one is not detail)
                filled = [one.filled for one in others if one.when is None or one.when(item.raw)]
                take_not_applicable(item, wanted.difference(item.source.fields, *filled))
        except MALFORMED as error:  # of what the listing said: the detail was not asked
            take_failure(item, _broken(item.source.listing, error), wanted)
            return False
        return applies

    def _detail_each(self, detail: Detail, wanted: frozenset[str], item: Item) -> None:
        """Ask for each part of an item; one that fails leaves the fields unread, whatever the others say."""
        call, session = detail.call, self._session
        try:
            asked = [
                {**call.params, **fill(call.given, {**item.raw, EACH: part}, item.scope, session.partition)}
                for part in (detail.over(item.raw) if detail.over else ())
            ]
        except MALFORMED as error:
            take_failure(item, _broken(call, error), wanted)
            return

        def settled(answers: list[Any], error: CallError | None) -> None:
            if error is None:
                self._answer(item, detail, answers, wanted, session.partition)
            else:
                take_failure(item, _why(call, error), wanted)
            self._page.settle()

        self._page.waiting += 1
        gathered = _Gathered(len(asked), call.absent, settled)
        scope = _asked_in(call, item)
        for number, arguments in enumerate(asked):
            answered, failed = gathered.waiting_for(number)
            self._sender.ask_once(Ask(session, call, scope, arguments, answered, failed))

    def _detail(self, detail: Detail, wanted: frozenset[str], items: list[Item]) -> None:
        call, session = detail.call, self._session
        self._page.waiting += 1
        asked = _Asked(self, detail, wanted, items)
        scope = _asked_in(call, items[0])
        try:
            arguments = _detail_arguments(detail, items, items[0].scope, session.partition)
        except MALFORMED as error:
            asked.failed(malformed(error))
            return
        ask = Ask(session, call, scope, arguments, asked.answered, asked.failed)
        if detail.per in ("shared", "scope"):
            self._sender.ask_once(ask)
        else:
            self._sender.ask(ask)

    def answered(self, detail: Detail, wanted: frozenset[str], items: Sequence[Item], answer: Any) -> None:
        """Fill items from an answer, and ask what it leads to."""
        of_use = []
        for item in items:
            left_open = self._answer(item, detail, answer, wanted, self._session.partition)
            if left_open is not None:
                of_use.append(item)
            if left_open and detail.then is not None:
                self._detail(detail.then, left_open, [item])
        self._lead_on(detail, wanted, of_use)
        self._page.settle()

    def failed(self, detail: Detail, wanted: frozenset[str], items: Sequence[Item], error: CallError) -> None:
        """Leave fields of items unread."""
        for item in items:
            take_failure(item, _why(detail.call, error), wanted)
        self._page.settle()

    def _lead_on(self, detail: Detail, wanted: frozenset[str], items: list[Item]) -> None:
        for lead in detail.leads:
            if items and not wanted.isdisjoint(lead.filled):
                self.ask([(lead, wanted & lead.filled)], items)

    def _answer(
        self, item: Item, detail: Detail, answer: Any, wanted: frozenset[str], partition: str
    ) -> frozenset[str] | None:
        """Fill an item from an answer; returns the fields that it leaves open, None when it was no use."""
        try:
            if detail.join[0]:
                answer = answer.matching(
                    detail.join[0], fill(detail.join[1], item.raw, item.scope, partition)
                )
            elif isinstance(answer, Rows) and answer.missing is not None:
                raise answer.missing
            if detail.brings:
                item.raw = {**item.raw, **_brought(detail.brings, answer)}
            return take_answer(item, detail, answer, wanted)
        except CallError as error:
            take_failure(item, _why(detail.call, error), wanted)
        except MALFORMED as error:
            take_failure(item, _broken(detail.call, error), wanted)
        return None
