"""One customer's risk with its reasons, and the estimator behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.churn.estimator.storing import load
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.reasons import Reason, reason, reasons_of
from tenure.understand.features.registry import FEATURES
from tenure.understand.readings import Reading, of_account
from tenure.warehouse.tables.understanding import RISKS


@dataclass(frozen=True, slots=True)
class RiskReading:
    """The probability that one live term is not renewed, on a day, and what raises it most."""

    on: date
    term_id: int
    p_lapse: float
    band: int
    reasons: tuple[Reason, ...]
    estimator_id: int


def champion(*, as_of: date) -> Estimator | None:
    """The estimator in use on a day, with its figures; None before the first."""
    return champions(as_of=as_of).first()


def champions(*, as_of: date) -> QuerySet[Estimator]:
    """The estimators that were in use up to a day, the last one first."""
    known = Estimator.objects.filter(champion=True, as_of__lte=as_of)
    return known.order_by("-as_of", "-pk")


def stands_in(*, as_of: date) -> bool:
    """Whether averages of the plans stand in for an estimator that is better than chance."""
    known = champion(as_of=as_of)
    return known is not None and known.kind == Estimator.Kind.BASE_RATE


def risks_of(account_id: int, *, as_of: date, currency: str) -> list[RiskReading]:
    """The risk of each live term of an account on the last filled day."""
    risks = of_account(RISKS, account_id=account_id, as_of=as_of)
    if risks is None:
        return []
    features = _features(account_id, on=risks.on)
    return [
        RiskReading(
            on=risks.on,
            term_id=row["term_id"],
            p_lapse=row["p_lapse"],
            band=row["band"],
            reasons=tuple(reasons_of(row, features[row["term_id"]], currency=currency)),
            estimator_id=row["estimator_id"],
        )
        for row in risks.rows
        if row["term_id"] in features
    ]


def explained(account_id: int, *, as_of: date, currency: str) -> dict[int, list[Reason]]:
    """Term → every topic with its share, up and down, the strongest first.

    The shares and a baseline add up to the probability. Empty where an average of the plan stands
    in, or the estimator's file is gone.
    """
    risks = of_account(RISKS, account_id=account_id, as_of=as_of)
    if risks is None:
        return {}
    features = _features(account_id, on=risks.on)
    found: dict[int, list[Reason]] = {}
    for row in risks.rows:
        fitted, values = _fitted(row["estimator_id"]), features.get(row["term_id"])
        if fitted is not None and values is not None:
            found[row["term_id"]] = _topics(fitted, values, currency=currency)
    return found


def topics_of(estimator: Estimator, values: Mapping[str, Any], *, currency: str) -> list[Reason]:
    """Every topic of one term with its share, up and down, the strongest first; as `explained`.

    Args:
        estimator: the one that scored the term.
        values: the term's row of `features`.
    """
    path = Path(settings.TENURE_HOME) / estimator.path
    if not estimator.path or not path.exists():
        return []
    return _topics(_loaded(str(path)), values, currency=currency)


def _topics(fitted: Fitted, values: Mapping[str, Any], *, currency: str) -> list[Reason]:
    import numpy as np

    from tenure.understand.churn.scoring import topic_shares

    row = [values[name] for name in fitted.names]
    matrix = np.array([[np.nan if value is None else value for value in row]], dtype=np.float32)
    _, _, shares = fitted.contributions(matrix)
    total, strongest = topic_shares(shares, fitted.names)
    told = [
        reason(fitted.names[place], row[place], share=float(share), currency=currency)
        for share, place in zip(total[0], strongest[0], strict=True)
    ]
    return sorted(told, key=lambda one: -abs(one.share))


def _features(account_id: int, *, on: date) -> dict[int, dict[str, Any]]:
    reading: Reading | None = of_account(FEATURES, account_id=account_id, as_of=on)
    return {} if reading is None else {row["term_id"]: row for row in reading.rows}


def _fitted(estimator_id: int) -> Fitted | None:
    paths = Estimator.objects.filter(pk=estimator_id).values_list("path", flat=True)
    path = paths.first()
    if not path or not (Path(settings.TENURE_HOME) / path).exists():
        return None
    return _loaded(str(Path(settings.TENURE_HOME) / path))


@lru_cache(maxsize=4)
def _loaded(path: str) -> Fitted:
    """A stored estimator never changes, so it is read once."""
    return load(Path(path))
