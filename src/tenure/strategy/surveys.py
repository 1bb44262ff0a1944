"""What customers are asked, and what the operator is told in regular reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.reading import Reader

_NOT_RISING = Sentence(
    zh="价格须为同一币种，由低到高", en="prices must be of one currency, the lowest first"
)


class SurveyKind(StrEnum):
    """What is asked: a score (0 to 10, 1 to 5, 1 to 7, 1 to 5), why one left, or about prices."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    INTENT = "intent"
    EXIT = "exit"
    VAN_WESTENDORP = "van_westendorp"
    GABOR_GRANGER = "gabor_granger"


class ReportPart(StrEnum):
    """The parts of which a report may be made."""

    DUE = "due"
    RENEWAL_RATE = "renewal_rate"
    CHURN_RATE = "churn_rate"
    FORECAST = "forecast"
    AT_RISK = "at_risk"
    REASONS = "reasons"
    NPS = "nps"
    HOLDOUT = "holdout"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Survey:
    """One question. The cool-down is shared by all surveys: nobody is asked twice within it.

    `message` asks it, and is empty where nobody is written to about it; `prices` are those that
    Gabor and Granger's questions go through, the lowest first.
    """

    id: str
    name: Sentence
    kind: SurveyKind
    question: Sentence
    cooldown_days: int
    message: str = ""
    prices: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A page made every so many days of the parts that it shows."""

    id: str
    name: Sentence
    shows: tuple[ReportPart, ...]
    every_days: int


def read_surveys(reader: Reader) -> Mapping[str, Survey]:
    """Read surveys.toml."""
    return {
        one.name("id"): Survey(
            id=one.name("id"),
            name=one.sentence("name"),
            kind=one.choice("kind", SurveyKind),
            question=one.sentence("question"),
            cooldown_days=one.whole("cooldown_days", 90, least=1, most=730),
            message=one.name("message", ""),
            prices=_prices(one),
        )
        for one in reader.each("survey", unique="id")
    }


def _prices(reader: Reader) -> tuple[Money, ...]:
    """Rising prices of one currency; each is read as an amount is read everywhere."""
    texts = reader.names("prices", default=())
    inner = Reader(
        {str(n): text for n, text in enumerate(texts)}, file=reader.file, path=reader.at("prices")
    )
    prices = tuple(inner.money(str(n)) for n in range(len(texts)))
    if any(one.currency != prices[0].currency for one in prices) or list(prices) != sorted(prices):
        reader.refuse("prices", _NOT_RISING)
    return prices


def read_reports(reader: Reader) -> Mapping[str, Report]:
    """Read reports.toml."""
    return {
        one.name("id"): Report(
            id=one.name("id"),
            name=one.sentence("name"),
            shows=tuple(map(ReportPart, one.names("shows", list(ReportPart)))),
            every_days=one.whole("every_days", least=1, most=366),
        )
        for one in reader.each("report", unique="id")
    }
