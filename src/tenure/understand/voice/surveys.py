"""The rounds of surveys: who was asked, who answered, and what it comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tenure.records.feedback.models import Invitation, SurveyWave
from tenure.records.feedback.rules import SCORES
from tenure.strategy.surveys import Survey, SurveyKind
from tenure.understand.voice.estimator.prices import PricePoints, SurveyedPrices, van_westendorp
from tenure.understand.voice.rules import Figure, figure_of, nps_change, wilson

_SHOWN_ROUNDS: Final = 6
_LEAST_FOR_PRICES: Final = 20


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its figure, how many of those asked answered, and the change since the last."""

    wave: SurveyWave
    is_open: bool
    asked: int
    answered: int
    response: tuple[float, float, float] | None
    figure: Figure | None
    change: tuple[float, float, float] | None
    prices: PricePoints | None
    would_pay: tuple[tuple[int, float], ...]

    @property
    def price_range(self) -> tuple[int, int, int] | None:
        """From marginal cheapness over least resistance to marginal expensiveness, minor units."""
        if self.prices is None:
            return None
        low, best, high = (one[0] for one in (self.prices.pmc, self.prices.opp, self.prices.pme))
        return int(low), int(best), int(high)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One survey and its last rounds, the newest first."""

    survey: Survey
    rounds: tuple[Round, ...]
    may_open: bool


def rounds(surveys: Iterable[Survey], *, today: date) -> list[Surveyed]:
    """Every survey with its rounds. Unanswered invitations are in no score (G12)."""
    waves = list(SurveyWave.objects.order_by("-number"))
    rows = Invitation.objects.filter(wave__in=waves)
    given: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("wave_id", "answered_on", "score", "given"):
        given[row["wave_id"]].append(dict(row))
    found = []
    for survey in surveys:
        of_it = [wave for wave in waves if wave.survey == survey.id][:_SHOWN_ROUNDS]
        told = [_round(wave, survey, given, of_it[n + 1 :], today=today)
                for n, wave in enumerate(of_it)]  # fmt: skip
        may_open = not any(one.is_open for one in told)
        found.append(Surveyed(survey, tuple(told), may_open))
    return found


def _round(
    wave: SurveyWave,
    survey: Survey,
    given: defaultdict[int, list[dict[str, Any]]],
    earlier: list[SurveyWave],
    *,
    today: date,
) -> Round:
    rows = given[wave.pk]
    answered = [row for row in rows if row["answered_on"] is not None]
    scores = _scores(rows)
    before = _scores(given[earlier[0].pk]) if earlier else []
    is_scored = survey.kind in SCORES
    share = len(answered) / len(rows) if rows else 0.0
    compares = survey.kind is SurveyKind.NPS and bool(scores) and bool(before)
    return Round(
        wave=wave,
        is_open=wave.opens_on <= today < wave.closes_on,
        asked=len(rows),
        answered=len(answered),
        response=(share, *wilson(len(answered), len(rows))) if rows else None,
        figure=figure_of(survey.kind, scores) if is_scored else None,
        change=nps_change(scores, before) if compares else None,
        prices=_prices(answered) if survey.kind is SurveyKind.VAN_WESTENDORP else None,
        would_pay=_would_pay(answered, survey),
    )


def _scores(rows: list[dict[str, Any]]) -> list[int]:
    return [row["score"] for row in rows if row["score"] is not None]


def _prices(answered: list[dict[str, Any]]) -> PricePoints | None:
    """The crossings, from twenty answers on."""
    if len(answered) < _LEAST_FOR_PRICES:
        return None
    names = ("too_cheap", "cheap", "expensive", "too_expensive")
    columns = [[float(row["given"][name]) for row in answered] for name in names]
    return van_westendorp(SurveyedPrices(*columns))


def _would_pay(answered: list[dict[str, Any]], survey: Survey) -> tuple[tuple[int, float], ...]:
    """Price → share of those who answered that would pay it (Gabor and Granger)."""
    if survey.kind is not SurveyKind.GABOR_GRANGER or not answered:
        return ()
    most = [int(row["given"].get("most_minor", 0)) for row in answered]
    return tuple(
        (price.amount_minor, sum(1 for one in most if one >= price.amount_minor) / len(most))
        for price in survey.prices
    )
