"""What a customer asks for: to stop, to stay after all, more days, automatic renewal."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import (
    ask_many_to_cancel,
    ask_to_cancel,
    close_overdue,
    extend,
    extend_many,
    renew,
    switch_auto_renew,
    undo_cancel,
)
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import (
    AlreadyExtended,
    CancellationIsFinal,
    ExtensionTooShort,
    Purchase,
)
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_subscription, a_term, day


def test_asking_to_cancel_takes_effect_at_the_end(either_database: str) -> None:
    term = a_term(days_left=30)

    asked = ask_to_cancel(term.pk, on=AS_OF, at=AT, by="user:1")
    again = ask_to_cancel(term.pk, on=day(1), at=AT, by="user:1")

    assert (asked.state, asked.cancel_asked_on) == (TermState.CANCELLING, AS_OF)
    assert again.cancel_asked_on == AS_OF
    assert asked.closed_on is None
    assert Entry.objects.get().kind == "term.cancel_asked"


def test_asking_in_grace_ends_it_that_day(either_database: str) -> None:
    term = a_term(days_left=-3, state=TermState.GRACE)

    ended = ask_to_cancel(term.pk, on=AS_OF, at=AT, by="user:1")

    assert (ended.state, ended.closed_on, ended.end_kind) == (
        TermState.CANCELLED,
        AS_OF,
        "voluntary",
    )
    assert Subscription.objects.get().ended_on == AS_OF


def test_many_ask_as_one_would_alone(either_database: str) -> None:
    """Running terms as a set, whoever is in grace by the rules of one; asked twice it is once."""
    running, grace = (
        [a_term(days_left=left) for left in (30, 3)],
        a_term(days_left=-3, state=TermState.GRACE),
    )
    ids = [running[0].pk, grace.pk, running[1].pk]

    ask_many_to_cancel(ids, on=AS_OF, at=AT, by="world")
    ask_many_to_cancel(ids, on=day(1), at=AT, by="world")

    asked = [Term.objects.get(pk=one.pk) for one in running]
    assert [(one.state, one.cancel_asked_on) for one in asked] == [
        (TermState.CANCELLING, AS_OF)
    ] * 2
    assert Term.objects.get(pk=grace.pk).closed_on == AS_OF
    entries = Entry.objects.order_by("pk").values_list("kind", "term_id")
    assert list(entries) == [
        ("term.cancel_asked", running[0].pk),
        ("term.cancel_asked", running[1].pk),
        ("term.cancelled", grace.pk),
    ]
    told = Entry.objects.filter(term=running[1]).get().content
    assert told == {"ends_on": str(running[1].ends_on)}


def test_a_cancellation_is_undone_until_the_end(either_database: str) -> None:
    term = a_term(days_left=1)
    ask_to_cancel(term.pk, on=day(-5), at=AT, by="user:1")

    stays = undo_cancel(term.pk, on=AS_OF, at=AT, by="user:1")
    again = undo_cancel(term.pk, on=AS_OF, at=AT, by="user:1")

    assert (stays.state, stays.cancel_asked_on) == (TermState.RUNNING, None)
    assert again.state == TermState.RUNNING
    assert Entry.objects.filter(kind="term.cancel_undone").count() == 1


def test_after_the_end_a_cancellation_is_final(either_database: str) -> None:
    term = a_term(days_left=0)
    ask_to_cancel(term.pk, on=day(-5), at=AT, by="user:1")

    with pytest.raises(CancellationIsFinal, match="ended on 2026-06-15"):
        undo_cancel(term.pk, on=AS_OF, at=AT, by="user:1")
    close_overdue(as_of=AS_OF, at=AT)
    with pytest.raises(CancellationIsFinal):
        undo_cancel(term.pk, on=AS_OF, at=AT, by="user:1")

    assert Term.objects.get().state == TermState.CANCELLED


def test_a_renewed_term_cannot_be_cancelled(either_database: str) -> None:
    term = a_term()
    renew(Purchase(term.pk, AS_OF), at=AT, by="user:1")
    before = Entry.objects.count()

    with pytest.raises(IllegalMove) as refused:
        ask_to_cancel(term.pk, on=AS_OF, at=AT, by="user:1")

    assert refused.value.data["allowed"] != []
    assert Term.objects.get(pk=term.pk).state == TermState.RENEWED
    assert Entry.objects.count() == before


def test_an_extension_moves_the_end_once_and_is_in_the_journal(either_database: str) -> None:
    """OFR-08: the due date moves by N days, once per term, audit-logged."""
    term = a_term(ends_on=date(2026, 6, 30))

    extended = extend(term.pk, days=7, on=AS_OF, at=AT, by="user:1")
    with pytest.raises(AlreadyExtended):
        extend(term.pk, days=7, on=AS_OF, at=AT, by="user:1")

    assert (extended.ends_on, extended.extended_days) == (date(2026, 7, 7), 7)
    assert Term.objects.get().ends_on == date(2026, 7, 7)
    entry = Entry.objects.get(kind="term.extended")
    assert entry.content == {"days": 7, "from": "2026-06-30", "to": "2026-07-07"}
    assert entry.actor == "user:1"


def test_an_extension_in_grace_lets_the_term_run_again(either_database: str) -> None:
    term = a_term(days_left=-3, state=TermState.GRACE)

    with pytest.raises(ExtensionTooShort):
        extend(term.pk, days=3, on=AS_OF, at=AT, by="user:1")
    extended = extend(term.pk, days=10, on=AS_OF, at=AT, by="user:1")

    assert (extended.state, extended.ends_on) == (TermState.RUNNING, day(7))
    assert close_overdue(as_of=day(7), at=AT).grace == 1


def test_many_are_extended_in_a_few_statements(either_database: str) -> None:
    fresh = [a_term(ends_on=date(2026, 6, 28)), a_term(ends_on=date(2026, 12, 30))]
    extended_before = a_term(days_left=5, extended_days=7)
    over = a_term(days_left=0)
    ids = [one.pk for one in [*fresh, extended_before, over]]

    first = extend_many(ids, days=7, on=AS_OF, at=AT, by="loop")
    second = extend_many(ids, days=7, on=AS_OF, at=AT, by="loop")

    assert (first, second) == (2, 0)
    assert sorted(Term.objects.filter(pk__in=ids).values_list("ends_on", flat=True)) == [
        day(0),
        day(5),
        date(2026, 7, 5),
        date(2027, 1, 6),
    ]
    assert Entry.objects.filter(kind="term.extended").count() == 2


def test_after_an_extension_the_next_term_is_whole(either_database: str) -> None:
    term = a_term(starts_on=date(2025, 6, 30))
    extend(term.pk, days=7, on=AS_OF, at=AT, by="user:1")

    new = renew(Purchase(term.pk, AS_OF), at=AT, by="user:1")

    assert (new.starts_on, new.ends_on) == (date(2026, 7, 7), date(2027, 7, 7))
    assert Subscription.objects.get().anchor_on == date(2026, 7, 7)


def test_automatic_renewal_is_switched_once(either_database: str) -> None:
    subscription = a_subscription(auto_renew=False)

    switch_auto_renew(subscription.pk, is_on=True, on=AS_OF, at=AT, by="user:1")
    switch_auto_renew(subscription.pk, is_on=True, on=AS_OF, at=AT, by="user:1")

    assert Subscription.objects.get().auto_renew is True
    assert Entry.objects.get().content == {"subscription": subscription.pk, "is_on": True}


def test_the_database_itself_keeps_one_live_term(either_database: str) -> None:
    term = a_term()

    with pytest.raises(IntegrityError), transaction.atomic():
        a_term(subscription=term.subscription, starts_on=day(400))

    assert Term.objects.count() == 1
