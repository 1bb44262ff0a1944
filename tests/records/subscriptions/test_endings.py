"""When a term is over and of which kind the end is (golden example G07)."""

from datetime import date

import pytest

from tenure.records.billing.models import Payment
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import (
    Closed,
    ask_to_cancel,
    close_overdue,
    renew,
    undo_cancel,
)
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import Purchase, close_decision
from tenure.records.subscriptions.states import EndKind, SubscriptionState, TermState
from tests.builders import AS_OF, AT, a_payment, a_term, day

# G07: end of the paid days, day of the click, at once, final failed attempt → churn on, kind.
G07 = {
    "H1": (date(2026, 12, 31), date(2026, 6, 15), False, None, date(2026, 12, 31), "voluntary"),
    "H2": (date(2026, 6, 30), date(2026, 6, 15), False, None, date(2026, 6, 30), "voluntary"),
    "H3": (date(2026, 6, 30), date(2026, 6, 15), True, None, date(2026, 6, 15), "voluntary"),
    "H4": (date(2026, 6, 10), None, False, date(2026, 6, 24), date(2026, 6, 24), "involuntary"),
    "H5": (
        date(2026, 6, 10),
        date(2026, 6, 12),
        False,
        date(2026, 6, 24),
        date(2026, 6, 12),
        "voluntary",
    ),
    "H6": (date(2026, 6, 5), None, False, None, date(2026, 6, 20), "lapse"),
}


@pytest.mark.parametrize("case", list(G07))
def test_the_rule_gives_the_golden_day_and_kind(case: str) -> None:
    """G07."""
    paid_through, asked_on, is_at_once, failed_on, churn_on, kind = G07[case]

    ending = close_decision(
        paid_through,
        grace_days=15,
        cancel_asked_on=asked_on,
        is_at_once=is_at_once,
        last_failure_on=failed_on,
    )

    assert (ending.on, ending.kind) == (churn_on, kind)


def a_golden_term(paid_through: date, *, auto_renew: bool) -> Term:
    return a_term(ends_on=paid_through, cycle_months=1, auto_renew=auto_renew)


def test_the_verbs_give_the_golden_months_and_kinds(either_database: str) -> None:
    """G07, all seven customers lived through day by day until the end of 2026."""
    terms = {
        case: a_golden_term(values[0], auto_renew=values[3] is not None)
        for case, values in G07.items()
    }
    terms["H7"] = a_golden_term(date(2026, 6, 5), auto_renew=False)
    for month, last in ((5, 31), (6, 1), (6, 4), (6, 5), (6, 12), (6, 15), (6, 30), (12, 31)):
        live_through(date(2026, month, last), terms)

    now = {case: Term.objects.get(pk=term.pk) for case, term in terms.items()}
    ended = {case: (one.closed_on, one.end_kind) for case, one in now.items() if one.closed_on}
    assert ended == {case: values[4:] for case, values in G07.items()}
    assert (now["H7"].state, now["H7"].end_kind) == (TermState.RENEWED, "")
    assert Entry.objects.filter(kind="term.cancel_undone").count() == 1


def live_through(today: date, terms: dict[str, Term]) -> None:
    """What the seven do on a day, and then the night."""
    for case, (_, asked_on, is_at_once, failed_on, *_) in G07.items():
        if asked_on == today:
            ask_to_cancel(terms[case].pk, on=today, at=AT, by="user", is_at_once=is_at_once)
        if failed_on is not None and today == date(2026, 6, 15):
            a_payment(term=terms[case], state=Payment.State.FAILED, paid_on=failed_on)
    if today == date(2026, 6, 1):
        ask_to_cancel(terms["H7"].pk, on=today, at=AT, by="user")
    if today == date(2026, 6, 4):
        undo_cancel(terms["H7"].pk, on=today, at=AT, by="user")
        renew(Purchase(terms["H7"].pk, on=today), at=AT, by="user")
    close_overdue(as_of=today, at=AT)


def test_a_term_goes_through_grace_and_lapses_on_the_day_after_its_last_chance(
    either_database: str,
) -> None:
    """Unpaid at the end of day 15 after the end; the subscription ends with it."""
    term = a_term(ends_on=day(0))

    first = close_overdue(as_of=day(-1), at=AT)
    on_the_end = close_overdue(as_of=day(0), at=AT)
    last_day_of_grace = close_overdue(as_of=day(14), at=AT)
    lapse = close_overdue(as_of=day(15), at=AT)

    assert first == Closed(grace=0, cancelled=0, lapsed=0)
    assert on_the_end == Closed(grace=1, cancelled=0, lapsed=0)
    assert last_day_of_grace == Closed(grace=0, cancelled=0, lapsed=0)
    assert lapse == Closed(grace=0, cancelled=0, lapsed=1)
    term.refresh_from_db()
    assert (term.state, term.closed_on, term.end_kind) == ("lapsed", day(15), "lapse")
    subscription = Subscription.objects.get(pk=term.subscription_id)
    assert (subscription.state, subscription.ended_on) == (SubscriptionState.ENDED, day(15))
    assert subscription.end_kind == EndKind.LAPSE


def test_closing_twice_changes_nothing(either_database: str) -> None:
    for days_left in (-20, -3, 40):
        a_term(days_left=days_left)
    cancelling = a_term(days_left=-1, state=TermState.CANCELLING, cancel_asked_on=day(-9))

    first = close_overdue(as_of=AS_OF, at=AT)
    entries = list(Entry.objects.order_by("pk").values_list("kind", "term_id"))
    second = close_overdue(as_of=AS_OF, at=AT)

    assert first == Closed(grace=2, cancelled=1, lapsed=1)
    assert second == Closed(grace=0, cancelled=0, lapsed=0)
    assert sorted(kind for kind, _ in entries) == [
        "term.cancelled",
        "term.lapsed",
        "term.overdue",
        "term.overdue",
    ]
    assert Entry.objects.count() == 4
    assert ("term.cancelled", cancelling.pk) in entries
    assert Entry.objects.get(kind="term.lapsed").content == {"end_kind": "lapse"}
    assert Entry.objects.get(kind="term.cancelled").content == {"end_kind": "voluntary"}


def test_a_failed_payment_ends_only_an_automatic_renewal_involuntarily(
    either_database: str,
) -> None:
    manual = a_term(days_left=-15)
    automatic = a_term(days_left=-15, auto_renew=True)
    for term in (manual, automatic):
        a_payment(term=term, state=Payment.State.FAILED, paid_on=day(-9))
        a_payment(term=term, state=Payment.State.FAILED, paid_on=day(-4))

    close_overdue(as_of=AS_OF, at=AT)

    ends = dict(Term.objects.values_list("pk", "end_kind"))
    assert ends == {manual.pk: "lapse", automatic.pk: "involuntary"}
    assert Term.objects.get(pk=automatic.pk).closed_on == day(-4)
    subscription = Subscription.objects.get(pk=automatic.subscription_id)
    assert (subscription.ended_on, subscription.end_kind) == (day(-4), "involuntary")


def test_a_cancelled_term_ends_its_subscription_at_its_end(either_database: str) -> None:
    term = a_term(ends_on=day(3))
    ask_to_cancel(term.pk, on=AS_OF, at=AT, by="user:1")

    before = close_overdue(as_of=day(2), at=AT)
    after = close_overdue(as_of=day(3), at=AT)

    assert (before.cancelled, after.cancelled) == (0, 1)
    term.refresh_from_db()
    assert (term.state, term.closed_on) == (TermState.CANCELLED, day(3))
    assert Subscription.objects.get(pk=term.subscription_id).ended_on == day(3)
