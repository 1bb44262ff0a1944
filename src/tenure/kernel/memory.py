"""Spare the collector of circular garbage what stood before a long piece of work began."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_spared: ContextVar[bool] = ContextVar("is_spared", default=False)


@contextmanager
def spared() -> Iterator[None]:
    """Let the collector leave alone whatever this process holds now, until the block ends.

    Work on thousands of rows makes so many objects that Python goes through all of its memory
    again and again: strategies, models and modules, of which nothing is garbage. What the block
    itself makes is collected as always. Inside another such block it changes nothing.
    """
    if _is_spared.get():
        yield
        return
    token = _is_spared.set(True)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        _is_spared.reset(token)
