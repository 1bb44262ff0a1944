"""Let a customer try something, remind before its end, and count whether it was bought (OFR-17)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from tenure.act.benefits.giving import given_row
from tenure.act.benefits.letters import TRIAL_ENDING, write
from tenure.decide.benefits.queries import trying
from tenure.decide.benefits.rules import CannotTry, may_try
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import Period
from tenure.records.subscriptions.actions import (
    NewBenefit,
    Won,
    give,
    note_reminded,
    settle_trial,
)
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import benefits_of
from tenure.records.subscriptions.benefits.rules import BenefitKind
from tenure.records.subscriptions.models import (
    Attachment,
    PeriodKind,
    Subscription,
    Term,
    TermLine,
)
from tenure.records.subscriptions.queries import serving_term
from tenure.strategy.benefits import Trial


class NoSuchTrial(Refusal):
    """A trial that the strategy does not have."""

    code = "no_such_trial"
    said = Sentence(
        zh="没有这项试用；请刷新页面。", en="There is no such trial; load the page anew."
    )


_ASKED = Sentence(zh="客户于 {on} 自行开始", en="the customer began it on {on}")


@transaction.atomic
def start_trial(subscription_id: int, trial_id: str, *, on: date, at: datetime, by: str) -> Benefit:
    """Begin a trial today; clicked twice, it is one. Nothing is charged, now or at its end.

    Raises:
        NoSuchTrial: the strategy has none of this name.
        CannotTry: says why this contract does not get it.
        PeriodsOverlap: a pause is planned on some of these days.
    """
    trial = benefits_of(on).trials.get(trial_id)
    if trial is None:
        raise NoSuchTrial()
    locked = Subscription.objects.select_for_update(of=("self",))
    subscription = locked.select_related("plan_version__plan").get(pk=subscription_id)
    key = f"trial:{subscription_id}:{trial_id}"
    there = Benefit.objects.filter(once_key=key).first()
    if there is not None and there.ended_on is None:
        return there
    verdict = may_try(trial, trying(subscription, on=on))
    if not verdict.is_given:
        raise CannotTry(trial=trial.name, why=verdict.reason)
    term = serving_term(subscription_id, on=on)
    assert term is not None, "whoever may try something is served"
    new = NewBenefit(
        term=term,
        kind=BenefitKind.TRIAL,
        rule_id=trial.id,
        name=trial.name,
        reason=_ASKED.fill(on=on),
        period=Period(on, on + timedelta(days=trial.days)),
        on=on,
        once_key=key,
        holds=PeriodKind.TRIAL,
        gives=[given_row(one) for one in trial.gives],
    )
    return give(new, at=at, by=by)


def remind_of_ends(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Write to those whose trial ends soon, once; how many."""
    trials = benefits_of(as_of).trials
    count = 0
    for trial in trials.values():
        last = as_of + timedelta(days=trial.remind_days)
        ending = Benefit.objects.filter(
            kind=BenefitKind.TRIAL, rule_id=trial.id, ended_on=None, reminded_on=None,
            ends_on__gt=as_of, ends_on__lte=last,
        )  # fmt: skip
        for one in ending.order_by("pk"):
            count += _remind(one, on=as_of, at=at, by=by)
    return count


@transaction.atomic
def _remind(benefit: Benefit, *, on: date, at: datetime, by: str) -> bool:
    note_reminded(benefit.pk, on=on, at=at, by=by)
    return write(benefit, TRIAL_ENDING, on=on, at=at, by=by) is not None


def settle_trials(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Count every trial that was followed by a purchase, or whose days to count are over."""
    trials = benefits_of(as_of).trials
    open_ones = Benefit.objects.filter(
        kind=BenefitKind.TRIAL, settled_on=None, given_on__lte=as_of
    ).select_related("subscription__plan_version__plan", "term__plan_version")
    count = 0
    for one in open_ones.order_by("pk"):
        trial = trials.get(one.rule_id)
        won = None if trial is None else _won(one, trial, as_of=as_of)
        last = one.ends_on + timedelta(days=0 if trial is None else trial.counts_days)
        if won is not None or as_of > last:
            settle_trial(one.pk, won, on=as_of, at=at, by=by)
            count += 1
    return count


def _won(benefit: Benefit, trial: Trial, *, as_of: date) -> Won | None:
    """What was bought from the first day of a trial until its days to count were over."""
    last = min(as_of, benefit.ends_on + timedelta(days=trial.counts_days))
    added = Attachment.objects.filter(
        subscription=benefit.subscription,
        add_on__code__in=trial.becomes_add_ons,
        from_on__gte=benefit.given_on,
        from_on__lte=last,
    ).select_related("add_on")
    first = added.order_by("from_on").first()
    if first is not None:
        return Won(first.add_on.code, first.from_on)
    if benefit.subscription.plan_version.plan.code not in trial.becomes_plans:
        return None
    return _changed(benefit, last=last)


def _changed(benefit: Benefit, *, last: date) -> Won | None:
    """The day on which the larger plan was bought: in the middle of a term, or with the next."""
    code = benefit.subscription.plan_version.plan.code
    lines = TermLine.objects.filter(
        term__subscription=benefit.subscription,
        kind="plan_rest",
        sold_on__gte=benefit.given_on,
        sold_on__lte=last,
    )
    line = lines.order_by("sold_on").first()
    if line is not None:
        return Won(code, line.sold_on)
    renewed = Term.objects.filter(
        subscription=benefit.subscription, renewed_on__gte=benefit.given_on, renewed_on__lte=last
    )
    term = renewed.order_by("renewed_on").first()
    return None if term is None or term.renewed_on is None else Won(code, term.renewed_on)
