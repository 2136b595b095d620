"""TCP connections, many at once and each at its turn: which ports are open, closed or filtered."""

import errno
import ipaddress
import itertools
import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from scanner.models.live import CLOSED, FILTERED, OPEN
from scanner.providers.probe.settings import Settings
from scanner.providers.probe.targets import Target

#: What a firewall's ICMP message turns a connection into (RFC 792, RFC 4443: prohibited, or no way to the host).
_FORBIDDEN: Final = frozenset({errno.EHOSTUNREACH, errno.EACCES, errno.EPERM})

_RESOLVERS: Final = 16
_MOST_ADDRESSES: Final = 8

_ORDER: Final = (OPEN, CLOSED, FILTERED, "")


class Found(NamedTuple):
    """What came of a target: its state and the address that it is of; `why` when nothing is known (no state)."""

    state: str
    address: str = ""
    why: str = ""


@dataclass(slots=True, eq=False)
class _Attempt:
    """A target on its way: addresses still to be tried, and the best that was found."""

    target: Target
    addresses: deque[tuple[str, int]]
    tries: int
    best: Found = field(default_factory=lambda: Found("", "", "no address was tried"))
    deadline: float = 0.0
    connection: socket.socket | None = None

    def better(self, found: Found) -> None:
        """Keep what was found when it says more."""
        if _ORDER.index(found.state) <= _ORDER.index(self.best.state):
            self.best = found


@dataclass(slots=True)
class Turnstile:
    """Lets through so many connections a second, whoever asks. Safe to share between threads."""

    rate: float
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> float:
        """Take a turn; returns the seconds until it comes."""
        with self._lock:
            now = time.monotonic()
            self._next = max(now, self._next)
            turn = self._next
            self._next += 1 / self.rate
            return turn - now


