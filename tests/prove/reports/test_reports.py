"""SMB-01: the one report of a small business, part by part."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.failures import Refusal
from tenure.prove.reports.queries import READERS, Day, Part, page_of, part_of
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.strategy.sections import Strategy
from tenure.strategy.surveys import ReportPart
from tenure.understand.metrics.models import MetricValue
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import (
    AS_OF,
    AT,
    a_loss_reason,
    a_message,
    a_term,
    an_account,
    an_answer,
    day,
)
from tests.understand.warehouses import Warehouse


@pytest.fixture
def strategy(db: None, settings: Any, tmp_path: Path) -> Strategy:
    settings.TENURE_HOME = tmp_path
    found = preset("broadband")
    apply_strategy(found, by="test", at=AT.replace(year=2025))
    return found


def parts(strategy: Strategy) -> dict[ReportPart, Part]:
    reader = Day(AS_OF, "CNY", strategy.at(AS_OF))
    return {part: part_of(part, reader) for part in READERS}


def test_every_part_that_a_strategy_may_order_says_something(strategy: Strategy) -> None:
    found = parts(strategy)

    assert set(found) == set(ReportPart)
    for part in found.values():
        assert part.sentence.zh
        assert part.sentence.en.endswith((".", "!", "%"))


def test_what_ends_soon_is_counted_with_its_value(strategy: Strategy) -> None:
    a_term(days_left=1, price_minor=10_000)
    a_term(days_left=30, price_minor=20_050)
    a_term(days_left=31)  # later
    a_term(days_left=0)  # over

    due = parts(strategy)[ReportPart.DUE]

    assert due.sentence.en == "Terms that end in the next 30 days: 2, worth 300.50 CNY."


def test_a_rate_is_shown_with_its_count_and_hidden_below_five(strategy: Strategy) -> None:
    shown = MetricValue(metric="renewal_rate", version=1, as_of=AS_OF, num=17, den=20, rows=20)
    hidden = MetricValue(metric="logo_churn", version=1, as_of=AS_OF, num=1, den=4, rows=4)
    MetricValue.objects.bulk_create([shown, hidden])

    found = parts(strategy)

    assert found[ReportPart.RENEWAL_RATE].sentence.en == "Renewal rate: 85.0% (of 20)."
    assert "only 4, too few" in found[ReportPart.CHURN_RATE].sentence.en


def test_the_net_promoter_score_counts_ninety_days(strategy: Strategy) -> None:
    account = an_account()
    for score in (10, 9, 9, 8, 6):
        an_answer(account=account, survey="nps", score=score, answered_on=day(-10))
    an_answer(account=account, survey="nps", score=0, answered_on=day(-90))
    an_answer(account=account, survey="csat", score=1, answered_on=day(-1))

    nps = parts(strategy)[ReportPart.NPS]

    assert nps.figures == {"count": 5, "score": 40}  # (3 − 1) of 5
    assert nps.sentence.zh == "近 90 天净推荐值 +40（5 人作答）。"


def test_four_answers_are_too_few(strategy: Strategy) -> None:
    account = an_account()
    for _ in range(4):
        an_answer(account=account, survey="nps", score=10, answered_on=day(-10))

    assert "fewer than 5" in parts(strategy)[ReportPart.NPS].sentence.en


def test_reasons_are_named_in_both_languages_the_commonest_first(strategy: Strategy) -> None:
    for reason in ("competitor", "price", "price"):
        a_loss_reason(reason=reason, given_on=day(-3))
    a_loss_reason(reason="support", given_on=day(-30))

    reasons = parts(strategy)[ReportPart.REASONS]

    assert reasons.figures == {"price": 2, "competitor": 1}
    assert reasons.sentence.zh == "近 30 天的流失原因：价格太高 2、竞争对手的优惠 1。"


def test_who_is_at_high_risk_is_named(strategy: Strategy, tmp_path: Path) -> None:
    terms = [
        a_term(days_left=20, account=an_account(name=name)) for name in ("甲", "乙", "丙", "丁")
    ]
    rows = [(3, 0.4, 20), (4, 0.7, 89), (2, 0.2, 20), (4, 0.9, 91)]
    warehouse = Warehouse(current_store())
    warehouse.put(
        RISKS,
        *(
            {
                "term_id": term.pk,
                "subscription_id": term.subscription_id,
                "account_id": term.account_id,
                "days_left": left,
                "p_lapse": p,
                "band": band,
                "estimator_id": 1,
            }
            for term, (band, p, left) in zip(terms, rows, strict=True)
        ),
    )

    risk = parts(strategy)[ReportPart.AT_RISK]

    assert risk.figures == {"count": 2, "names": ["乙", "甲"]}


def test_messages_are_counted_by_what_became_of_them(strategy: Strategy) -> None:
    for state, reason in (
        (MessageState.SENT, ""),
        (MessageState.SUPPRESSED, "no_consent"),
        (MessageState.PLANNED, ""),
    ):
        a_message(state=state, reason=reason, planned_at=AT - timedelta(days=2))

    told = parts(strategy)[ReportPart.MESSAGES]

    assert told.sentence.en == "Messages of 30 days: 1 sent, 1 not."


def test_a_report_holds_the_parts_that_the_strategy_orders(strategy: Strategy) -> None:
    name, report = next(iter(strategy.reports.items()))

    page = page_of(name, as_of=AS_OF, strategy=strategy)

    assert [part.part for part in page.parts] == list(report.shows)
    with pytest.raises(Refusal, match="has no report"):
        page_of("none", as_of=AS_OF, strategy=strategy)
