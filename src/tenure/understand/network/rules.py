"""Voice quality by the E-model, availability of a line, and what is given back for its faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from tenure.kernel.money import rounded

_BEST_R: Final = 93.2
_ECHO_MS: Final = 177.3

type Span = tuple[datetime, datetime]


def mos(r: float) -> float:
    """The mean opinion score of a rating factor, 1 to 4.5 (ITU-T G.107, annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


@dataclass(frozen=True, slots=True)
class Codec:
    """How a codec suffers: `ie` at rest, `bpl` its robustness against lost packets (G.113)."""

    ie: float
    bpl: float


# The figures of G.113 without concealment of losses.
G711: Final = Codec(0, 4.3)
G729A: Final = Codec(11, 19.0)


def rating(*, delay_ms: float, loss_percent: float, codec: Codec, burst: float = 1.0) -> float:
    """The rating factor R of a path: 93.2 less what delay and loss take.

    Args:
        delay_ms: one way.
        burst: 1 where losses fall at random.
    References:
        Cole, Rosenbluth (2001), Voice over IP performance monitoring.
    """
    late = max(0.0, delay_ms - _ECHO_MS)
    delay = 0.024 * delay_ms + 0.11 * late
    loss = (95 - codec.ie) * loss_percent / (loss_percent / burst + codec.bpl)
    return _BEST_R - delay - (codec.ie + loss)


@dataclass(frozen=True, slots=True)
class Outage:
    """A span without service; `is_planned` where it was announced in time."""

    began: datetime
    ended: datetime
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """Of one period: minutes down that nobody planned, and the share of the rest."""

    period_minutes: int
    planned_minutes: int
    down_minutes: int

    @property
    def share(self) -> Fraction:
        promised = self.period_minutes - self.planned_minutes
        return Fraction(promised - self.down_minutes, promised)


# From which availability on how much of the monthly fee is given back, in percent.
CREDITS: Final = ((Fraction("0.999"), 0), (Fraction("0.99"), 10), (Fraction("0.95"), 25))
_ALL: Final = 100


def availability(outages: Sequence[Outage], *, begins: datetime, ends: datetime) -> Availability:
    """Overlapping outages count once, each is cut to the period, planned ones come off both sides.

    Args:
        begins, ends: the period, half open.
    """
    planned = _merged(_cut((one for one in outages if one.is_planned), begins, ends=ends))
    every = _merged(_cut(outages, begins, ends=ends))
    return Availability(
        period_minutes=_minutes([(begins, ends)]),
        planned_minutes=_minutes(planned),
        down_minutes=_minutes(every) - _minutes(planned),
    )


def credit_percent(found: Availability) -> int:
    """What the agreement gives back of the monthly fee."""
    return next((given for least, given in CREDITS if found.share >= least), _ALL)


def given_back_minor(found: Availability, *, fee_minor: int) -> int:
    """The larger of credit and rebate for the time without service, never both; minor units."""
    credit = Fraction(fee_minor * credit_percent(found), 100)
    return max(rounded(credit), rebate_minor(found, fee_minor=fee_minor))


def rebate_minor(found: Availability, *, fee_minor: int) -> int:
    """The fee of the time without service; minor units."""
    return rounded(Fraction(fee_minor * found.down_minutes, found.period_minutes))


def _cut(outages: Iterable[Outage], begins: datetime, *, ends: datetime) -> list[Span]:
    spans = ((max(one.began, begins), min(one.ended, ends)) for one in outages)
    return sorted((first, last) for first, last in spans if first < last)


def _merged(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for first, last in spans:
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _minutes(spans: Sequence[Span]) -> int:
    total = sum((last - first for first, last in spans), timedelta())
    return int(total.total_seconds()) // 60
