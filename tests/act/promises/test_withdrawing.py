"""An offer withdrawn while it is promised: a clear word, a safe choice, an entry in the journal."""

from typing import Any

import pytest

from tenure.act.messages.actions import dispatch
from tenure.act.promises.withdrawing import CannotWithdraw, NoReason, resume, withdraw
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.stock.actions import owe, stock_up
from tenure.records.stock.models import Promise, Stock, Withdrawal
from tenure.records.strategies.queries import current
from tests.act.decisions import a_decision
from tests.act.posts import Postbag
from tests.act.promises.test_fulfilling import promised
from tests.builders import AS_OF, AT, a_message, a_term, at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
NOW: dict[str, Any] = {"on": AS_OF, "at": AT, "by": "ops"}


def states() -> list[tuple[str, str, str]]:
    rows = Promise.objects.order_by("pk").values_list("offer_id", "state", "why")
    return list(rows)


def test_promises_are_replaced_where_the_strategy_says_so() -> None:
    """The hour held and the hour owed each become a mesh point; told again, nothing more."""
    promised("engineer_hour")
    owed = promised("engineer_hour")
    owe(owed.pk, due_on=day(5), on=AS_OF, at=AT, by="loop")

    for _ in range(2):
        withdraw("engineer_hour", "the team is full", **NOW)

    assert states() == [
        ("engineer_hour", "released", "withdrawn"),
        ("engineer_hour", "released", "withdrawn"),
        ("wifi_point", "held", ""),
        ("wifi_point", "owed", ""),
    ]
    assert [one.replaces_id for one in Promise.objects.order_by("pk")][3] == owed.pk
    told = Entry.objects.get(kind="offer.withdrawn")
    assert told.content == {
        "offer": "engineer_hour", "reason": "the team is full", "promises": {"replaced": 2},
    }  # fmt: skip
    taken = dict(Stock.objects.values_list("offer_id", "taken"))
    assert taken == {"engineer_hour": 0, "wifi_point": 2}


def test_promises_are_honoured_otherwise_and_where_no_replacement_is_left() -> None:
    promised("wifi_point")
    hour = promised("engineer_hour")
    stock_up(current().at(AS_OF).offers["wifi_point"], 1, on=AS_OF, at=AT, by="ops")

    withdraw("wifi_point", "none from the maker", **NOW)
    withdraw("engineer_hour", "the team is full", **NOW)

    assert states() == [("wifi_point", "held", ""), ("engineer_hour", "held", "")]
    hour.refresh_from_db()
    assert Stock.objects.get(offer_id="engineer_hour").taken == 1


def test_what_cannot_be_withdrawn_is_told_so_and_nothing_changes() -> None:
    with pytest.raises(CannotWithdraw):
        withdraw("nothing", "why", **NOW)
    with pytest.raises(CannotWithdraw):
        withdraw("no_such_offer", "why", **NOW)
    with pytest.raises(NoReason):
        withdraw("coupon_30", "  ", **NOW)

    assert not Withdrawal.objects.exists()
    assert resume("coupon_30", **NOW) == 0


def test_an_offer_is_made_again_and_may_be_withdrawn_once_more() -> None:
    withdraw("coupon_30", "too dear", **NOW)

    assert resume("coupon_30", **NOW) == 1
    withdraw("coupon_30", "again", **NOW)

    assert Withdrawal.objects.count() == 2
    kinds = Entry.objects.filter(kind__startswith="offer.").order_by("pk")
    assert [one.kind for one in kinds] == ["offer.withdrawn", "offer.resumed", "offer.withdrawn"]


def test_messages_that_have_not_left_are_called_back_and_promises_kept_are_still_told() -> None:
    """Withdrawn between the choice and the sending: nobody hears of what they cannot have."""
    morning = at_on(AS_OF, 9)

    def waiting(action: str) -> Message:
        term = a_term(days_left=20)
        choice = a_decision(term=term, action=action)
        if action != "term_1y":
            promised(action, term=term, decision_id=choice.pk)
        return a_message(term=term, template="preview", decision_id=choice.pk, planned_at=morning)

    price, hour, point = (waiting(one) for one in ("term_1y", "engineer_hour", "wifi_point"))
    for offer in ("term_1y", "engineer_hour", "wifi_point"):
        withdraw(offer, "none left", **NOW)
    bag = Postbag()

    done = dispatch(at=morning, post=bag)

    for one in (price, hour, point):
        one.refresh_from_db()
    assert [(one.state, one.reason) for one in (price, hour)] == [
        ("suppressed", "offer_withdrawn"),
        ("suppressed", "offer_withdrawn"),
    ]
    assert point.reason != "offer_withdrawn"
    assert (done.sent, point.state) == (1, "sent")
