"""Tells every receiver once what a run changed; a receiver that cannot be reached keeps none of the others waiting."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select

from scanner.config import Mail, NotifyTable, Webhook
from scanner.errors import UserError
from scanner.history import schema
from scanner.history.keeping import Kept
from scanner.models.resource import read_at
from scanner.notify import mail, webhook
from scanner.notify.news import News, news
from scanner.report import Report
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Engine

TRIES: Final = 4
_PAUSES: Final = (1.0, 4.0, 15.0)
"""Seconds between tries; a receiver that asks for more, by Retry-After, is given up to a minute."""

_LONGEST: Final = 60.0


class NotSentError(UserError):
    """A message that a receiver did not take. Never holds an address or a password."""


def notify(
    table: NotifyTable,
    report: Report,
    kept: Kept,
    engine: "Engine",
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """Send what is new to each receiver that was not told of this run yet; yield what could not be sent.

    Raises nothing: a message that is lost must not lose the report.
    """
    targets: list[Webhook | Mail] = [*table.webhooks, *table.mail]
    for number, target in enumerate(targets, 1):
        named = f"{'webhook' if isinstance(target, Webhook) else 'mail'} {number}"
        told = news(
            report,
            kept,
            at_least=Severity(target.at_least),
            owner=target.owner,
            link=table.report_url,
        )
        if told.empty and not table.always:
            continue
        key = _key(target)
        if _was_told(engine, kept.run, key):
            continue
        try:
            _tried(target, told, pause)
        except NotSentError as error:
            yield f"[notify] {named}: {error}"
        else:
            _note(engine, kept.run, key)


def _tried(target: Webhook | Mail, told: News, pause: Callable[[float], None]) -> None:
    for number in range(TRIES):
        try:
            if isinstance(target, Webhook):
                webhook.send(_address(target), told)
            else:
                mail.send(target, _secret(target.password_env), told)
        except webhook.RefusedError as error:
            if not error.again or number == TRIES - 1:
                raise NotSentError(f"{error}, tried {number + 1} times" if number else str(error)) from None
            pause(min(error.wait or _PAUSES[number], _LONGEST))
        except ValueError as error:  # an address that the libraries below cannot write; its text may hold it
            raise NotSentError(f"its address cannot be used: {type(error).__name__}") from None
        else:
            return


def _address(target: Webhook) -> str:
    if target.url_env and not os.environ.get(target.url_env):
        raise NotSentError(f"the environment variable {target.url_env} is not set")
    address = os.environ[target.url_env] if target.url_env else target.url
    if not webhook.usable(address):
        raise NotSentError("its url must begin with https:// (http:// is for this machine only)")
    return address


def _secret(name: str) -> str:
    if name and not os.environ.get(name):
        raise NotSentError(f"the environment variable {name} is not set")
    return os.environ[name] if name else ""


def _key(target: Webhook | Mail) -> str:
    """Return a checksum of a receiver: its address can be a secret, and is not kept."""
    return hashlib.sha256(target.model_dump_json().encode()).hexdigest()


def _was_told(engine: "Engine", run: int, key: str) -> bool:
    table = schema.message.c
    with engine.connect() as connection:
        return connection.scalar(select(table.sent).where(table.run == run, table.target == key)) is not None


def _note(engine: "Engine", run: int, key: str) -> None:
    with engine.begin() as connection:
        sent = read_at(datetime.now(UTC))
        connection.execute(insert(schema.message).values(run=run, target=key, sent=sent))
