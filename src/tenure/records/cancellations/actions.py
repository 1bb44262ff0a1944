"""The one writer of attempts to leave. Each verb may be called twice and does no more for it."""

from datetime import date, datetime

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.kernel.masking import without_identifiers
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.cancellations.queries import offer_of
from tenure.records.cancellations.rules import (
    CANCELLATION,
    SAVE_OFFER,
    CancellationVerb,
    Choice,
    Confirmation,
    Intent,
    NothingToUndo,
    PromiseGone,
    SaveVerb,
    Shown,
    Told,
)
from tenure.records.cancellations.states import OPEN, CancellationState, SaveAnswer
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows

_BEGUN = (
    "public_id", "account_id", "subscription_id", "term_id", "state", "channel", "language",
    "jurisdiction", "policy_version", "strategy_hash", "is_porting", "started_at", "started_on",
)  # fmt: skip
_LEADS_TO = {
    CancellationState.CONFIRMED: CancellationVerb.CONFIRM,
    CancellationState.KEPT: CancellationVerb.KEEP,
    CancellationState.ABANDONED: CancellationVerb.ABANDON,
}


@transaction.atomic
def begin(wanted: Intent, *, at: datetime, by: str) -> Cancellation:
    """Note the first click with its instant; clicked again while it is open, the one that is."""
    row = (
        new_id("can", at), wanted.account_id, wanted.subscription_id, wanted.term_id,
        CANCELLATION.start, wanted.channel, wanted.language, wanted.jurisdiction,
        wanted.policy_version, wanted.strategy_hash, wanted.is_porting, at, wanted.on,
    )  # fmt: skip
    is_new = insert_rows(Cancellation, [row], columns=_BEGUN) == 1
    begun = Cancellation.objects.select_for_update().get(
        subscription_id=wanted.subscription_id, state__in=OPEN
    )
    if is_new:
        content = {"channel": wanted.channel, "policy": wanted.policy_version}
        append(_about("cancel.started", begun, on=wanted.on, **content), at=at, by=by)
    return begun


@transaction.atomic
def note_reason(
    cancellation_id: int, told: Told, *, on: date, at: datetime, by: str
) -> Cancellation:
    """What the customer said why, if anything; said again, the last word counts.

    Once the attempt is over what was said stays; said for the first time then, it is kept.
    """
    row = _locked(cancellation_id)
    is_over = row.state not in OPEN and bool(row.reason)
    text = without_identifiers(told.text)
    if is_over or (row.reason, row.reason_text) == (told.reason, text):
        return row
    row.reason, row.reason_text = told.reason, text
    row.save(update_fields=["reason", "reason_text"])
    append(_about("cancel.reason_given", row, on=on, reason=told.reason), at=at, by=by)
    return row


@transaction.atomic
def note_choice(
    cancellation_id: int, choice: Choice, *, on: date, at: datetime, by: str
) -> Cancellation:
    """What was considered and, at most once in an attempt, what was shown of it."""
    row = _locked(cancellation_id)
    if row.considered:
        return row
    row.considered = [dict(one) for one in choice.considered]
    row.held_out_of = choice.held_out_of
    row.save(update_fields=["considered", "held_out_of"])
    if choice.shown is None:
        append(_about("cancel.no_offer", row, on=on, why=_why(choice)), at=at, by=by)
        return row
    _move(row, CancellationVerb.SHOW)
    offer = _show(row, choice.shown, on=on, at=at)
    content = {"save": offer.save_id, "price_minor": offer.price_minor}
    append(_about("cancel.offer_shown", row, on=on, **content), at=at, by=by)
    return row


def _show(row: Cancellation, shown: Shown, *, on: date, at: datetime) -> SaveOffer:
    return SaveOffer.objects.create(
        cancellation=row,
        account_id=row.account_id,
        subscription_id=row.subscription_id,
        save_id=shown.save_id,
        kind=shown.kind,
        rung=shown.rung,
        state=SAVE_OFFER.start,
        shown_at=at,
        shown_on=on,
        currency=shown.price.currency,
        now_minor=shown.now.amount_minor,
        now_months=shown.now_months,
        price_minor=shown.price.amount_minor,
        months=shown.months,
        discount_share=shown.discount_share,
        buy_months=shown.buy_months,
        free_months=shown.free_months,
        valid_until=shown.valid_until,
    )


@transaction.atomic
def keep(
    cancellation_id: int, *, is_accepted: bool, on: date, at: datetime, by: str
) -> Cancellation:
    """The customer stays: took the offer, or simply keeps the service.

    Raises:
        IllegalMove: the attempt was confirmed or abandoned, or had no offer to take.
    """
    row = _locked(cancellation_id)
    if row.state == CancellationState.KEPT:
        return row
    CANCELLATION.after(CancellationState(row.state), CancellationVerb.KEEP)
    offer = offer_of(row.pk)
    assert offer is not None or not is_accepted, "an offer that was not shown is not accepted"
    _answer(offer, SaveVerb.ACCEPT if is_accepted else SaveVerb.DECLINE, at=at)
    _settle(row, CancellationState.KEPT, on=on, at=at)
    accepted = offer.save_id if offer is not None and is_accepted else ""
    append(_about("cancel.kept", row, on=on, accepted=accepted), at=at, by=by)
    return row


