"""What waited for its day: pauses that are over, smaller plans and fewer seats of a new term."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.subscriptions.actions.moves import move_subscriptions
from tenure.records.subscriptions.models import (
    ChangeKind,
    ContractPeriod,
    PeriodKind,
    PlannedChange,
    Subscription,
    Term,
)
from tenure.records.subscriptions.queries import catalog_of
from tenure.records.subscriptions.quoting.queries import differences
from tenure.records.subscriptions.rules import SubscriptionVerb
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.strategy.catalog import READ_ONLY_DAYS


@dataclass(frozen=True, slots=True)
class Applied:
    """How many subscriptions went on after a pause, and how many changes came true or fell."""

    resumed: int
    applied: int
    dropped: int


@transaction.atomic
def apply_due_changes(*, as_of: date, at: datetime) -> Applied:
    """Let come true whatever was planned for a day up to this one; again, nothing changes."""
    return Applied(
        resumed=_resume(as_of, at=at),
        applied=_apply(as_of, at=at),
        dropped=_drop(as_of, at=at),
    )


def _resume(as_of: date, *, at: datetime) -> int:
    over = Subscription.objects.filter(state=SubscriptionState.PAUSED, resumes_on__lte=as_of)
    due = list(over.select_for_update().values_list("pk", "account_id", "paused_on", "resumes_on"))
    if not due:
        return 0
    facts = [
        Fact(
            "subscription.resumed",
            on=resumes_on or as_of,
            account_id=account_id,
            content={"subscription": pk, "planned_on": str(resumes_on)},
            once_key=f"subscription.resumed:{pk}:{paused_on}",
        )
        for pk, account_id, paused_on, resumes_on in due
    ]
    append_many(facts, at=at, by="loop")
    rows = Subscription.objects.filter(pk__in=[pk for pk, *_ in due])
    return move_subscriptions(rows, SubscriptionVerb.CONTINUE, paused_on=None, resumes_on=None)


def _waiting() -> QuerySet[PlannedChange]:
    return PlannedChange.objects.filter(applied_on=None, withdrawn_on=None)


def _apply(as_of: date, *, at: datetime) -> int:
    """A planned change came true when the term after it began."""
    changes = {
        (one.term.subscription_id, one.term.number + 1): one
        for one in _waiting().filter(term__ends_on__lte=as_of).select_related("term")
    }
    if not changes:
        return 0
    chains = {subscription_id for subscription_id, _ in changes}
    begun = Term.objects.filter(subscription_id__in=chains, starts_on__lte=as_of, reversed_on=None)
    due = [
        (changes[key], term)
        for term in begun.select_related("plan_version__plan").order_by("pk")
        if (key := (term.subscription_id, term.number)) in changes
    ]
    update_rows(
        PlannedChange, [(term.starts_on, change.pk) for change, term in due],
        columns=("applied_on",),
    )  # fmt: skip
    _keep_readable(
        [(change, term) for change, term in due if change.kind == ChangeKind.PLAN], at=at
    )
    facts = [
        Fact(
            "subscription.change_applied",
            on=term.starts_on,
            account_id=term.account_id,
            term_id=term.pk,
            content={"what": change.kind, "change": change.pk},
            once_key=f"subscription.change_applied:{change.pk}",
        )
        for change, term in due
    ]
    append_many(facts, at=at, by="loop")
    return len(due)


def _keep_readable(due: list[tuple[PlannedChange, Term]], *, at: datetime) -> None:
    """What a smaller plan does not hold any more stays readable for the days that were said."""
    rows = []
    for change, term in due:
        lost = [
            {
                "code": one.code,
                "name": {"zh": one.name.zh, "en": one.name.en},
                "before": one.before,
                "after": one.after if one.has else 0,
            }
            for one in differences(change.term.plan_version, term.plan_version)
            if not one.is_gain
        ]
        sold = catalog_of(term.starts_on)
        days = sold.read_only_days if sold else READ_ONLY_DAYS
        if lost:
            until = term.starts_on + timedelta(days=days)
            named = (term.account_id, term.subscription_id, PeriodKind.READ_ONLY)
            rows.append((*named, term.starts_on, until, {"lost": lost}, at))
    insert_rows(
        ContractPeriod,
        rows,
        columns=(
            "account_id", "subscription_id", "kind", "starts_on", "ends_on", "content",
            "recorded_at",
        ),
    )  # fmt: skip


def _drop(as_of: date, *, at: datetime) -> int:
    """A change whose term ended without a next one has nothing to change any more."""
    over = _waiting().filter(
        term__state__in=[TermState.LAPSED, TermState.CANCELLED], term__closed_on__lte=as_of
    )
    lost = list(over)
    if not lost:
        return 0
    facts = [
        Fact(
            "subscription.change_withdrawn",
            on=as_of,
            account_id=one.account_id,
            term_id=one.term_id,
            content={"what": one.kind},
            once_key=f"subscription.change_withdrawn:{one.pk}",
        )
        for one in lost
    ]
    append_many(facts, at=at, by="loop")
    return over.update(withdrawn_on=as_of)
