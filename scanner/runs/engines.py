"""Who reads the accounts: threads of this process, side by side."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed

from scanner.runs.result import Key, Result

#: Accounts that are read at the same time; the threads that send their calls are one crew for all of them.
SIDE_BY_SIDE = 12


def threads(keys: Sequence[Key]) -> Executor:
    """Return the threads of this process: one for each account that is being read; they mostly wait."""
    return ThreadPoolExecutor(max(1, min(len(keys), SIDE_BY_SIDE)), thread_name_prefix="account")


def read_all(
    keys: Sequence[Key], read: Callable[[Key], Result], executor: Executor, give_up: Callable[[], None]
) -> Iterator[Result]:
    """Yield the result of each account as it comes. What one raises ends them all, after `give_up` was called."""
    with executor:
        futures = [executor.submit(read, key) for key in keys]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            give_up()
            for future in futures:
                future.cancel()
            raise
