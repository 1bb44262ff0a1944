"""Why somebody leaves is asked once, of one list, and a visit left open is closed kindly."""

from datetime import date, timedelta

import pytest

from tenure.act.self_service import cancelling
from tenure.kernel.money import Money
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.rules import Told
from tenure.records.cancellations.states import CancellationState
from tenure.records.feedback.models import LossReason
from tenure.records.feedback.rules import UnknownReason
from tenure.records.subscriptions.states import TermState
from tests.act.self_service.test_cancelling import contract, starts, visits
from tests.builders import (
    AS_OF,
    AT,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
LIST = 106_920
BY = "customer:1"


def test_the_reason_is_optional_of_one_list_and_counts_only_when_leaving() -> None:
    """CHR-01: the same taxonomy as surveys and tickets."""
    kept, left = contract(), contract()
    for term in (kept, left):
        attempt = starts(term)
        cancelling.give_reason(attempt.pk, Told("price", " too dear "), at=AT, by=BY)
    cancelling.keep_service(Cancellation.objects.get(term=kept).pk, at=AT, by=BY)
    cancelling.confirm(Cancellation.objects.get(term=left).pk, at=AT, by=BY)

    told = LossReason.objects.get()
    assert (told.term_id, told.source, told.reason, told.text) == (
        left.pk,
        "cancel",
        "price",
        "too dear",
    )
    with pytest.raises(UnknownReason):
        cancelling.give_reason(
            Cancellation.objects.get(term=left).pk, Told("expensive"), at=AT, by=BY
        )


def test_a_reason_after_confirming_is_welcome_too() -> None:
    """R-A-037: the survey may stand after the cancel control."""
    attempt = starts(contract())
    cancelling.confirm(attempt.pk, at=AT, by=BY)

    cancelling.give_reason(attempt.pk, Told("moved"), at=AT, by=BY)
    cancelling.give_reason(attempt.pk, Told("price"), at=AT, by=BY)

    assert LossReason.objects.get().reason == "moved"


def test_an_open_visit_is_abandoned_after_a_day_and_counts_as_neither() -> None:
    term = contract()
    attempt = starts(term)

    early = cancelling.abandon_due(at=AT + timedelta(hours=23))
    done = cancelling.abandon_due(at=AT + timedelta(hours=24))
    again = cancelling.abandon_due(at=AT + timedelta(hours=48))

    attempt.refresh_from_db()
    term.refresh_from_db()
    assert (early, done, again) == (0, 1, 0)
    assert (attempt.state, term.state) == (CancellationState.ABANDONED, TermState.RUNNING)
    assert starts(term, at=AT + timedelta(days=3)).pk != attempt.pk


def test_what_is_promised_is_money_of_the_account() -> None:
    offer = visits(contract())

    assert offer is not None
    assert Money(offer.price_minor, offer.currency) == Money(85_536, "CNY")
    assert offer.valid_until == AS_OF + timedelta(days=30) == date(2026, 7, 15)
