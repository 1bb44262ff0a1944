"""OFR-18: a renewal gift is chosen, reserved, sent and followed; there is never one too many."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.gifts.actions import (
    Choice,
    Earned,
    add_codes,
    cancel,
    cancel_unchosen,
    choose,
    deliver,
    earn,
    send,
    stock_up,
    take_back,
)
from tenure.records.gifts.models import Gift, GiftCode, GiftStock
from tenure.records.gifts.rules import (
    GIFT,
    Address,
    ChosenAlready,
    GiftGone,
    GiftVerb,
    NoAddress,
    NotChosen,
    NotOffered,
)
from tenure.records.gifts.states import GiftState
from tenure.records.journal.models import Entry
from tenure.strategy.benefits import GiftKind, GiftRule
from tests.builders import AS_OF, AT, a_term, day

HOME = Address("王小明", "13800000000", "上海市黄浦区 1 号")


def a_rule(id: str = "router", *, kind: GiftKind = GiftKind.POST, stock: int = 1) -> GiftRule:
    name = Sentence(zh=id, en=id)
    return GiftRule(id, name, kind, 12, frozenset(), stock, Money(6_000, "CNY"), 60)


def a_gift(*rules: GiftRule) -> Gift:
    term = a_term()
    gift = earn(Earned(term.account_id, term.pk, AS_OF, f"gift:{term.pk}"), rules, at=AT, by="t")
    assert gift is not None
    return gift


def chosen(gift: Gift, rule: GiftRule, address: Address = HOME) -> Gift:
    return choose(gift.public_id, Choice(rule, address), on=AS_OF, at=AT, by="customer")


def test_a_thing_is_reserved_sent_and_delivered(either_database: str) -> None:
    """OFR-18."""
    rule = a_rule()
    gift = chosen(a_gift(rule), rule)

    send(gift.public_id, on=day(1), at=AT, by="ops", tracking="SF1")
    done = deliver(gift.public_id, on=day(3), at=AT, by="ops")

    stock = GiftStock.objects.get()
    assert (done.state, done.tracking, done.delivered_on) == ("delivered", "SF1", day(3))
    assert (stock.total, stock.taken) == (1, 1)
    kinds = Entry.objects.filter(kind__startswith="gift.").order_by("pk")
    assert [one.kind for one in kinds] == [
        "gift.earned", "gift.chosen", "gift.sent", "gift.delivered",
    ]  # fmt: skip
    assert HOME.text not in str([one.content for one in kinds])


def test_the_last_one_goes_to_one_customer_only(either_database: str) -> None:
    """OFR-18: nothing is oversold, by the rule and by the database."""
    rule = a_rule(stock=1)
    first, second = a_gift(rule), a_gift(rule)
    chosen(first, rule)

    with pytest.raises(GiftGone):
        chosen(second, rule)

    assert Gift.objects.get(pk=second.pk).rule_id == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftStock.objects.update(taken=2)


def test_what_came_back_can_be_chosen_by_somebody_else(either_database: str) -> None:
    rule = a_rule(stock=1)
    first, second = a_gift(rule), a_gift(rule)
    chosen(first, rule)
    send(first.public_id, on=AS_OF, at=AT, by="ops")

    take_back(first.public_id, on=day(5), at=AT, by="ops")

    assert chosen(second, rule).rule_id == "router"
    assert GiftStock.objects.get().taken == 1


def test_a_code_is_the_customers_at_once_and_nobody_elses(either_database: str) -> None:
    rule = a_rule("video", kind=GiftKind.CODE)
    add_codes(rule, ["AAA", "BBB", "AAA", " "], on=AS_OF, at=AT, by="ops")
    first, second, third = a_gift(rule), a_gift(rule), a_gift(rule)

    states = [chosen(one, rule, Address()).state for one in (first, second, first)]

    assert states == ["delivered"] * 3
    assert sorted(GiftCode.objects.values_list("code", "gift_id")) == [
        ("AAA", first.pk), ("BBB", second.pk),
    ]  # fmt: skip
    with pytest.raises(GiftGone):
        chosen(third, rule, Address())
    assert "AAA" not in str(list(Entry.objects.values_list("content", flat=True)))


def test_refusals_change_nothing(either_database: str) -> None:
    rule, other = a_rule(stock=5), a_rule("bag", stock=5)
    gift = a_gift(rule)

    with pytest.raises(NotChosen):
        send(gift.public_id, on=AS_OF, at=AT, by="ops")
    with pytest.raises(NotOffered):
        chosen(gift, other)
    with pytest.raises(NoAddress):
        chosen(gift, rule, Address("王", "", ""))
    with pytest.raises(ChosenAlready):
        choose(gift.public_id, Choice(rule, HOME), on=day(61), at=AT, by="customer")

    assert Gift.objects.get().state == "open"
    assert not GiftStock.objects.filter(taken__gt=0).exists()


def test_a_gift_that_nobody_chose_is_closed_and_one_on_its_way_is_not(
    either_database: str,
) -> None:
    rule = a_rule(stock=5)
    gift, other = a_gift(rule), a_gift(rule)
    chosen(other, rule)
    send(other.public_id, on=AS_OF, at=AT, by="ops")

    assert cancel_unchosen(as_of=day(60), at=AT) == 0
    assert cancel_unchosen(as_of=day(61), at=AT) == 1
    cancel(other.public_id, "term_given_back", on=day(61), at=AT, by="ops")

    assert Gift.objects.get(pk=gift.pk).why == "not_chosen"
    assert Gift.objects.get(pk=other.pk).state == "sent"


def test_the_stock_is_never_less_than_what_is_promised(either_database: str) -> None:
    rule = a_rule(stock=2)
    chosen(a_gift(rule), rule)

    assert stock_up(rule, 0, on=AS_OF, at=AT, by="ops").total == 1


@given(st.lists(st.sampled_from(list(GiftVerb)), max_size=8))
def test_no_way_leads_out_of_what_is_closed(verbs: list[GiftVerb]) -> None:
    state = GiftState.OPEN
    for verb in verbs:
        try:
            moved = GiftState(GIFT.after(state, verb))
        except IllegalMove:
            continue
        assert state not in (GiftState.RETURNED, GiftState.CANCELLED)
        state = moved
