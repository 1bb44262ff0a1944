"""Puts a report together as of a day, from what the loop left; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Sum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import day_number
from tenure.prove.readouts.queries import latest, told
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account
from tenure.records.experiments.rules import HOLDOUT, TREATED
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.subscriptions.queries import live_terms
from tenure.strategy.reading import nearest
from tenure.strategy.sections import Strategy
from tenure.strategy.surveys import Report, ReportPart
from tenure.understand.forecast.queries import weeks
from tenure.understand.metrics.queries import headline
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

AHEAD_DAYS: Final = 30
NPS_DAYS: Final = 90
RISK_DAYS: Final = 90
RISKY_BAND: Final = 3  # of 4: high and very high
FORECAST_WEEKS: Final = 4
NAMES_AT_MOST: Final = 5
TOO_FEW: Final = 5

_DUE = Sentence(
    zh="今后 30 天到期的合约期：{count} 个，合计 {value}。",
    en="Terms that end in the next 30 days: {count}, worth {value}.",
)
_RATE = Sentence(zh="{name}：{share}（{rows} 个）。", en="{name}: {share} (of {rows}).")
_RATE_TOO_FEW = Sentence(
    zh="{name}：只有 {rows} 个，太少，暂不给出。",
    en="{name}: only {rows}, too few to say.",
)
_FORECAST = Sentence(
    zh="今后 4 周到期 {due} 个，预计续费 {p50} 个（{p10}–{p90}）。",
    en="Of {due} terms that end in the next 4 weeks, about {p50} renew ({p10}–{p90}).",
)
_AT_RISK = Sentence(
    zh="90 天内到期的客户中，高风险 {count} 个：{names}。",
    en="At high risk, of those who end within 90 days: {count} ({names}).",
)
_NOBODY_AT_RISK = Sentence(
    zh="90 天内到期的客户中，没有高风险的。", en="Nobody who ends within 90 days is at high risk."
)
_REASONS = Sentence(
    zh="近 30 天的流失原因：{reasons}。", en="Reasons for leaving, last 30 days: {reasons}."
)
_NO_REASONS = Sentence(
    zh="近 30 天没有记录到流失原因。", en="No reason for leaving was recorded in 30 days."
)
_NPS = Sentence(
    zh="近 90 天净推荐值 {score}（{count} 人作答）。",
    en="Net promoter score of 90 days: {score} (answers: {count}).",
)
_NPS_TOO_FEW = Sentence(
    zh="近 90 天只有 {count} 人作答，少于 5 人，暂不给出净推荐值。",
    en="Answers in 90 days: {count}, fewer than 5, so there is no net promoter score yet.",
)
_NO_HOLDOUT = Sentence(zh="还没有对照评估。", en="There is no reading of the holdout yet.")
_MESSAGES = Sentence(
    zh="近 30 天发出 {sent} 条消息，未发 {held} 条。",
    en="Messages of 30 days: {sent} sent, {held} not.",
)
_NAMES: Final = {
    ReportPart.DUE: Sentence(zh="即将到期", en="Coming up"),
    ReportPart.RENEWAL_RATE: Sentence(zh="续费率", en="Renewal rate"),
    ReportPart.CHURN_RATE: Sentence(zh="流失率", en="Churn"),
    ReportPart.FORECAST: Sentence(zh="预测", en="Forecast"),
    ReportPart.AT_RISK: Sentence(zh="高风险客户", en="At risk"),
    ReportPart.REASONS: Sentence(zh="流失原因", en="Reasons for leaving"),
    ReportPart.NPS: Sentence(zh="客户评价", en="What customers say"),
    ReportPart.HOLDOUT: Sentence(zh="对照组", en="Against the holdout"),
    ReportPart.MESSAGES: Sentence(zh="消息", en="Messages"),
}


class NoSuchReport(Refusal):
    """A report that the strategy does not have."""

    code = "no_such_report"
    said = Sentence(
        zh="策略里没有报告“{name}”{nearest}。", en="The strategy has no report “{name}”{nearest}."
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: a sentence, and the figures in it."""

    part: ReportPart
    name: Sentence
    sentence: Sentence
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A report as of a day."""

    report: Report
    as_of: date
    business: Sentence
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What the parts are read with."""

    as_of: date
    currency: str
    strategy: Strategy


def page_of(name: str, *, as_of: date, strategy: Strategy) -> Page:
    """The report of a name as of a day.

    Raises:
        NoSuchReport: the strategy has no such report; names the nearest.
    """
    rules = strategy.at(as_of)
    report = rules.reports.get(name)
    if report is None:
        raise NoSuchReport(name=name, nearest=nearest(name, rules.reports))
    day = Day(as_of, rules.business.currency, rules)
    parts = tuple(part_of(one, day) for one in report.shows)
    return Page(report, as_of, rules.business.name, parts)


def part_of(part: ReportPart, day: Day) -> Part:
    """One part of a report as of a day."""
    sentence, figures = READERS[part](day)
    return Part(part, _NAMES[part], sentence, figures)


def _due(day: Day) -> tuple[Sentence, dict[str, Any]]:
    until = day.as_of + timedelta(days=AHEAD_DAYS)
    terms = live_terms(as_of=day.as_of).filter(ends_on__gt=day.as_of, ends_on__lte=until)
    sums = terms.values("currency").annotate(count=Count("pk"), value=Sum("price_minor"))
    count = sum(row["count"] for row in sums)
    values = [str(Money(row["value"], row["currency"])) for row in sums.order_by("currency")]
    figures = {"count": count, "value": values}
    return _DUE.fill(count=count, value=values or str(Money.zero(day.currency))), figures


