"""What is known of the estimators of risk: who is champion, who challenged, and does it hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any, Final

import narwhals.stable.v2 as nw
from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.understand.churn.endings import ENDINGS
from tenure.understand.churn.estimator.reliability import Bin, Month
from tenure.understand.churn.models import Estimator, RiskWatch
from tenure.understand.churn.serving import Verdict
from tenure.understand.churn.watching import months_of, sentence_of
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

KIND_NAMES: Final = {
    "random_forest": Sentence(zh="随机森林", en="Random forest"),
    "gradient_boosting": Sentence(zh="梯度提升", en="Gradient boosting"),
    "logistic": Sentence(zh="逻辑回归", en="Logistic regression"),
    "hazard": Sentence(zh="离散时间风险", en="Discrete-time hazard"),
    "base_rate": Sentence(zh="按套餐平均", en="Average of the plan"),
}
_STAYED: Final = Sentence(zh="{kind} 留任", en="{kind} stays")
_PROMOTED: Final = Sentence(
    zh="{kind} 取代 {before}：时间外对数损失低 {gain}（区间 {low}–{high}）",
    en="{kind} took the place of {before}: log loss on later terms lower by {gain} "
    "(interval {low} to {high})",
)
_SERVED: Final = {
    Verdict.KEPT: Sentence(
        zh="{kind} 原模型留任：在它没见过的 {terms} 个新到期合约上，对数损失比新模型低 {less}"
        "（区间 {least}–{most}）",
        en="{kind} as it was fitted before stays: on {terms} newly decided terms that it had not "
        "seen its log loss is below the new one's by {less} (interval {least} to {most})",
    ),
    Verdict.BETTER: Sentence(
        zh="新模型取代原模型：{terms} 个新到期合约上对数损失低 {gain}（区间 {low}–{high}）",
        en="the new one replaced the one before: log loss on {terms} newly decided terms lower by "
        "{gain} (interval {low} to {high})",
    ),
    Verdict.ALIKE: Sentence(
        zh="{terms} 个新到期合约上新旧模型分不出高下（{gain}，区间 {low}–{high}）："
        "用学得更多的新模型",
        en="on {terms} newly decided terms the one before and the new one are alike ({gain}, "
        "interval {low} to {high}): the new one has learned from more",
    ),
    Verdict.TOO_FEW: Sentence(
        zh="原模型没见过的新到期合约只有 {terms} 个（{lapsed} 个未续；至少需要 {need} 个，"
        "两种结果各 {need_each} 个），无从比较：按期换成新模型",
        en="only {terms} terms ({lapsed} not renewed) were decided since the one before; {need} "
        "are needed, {need_each} of either outcome, so the new one replaced it when due",
    ),
    Verdict.COLUMNS: Sentence(
        zh="原模型用到的列已不存在或泄露结果：换成新模型",
        en="the one before looks at a column that is gone or knows the outcome: replaced",
    ),
}
_FIRST: Final = Sentence(zh="{kind} 上任", en="{kind} begins")
_SHOWN: Final = 40
_WATCHED_DAYS: Final = 400
_Z95: Final = 1.959964


@dataclass(frozen=True)
class Contestant:
    """One kind as it was judged on later terms."""

    row: Estimator
    gain: Mapping[str, float] | None

    @property
    def name(self) -> Sentence:
        return KIND_NAMES[self.row.kind]

    @property
    def figures(self) -> Mapping[str, float]:
        """AUC, Brier and so on; empty for averages."""
        found: Mapping[str, float] = self.row.metrics.get("out_of_time", {})
        return found

    @property
    def interval(self) -> Sequence[float] | None:
        """Of the AUC, 95 %."""
        found: Sequence[float] | None = self.row.metrics.get("auc_interval")
        return found

    @property
    def is_chance(self) -> bool:
        """Whether its order of later terms could be luck."""
        return self.interval is not None and self.interval[0] <= 0.5


@dataclass(frozen=True)
class Change:
    """One contest and who came out of it as champion."""

    row: Estimator
    said: Sentence
    is_promotion: bool

    @property
    def served(self) -> Sentence | None:
        """How the one that served before was judged; None where there was none."""
        found = self.row.metrics.get("served")
        if not found:
            return None
        gained = {one: found.get(one, 0.0) for one in ("gain", "low", "high")}
        turned = {"less": -gained["gain"], "least": -gained["high"], "most": -gained["low"]}
        told = {name: f"{value:.4f}" for name, value in (gained | turned).items()}
        counts = {name: found[name] for name in ("terms", "lapsed", "need", "need_each")}
        said = _SERVED[Verdict(found["verdict"])]
        return said.fill(kind=KIND_NAMES[self.row.kind], **told, **counts)


@dataclass(frozen=True)
class Band:
    """The live terms of one band: how many will not renew, between what bounds (95 %)."""

    number: int
    terms: int
    mean: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Board:
    """Everything of one day."""

    champion: Contestant
    challengers: Sequence[Contestant]
    changes: Sequence[Change]
    watches: Sequence[RiskWatch]
    bands: Sequence[Band]

    @property
    def why_average(self) -> Sentence | None:
        """Why there is no score; None where there is one."""
        why = self.champion.row.metrics.get("why", {}).get("sentence")
        return Sentence(zh=why["zh"], en=why["en"]) if why else None

    @property
    def bins(self) -> list[Bin]:
        """The plot of the calibration on later terms."""
        return [Bin(*one) for one in self.champion.row.metrics.get("reliability", [])]

    @property
    def gains(self) -> list[float]:
        """The share of those who left found in each further tenth of the list."""
        found: list[float] = self.champion.row.metrics.get("gains", [])
        return found

    @property
    def months(self) -> list[Month]:
        """Observed and expected by month: later terms of the contest first, then promises kept."""
        told = [Month(*one) for one in self.champion.row.metrics.get("months", [])]
        lived = [one for one in months_of(self.watches) if one.n]
        return lived or told

    @property
    def endings(self) -> list[tuple[str, int, float]]:
        """Each way to end: how many terms did, and its share of the ends."""
        known = self.champion.row.metrics.get("endings")
        if not known:
            return []
        total = sum(known["rates"])
        return [
            (name, known["counts"][name], rate / total)
            for name, rate in zip(ENDINGS, known["rates"], strict=True)
        ]

    @property
    def watch(self) -> RiskWatch | None:
        """The newest look."""
        return self.watches[-1] if self.watches else None

    @property
    def alarms(self) -> list[Sentence]:
        """What the newest look found."""
        return [sentence_of(one, self.watch) for one in self.watch.alarms] if self.watch else []


def board(*, as_of: date) -> Board | None:
    """The estimators as known on a day: two queries and one look at a file; None before any."""
    rows = list(Estimator.objects.filter(as_of__lte=as_of).order_by("-as_of", "-pk")[:_SHOWN])
    champions = [row for row in rows if row.champion]
    if not champions:
        return None
    now = champions[0]
    contest = now.metrics.get("contest", {})
    watches = RiskWatch.objects.filter(
        as_of__lte=as_of, as_of__gt=as_of - timedelta(days=_WATCHED_DAYS)
    )
    others = [row for row in rows if not row.champion and _same_contest(row, now)]
    return Board(
        champion=Contestant(now, contest.get(now.kind)),
        challengers=[Contestant(row, contest.get(row.kind)) for row in others],
        changes=[_change(row) for row in champions],
        watches=list(watches.order_by("as_of")),
        bands=_bands(as_of),
    )


def _same_contest(row: Estimator, champion: Estimator) -> bool:
    learned = champion.metrics.get("contest_hash", champion.data_hash)
    return (row.as_of, row.data_hash) == (champion.as_of, learned)


def _change(row: Estimator) -> Change:
    kind, before = KIND_NAMES[row.kind], row.metrics.get("held_before")
    if before is None:
        return Change(row, _FIRST.fill(kind=kind), is_promotion=False)
    if before == row.kind:
        return Change(row, _STAYED.fill(kind=kind), is_promotion=False)
    won = row.metrics["contest"].get(row.kind, {"gain": 0.0, "low": 0.0, "high": 0.0})
    told = {name: f"{value:.4f}" for name, value in won.items()}
    said = _PROMOTED.fill(kind=kind, before=KIND_NAMES[before], **told)
    return Change(row, said, is_promotion=True)


def _bands(as_of: date) -> list[Band]:
    """What the scores of the last day say in sum, band by band."""
    store = current_store()
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = store.read_latest(RISKS, on_or_before=day_number(as_of), engine=engine)
        doubt = nw.col("p_lapse") * (1 - nw.col("p_lapse"))
        told = risks.select("band", "p_lapse", doubt=doubt).group_by("band")
        summed = told.agg(
            terms=nw.len(), expected=nw.col("p_lapse").sum(), doubt=nw.col("doubt").sum()
        )
        rows: list[dict[str, Any]] = engine.collect(summed.sort("band")).to_pylist()
    return [
        Band(
            number=row["band"],
            terms=row["terms"],
            mean=row["expected"] / row["terms"],
            expected=row["expected"],
            low=max(0.0, row["expected"] - _Z95 * sqrt(row["doubt"])),
            high=min(float(row["terms"]), row["expected"] + _Z95 * sqrt(row["doubt"])),
        )
        for row in rows
    ]


def as_plain(board: Board) -> dict[str, Any]:
    """The board as JSON."""
    return {
        "champion": _plain(board.champion),
        "challengers": [_plain(one) for one in board.challengers],
        "why_average": _said(board.why_average),
        "history": [
            {
                "as_of": str(one.row.as_of),
                "promotion": one.is_promotion,
                **(_said(one.said) or {}),
                "served": one.row.metrics.get("served"),
                "served_said": _said(one.served),
            }
            for one in board.changes
        ],
        "calibration": [asdict(one) for one in board.bins],
        "gains": board.gains,
        "months": [asdict(one) for one in board.months],
        "endings": {name: {"n": n, "share": share} for name, n, share in board.endings},
        "scores": [asdict(one) for one in board.bands],
        "drift": _drift(board),
    }


def _plain(one: Contestant) -> dict[str, Any]:
    row = one.row
    return {
        "kind": row.kind,
        "as_of": str(row.as_of),
        "n": row.n,
        "figures": dict(one.figures),
        "auc_interval": one.interval,
        "not_better_than_chance": one.is_chance,
        "gain_over_the_one_before": one.gain,
        "data_hash": row.data_hash,
        "strategy_hash": row.strategy_hash,
    }


def _drift(board: Board) -> dict[str, Any] | None:
    watch = board.watch
    if watch is None:
        return None
    return {
        "as_of": str(watch.as_of),
        "told_apart": watch.told_apart,
        "shifts": watch.shifts,
        "above": watch.above,
        "below": watch.below,
        "alarms": [_said(one) for one in board.alarms],
    }


def _said(sentence: Sentence | None) -> dict[str, str] | None:
    return None if sentence is None else {"zh": sentence.zh, "en": sentence.en}
