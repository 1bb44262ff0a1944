"""Move on the terms whose end has come, a set at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from tenure.records.billing.models import Payment
from tenure.records.dates import DaysAfter
from tenure.records.rows import run_statement
from tenure.records.subscriptions.actions.moves import move_subscriptions, move_terms
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import grace_days
from tenure.records.subscriptions.rules import SubscriptionVerb, TermVerb
from tenure.records.subscriptions.states import LIVE, EndKind, TermState

ENTER_CLOSING = Path(__file__).with_name("enter_closing.sql")


@dataclass(frozen=True, slots=True)
class Scope:
    """The last day that is over, and which terms: all of them, or those with these ids."""

    as_of: date
    ids: Sequence[int] | None = None

    def terms(self, state: TermState, *, last_end: date) -> QuerySet[Term]:
        over = Term.objects.filter(state=state, ends_on__lte=last_end)
        return over if self.ids is None else over.filter(pk__in=self.ids)


@dataclass(frozen=True, slots=True)
class Closed:
    """How many terms went on to which state."""

    grace: int
    cancelled: int
    lapsed: int


def close_overdue(*, as_of: date, at: datetime) -> Closed:
    """Close what is over at the end of a day; done twice, the second time changes nothing.

    A running term whose end has come is in grace; after the grace days it lapses and its
    subscription ends. A cancelling term is cancelled at its end. An automatic renewal that failed
    to be paid ends involuntarily on the day of the last attempt (golden example G07).
    """
    return close(Scope(as_of), at=at, by="loop")


@transaction.atomic
def close(scope: Scope, *, at: datetime, by: str) -> Closed:
    """As `close_overdue`, for the terms in a scope."""
    grace = _pass_end(scope, at=at, by=by)
    cancelled = _cancel(scope, at=at, by=by)
    lapsed = _lapse(scope, at=at, by=by)
    return Closed(grace=grace, cancelled=cancelled, lapsed=lapsed)


def _pass_end(scope: Scope, *, at: datetime, by: str) -> int:
    over = scope.terms(TermState.RUNNING, last_end=scope.as_of)
    entry = _Entry("term.overdue", TermState.RUNNING, last_end=scope.as_of)
    entry.write(scope, at=at, by=by)
    return move_terms(over, TermVerb.OVERRUN)


def _cancel(scope: Scope, *, at: datetime, by: str) -> int:
    over = scope.terms(TermState.CANCELLING, last_end=scope.as_of)
    asked_on = Coalesce(F("cancel_asked_on"), F("ends_on"))
    if not over.update(closed_on=Greatest(F("ends_on"), asked_on), end_kind=EndKind.VOLUNTARY):
        return 0
    entry = _Entry(
        "term.cancelled",
        TermState.CANCELLING,
        last_end=scope.as_of,
        end_kind=EndKind.VOLUNTARY,
    )
    entry.write(scope, at=at, by=by)
    _end_subscriptions(over)
    return move_terms(over, TermVerb.CANCEL)


def _lapse(scope: Scope, *, at: datetime, by: str) -> int:
    days = grace_days(scope.as_of)
    last_end = scope.as_of - timedelta(days=days)
    over = scope.terms(TermState.GRACE, last_end=last_end)
    if not over.update(closed_on=DaysAfter("ends_on", days), end_kind=EndKind.LAPSE):
        return 0
    failures = Payment.objects.filter(term=OuterRef("pk"), state=Payment.State.FAILED)
    last_failure = failures.order_by("-paid_on").values("paid_on")[:1]
    over.filter(Exists(failures), subscription__auto_renew=True).update(
        closed_on=Greatest(F("ends_on"), Subquery(last_failure)), end_kind=EndKind.INVOLUNTARY
    )
    for kind in (EndKind.LAPSE, EndKind.INVOLUNTARY):
        entry = _Entry("term.lapsed", TermState.GRACE, last_end=last_end, end_kind=kind)
        entry.write(scope, at=at, by=by)
    _end_subscriptions(over)
    return move_terms(over, TermVerb.LAPSE)


def _end_subscriptions(closing: QuerySet[Term]) -> None:
    """End the subscriptions of terms about to be closed, on the terms' day."""
    live = Term.objects.filter(subscription=OuterRef("pk"), state__in=LIVE)
    move_subscriptions(
        Subscription.objects.filter(pk__in=closing.values("subscription_id")),
        SubscriptionVerb.END,
        ended_on=Subquery(live.values("closed_on")[:1]),
        end_kind=Subquery(live.values("end_kind")[:1]),
        paused_on=None,
        resumes_on=None,
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """The journal entry of each term of a state that is about to move on."""

    kind: str
    state: TermState
    last_end: date
    end_kind: str = ""

    def write(self, scope: Scope, *, at: datetime, by: str) -> int:
        content = {"end_kind": str(self.end_kind)} if self.end_kind else {}
        return run_statement(
            ENTER_CLOSING,
            {
                "kind": self.kind,
                "state": str(self.state),
                "last_end": self.last_end,
                "end_kind": str(self.end_kind),
                "content": json.dumps(content),
                "as_of": scope.as_of,
                "ids": None if scope.ids is None else json.dumps(list(scope.ids)),
                "at": at,
                "by": by,
            },
        )