def resolve(host: str, port: int, settings: Settings) -> tuple[list[tuple[str, int]], str]:
    """Return where to connect for a host, or why nowhere. Of a name, the first eight addresses."""
    instead = settings.instead(host, port)
    where, at = instead or (host, port)
    try:
        ipaddress.ip_address(where)
    except ValueError:
        pass
    else:
        return [(where, at)], ""
    try:
        found = socket.getaddrinfo(where, at, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return [], f"the name {where} has no address: {getattr(error, 'strerror', None) or error}"
    addresses = list(dict.fromkeys((str(info[4][0]), at) for info in found))
    return addresses[:_MOST_ADDRESSES], ""


def is_public(address: str) -> bool:
    """Tell whether an address is of the internet, so that a name in an inventory leads to no machine inside."""
    from scanner.exposure.notation import V4, V6, read_address
    from scanner.exposure.special import PUBLIC

    family, value = read_address(address)
    return value in PUBLIC[V4 if family == V4 else V6]


class Connecting:
    """Connects to targets in a thread of its own; `pages` yields what comes of them, in whatever order it comes.

    An address of an inventory that is not of the internet is not connected to, unless `settings.connect` names it.
    """

    def __init__(self, targets: Iterable[Target], settings: Settings, turnstile: Turnstile) -> None:
        self._settings = settings
        self._turnstile = turnstile
        self._selector = selectors.DefaultSelector()
        self._found: queue.SimpleQueue[tuple[Target, Found] | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._waiting: deque[_Attempt] = deque()
        self._targets = list(_interleaved(targets))
        self._thread = threading.Thread(target=self._run, name="probe-connect", daemon=True)

    def pages(self, size: int = 100) -> Iterator[list[tuple[Target, Found]]]:
        """Start, and yield lists of at most `size` as they are found."""
        self._thread.start()
        try:
            over = False
            while not over:
                page, over = self._page(size)
                if page:
                    yield page
        finally:
            self._stop.set()

    def _page(self, size: int) -> tuple[list[tuple[Target, Found]], bool]:
        page: list[tuple[Target, Found]] = []
        one = self._found.get()
        while one is not None:
            page.append(one)
            if len(page) == size:
                return page, False
            try:
                one = self._found.get(timeout=0.05)
            except queue.Empty:
                return page, False
        return page, True

    def _run(self) -> None:
        try:
            self._resolve_all()
            self._connect_all()
        finally:
            self._selector.close()
            self._found.put(None)

    def _resolve_all(self) -> None:
        with ThreadPoolExecutor(_RESOLVERS, "probe-resolve") as pool:
            ends = pool.map(lambda one: resolve(one.host, one.port, self._settings), self._targets)
            for target, (addresses, why) in zip(self._targets, ends, strict=True):
                allowed = [end for end in addresses if self._may(target, end[0])]
                if allowed:
                    self._waiting.append(_Attempt(target, deque(allowed), target.tries))
                else:
                    inside = [f"{end[0]} is not an address of the internet" for end in addresses[:1]]
                    self._found.put((target, Found("", "", ", ".join(inside) or why)))

    def _may(self, target: Target, address: str) -> bool:
        asked = target.endpoint is None or self._settings.instead(target.host, target.port) is not None
        return asked or is_public(address)

    def _connect_all(self) -> None:
        under_way: set[_Attempt] = set()
        turn = 0.0
        most = max(1, self._settings.at_once - self._settings.workers)
        while (self._waiting or under_way) and not self._stop.is_set():
            now = time.monotonic()
            while self._waiting and len(under_way) < most and turn <= now:
                attempt = self._waiting.popleft()
                turn = now + self._turnstile.wait()
                if self._start(attempt):
                    under_way.add(attempt)
            ends = [attempt.deadline for attempt in under_way] + ([turn] if self._waiting else [])
            wait = max(0.0, min(ends, default=now) - time.monotonic())
            for key, _ in self._selector.select(min(wait, 0.2)) if under_way else ():
                under_way.discard(key.data)
                self._ended(key.data)
            if not under_way and wait:
                self._stop.wait(min(wait, 0.2))
            now = time.monotonic()
            for attempt in [one for one in under_way if one.deadline <= now]:
                under_way.discard(attempt)
                self._settle(attempt, Found(FILTERED, attempt.addresses[0][0]))

    def _start(self, attempt: _Attempt) -> bool:
        """Begin a connection; false when it ended at once."""
        address, port = attempt.addresses[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        attempt.deadline = time.monotonic() + self._settings.timeout
        try:
            attempt.connection = socket.socket(family, socket.SOCK_STREAM)
            attempt.connection.setblocking(False)  # noqa: FBT003
            code = attempt.connection.connect_ex((address, port))
        except OSError as error:
            code = error.errno or errno.EINVAL
        if code in (errno.EINPROGRESS, errno.EWOULDBLOCK) and attempt.connection is not None:
            self._selector.register(attempt.connection, selectors.EVENT_WRITE, attempt)
            return True
        self._settle(attempt, _state(code, address), registered=False)
        return False

    def _ended(self, attempt: _Attempt) -> None:
        connection = attempt.connection
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if connection else errno.EINVAL
        self._settle(attempt, _state(code, attempt.addresses[0][0]))

    def _settle(self, attempt: _Attempt, found: Found, *, registered: bool = True) -> None:
        """End one connection: what it found counts, or the next address or try has its turn."""
        if attempt.connection is not None:
            if registered:
                self._selector.unregister(attempt.connection)
            attempt.connection.close()
            attempt.connection = None
        attempt.better(found)
        if found.state == FILTERED and attempt.tries > 1:
            attempt.tries -= 1
            self._waiting.append(attempt)
            return
        attempt.addresses.popleft()
        if found.state == OPEN or not attempt.addresses:
            self._found.put((attempt.target, attempt.best))
        else:
            attempt.tries = attempt.target.tries
            self._waiting.append(attempt)


def _state(code: int, address: str) -> Found:
    if code == 0:
        return Found(OPEN, address)
    if code == errno.ECONNREFUSED:
        return Found(CLOSED, address)
    if code in _FORBIDDEN or code == errno.ETIMEDOUT:
        return Found(FILTERED, address)
    name = errno.errorcode.get(code, str(code))
    return Found("", address, f"this machine has no way to {address} ({name})")


def _interleaved(targets: Iterable[Target]) -> Iterator[Target]:
    """Yield the targets so that no host gets all of its connections in one go."""
    by_host: dict[str, list[Target]] = {}
    for target in targets:
        by_host.setdefault(target.host, []).append(target)
    for row in itertools.zip_longest(*by_host.values()):
        yield from (target for target in row if target is not None)
