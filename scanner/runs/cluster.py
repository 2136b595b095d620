"""Accounts read by the workers of a Dask cluster: an account is a task, and what comes back of it is a receipt.

Dask does again what is lost with a worker. So a result does not travel with its task: a worker leaves it in the store,
under a name that follows from the account, and whoever does the task again finds it there, or writes it again.
"""

import atexit
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from scanner.accounts import Accounts
from scanner.config import Config
from scanner.errors import UserError
from scanner.inventory import ANY_KIND, Gap
from scanner.models.resource import Code, Scope
from scanner.providers.pace import PaceSettings
from scanner.runs.reading import Asked, Crew, Reader
from scanner.runs.result import Key, Result, Summary, write
from scanner.runs.signing import Choice, sign_in
from scanner.runs.store import Store

#: How often Dask tries a task again whose worker has died.
RETRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Order:
    """All that a worker has to know. `run` tells runs apart; everything in it can be pickled."""

    config: Config
    choice: Choice
    accounts: Accounts | None
    actions: tuple[str, ...]
    asked: Asked
    pace: PaceSettings
    run: str
    store: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a worker says of an account that lies in the store."""

    key: Key
    calls: int
    worker: int


def address_of(word: str) -> str:
    """Return the address in `dask=ADDRESS`. Raises UserError."""
    engine, equals, address = word.partition("=")
    if engine != "dask" or not equals or not address:
        raise UserError(f"--engine {word}: must read dask=ADDRESS, such as dask=tcp://10.0.0.4:8786")
    return address


@contextmanager
def workers(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a cluster; the values are its executor and how many workers it has. Raises UserError."""
    try:
        from distributed import Client
    except ImportError:
        raise UserError("--engine dask: Dask is not installed: pip install 'surefoot[dask]'") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise UserError(f"--engine dask={address}: no cluster answers there: {error}") from None
    try:
        count = len(client.scheduler_info(n_workers=-1)["workers"])
        if not count:
            raise UserError(f"--engine dask={address}: the cluster has no worker")
        yield client.get_executor(retries=RETRIES, pure=False), count  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]


def read_all(
    keys: Sequence[Key], order: Order, executor: Executor, folder: Path, stop: threading.Event
) -> Iterator[Result]:
    """Yield the result of each account as it comes. An account whose workers all died is a gap."""
    store = Store(order.store, order.asked.started)
    futures: dict[Future[Receipt], Key] = {}
    for key in keys:
        kept = store.get(key, folder)
        if kept is not None:
            yield kept
        else:
            futures[executor.submit(read_one, order, key)] = key
    try:
        for future in _as_they_come(futures, stop):
            yield _landed(future, futures[future], order, store, folder)
        for future, key in futures.items():
            if stop.is_set() and not future.done():
                future.cancel()
                yield _missing(
                    key, order, folder, "interrupted: the scan was stopped before this account was read"
                )
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _as_they_come(futures: Mapping[Future[Receipt], Key], stop: threading.Event) -> Iterator[Future[Receipt]]:
    waiting = set(futures)
    while waiting and not stop.is_set():
        try:
            for future in as_completed(waiting, timeout=0.2):
                waiting.discard(future)
                yield future
        except TimeoutError:
            continue


def _landed(future: Future[Receipt], key: Key, order: Order, store: Store, folder: Path) -> Result:
    try:
        receipt = future.result()
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a dying worker leaves behind, the others go on
        said = str(error).splitlines()[0][:300] if str(error) else ""
        return _missing(
            key, order, folder, f"no worker could read this account: {type(error).__name__}: {said}"
        )
    result = store.get(receipt.key, folder)
    if result is None:
        return _missing(key, order, folder, f"the result that a worker left is not in {order.store} any more")
    return result


def _missing(key: Key, order: Order, folder: Path, text: str) -> Result:
    gap = Gap(Scope(*key), ANY_KIND, Code.UNAVAILABLE, text=text)
    summary = Summary(
        key, (Scope(*key),), gaps=(gap,), kinds=order.asked.kinds, complete=False, started=order.asked.started
    )
    partial = folder.parent / "partial"
    partial.mkdir(exist_ok=True)
    path = partial / key.file
    return Result(path, write(path, summary, ()))


# -- on a worker ----------------------------------------------------------------------------------------------

_crews: dict[str, tuple[Crew, Path]] = {}
_lock = threading.Lock()


def read_one(order: Order, key: Key) -> Receipt:
    """Read one account on this worker, unless its result lies in the store already. Raises UserError, OSError."""
    crew, folder = _crew(order)
    store = Store(order.store, order.asked.started)
    result = store.get(key, folder / "accounts")
    if result is None:
        sessions = sign_in(order.config, order.choice, order.run, order.accounts, (key,), order.actions)
        reader = Reader(order.asked, sessions, crew, folder)
        result = reader.read(key)
        store.put(result)
        result.path.unlink(missing_ok=True)
    return Receipt(key, result.summary.calls, os.getpid())


def _crew(order: Order) -> tuple[Crew, Path]:
    """Return the one crew of this process for this run, and a folder of its own, which goes with the process."""
    with _lock:
        found = _crews.get(order.run)
        if found is None:
            folder = Path(mkdtemp(prefix="surefoot-worker-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            for name in ("journal", "accounts", "partial"):
                (folder / name).mkdir()
            crew = Crew(order.pace)
            crew.sender.start()
            found = _crews[order.run] = (crew, folder)
        return found


def shared(settings: PaceSettings, count: int) -> PaceSettings:
    """Return what each of so many workers may use of what the user allows in all."""
    return replace(settings, max_rate=settings.max_rate / count) if settings.max_rate else settings


def plain(choice: Choice) -> Choice:
    """Return a choice without what only judging asks for, and what no other process could be told."""
    return replace(choice, only=type(choice.only)())


__all__ = ["Order", "Receipt", "address_of", "plain", "read_all", "read_one", "shared", "workers"]
