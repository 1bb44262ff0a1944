"""What a customer asks for about a running term: to stop, to go on, more days, auto-renewal."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet

from tenure.records.among import among
from tenure.records.billing.mandates.actions import withdraw
from tenure.records.dates import DaysAfter
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.subscriptions.actions.moves import locked, move_subscriptions, move_terms
from tenure.records.subscriptions.actions.pausing import resume
from tenure.records.subscriptions.models import Subscription, Term, TermLine
from tenure.records.subscriptions.rules import (
    TERM,
    CancellationIsFinal,
    SubscriptionVerb,
    TermVerb,
    close_decision,
    extended_end,
)
from tenure.records.subscriptions.states import TermState


@transaction.atomic
def ask_to_cancel(
    term_id: int, *, on: date, at: datetime, by: str, is_at_once: bool = False
) -> Term:
    """The customer wants to stop: at the end of the term, or at once where it is over or refunded.

    Asking again changes nothing.

    Args:
        on: the day of asking, in the business's zone.
        is_at_once: ends the term today, as a cancellation with a refund does.
    """
    term = locked(term_id)
    if term.state == TermState.CANCELLED or (term.state == TermState.CANCELLING and not is_at_once):
        return term
    rows = Term.objects.filter(pk=term.pk)
    if term.state == TermState.GRACE or is_at_once:
        # Whoever rests goes on first: the days not rested come off an end that never comes.
        resume(term.subscription_id, on=on, at=at, by=by)
        term = Term.objects.get(pk=term.pk)
        TERM.after(TermState(term.state), TermVerb.CANCEL)
        ending = close_decision(
            term.ends_on, grace_days=0, cancel_asked_on=on, is_at_once=is_at_once
        )
        move_terms(
            rows,
            TermVerb.CANCEL,
            cancel_asked_on=on,
            closed_on=ending.on,
            end_kind=ending.kind,
        )
        move_subscriptions(
            Subscription.objects.filter(pk=term.subscription_id),
            SubscriptionVerb.END,
            ended_on=ending.on,
            end_kind=ending.kind,
        )
        append(_about("term.cancelled", term, on=on, end_kind=ending.kind), at=at, by=by)
    else:
        TERM.after(TermState(term.state), TermVerb.ASK_TO_CANCEL)
        move_terms(rows, TermVerb.ASK_TO_CANCEL, cancel_asked_on=on)
        append(_about("term.cancel_asked", term, on=on, ends_on=str(term.ends_on)), at=at, by=by)
    return Term.objects.get(pk=term.pk)


@transaction.atomic
def ask_many_to_cancel(term_ids: Sequence[int], *, on: date, at: datetime, by: str) -> None:
    """Many customers want to stop, each as `ask_to_cancel` has it; asking again changes nothing."""
    running = Term.objects.filter(among("pk", term_ids), state=TermState.RUNNING)
    _lock_chains(running)
    chosen = list(running.order_by("pk"))
    ids = {one.pk for one in chosen}
    facts = [_about("term.cancel_asked", one, on=on, ends_on=str(one.ends_on)) for one in chosen]
    move_terms(Term.objects.filter(among("pk", ids)), TermVerb.ASK_TO_CANCEL, cancel_asked_on=on)
    append_many(facts, at=at, by=by)
    # Whoever is past the end, or asked before, goes by the rules of one alone.
    for term_id in term_ids:
        if term_id not in ids:
            ask_to_cancel(term_id, on=on, at=at, by=by)


@transaction.atomic
def undo_cancel(term_id: int, *, on: date, at: datetime, by: str) -> Term:
    """The customer stays after all; possible until the term's end.

    Raises:
        CancellationIsFinal: the end has come.
    """
    term = locked(term_id)
    if term.state == TermState.RUNNING:
        return term
    if term.state == TermState.CANCELLED or on >= term.ends_on:
        raise CancellationIsFinal(ends_on=term.closed_on or term.ends_on)
    TERM.after(TermState(term.state), TermVerb.UNDO_CANCEL)
    move_terms(Term.objects.filter(pk=term.pk), TermVerb.UNDO_CANCEL, cancel_asked_on=None)
    append(_about("term.cancel_undone", term, on=on), at=at, by=by)
    return Term.objects.get(pk=term.pk)


@transaction.atomic
def extend(term_id: int, *, days: int, on: date, at: datetime, by: str) -> Term:
    """Move a term's end by some days, once per term (OFR-08). Everything planned follows the end.

    Raises:
        AlreadyExtended: its end was moved before.
        ExtensionTooShort: the new end is not after today.
    """
    term = locked(term_id)
    TERM.after(TermState(term.state), TermVerb.EXTEND)
    moved_to = extended_end(term.ends_on, days=days, extended_days=term.extended_days, on=on)
    lines = TermLine.objects.filter(term=term, closed_on=None, ends_on=term.ends_on)
    lines.update(ends_on=moved_to, extended_days=days)
    move_terms(
        Term.objects.filter(pk=term.pk), TermVerb.EXTEND, ends_on=moved_to, extended_days=days
    )
    content = {"days": days, "from": str(term.ends_on), "to": str(moved_to)}
    append(_about("term.extended", term, on=on, **content), at=at, by=by)
    return Term.objects.get(pk=term.pk)


@transaction.atomic
def extend_many(term_ids: Collection[int], *, days: int, on: date, at: datetime, by: str) -> int:
    """Move the ends of many running terms; those that were extended before stay as they are.

    Returns:
        How many were extended.
    """
    chosen = Term.objects.filter(
        pk__in=term_ids, state=TermState.RUNNING, extended_days=0, ends_on__gt=on
    )
    _lock_chains(chosen)
    facts = [_about("term.extended", term, on=on, days=days) for term in chosen]
    lines = TermLine.objects.filter(
        term__in=[fact.term_id for fact in facts], closed_on=None, ends_on=F("term__ends_on")
    )
    last = TermLine.objects.filter(pk__in=list(lines.values_list("pk", flat=True)))
    last.update(ends_on=DaysAfter("ends_on", days), extended_days=days)
    move_terms(chosen, TermVerb.EXTEND, ends_on=DaysAfter("ends_on", days), extended_days=days)
    return append_many(facts, at=at, by=by)


@transaction.atomic
def switch_auto_renew(
    subscription_id: int, *, is_on: bool, on: date, at: datetime, by: str
) -> Subscription:
    """Let a subscription renew itself, or no longer; switching to what it is changes nothing.

    Switched off, nothing can be deducted from this very transaction on (R-A-085).
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    if subscription.auto_renew != is_on:
        subscription.auto_renew = is_on
        subscription.save(update_fields=["auto_renew"])
        append(
            Fact(
                "subscription.auto_renew_switched",
                on=on,
                account_id=subscription.account_id,
                content={"subscription": subscription.pk, "is_on": is_on},
            ),
            at=at,
            by=by,
        )
    if not is_on:
        withdraw(subscription.pk, reason="switched_off", on=on, at=at, by=by)
    return subscription


def _lock_chains(terms: QuerySet[Term]) -> None:
    """Lock the subscriptions of some terms, in one order whoever asks."""
    ids = list(terms.values_list("subscription_id", flat=True))
    chains = Subscription.objects.filter(pk__in=ids).order_by("pk")
    list(chains.select_for_update().values_list("pk"))


def _about(kind: str, term: Term, *, on: date, **content: object) -> Fact:
    return Fact(kind, on=on, account_id=term.account_id, term_id=term.pk, content=content)
