"""OFR-12, OFR-14, OFR-15, OFR-19: a promise becomes the thing, or is given back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.act.promises.deeds import give_up, hand_over, try_again
from tenure.act.promises.fulfilling import (
    earn_with_terms,
    fulfil_due,
    refuse_with_calls,
    release_with_terms,
)
from tenure.records.billing.credits.models import CreditEntry
from tenure.records.journal.models import Entry
from tenure.records.stock.actions import NewPromise, promise
from tenure.records.stock.models import Promise, Stock
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import Purchase
from tenure.records.success.actions import note_attempt
from tenure.records.success.models import ToDo
from tenure.records.success.rules import Attempt
from tenure.records.success.states import Outcome
from tests.builders import AS_OF, AT, a_term, a_todo, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def promised(action: str, *, term: Term | None = None, decision_id: int | None = None) -> Promise:
    term, strategy = term or a_term(), current()
    new = NewPromise(
        strategy.at(AS_OF).offers[action],
        term.account_id,
        term.pk,
        expires_on=day(14),
        strategy_hash=strategy.hash,
        once_key=f"{action}:{term.pk}",
        decision_id=decision_id,
    )
    return promise(new, on=AS_OF, at=AT, by="loop")


def renewed_by(term: Term) -> Term:
    return renew(Purchase(term.pk, AS_OF, price_minor=82_800), at=AT, by="test")


def told(kind: str, term: Term, **content: Any) -> list[Entry]:
    return [Entry(kind=kind, on=day(2), term_id=term.pk, content=content)]


def state_of(one: Promise) -> tuple[str, str]:
    one.refresh_from_db()
    return one.state, one.why


def test_rights_are_switched_on_with_the_renewal_and_end_by_themselves() -> None:
    """OFR-12, OFR-14: matched to behaviour, for its days, on the next term."""
    one = promised("study_hours")
    term = Term.objects.get(pk=one.term_id)
    assert fulfil_due(as_of=AS_OF, at=AT) == {"released": 0, "owed": 0}
    new = renewed_by(term)

    assert earn_with_terms(told("term.renewed", term), at=AT) == 1
    assert earn_with_terms(told("term.renewed", term), at=AT) == 0

    assert state_of(one) == ("done", "")
    given = Benefit.objects.get()
    assert (given.kind, given.starts_on) == ("offer", new.starts_on)
    assert given.ends_on == new.starts_on + timedelta(days=90)
    codes = {each.code for each in in_force(new.subscription_id, on=new.starts_on)}
    assert "study_hours" in codes
    after = {each.code for each in in_force(new.subscription_id, on=given.ends_on)}
    assert "study_hours" not in after


def test_an_hour_with_a_person_becomes_somebodys_work_until_it_is_done() -> None:
    """OFR-15: at once, by a team, by a day; failed is tried again and closed once."""
    one = promised("engineer_hour")

    assert fulfil_due(as_of=AS_OF, at=AT)["owed"] == 1
    assert fulfil_due(as_of=AS_OF, at=AT)["owed"] == 0

    work = ToDo.objects.get()
    assert (work.kind, work.owner_name, work.state) == ("fulfil", "上门优化组", "open")
    one.refresh_from_db()
    assert (one.state, one.due_on) == ("owed", day(5))
    give_up(one.pk, "nobody home", on=day(1), at=AT, by="ops")
    assert state_of(one) == ("failed", "nobody home")
    try_again(one.pk, on=day(2), at=AT, by="ops")
    hand_over(one.pk, on=day(3), at=AT, by="ops")
    hand_over(one.pk, on=day(3), at=AT, by="ops")
    assert state_of(one) == ("done", "")
    assert list(ToDo.objects.order_by("pk").values_list("state", flat=True)) == ["dropped", "done"]


def test_double_points_stand_on_the_balance_once() -> None:
    """OFR-05."""
    one = promised("bill_credit")
    term = Term.objects.get(pk=one.term_id)
    renewed_by(term)

    for _ in range(2):
        earn_with_terms(told("term.renewed", term), at=AT)

    assert [entry.amount_minor for entry in CreditEntry.objects.all()] == [1_500]
    assert state_of(one) == ("done", "")


@pytest.mark.parametrize("how", ["term.lapsed", "term.cancelled"])
def test_a_term_that_ends_gives_back_what_only_a_renewal_would_have_earned(how: str) -> None:
    """OFR-19: released at the lapse; what was promised without a condition is still owed."""
    term = a_term()
    point, hour = promised("wifi_point", term=term), promised("engineer_hour", term=term)

    release_with_terms(told(how, term), at=AT)

    assert state_of(point) == ("released", how.partition(".")[2])
    assert state_of(hour) == ("held", "")
    assert Stock.objects.get(offer_id="wifi_point").taken == 0


def test_terms_with_which_nothing_was_promised_are_passed_over_together() -> None:
    """Most renewals earn nothing: as many of them as there are cost one question."""
    one = promised("wifi_point")
    plain = [a_term() for _ in range(5)]
    earned = [entry for term in plain for entry in told("term.renewed", term)]
    lapsed = [entry for term in plain for entry in told("term.lapsed", term)]
    no_term = [Entry(kind="term.renewed", on=day(2), content={})]

    with CaptureQueriesContext(connection) as asked:
        assert earn_with_terms([*earned, *no_term], at=AT) == 0
        assert release_with_terms([*lapsed, *no_term], at=AT) == 0

    assert len(asked) == 2
    assert state_of(one) == ("held", "")
    term = Term.objects.get(pk=one.term_id)
    assert earn_with_terms([*earned, *told("term.renewed", term)], at=AT) == 1


def test_a_renewal_that_is_undone_takes_back_what_nobody_handed_over_yet() -> None:
    one = promised("wifi_point")
    term = Term.objects.get(pk=one.term_id)
    renewed_by(term)
    earn_with_terms(told("term.renewed", term), at=AT)
    assert state_of(one)[0] == "owed"

    release_with_terms(told("term.renewal_undone", term, undone=1), at=AT)

    assert state_of(one) == ("released", "renewal_undone")
    assert ToDo.objects.get().state == "dropped"


def test_whoever_says_no_on_the_telephone_gives_it_back() -> None:
    """OFR-19: released at the refusal."""
    term = a_term()
    one = promised("wifi_point", term=term, decision_id=77)
    call = a_todo(term=term)
    ToDo.objects.update(decision_id=77)
    note_attempt(call.pk, Attempt(Outcome.REFUSED, on=AS_OF), at=AT, by="ops")

    refuse_with_calls(list(Entry.objects.filter(kind="todo.tried")), at=AT)

    assert state_of(one) == ("released", "refused")
