"""What is known about one contract, gathered for the rules of benefits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tenure.decide.benefits.rules import Trying, fitting_bundle, may_try
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.records.catalog.models import AddOn
from tenure.records.gifts.models import Gift
from tenure.records.gifts.queries import left_of, was_there
from tenure.records.gifts.rules import gifts_for
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import (
    benefits_of,
    comeback_of,
    served_chains,
)
from tenure.records.subscriptions.benefits.rules import (
    BenefitKind,
    Verdict,
    anniversary_on,
    streak_share,
    unbroken_months,
)
from tenure.records.subscriptions.models import Attachment, Subscription, Term
from tenure.records.subscriptions.queries import serving_terms
from tenure.records.subscriptions.states import SubscriptionState
from tenure.records.together import read_together
from tenure.strategy.benefits import Bundle, GiftRule, Trial
from tenure.understand.features.registry import FEATURES
from tenure.understand.readings import book_of
from tenure.warehouse.store import current_store


def use_of(account_id: int, subscription_id: int, *, on: date) -> Mapping[str, object]:
    """What the newest day computed so far says about a contract; empty where nothing does."""
    day = current_store().latest_day(FEATURES, on_or_before=day_number(on))
    if day is None:
        return {}
    book = book_of(account_id, on=date_of(day), tables=(FEATURES,), before={})
    reading = book.reading(FEATURES)
    rows = reading.rows if reading is not None else []
    return next((row for row in rows if row["subscription_id"] == subscription_id), {})


def bundle_for(term: Term, *, plan: str, cycle_months: int, on: date) -> Bundle | None:
    """The bundle that a term of so many months brings to whoever has this contract."""
    bundles = [
        one
        for one in benefits_of(on).bundles.values()
        if one.goes_with(plan=plan, cycle_months=cycle_months)
    ]
    if not bundles:
        return None
    use = use_of(term.account_id, term.subscription_id, on=on)
    return fitting_bundle(bundles, use, plan=plan, cycle_months=cycle_months)


def gifts_with(*, plan: str, cycle_months: int, on: date) -> tuple[GiftRule, ...]:
    """The presents of which a renewal brings one, those that have run out left out."""
    fitting = gifts_for(benefits_of(on).gifts.values(), plan=plan, cycle_months=cycle_months)
    return tuple(one for one in fitting if left_of(one))


def gifts_promised(*, plan: str, cycle_months: int, on: date, since: date) -> tuple[GiftRule, ...]:
    """The presents that were listed with a renewal ordered on the day `since`, also those that ran
    out before it was paid."""
    fitting = gifts_for(benefits_of(on).gifts.values(), plan=plan, cycle_months=cycle_months)
    return tuple(one for one in fitting if was_there(one, since=since))


def instead_of_gone(choices: Collection[str], *, plan: str, on: date) -> tuple[GiftRule, ...]:
    """Other presents that are there, where none of those somebody may choose is left."""
    rules = benefits_of(on).gifts
    if any(left_of(rules[one]) for one in choices if one in rules):
        return ()
    return tuple(
        one
        for one in rules.values()
        if one.id not in choices
        and one.goes_with(plan=plan, cycle_months=max(one.least_months, 1))
        and left_of(one)
    )


@dataclass(frozen=True, slots=True)
class TrialOffer:
    """A trial and whether this contract gets it."""

    trial: Trial
    verdict: Verdict


def trials_for(subscription: Subscription, *, on: date) -> tuple[TrialOffer, ...]:
    """Every trial of the strategy, with the reason why it is given or not."""
    trials = benefits_of(on).trials
    if not trials:
        return ()
    stands = trying(subscription, on=on)
    return tuple(TrialOffer(one, may_try(one, stands)) for one in trials.values())


def trying(subscription: Subscription, *, on: date) -> Trying:
    """What a contract has and had on a day: one query."""
    attached = Attachment.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), subscription=subscription, from_on__lte=on
    )
    trials, add_ons, serving = read_together(
        Benefit.objects.filter(subscription=subscription, kind=BenefitKind.TRIAL).only(
            "rule_id", "ended_on", "ends_on"
        ),
        AddOn.objects.filter(pk__in=attached.values("add_on")).only("code"),
        serving_terms(subscription.pk, on=on).only("pk"),
    )
    now = [one.rule_id for one in trials if one.ended_on is None and one.ends_on > on]
    return Trying(
        plan=subscription.plan_version.plan.code,
        add_ons={one.code for one in add_ons},
        had={one.rule_id for one in trials},
        tries=next(iter(now), ""),
        is_serving=subscription.state == SubscriptionState.ACTIVE and bool(serving),
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """Something that is given or not yet, with the reason, for customer and operator alike."""

    kind: BenefitKind
    name: Sentence
    verdict: Verdict


_STREAK_NEXT = Sentence(
    zh="已连续付费 {months} 个月，下一期享受",
    en="{months} months paid in a row; the next term has it",
)
_STREAK_LEFT = Sentence(
    zh="已连续付费 {months} 个月，再 {left} 个月后的一年半价",
    en="{months} months paid in a row; the year after {left} more costs less",
)
_ANNIVERSARY_ON = Sentence(
    zh="{on} 自动赠送，无需操作", en="given by itself on {on}; there is nothing to do"
)


def outlook(term: Term, *, on: date) -> tuple[Outlook, ...]:
    """What is still to be earned by a contract, or by coming back, and how far it is."""
    rights, found = benefits_of(on), []
    subscription = term.subscription
    if rights.streak is not None and subscription.state == SubscriptionState.ACTIVE:
        grace = rights.streak.payment_grace_days
        chain = served_chains([subscription.pk])[subscription.pk]
        months = unbroken_months(
            chain, term.ends_on, grace_days=grace, make_up_days=rights.streak.make_up_days
        )
        is_next = streak_share(rights.streak, months, cycle_months=1) > 0
        whole = rights.streak.years * 12 + 12
        left = max(rights.streak.years * 12 - months % whole, 0)
        said = _STREAK_NEXT.fill(months=months) if is_next else _STREAK_LEFT.fill(
            months=months, left=left)  # fmt: skip
        found.append(Outlook(BenefitKind.STREAK, rights.streak.name, Verdict(is_next, said)))
    if rights.anniversary is not None and subscription.state == SubscriptionState.ACTIVE:
        day = anniversary_on(subscription.started_on, years=rights.anniversary.years)
        if day >= on:
            verdict = Verdict(False, _ANNIVERSARY_ON.fill(on=day))
            found.append(Outlook(BenefitKind.ANNIVERSARY, rights.anniversary.name, verdict))
    if rights.comeback is not None:
        verdict = comeback_of(term.account_id, rules=rights.comeback, on=on)
        found.append(Outlook(BenefitKind.COMEBACK, rights.comeback.name, verdict))
    return tuple(found)


def gifts_of(account_id: int) -> list[Gift]:
    """The presents of an account, the newest first."""
    return list(Gift.objects.filter(account_id=account_id).order_by("-earned_on", "-pk"))
