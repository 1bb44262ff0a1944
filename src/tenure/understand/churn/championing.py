"""Who is champion: fit on schedule, let challengers try, register what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from django.conf import settings
from django.db import transaction

from tenure.kernel.failures import Refusal
from tenure.kernel.periods import date_of, day_number
from tenure.records.journal.actions import Fact, append
from tenure.strategy.churn import Churn, EstimatorKind
from tenure.understand.churn.endings import averages_only, beside, store_endings
from tenure.understand.churn.estimator.storing import digest, load, store
from tenure.understand.churn.history import History, Past, past_decisions, seen_by_plan
from tenure.understand.churn.models import Estimator, RiskWatch
from tenure.understand.churn.rules import (
    NotBetterThanChance,
    TooFewOutcomes,
    base_rates,
)
from tenure.understand.churn.sample import Sample, near_rows, store_sample
from tenure.understand.churn.serving import Serving
from tenure.understand.churn.training import Trained, train

if TYPE_CHECKING:
    import pyarrow as pa

# Where too little is decided, or something drifted, another look is worth it so soon.
RETRY_DAYS: Final = 7
# Nobody looks into the file of a challenger that lost so long ago; its figures stay.
KEPT_DAYS: Final = 60


def fresh(churn: Churn, *, as_of: date) -> Estimator | None:
    """The champion that may still be used on a day: young enough, and grown from what is wanted.

    One that stands in for too few outcomes, or that an alarm was rung about, is looked at again
    after a week.
    """
    since = as_of - timedelta(days=churn.refit_days - 1)
    known = Estimator.objects.filter(as_of__lte=as_of, as_of__gte=since, champion=True)
    found = known.order_by("-as_of", "-pk").first()
    if found is None:
        return None
    is_young = found.as_of > as_of - timedelta(days=RETRY_DAYS)
    if found.kind == Estimator.Kind.BASE_RATE:
        return found if is_young else None
    if not is_young and _rang(found, before=as_of):
        return None
    is_there = (Path(settings.TENURE_HOME) / found.path).exists()
    return found if _grown_from(found, churn) and is_there else None


def _rang(champion: Estimator, *, before: date) -> bool:
    """Whether its inputs or its calibration drifted since it was fitted."""
    return RiskWatch.objects.filter(estimator=champion, as_of__lt=before, rings=True).exists()


def _grown_from(champion: Estimator, churn: Churn) -> bool:
    """Whether it is of the kind that the strategy names, or took its place by being better."""
    return str(champion.metrics.get("wanted", champion.kind)) == str(churn.estimator)


def holder(churn: Churn, *, as_of: date) -> EstimatorKind:
    """The kind that holds the champion's place before a contest."""
    known = Estimator.objects.filter(champion=True, as_of__lte=as_of).exclude(path="")
    found = known.order_by("-as_of", "-pk").first()
    kinds = (churn.estimator, *churn.challengers)
    if found is None or not _grown_from(found, churn):
        return churn.estimator
    return next((kind for kind in kinds if str(kind) == found.kind), churn.estimator)


def serving(churn: Churn, *, as_of: date) -> Serving | None:
    """The estimator in use, to be judged before it is replaced; None where averages stand in.

    None too where the strategy names another kind, or its file is gone.
    """
    found = _serving(as_of)
    if found is None or not found.path or not _grown_from(found, churn):
        return None
    path = _home(found.path)
    if not path.exists():
        return None
    until = date.fromisoformat(found.metrics.get("known_until", found.as_of.isoformat()))
    return Serving(EstimatorKind(found.kind), load(path), day_number(until))


def _serving(as_of: date) -> Estimator | None:
    known = Estimator.objects.filter(champion=True, as_of__lte=as_of)
    return known.order_by("-as_of", "-pk").first()


def fit(past: Past, *, features: pa.Table) -> Estimator:
    """Fit a champion and its challengers on what is decided by now.

    Where that is too little, or not better than chance, the averages of the plans stand in.

    Args:
        features: rows of the day, whom the champion is to score.
    """
    churn, grace = past.strategy.churn, past.strategy.business.grace_days
    try:
        history = past_decisions(past)
        before = holder(churn, as_of=past.as_of)
        served = serving(churn, as_of=past.as_of)
        trained = train(history, churn, grace_days=grace, champion=before, serving=served)
    except (TooFewOutcomes, NotBetterThanChance) as why:
        return _stand_in(past, why)
    _forget_losers(past.as_of)
    data_hash = digest(trained.cases)
    rows = [_row(past, history, data_hash=data_hash, kind=trained.kind, metrics=trained.metrics)]
    store(trained.fitted, _home(rows[0].path))
    for other in trained.others:
        row = _row(past, history, data_hash=data_hash, kind=other.kind, metrics=other.metrics)
        row.champion = False
        store(other.fitted, _home(row.path))
        rows.append(row)
    if trained.review is not None and trained.review.keeps:
        rows[0].champion = False
        return _registered([_kept(past, trained, beaten=rows[0]), *rows], promoted={})
    store_endings(trained.endings, _home(rows[0].path))
    scored = Sample(trained.cases.names, near_rows(features, trained.cases.names, past=past))
    store_sample(scored, beside(_home(rows[0].path), "seen"))
    return _registered(rows, promoted=_promotion(trained))


