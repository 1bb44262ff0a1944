"""Whatever happens to mandates in whatever order, nothing is deducted without a live consent."""

from datetime import timedelta
from itertools import product
from typing import Any

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

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.rules import DEDUCTION
from tenure.records.billing.deductions.states import OPEN, DeductionState
from tenure.records.billing.mandates import actions
from tenure.records.billing.mandates.actions import Signature
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.queries import live_consent, standing_mandate, to_unsign
from tenure.records.billing.mandates.rules import MANDATE, MandateVerb, next_unsign
from tenure.records.billing.mandates.states import ALIVE, STANDING, MandateState
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import switch_auto_renew
from tests.builders import AT, a_deduction, a_mandate, a_renewal_consent, a_term, day

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class OneMandate(RuleBasedStateMachine):
    """A customer, a provider and the operator, none of whom waits for the others."""

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.term = a_term(auto_renew=True)
        self.at = AT

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def moment(self) -> dict[str, Any]:
        self.at += timedelta(minutes=1)
        return {"on": day(0), "at": self.at, "by": "test"}

    def mandates(self) -> list[Mandate]:
        return list(Mandate.objects.filter(subscription=self.term.subscription).order_by("pk"))

    @rule(is_signed=st.booleans())
    def propose(self, is_signed: bool) -> None:
        self.at += timedelta(minutes=1)
        a_mandate(subscription=self.term.subscription, is_signed=is_signed, at=self.at)

    @precondition(lambda self: self.mandates())
    @rule(data=st.data(), verb=st.sampled_from(["sign", "suspend", "take_up", "release", "expire"]))
    def happen(self, data: st.DataObject, verb: str) -> None:
        mandate = data.draw(st.sampled_from(self.mandates()))
        try:
            if verb == "sign":
                actions.sign(mandate.pk, Signature("agreed"), **self.moment())
            elif verb == "take_up":
                actions.take_up(mandate.pk, **self.moment())
            else:
                getattr(actions, verb)(mandate.pk, reason="test", **self.moment())
        except IllegalMove:
            assert (MandateState(mandate.state), MandateVerb.SUSPEND) not in MANDATE.moves or (
                verb == "take_up"
            )

    @rule()
    def agree_again(self) -> None:
        self.at += timedelta(minutes=1)
        a_renewal_consent(subscription=self.term.subscription, at=self.at)

    @rule()
    def switch_off(self) -> None:
        switch_auto_renew(self.term.subscription_id, is_on=False, **self.moment())

        assert live_consent(self.term.subscription_id) is None
        assert not Mandate.objects.filter(state__in=ALIVE).exists()

    @invariant()
    def at_most_one_stands_and_the_past_is_dated(self) -> None:
        if not hasattr(self, "term"):
            return
        rows = self.mandates()
        assert len([one for one in rows if one.state in STANDING]) <= 1
        assert AutoRenewConsent.objects.filter(withdrawn_at=None).count() <= 1
        for one in rows:
            assert (one.ended_at is None) == (one.state in ALIVE)
            assert (one.unsign_at is None) or one.unsigned_at is None


def test_mandates_keep_their_promises() -> None:
    run_state_machine_as_test(
        OneMandate,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_whole_table_of_moves() -> None:
    refused = [pair for pair in product(MandateState, MandateVerb) if pair not in MANDATE.moves]

    assert len(refused) == 25 - 9
    for state, verb in refused:
        with pytest.raises(IllegalMove):
            MANDATE.after(state, verb)


def test_switching_off_ends_everything_before_the_provider_answers() -> None:
    """R-A-085: consent, mandate and the deduction under way, in one transaction."""
    term = a_term(auto_renew=True, days_left=5)
    deduction = a_deduction(term=term)

    switch_auto_renew(term.subscription_id, is_on=False, on=day(0), at=AT + HOUR, by="customer")

    mandate = Mandate.objects.get()
    assert mandate.state == MandateState.RELEASED
    assert mandate.unsign_at == AT + HOUR
    assert mandate.unsigned_at is None
    deduction.refresh_from_db()
    assert (deduction.state, deduction.next_at) == (DeductionState.STOPPED, None)
    assert live_consent(term.subscription_id) is None
    assert standing_mandate(term.subscription_id) is None


@pytest.mark.parametrize("state", sorted(DeductionState))
def test_whatever_is_open_stops_and_what_is_over_stays(state: str) -> None:
    deduction = a_deduction()
    Deduction.objects.filter(pk=deduction.pk).update(
        state=state, notified_at=AT, ended_at=None if state in OPEN else AT
    )

    actions.withdraw(deduction.subscription_id, reason="test", on=day(0), at=AT, by="test")

    deduction.refresh_from_db()
    over = {DeductionState.COLLECTED, DeductionState.FAILED, DeductionState.STOPPED}
    assert deduction.state == (state if state in over else DeductionState.STOPPED)


def test_a_release_is_told_until_it_is_confirmed_and_alarms_once_after_a_day() -> None:
    """R-A-085: 1, 2, 4 … minutes, then hourly; the alarm rings at 24 hours, once."""
    mandate = a_mandate()
    actions.release(mandate.pk, reason="switched_off", on=day(0), at=AT, by="customer")
    moment: dict[str, Any] = {"on": day(0), "by": "loop"}

    assert [one.pk for one in to_unsign(at=AT)] == [mandate.pk]
    assert actions.note_unanswered(mandate.pk, at=AT, **moment) is False
    assert to_unsign(at=AT) == []
    assert next_unsign(1, at=AT) == AT + timedelta(minutes=2)
    assert next_unsign(9, at=AT) == AT + HOUR
    assert actions.note_unanswered(mandate.pk, at=AT + 24 * HOUR, **moment) is True
    assert actions.note_unanswered(mandate.pk, at=AT + 25 * HOUR, **moment) is False
    actions.note_unsigned(mandate.pk, at=AT + 26 * HOUR, **moment)
    assert to_unsign(at=AT + 99 * HOUR) == []
    kinds = ("mandate.unsign_unanswered", "mandate.unsign_alarmed", "mandate.unsigned")
    assert [Entry.objects.filter(kind=kind).count() for kind in kinds] == [2, 1, 1]


def test_what_the_provider_ended_is_not_told_to_it() -> None:
    """R-Y-027."""
    mandate = a_mandate()

    actions.note_released(mandate.pk, reason="at_provider", on=day(0), at=AT, by="provider")

    assert to_unsign(at=AT) == []


def test_a_signature_that_comes_after_the_release_is_undone_at_the_provider() -> None:
    mandate = a_mandate(is_signed=False)
    actions.withdraw(mandate.subscription_id, reason="switched_off", on=day(0), at=AT, by="me")
    actions.note_unsigned(mandate.pk, on=day(0), at=AT, by="loop")

    actions.sign(mandate.pk, Signature("late"), on=day(0), at=AT + HOUR, by="provider")

    mandate.refresh_from_db()
    assert mandate.state == MandateState.RELEASED
    assert [one.agreement_id for one in to_unsign(at=AT + HOUR)] == ["late"]


def test_every_state_of_a_deduction_is_reached() -> None:
    assert DEDUCTION.reachable == set(DeductionState)
