"""R-A-080: whatever is clicked in whatever order, each attempt ends once and says how."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.records.cancellations import actions
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.cancellations.queries import offer_of, open_cancellation, promised
from tenure.records.cancellations.rules import (
    CANCELLATION,
    Choice,
    Confirmation,
    Intent,
    NothingToUndo,
    PromiseGone,
    Shown,
    Told,
)
from tenure.records.cancellations.states import OPEN, CancellationState, SaveAnswer, Stop
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, AT, a_term, day

BY = {"on": AS_OF, "at": AT, "by": "customer:1"}
TWENTY_OFF = Shown(
    save_id="first_visit",
    kind="discount",
    rung=1,
    now=Money(106_920, "CNY"),
    now_months=12,
    price=Money(85_536, "CNY"),
    months=12,
    valid_until=day(30),
)
LEAVES = Confirmation(stop=Stop.AT_END, ends_on=day(30), declaration="I cancel.")
NONE = Choice(considered=({"save": "first_visit", "why": "holdout"},))
ONE = Choice(considered=({"save": "first_visit", "why": ""},), shown=TWENTY_OFF)


def an_intent(term_id: int, account_id: int, subscription_id: int) -> Intent:
    return Intent(
        account_id=account_id,
        subscription_id=subscription_id,
        term_id=term_id,
        on=AS_OF,
        channel="portal",
        language="en",
        jurisdiction="CN",
        policy_version="CN@2026-04-10",
        strategy_hash="0" * 64,
    )


class OneContract(RuleBasedStateMachine):
    """A customer who clicks, alone with the one writer."""

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        term = a_term()
        self.intent = an_intent(term.pk, term.account_id, term.subscription_id)

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @property
    def every(self) -> list[Cancellation]:
        return list(Cancellation.objects.order_by("pk"))

    def tries(self, verb: str, *args: object, **how: object) -> bool:
        """Do it to the newest attempt; refused, nothing changes; done twice, no more than once."""
        newest, before = self.every[-1], self.picture()
        try:
            getattr(actions, verb)(newest.pk, *args, **how, **BY)
        except Refusal:
            assert self.picture() == before
            return False
        after = self.picture()
        getattr(actions, verb)(newest.pk, *args, **how, **BY)
        assert self.picture() == after
        return True

    def picture(self) -> tuple[list[object], list[object], int]:
        rows = list(Cancellation.objects.order_by("pk").values())
        offers = list(SaveOffer.objects.order_by("pk").values())
        return list(rows), list(offers), Entry.objects.count()

    @rule()
    def clicks(self) -> None:
        first = actions.begin(self.intent, at=AT, by="customer:1")
        second = actions.begin(self.intent, at=AT + timedelta(minutes=1), by="customer:1")
        assert (first.pk, first.started_at) == (second.pk, second.started_at)

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule(reason=st.sampled_from(["price", "moved"]))
    def says_why(self, reason: str) -> None:
        before = self.every[-1]
        self.tries("note_reason", Told(reason, "own words"))
        changes = before.state in OPEN or not before.reason
        assert self.every[-1].reason == (reason if changes else before.reason)

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule(choice=st.sampled_from([NONE, ONE]))
    def is_chosen_for(self, choice: Choice) -> None:
        self.tries("note_choice", choice)

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule()
    def confirms(self) -> None:
        self.tries("confirm", LEAVES)

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule(accepted=st.booleans())
    def keeps(self, accepted: bool) -> None:
        newest = self.every[-1]
        if accepted and offer_of(newest.pk) is None:
            accepted = False
        self.tries("keep", is_accepted=accepted)

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule()
    def goes_away(self) -> None:
        self.tries("abandon")

    @precondition(lambda self: hasattr(self, "intent") and self.every)
    @rule()
    def takes_it_back(self) -> None:
        self.tries("note_undone")

    @invariant()
    def one_is_open_at_most_and_each_end_stands_in_the_journal_once(self) -> None:
        if not hasattr(self, "intent"):
            return
        states = Counter(one.state for one in self.every)
        kinds = Counter(Entry.objects.values_list("kind", flat=True))
        is_open = sum(states[state] for state in OPEN)
        assert is_open <= 1
        assert (open_cancellation(self.intent.subscription_id) is not None) == bool(is_open)
        assert kinds["cancel.started"] == len(self.every)
        for state in ("confirmed", "kept", "abandoned"):
            assert kinds[f"cancel.{state}"] == states[state]

    @invariant()
    def an_offer_is_answered_exactly_as_the_attempt_ended(self) -> None:
        if not hasattr(self, "intent"):
            return
        for offer in SaveOffer.objects.select_related("cancellation"):
            expected = {
                CancellationState.CONFIRMED: {SaveAnswer.DECLINED},
                CancellationState.KEPT: {SaveAnswer.ACCEPTED, SaveAnswer.DECLINED},
            }.get(CancellationState(offer.cancellation.state), {SaveAnswer.SHOWN})
            assert offer.state in expected
        assert {one.state for one in self.every} <= set(CANCELLATION.states)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_each_attempt_ends_once(either_database: str) -> None:
    examples = 40 if either_database == "sqlite" else 12
    run_state_machine_as_test(
        OneContract,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Cancellation.objects.count() == 0


@pytest.mark.usefixtures("either_database")
def test_a_promise_is_used_once_and_until_its_last_day() -> None:
    term = a_term()
    intent = an_intent(term.pk, term.account_id, term.subscription_id)
    attempt = actions.begin(intent, at=AT, by="customer:1")
    actions.note_choice(attempt.pk, ONE, **BY)  # type: ignore[arg-type]
    actions.keep(attempt.pk, is_accepted=True, **BY)  # type: ignore[arg-type]
    offer = promised(term.subscription_id, on=day(30))
    assert offer is not None

    actions.use_promise(offer.pk, used_by="ord_1", **BY)  # type: ignore[arg-type]
    actions.use_promise(offer.pk, used_by="ord_1", **BY)  # type: ignore[arg-type]

    assert promised(term.subscription_id, on=AS_OF) is None
    assert Entry.objects.filter(kind="cancel.promise_used").count() == 1
    with pytest.raises(PromiseGone):
        actions.use_promise(offer.pk, used_by="ord_2", **BY)  # type: ignore[arg-type]


@pytest.mark.usefixtures("either_database")
def test_a_promise_ends_with_its_last_day() -> None:
    term = a_term()
    intent = an_intent(term.pk, term.account_id, term.subscription_id)
    attempt = actions.begin(intent, at=AT, by="customer:1")
    actions.note_choice(attempt.pk, ONE, **BY)  # type: ignore[arg-type]
    actions.keep(attempt.pk, is_accepted=True, **BY)  # type: ignore[arg-type]
    offer = SaveOffer.objects.get()

    assert promised(term.subscription_id, on=day(31)) is None
    with pytest.raises(PromiseGone):
        actions.use_promise(offer.pk, used_by="ord_1", on=day(31), at=AT, by="customer:1")


@pytest.mark.usefixtures("either_database")
def test_what_was_not_confirmed_cannot_be_undone() -> None:
    term = a_term()
    intent = an_intent(term.pk, term.account_id, term.subscription_id)
    attempt = actions.begin(intent, at=AT, by="customer:1")

    with pytest.raises(NothingToUndo):
        actions.note_undone(attempt.pk, **BY)  # type: ignore[arg-type]

    assert Entry.objects.filter(kind="cancel.undone").count() == 0
