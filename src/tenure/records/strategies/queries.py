"""The strategy as it was applied, rebuilt from the stored document without any file."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.models import Revision
from tenure.strategy.loading import build
from tenure.strategy.sections import Strategy

# The hash that was read inside `one_reading`; empty until something asks, None outside of it.
_reading: ContextVar[list[str] | None] = ContextVar("reading", default=None)


class NoStrategy(Refusal):
    """Nothing can be decided before somebody says how."""

    code = "no_strategy"
    said = Sentence(
        zh="还没有应用任何策略；请先运行 `tenure strategy apply 目录`。",
        en="No strategy was applied yet; run `tenure strategy apply DIRECTORY` first.",
    )


class UnknownRevision(Refusal):
    """A hash that no applied strategy has."""

    code = "unknown_revision"
    said = Sentence(
        zh="没有应用过哈希为 {hash} 的策略；请核对哈希。",
        en="No applied strategy has the hash {hash}; check the hash.",
    )


def newest() -> Revision | None:
    """The revision that was applied last."""
    return Revision.objects.order_by("-applied_at", "-pk").first()


def current() -> Strategy:
    """The strategy that was applied last; call `.at(as_of)` for the rules of a day.

    Raises:
        NoStrategy: none was applied yet.
    """
    reading = _reading.get()
    if reading:
        return by_hash(reading[0])
    hashes = Revision.objects.order_by("-applied_at", "-pk").values_list("content_hash", flat=True)
    content_hash = hashes.first()
    if content_hash is None:
        raise NoStrategy()
    return read_already(content_hash)


def read_already(content_hash: str) -> Strategy:
    """The strategy with this hash, which inside `one_reading` is what everybody else sees too."""
    reading = _reading.get()
    if reading is not None and not reading:
        reading.append(content_hash)
    return by_hash(content_hash)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let everything inside see one strategy: read once, and not another one halfway through.

    Inside another reading it is that one.
    """
    token = _reading.set(known if (known := _reading.get()) is not None else [])
    try:
        yield
    finally:
        _reading.reset(token)


def business_day(at: datetime) -> date:
    """The civil date of an instant where the business is.

    Raises:
        NoStrategy: none was applied yet.
    """
    return clock.today(current().business.zone, at)


@lru_cache(maxsize=16)
def by_hash(content_hash: str) -> Strategy:
    """The strategy that a decision, a message or a tag names; kept, for it can never change.

    Raises:
        UnknownRevision: none with this hash was applied.
    """
    revision = Revision.objects.filter(content_hash=content_hash).first()
    if revision is None:
        raise UnknownRevision(hash=content_hash)
    strategy = build(revision.content)
    assert strategy.hash == content_hash, "a stored document is the one that was applied"
    return strategy


def history(*, limit: int = 50) -> list[Revision]:
    """Applied revisions, newest first."""
    return list(Revision.objects.order_by("-applied_at", "-pk")[:limit])
