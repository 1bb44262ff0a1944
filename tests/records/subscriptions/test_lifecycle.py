"""Whatever a customer and the nights do, in whatever order, the chain of terms stays whole."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tenure.kernel.failures import Refusal
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import (
    ask_to_cancel,
    close_overdue,
    extend,
    renew,
    renew_many,
    undo_cancel,
)
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import chain, live_term, served_periods
from tenure.records.subscriptions.rules import TERM, Purchase, TermVerb, check_no_overlap
from tenure.records.subscriptions.states import LIVE, SubscriptionState, TermState
from tests.builders import AT, a_subscription, a_term

CYCLES = st.sampled_from([1, 12, 24])
GRACE = 15


class OneCustomer(RuleBasedStateMachine):
    """A subscription, its customer, and nights that may be missed."""

    @initialize(begins_on=st.dates(date(2027, 1, 25), date(2028, 3, 2)), cycle=CYCLES)
    def begin(self, begins_on: date, cycle: int) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.entries_before = Entry.objects.count()
        subscription = a_subscription(started_on=begins_on, cycle_months=cycle)
        term = a_term(subscription=subscription, starts_on=begins_on, cycle_months=cycle)
        self.subscription_id, self.today = subscription.pk, term.starts_on

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @property
    def last(self) -> Term:
        return chain(self.subscription_id)[-1]

    @rule(days=st.sampled_from([1, 2, 14, 15, 16, 27, 31, 365]))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def until_shortly_before_the_end(self) -> None:
        self.today = max(self.today, self.last.ends_on - timedelta(days=2))

    @rule(days=st.sampled_from([0, 1, GRACE - 1, GRACE, GRACE + 1, 40]))
    def until_days_after_the_end(self, days: int) -> None:
        self.today = max(self.today, self.last.ends_on + timedelta(days=days))

    @rule(again=st.booleans())
    def night(self, again: bool) -> None:
        close_overdue(as_of=self.today, at=AT)
        if again:
            twice = close_overdue(as_of=self.today, at=AT)
            assert (twice.grace, twice.cancelled, twice.lapsed) == (0, 0, 0)

    @rule(cycle=CYCLES, known_late_by=st.sampled_from([0, 0, 0, 1, 5]))
    def buys(self, cycle: int, known_late_by: int) -> None:
        """Early, on time, late, or after everything ended; perhaps told some days afterwards."""
        old = self.last
        on = self.today - timedelta(days=known_late_by)
        within_grace = on <= old.ends_on + timedelta(days=GRACE)
        purchase = Purchase(old.pk, on, cycle_months=cycle)

        new = renew(purchase, at=AT, by="customer")

        old.refresh_from_db()
        if old.state == TermState.RENEWED:
            assert within_grace
            assert new.starts_on == old.ends_on
        else:
            assert old.state in (TermState.LAPSED, TermState.CANCELLED)
            assert new.starts_on >= on
        assert renew(purchase, at=AT, by="customer").pk == new.pk
        assert renew_many([purchase], at=AT, by="customer") == 0

    @rule(at_once=st.booleans())
    def asks_to_cancel(self, at_once: bool) -> None:
        self.tries(TermVerb.ASK_TO_CANCEL, at_once=at_once)

    @rule()
    def changes_his_mind(self) -> None:
        self.tries(TermVerb.UNDO_CANCEL)

    @rule(days=st.integers(1, 40))
    def gets_more_days(self, days: int) -> None:
        before = self.last
        moved = self.tries(TermVerb.EXTEND, days=days)
        if moved:
            assert before.extended_days == 0
            assert self.last.ends_on == before.ends_on + timedelta(days=days)

    def tries(self, verb: TermVerb, **how: Any) -> bool:
        """Do it; where it is refused, nothing may have changed."""
        term, before = self.last, self.picture()
        about: dict[str, Any] = {"on": self.today, "at": AT, "by": "customer"}
        try:
            if verb == TermVerb.ASK_TO_CANCEL:
                ask_to_cancel(term.pk, is_at_once=how["at_once"], **about)
            elif verb == TermVerb.UNDO_CANCEL:
                undo_cancel(term.pk, **about)
            else:
                extend(term.pk, days=how["days"], **about)
        except Refusal:
            assert self.picture() == before
            return False
        return True

    def picture(self) -> tuple[list[dict[str, Any]], int]:
        terms = Term.objects.filter(subscription_id=self.subscription_id)
        rows = [dict(row) for row in terms.order_by("number").values()]
        return rows, Entry.objects.count()

    @invariant()
    def exactly_one_term_is_live_while_the_subscription_runs(self) -> None:
        if not hasattr(self, "today"):
            return
        live = [one for one in chain(self.subscription_id) if one.state in LIVE]
        subscription = Subscription.objects.get(pk=self.subscription_id)
        assert len(live) == (0 if subscription.state == SubscriptionState.ENDED else 1)
        assert live_term(self.subscription_id) == (live[0] if live else None)
        assert (subscription.ended_on is None) == bool(live)

    @invariant()
    def the_chain_joins_and_no_two_terms_share_a_day(self) -> None:
        if not hasattr(self, "today"):
            return
        terms = chain(self.subscription_id)
        assert [one.number for one in terms] == list(range(1, len(terms) + 1))
        for older, newer in pairwise(terms):
            if older.state == TermState.RENEWED:
                assert newer.starts_on == older.ends_on
            else:
                assert older.closed_on is not None
                assert newer.starts_on >= older.closed_on
        periods = served_periods(self.subscription_id)
        for place, period in enumerate(periods):
            check_no_overlap(period, periods[:place])

    @invariant()
    def what_ended_says_when_and_how(self) -> None:
        if not hasattr(self, "today"):
            return
        for term in chain(self.subscription_id):
            closed = term.state in (TermState.LAPSED, TermState.CANCELLED)
            assert (term.closed_on is not None) == closed
            assert bool(term.end_kind) == closed
            assert (term.renewed_on is not None) == (term.state == TermState.RENEWED)
            assert term.state in TERM.states

    @invariant()
    def each_renewal_stands_in_the_journal_once(self) -> None:
        if not hasattr(self, "today"):
            return
        terms = chain(self.subscription_id)
        entries = Entry.objects.filter(term__in=terms)
        kinds = Counter(entries.values_list("kind", flat=True))
        renewed = [one for one in terms if one.state == TermState.RENEWED]
        assert kinds["term.renewed"] == len(renewed)
        assert kinds["term.renewed"] + kinds["term.resumed"] == len(terms) - 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_the_chain_stays_whole(either_database: str) -> None:
    examples = 40 if either_database == "sqlite" else 12
    run_state_machine_as_test(
        OneCustomer,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Term.objects.count() == 0
