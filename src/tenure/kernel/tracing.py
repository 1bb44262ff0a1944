"""The trace that a request belongs to, as W3C `traceparent` tells it (R-E-027).

Nothing is traced where nobody asks: without a header and without a collector there is no trace.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

_PARENT: Final = re.compile(r"^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$")


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace and the span in it that is under way; ids in hexadecimal."""

    trace_id: str
    span_id: str
    is_sampled: bool = True


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)
_request: ContextVar[str] = ContextVar("request", default="")
_REQUEST: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$")


def parent_of(header: str) -> Trace | None:
    """The caller's span; None where the header is missing or is none (W3C Trace Context, 3.2)."""
    found = _PARENT.match(header.strip().lower())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not int(trace_id, 16) * int(span_id, 16):
        return None
    return Trace(trace_id, span_id, bool(int(flags, 16) & 1))


def header_of(trace: Trace) -> str:
    """The header that tells another program of a span."""
    return f"00-{trace.trace_id}-{trace.span_id}-{'01' if trace.is_sampled else '00'}"


def current_trace() -> Trace | None:
    """The trace under way here; None where nothing is traced."""
    return _current.get()


@contextmanager
def under(trace: Trace) -> Iterator[None]:
    """Work within a trace while the block runs."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)


def request_of(header: str) -> str:
    """The id under which a proxy knows a request; empty where the header is missing or is none."""
    told = header.strip()
    return told if _REQUEST.match(told) else ""


def current_request() -> str:
    """The id of the request that is answered here; empty where none is."""
    return _request.get()


@contextmanager
def within(request_id: str) -> Iterator[None]:
    """Answer a request while the block runs: what is entered into the journal names it."""
    token = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(token)
