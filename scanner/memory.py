"""How a process keeps its memory: a large graph of small objects, perhaps made by a hundred threads."""

import atexit
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

#: mallopt(3) of glibc: M_ARENA_MAX, how many heaps the threads of a process share (else eight for each processor).
_ARENA_MAX: Final = -8
_HEAPS: Final = 2
#: M_MMAP_THRESHOLD: from how many bytes on a block is given back when it is freed. Left alone, glibc raises it with
#: each large block that it sees.
_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 64 * 1024


def settle() -> None:
    """Set the process up for a scan; before its threads start.

    The cyclic collector would walk all that was read again and again, and each heap of threads keeps pages that
    only it can use: two of them took 23 MB less than sixteen on an account of 2,900 resources, and no more time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # musl has no such call, and no such heaps
            libc = ctypes.CDLL(None)
            libc.mallopt(_ARENA_MAX, _HEAPS)
            libc.mallopt(_MMAP_THRESHOLD, _LARGE)


@contextmanager
def kept() -> Iterator[None]:
    """Leave what is made here out of garbage collection: a large graph of small objects, all of which stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(1_000_000, 20, 100)
        gc.enable()
        leave_at_once()


def leave_at_once() -> None:
    """Have the interpreter end without looking for garbage: it would walk all that is left three times over.

    That took 1.1 of the 6.7 seconds in which the exposure of 10,000 endpoints is told.
    """
    atexit.register(gc.freeze)


def never_freed(whole: object) -> None:
    """Keep something to the end of the process, which then need not take it apart object by object.

    For what a command works on until it ends: of the inventory of 10,000 endpoints that took a quarter of a second.
    """
    if sys.implementation.name == "cpython":
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(whole))