def _rate(metric: str, day: Day) -> tuple[Sentence, dict[str, Any]]:
    reading = headline(as_of=day.as_of)[metric]
    rows = reading.value.rows if reading.value is not None else 0
    name, share = reading.metric.name, reading.share
    figures = {"share": share, "rows": rows}
    if share is None:
        return _RATE_TOO_FEW.fill(name=name, rows=rows), figures
    return _RATE.fill(name=name, share=f"{share:.1%}", rows=rows), figures


def _forecast(day: Day) -> tuple[Sentence, dict[str, Any]]:
    ahead = weeks(as_of=day.as_of)[:FORECAST_WEEKS]
    # The bounds of a sum are narrower than the sum of the bounds: these are on the safe side.
    figures = {
        "due": sum(one.due for one in ahead),
        "p10": int(sum(one.renewals_p10 for one in ahead)),
        "p50": int(sum(one.renewals_p50 for one in ahead) + 0.5),
        "p90": int(sum(one.renewals_p90 for one in ahead) + 0.999),
    }
    return _FORECAST.fill(**figures), figures


def _at_risk(day: Day) -> tuple[Sentence, dict[str, Any]]:
    rows = _risky(day)
    accounts = list(dict.fromkeys(row["account_id"] for row in rows))
    shown = accounts[:NAMES_AT_MOST]
    names = dict(Account.objects.filter(pk__in=shown).values_list("pk", "name"))
    figures = {"count": len(accounts), "names": [names[pk] for pk in shown]}
    return (_AT_RISK if accounts else _NOBODY_AT_RISK).fill(**figures), figures


def _risky(day: Day) -> list[dict[str, Any]]:
    """The terms at high risk that end soon, the likeliest to lapse first."""
    import narwhals.stable.v2 as nw

    with open_engine(settings.TENURE_ENGINE) as engine:
        risks = current_store().read_latest(
            RISKS, on_or_before=day_number(day.as_of), engine=engine
        )
        near = risks.filter(nw.col("days_left") <= RISK_DAYS, nw.col("band") >= RISKY_BAND)
        columns = near.select("account_id", "term_id", "p_lapse")
        found: list[dict[str, Any]] = engine.collect(columns).to_pylist()
    return sorted(found, key=lambda row: (-row["p_lapse"], row["term_id"]))


def _reasons(day: Day) -> tuple[Sentence, dict[str, Any]]:
    since = day.as_of - timedelta(days=AHEAD_DAYS)
    given = LossReason.objects.filter(given_on__gt=since, given_on__lte=day.as_of)
    counted = given.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    figures = dict(counted)
    known = day.strategy.reasons
    said = [
        _named(known[name].name if name in known else Sentence(name, name), count)
        for name, count in figures.items()
    ]
    return (_REASONS if said else _NO_REASONS).fill(reasons=said), figures


def _named(name: Sentence, count: int) -> Sentence:
    return Sentence(zh=f"{name.zh} {count}", en=f"{name.en} {count}")


def _nps(day: Day) -> tuple[Sentence, dict[str, Any]]:
    since = day.as_of - timedelta(days=NPS_DAYS)
    given = Answer.objects.filter(survey="nps", answered_on__gt=since, answered_on__lte=day.as_of)
    scores = list(given.values_list("score", flat=True))
    figures: dict[str, Any] = {"count": len(scores), "score": None}
    if len(scores) < TOO_FEW:
        return _NPS_TOO_FEW.fill(count=len(scores)), figures
    net = sum(one >= 9 for one in scores) - sum(one <= 6 for one in scores)
    figures["score"] = int(100 * net / len(scores))
    return _NPS.fill(count=len(scores), score=f"{figures['score']:+d}"), figures


def _holdout(day: Day) -> tuple[Sentence, dict[str, Any]]:
    readout = latest(HOLDOUT, TREATED, as_of=day.as_of)
    if readout is None:
        return _NO_HOLDOUT, {"verdict": None}
    sentence = told(readout, name=_NAMES[ReportPart.HOLDOUT])
    return sentence, {"verdict": readout.verdict, "has": readout.has, "needs": readout.needs}


def _messages(day: Day) -> tuple[Sentence, dict[str, Any]]:
    since = day.as_of - timedelta(days=AHEAD_DAYS)
    planned = Message.objects.filter(planned_at__date__gt=since, planned_at__date__lte=day.as_of)
    states = dict(planned.values_list("state").annotate(n=Count("pk")).order_by("state"))
    sent = states.get("sent", 0) + states.get("delivered", 0)
    held = sum(states.values()) - sent - states.get("planned", 0)
    return _MESSAGES.fill(sent=sent, held=held), states


READERS: Final[Mapping[ReportPart, Callable[[Day], tuple[Sentence, dict[str, Any]]]]] = {
    ReportPart.DUE: _due,
    ReportPart.RENEWAL_RATE: lambda day: _rate("renewal_rate", day),
    ReportPart.CHURN_RATE: lambda day: _rate("logo_churn", day),
    ReportPart.FORECAST: _forecast,
    ReportPart.AT_RISK: _at_risk,
    ReportPart.REASONS: _reasons,
    ReportPart.NPS: _nps,
    ReportPart.HOLDOUT: _holdout,
    ReportPart.MESSAGES: _messages,
}
