"""What customers are asked, and what the operator is told in regular reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader


class SurveyKind(StrEnum):
    """What a score means: 0 to 10 for NPS, 1 to 5 for satisfaction and effort."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


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
    """One question. The cool-down is shared by all surveys: nobody is asked twice within it."""

    id: str
    name: Sentence
    kind: SurveyKind
    question: Sentence
    cooldown_days: int


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
        )
        for one in reader.each("survey", unique="id")
    }


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
