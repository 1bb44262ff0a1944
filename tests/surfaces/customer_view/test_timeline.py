"""Everything that happened to a customer, in one order, a page at a time (R-E-022)."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.records.billing.models import Payment
from tenure.records.billing.states import PaymentState
from tenure.records.contacts.states import MessageState
from tenure.records.feedback.models import LossReason
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.surfaces.customer_view.happenings import Happening, told
from tenure.surfaces.customer_view.shapes import Timeline
from tenure.surfaces.customer_view.timeline import SOURCES, Asked, Mark, timeline
from tests.builders import (
    AS_OF,
    AT,
    a_message,
    a_payment,
    a_term,
    a_ticket,
    an_answer,
    at_on,
    day,
)
from tests.surfaces.days import MORNING
from tests.understand.warehouses import Warehouse


def shown(term: Term, **asked: object) -> Timeline:
    wanted = Asked(term.account_id, until=MORNING, **asked)  # type: ignore[arg-type]
    return timeline(wanted, strategy=current())


def a_busy_customer() -> Term:
    """One thing from each source, on days of its own, and two at the very same instant."""
    term = a_term()
    account = term.account
    append(
        Fact("health.fell", on=AS_OF, account_id=account.pk, content={"score": 58, "line": 70}),
        at=AT,
        by="loop",
    )
    a_message(term=term, state=MessageState.SENT, sent_at=at_on(day(-1)), subject="您好")
    a_ticket(
        account=account,
        external_id="T-9",
        opened_at=at_on(day(-3), 8),
        resolved_at=at_on(day(-3), 8) + timedelta(hours=5, minutes=48),
        sla_missed=True,
    )
    a_payment(account=account, paid_on=day(-5), amount_minor=82_800)
    an_answer(account=account, score=5, answered_on=day(-5), text="晚上卡")
    LossReason.objects.create(
        account=account, source="survey", external_id="r", reason="price", given_on=day(-6),
        recorded_at=AT,
    )  # fmt: skip
    return term


def test_six_sources_stand_in_one_order(broadband: Warehouse) -> None:
    entries = shown(a_busy_customer()).entries

    assert [(one.group, one.title.zh) for one in entries] == [
        ("changes", "健康分降到 58，低于介入线 70"),
        ("messages", "营销消息：您好"),
        ("tickets", "报障工单 T-9 关闭，历时 5 小时 48 分"),
        ("tickets", "报障工单 T-9"),
        ("payments", "付款 ¥828.00"),
        ("answers", "推荐意愿 5 分，满分 10 分"),
        ("answers", "离开的原因：价格太高"),
    ]
    assert [one.detail.en for one in entries[2:4]] == ["Later than promised", "上网很慢"]
    assert [one.has_time for one in entries] == [True, True, True, True, False, False, False]
    assert [one.tone for one in entries] == ["bad", "", "bad", "bad", "good", "bad", "bad"]


@pytest.mark.parametrize("source", SOURCES)
def test_one_source_can_be_shown_alone(broadband: Warehouse, source: str) -> None:
    found = {one.group for one in shown(a_busy_customer(), source=source).entries}

    assert found == {source}


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_pages_lose_nothing_and_show_nothing_twice(broadband: Warehouse, rows: int) -> None:
    term = a_busy_customer()
    whole = [one.mark for one in shown(term).entries]

    found: list[str] = []
    mark = ""
    for _ in range(len(whole) + 1):
        page = shown(term, rows=rows, mark=mark)
        found += [one.mark for one in page.entries]
        mark = page.next_mark
        if not mark:
            break

    assert found == whole


def test_what_is_written_between_two_pages_shifts_nothing(broadband: Warehouse) -> None:
    term = a_busy_customer()
    first = shown(term, rows=3)

    a_message(term=term, state=MessageState.SENT, sent_at=AT)
    second = shown(term, rows=3, mark=first.next_mark)

    marks = {one.mark for one in first.entries}
    assert marks.isdisjoint(one.mark for one in second.entries)
    assert [one.group for one in second.entries] == ["tickets", "payments", "answers"]


def test_what_lies_ahead_and_what_others_had_is_not_shown(broadband: Warehouse) -> None:
    term = a_term()
    a_message(term=term)  # planned
    a_payment(account=term.account, paid_on=day(30))
    a_busy_customer()

    assert shown(term).entries == ()


@pytest.mark.parametrize(
    ("state", "reason", "detail"),
    [
        ("suppressed", "holdout", "没有发送：对照组：只收法定通知和凭据"),
        ("failed", "bounced", "发送失败：地址已失效（退信）"),
        ("expired", "quiet_hours", "已过期未发：不在可发送时段"),
        ("read", "", "邮件，已读"),
    ],
)
def test_a_message_says_what_became_of_it_and_why(
    broadband: Warehouse, state: str, reason: str, detail: str
) -> None:
    """TOP-09: a non-send has its reason in a sentence."""
    term = a_term()
    a_message(term=term, state=state, reason=reason, settled_at=AT)  # type: ignore[arg-type]

    (entry,) = shown(term).entries

    assert entry.detail.zh == detail


def test_the_order_is_the_same_on_both_databases(either_database: str) -> None:
    from tests.understand.warehouses import with_strategy

    with_strategy("broadband")
    term = a_busy_customer()

    found = shown(term, rows=4)
    rest = shown(term, rows=4, mark=found.next_mark)

    assert [one.group for one in (*found.entries, *rest.entries)] == [
        "changes", "messages", "tickets", "tickets", "payments", "answers", "answers",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "x", "20260616T014000000000Z", "20261399T0-a-1", "1-a-b"])
def test_only_our_own_marks_are_read(text: str) -> None:
    assert Mark.parse(text) is None


def test_a_mark_is_read_as_it_was_written() -> None:
    mark = Mark(datetime(2026, 6, 16, 1, 40, 0, 250, tzinfo=UTC), "tickets", -7)

    assert Mark.parse(str(mark)) == mark


@pytest.mark.parametrize(
    ("kind", "content", "zh"),
    [
        ("risk.rose", '{"band": 3, "p_lapse": 0.31}', "流失风险升到高"),
        ("tag.entered", '{"tag": "high_value"}', "获得标签“高价值”"),
        ("tag.left", '{"tag": "gone_since"}', "标签“gone_since”离开"),
        ("todo.opened", '{"kind": "call"}', "建了待办：电话联系"),
        ("todo.tried", '{"outcome": "no_answer"}', "联系客户：没人接听"),
        ("consent.given", '{"channel": "sms", "purpose": "marketing"}', "同意短信营销"),
        ("consent.withdrawn", '{"purpose": "marketing"}', "撤回营销同意"),
        ("subscription.auto_renew_switched", '{"is_on": false}', "自动续费已关闭"),
        ("term.renewed", '{"ends_on": "2027-07-15"}', "已续费，新周期到 2027-07-15"),
        ("term.extended", "{}", "到期日延长 ? 天"),
    ],
)
def test_each_kind_of_change_is_a_sentence(
    broadband: Warehouse, kind: str, content: str, zh: str
) -> None:
    happening = Happening("changes", kind, ("loop", content, "", ""), None, AT)

    said = told(happening, strategy=current())

    assert (said.title.zh, said.origin.zh) == (zh, "系统")


def test_an_entry_that_nobody_named_is_shown_by_its_kind(broadband: Warehouse) -> None:
    happening = Happening("changes", "moon.landed", ("moonbase:1", "{}", "", ""), None, AT)

    said = told(happening, strategy=current())

    assert (said.title.zh, said.title.en, said.origin.en) == (
        "moon.landed",
        "moon.landed",
        "moonbase",
    )


@pytest.mark.parametrize("state", list(PaymentState))
def test_a_payment_is_told_whatever_became_of_it(broadband: Warehouse, state: PaymentState) -> None:
    term = a_term()
    a_payment(account=term.account, paid_on=day(-5), amount_minor=82_800)
    Payment.objects.filter(account=term.account).update(state=state)

    (entry,) = shown(term).entries

    assert "828.00" in entry.title.en
    assert "828.00" in entry.title.zh