@transaction.atomic
def confirm(
    cancellation_id: int, facts: Confirmation, *, on: date, at: datetime, by: str
) -> Cancellation:
    """The customer leaves, as declared; confirmed again, nothing changes.

    Raises:
        IllegalMove: the attempt was given up or abandoned.
    """
    row = _locked(cancellation_id)
    if row.state == CancellationState.CONFIRMED:
        return row
    CANCELLATION.after(CancellationState(row.state), CancellationVerb.CONFIRM)
    _answer(offer_of(row.pk), SaveVerb.DECLINE, at=at)
    row.stop, row.ends_on, row.declaration = facts.stop, facts.ends_on, facts.declaration
    row.refund_basis = facts.refund_basis
    if facts.refund is not None:
        row.refund_minor, row.currency = facts.refund.amount_minor, facts.refund.currency
    row.save(
        update_fields=[
            "stop", "ends_on", "declaration", "refund_basis", "refund_minor", "currency",
        ]
    )  # fmt: skip
    _settle(row, CancellationState.CONFIRMED, on=on, at=at)
    content = {
        "stop": str(facts.stop),
        "ends_on": str(facts.ends_on),
        "refund": None if facts.refund is None else str(facts.refund),
    }
    append(_about("cancel.confirmed", row, on=on, **content), at=at, by=by)
    return row


@transaction.atomic
def abandon(cancellation_id: int, *, on: date, at: datetime, by: str) -> Cancellation:
    """Nothing came of it; it counts as neither leaving nor staying (G14)."""
    row = _locked(cancellation_id)
    if row.state not in OPEN:
        return row
    _settle(row, CancellationState.ABANDONED, on=on, at=at)
    append(_about("cancel.abandoned", row, on=on), at=at, by=by)
    return row


@transaction.atomic
def note_undone(cancellation_id: int, *, on: date, at: datetime, by: str) -> Cancellation:
    """The confirmed cancellation was taken back. It stays confirmed, and no save (R-A-084).

    Raises:
        NothingToUndo: it was never confirmed.
    """
    row = _locked(cancellation_id)
    if row.state != CancellationState.CONFIRMED:
        raise NothingToUndo()
    if row.undone_at is None:
        row.undone_at, row.undone_on = at, on
        row.save(update_fields=["undone_at", "undone_on"])
        append(_about("cancel.undone", row, on=on), at=at, by=by)
    return row


@transaction.atomic
def use_promise(offer_id: int, *, used_by: str, on: date, at: datetime, by: str) -> SaveOffer:
    """Take a promised price for one order; the same order may ask again.

    Raises:
        PromiseGone: another order used it, or its last day is over.
    """
    offer = SaveOffer.objects.select_for_update().get(pk=offer_id)
    if offer.used_at is not None and offer.used_by == used_by:
        return offer
    if offer.state != SaveAnswer.ACCEPTED or offer.used_at is not None or on > offer.valid_until:
        raise PromiseGone(valid_until=offer.valid_until)
    offer.used_at, offer.used_by = at, used_by
    offer.save(update_fields=["used_at", "used_by"])
    fact = Fact(
        "cancel.promise_used",
        on=on,
        account_id=offer.account_id,
        content={"save": offer.save_id, "used_by": used_by},
    )
    append(fact, at=at, by=by)
    return offer


def _locked(cancellation_id: int) -> Cancellation:
    return Cancellation.objects.select_for_update().get(pk=cancellation_id)


def _move(row: Cancellation, verb: CancellationVerb) -> None:
    row.state = CANCELLATION.after(CancellationState(row.state), verb)
    row.save(update_fields=["state", "settled_at", "settled_on"])


def _settle(row: Cancellation, state: CancellationState, *, on: date, at: datetime) -> None:
    row.settled_at, row.settled_on = at, on
    _move(row, _LEADS_TO[state])


def _answer(offer: SaveOffer | None, verb: SaveVerb, *, at: datetime) -> None:
    if offer is None:
        return
    offer.state = SAVE_OFFER.after(SaveAnswer(offer.state), verb)
    offer.answered_at = at
    offer.save(update_fields=["state", "answered_at"])


def _why(choice: Choice) -> str:
    return ", ".join(dict.fromkeys(one["why"] for one in choice.considered))


def _about(kind: str, row: Cancellation, *, on: date, **content: object) -> Fact:
    about = {"cancellation": row.public_id, **content}
    return Fact(kind, on=on, account_id=row.account_id, term_id=row.term_id, content=about)