def _kept(past: Past, trained: Trained, *, beaten: Estimator) -> Estimator:
    """The one that served goes on, under a row of this contest."""
    before = _serving(past.as_of)
    assert before is not None, "something that served was judged"
    metrics = before.metrics | trained.served | {"known_until": str(before.as_of)}
    metrics |= {name: trained.metrics[name] for name in ("contest", "wanted", "served")}
    metrics |= {"held_before": before.kind, "contest_hash": beaten.data_hash}
    if "known_until" in before.metrics:
        metrics["known_until"] = before.metrics["known_until"]
    return Estimator(
        kind=before.kind,
        as_of=past.as_of,
        trained_at=past.at,
        train_from=before.train_from,
        train_until=before.train_until,
        n=before.n,
        metrics=metrics,
        data_hash=before.data_hash,
        strategy_hash=past.strategy.hash,
        path=before.path,
    )


def _promotion(trained: Trained) -> dict[str, object]:
    """What the journal says of a change at the top; empty where the champion stayed."""
    before = trained.metrics["held_before"]
    if before == str(trained.kind):
        return {}
    return {"before": before, **trained.metrics["contest"][str(trained.kind)]}


def _row(
    past: Past,
    history: History,
    *,
    data_hash: str,
    kind: EstimatorKind,
    metrics: dict[str, object],
) -> Estimator:
    path = Path("estimators") / f"{past.as_of}-{kind}-{data_hash[:12]}.npz"
    return Estimator(
        kind=str(kind),
        as_of=past.as_of,
        trained_at=past.at,
        train_from=date_of(int(history.decided_day.min())),
        train_until=date_of(int(history.decided_day.max())),
        n=len(history.cases.outcome),
        metrics=metrics,
        data_hash=data_hash,
        strategy_hash=past.strategy.hash,
        path=str(path),
    )


def _home(path: str) -> Path:
    return Path(settings.TENURE_HOME) / path


def _forget_losers(as_of: date) -> None:
    """Remove the files of challengers that lost long ago."""
    old = Estimator.objects.filter(
        champion=False, as_of__lt=as_of - timedelta(days=KEPT_DAYS)
    ).exclude(path="")
    kept = set(Estimator.objects.filter(champion=True).values_list("path", flat=True))
    for path in old.values_list("path", flat=True):
        if path not in kept:
            _home(path).unlink(missing_ok=True)


def _stand_in(past: Past, why: Refusal) -> Estimator:
    """The average of each plan and cycle, and why it is no more than that."""
    seen = seen_by_plan(past)
    overall, by_plan = base_rates(seen)
    due = sum(one.due for one in seen.values())
    ended = past.desk.engine.collect(past.outcomes().select("ending"))["ending"].to_numpy()
    metrics = {
        "why": why.as_problem(),
        "overall": overall,
        "by_plan": by_plan,
        "endings": averages_only(np.asarray(ended, dtype=np.int64)).metrics,
    }
    row = Estimator(
        kind=Estimator.Kind.BASE_RATE,
        as_of=past.as_of,
        trained_at=past.at,
        n=due,
        metrics=metrics,
        data_hash="",
        strategy_hash=past.strategy.hash,
    )
    return _registered([row], promoted={})


@transaction.atomic
def _registered(rows: list[Estimator], *, promoted: dict[str, object]) -> Estimator:
    """From here on the first is the champion."""
    champion = rows[0]
    Estimator.objects.filter(champion=True, as_of=champion.as_of).update(champion=False)
    for row in rows:
        row.save()
    content = {"estimator": champion.pk, "kind": champion.kind, "n": champion.n}
    content |= {"served": champion.metrics.get("served", {"verdict": "nothing_served"})}
    append(
        Fact("estimator.fitted", on=champion.as_of, content=content),
        at=champion.trained_at,
        by="loop",
    )
    if promoted:
        append(
            Fact("estimator.promoted", on=champion.as_of, content=content | promoted),
            at=champion.trained_at,
            by="loop",
        )
    return champion
