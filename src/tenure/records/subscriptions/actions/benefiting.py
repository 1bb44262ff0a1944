"""Give something beside a term, and let it end: the only writers of benefits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.rows import BATCH_ROWS, update_rows
from tenure.records.subscriptions.actions.granting import Grant, grant
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.rules import BenefitKind
from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState

# These last as long as the term with which they came, wherever its end moves.
WITH_TERM = (BenefitKind.STREAK, BenefitKind.NEWCOMER, BenefitKind.BUNDLE)


@dataclass(frozen=True, slots=True)
class NewBenefit:
    """Something to be given beside a term: what, why, for which days.

    `gives` are entitlements, as rows of code, name (zh, en), quantity and unit; `holds` is the kind
    of period under which a contract has them. `content` is kept with that period.
    """

    term: Term
    kind: BenefitKind
    rule_id: str
    name: Sentence
    reason: Sentence
    period: Period
    on: date
    once_key: str
    worth_minor: int = 0
    holds: PeriodKind | None = None
    gives: Sequence[Mapping[str, Any]] = ()
    content: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def give(new: NewBenefit, *, at: datetime, by: str) -> Benefit:
    """Give it once; given again under the same key, nothing changes.

    Raises:
        PeriodsOverlap: something of its kind, or a pause, holds on some of these days.
    """
    there = Benefit.objects.filter(once_key=new.once_key).first()
    if there is not None:
        return there
    held = _hold(new, at=at, by=by) if new.holds is not None else None
    benefit = Benefit.objects.create(
        account_id=new.term.account_id,
        subscription_id=new.term.subscription_id,
        term=new.term,
        kind=new.kind,
        rule_id=new.rule_id,
        name_zh=new.name.zh,
        name_en=new.name.en,
        reason_zh=new.reason.zh,
        reason_en=new.reason.en,
        starts_on=new.period.starts_on,
        ends_on=new.period.ends_on,
        worth_minor=new.worth_minor,
        currency=new.term.currency,
        period=held,
        given_on=new.on,
        once_key=new.once_key,
        recorded_at=at,
    )
    append(given_fact(benefit), at=at, by=by)
    return benefit


def _hold(new: NewBenefit, *, at: datetime, by: str) -> ContractPeriod:
    assert new.holds is not None, "only what holds for days has a period"
    if new.holds is not PeriodKind.COMEBACK:
        wanted = Grant(
            new.term.subscription_id, new.holds, new.period, new.gives, reason=new.name.en
        )
        return grant(wanted, at=at, by=by)
    held, _ = ContractPeriod.objects.get_or_create(
        subscription_id=new.term.subscription_id,
        kind=new.holds,
        starts_on=new.period.starts_on,
        defaults={
            "account_id": new.term.account_id,
            "ends_on": new.period.ends_on,
            "content": dict(new.content),
            "recorded_at": at,
        },
    )
    return held


def given_fact(benefit: Benefit) -> Fact:
    """What the journal says of something given, with the reason.

    `gives` names the entitlements, for the operator's own systems that switch them on and off.
    """
    rows = benefit.period.content.get("gives", []) if benefit.period is not None else []
    return Fact(
        "benefit.given",
        on=benefit.given_on,
        account_id=benefit.account_id,
        term_id=benefit.term_id,
        content={
            "benefit": benefit.once_key,
            "kind": str(benefit.kind),
            "rule": benefit.rule_id,
            "from": str(benefit.starts_on),
            "until": str(benefit.ends_on),
            "gives": [row["code"] for row in rows],
            "reason": {"zh": benefit.reason_zh, "en": benefit.reason_en},
        },
        once_key=f"benefit.given:{benefit.once_key}",
    )


def follow_terms(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Move what lasts as long as its term, where the term has moved; how many moved."""
    moved = Benefit.objects.filter(ended_on=None, kind__in=WITH_TERM).exclude(
        starts_on=F("term__starts_on"), ends_on=F("term__ends_on")
    )
    moved = moved.exclude(term__state=TermState.CANCELLED).select_related("term")
    count = 0
    for batch in batched(moved.order_by("-starts_on").iterator(BATCH_ROWS), BATCH_ROWS):
        count += _move(batch, on=as_of, at=at, by=by)
    return count


@transaction.atomic
def _move(benefits: Sequence[Benefit], *, on: date, at: datetime, by: str) -> int:
    days = [(one.term.starts_on, one.term.ends_on, one) for one in benefits]
    columns = ("starts_on", "ends_on")
    update_rows(Benefit, [(a, z, one.pk) for a, z, one in days], columns=columns)
    held = [(a, z, one.period_id) for a, z, one in days if one.period_id is not None]
    update_rows(ContractPeriod, held, columns=columns)
    facts = (
        Fact(
            "benefit.moved",
            on=on,
            account_id=one.account_id,
            term_id=one.term_id,
            content={"benefit": one.once_key, "from": str(a), "until": str(z)},
        )
        for a, z, one in days
    )
    append_many(facts, at=at, by=by)
    return len(days)


def end_due(
    *, as_of: date, at: datetime, by: str = "loop", term_ids: Iterable[int] | None = None
) -> int:
    """End what is over, and take back what came with something that was given back; how many.

    With `term_ids` only what came with these terms, or with their contracts.
    """
    due = _due(as_of)
    if term_ids is not None:
        chains = Term.objects.filter(pk__in=list(term_ids)).values("subscription_id")
        due = due.filter(subscription_id__in=chains)
    count = 0
    while batch := list(due.select_related("term", "subscription").order_by("pk")[:BATCH_ROWS]):
        count += _end(batch, on=as_of, at=at, by=by)
    return count


def _due(as_of: date) -> QuerySet[Benefit]:
    serving = Term.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=as_of),
        subscription=OuterRef("subscription"),
        ends_on__gt=as_of,
    )
    was_cut = Q(term__state=TermState.CANCELLED, term__closed_on__lt=F("ends_on"))
    is_over = Q(subscription__state=SubscriptionState.ENDED) & ~Q(Exists(serving))
    return Benefit.objects.filter(
        Q(ends_on__lte=as_of) | was_cut & Q(term__closed_on__lte=as_of) | is_over, ended_on=None
    )


@transaction.atomic
def _end(benefits: Sequence[Benefit], *, on: date, at: datetime, by: str) -> int:
    ends = [(*_how(one, on=on), one) for one in benefits]
    rows = [(day, str(how), one.pk) for day, how, one in ends]
    update_rows(Benefit, rows, columns=("ended_on", "end"))
    taken = {one.period_id: (day, one) for day, how, one in ends
             if how == Benefit.End.TAKEN_BACK and one.period_id is not None}  # fmt: skip
    never_held = [key for key, (day, one) in taken.items() if day <= one.starts_on]
    ContractPeriod.objects.filter(pk__in=never_held).delete()
    cut = [(day, key) for key, (day, one) in taken.items() if day > one.starts_on]
    update_rows(ContractPeriod, cut, columns=("ends_on",))
    facts = (
        Fact(
            "benefit.ended",
            on=day,
            account_id=one.account_id,
            term_id=one.term_id,
            content={"benefit": one.once_key, "kind": str(one.kind), "end": str(how)},
            once_key=f"benefit.ended:{one.once_key}",
        )
        for day, how, one in ends
    )
    append_many(facts, at=at, by=by)
    return len(ends)


def _how(benefit: Benefit, *, on: date) -> tuple[date, Benefit.End]:
    """On which day something ended, and how: taken back where its term or contract ended first."""
    term, contract = benefit.term, benefit.subscription
    cuts = [term.closed_on] if term.state == TermState.CANCELLED else []
    if contract.state == SubscriptionState.ENDED:
        cuts.append(contract.ended_on)
    days = [one for one in cuts if one is not None and one < benefit.ends_on]
    if days:
        return max(min(days), min(benefit.given_on, on)), Benefit.End.TAKEN_BACK
    return benefit.ends_on, Benefit.End.OVER


@dataclass(frozen=True, slots=True)
class Won:
    """What somebody bought after trying it, and when."""

    bought: str
    on: date


@transaction.atomic
def settle_trial(
    benefit_id: int, won: Won | None = None, *, on: date, at: datetime, by: str
) -> Benefit:
    """Count a trial, once: won by what was bought after it began, or not (OFR-17)."""
    trial = Benefit.objects.select_for_update().get(pk=benefit_id)
    assert trial.kind == BenefitKind.TRIAL, "only trials are counted"
    if trial.settled_on is not None:
        return trial
    trial.settled_on = on
    if won is not None:
        trial.converted_to, trial.converted_on = won.bought[:60], won.on
    trial.save(update_fields=["settled_on", "converted_to", "converted_on"])
    fact = Fact(
        "trial.not_converted" if won is None else "trial.converted",
        on=on if won is None else won.on,
        account_id=trial.account_id,
        term_id=trial.term_id,
        content={"benefit": trial.once_key, "trial": trial.rule_id,
                 "bought": "" if won is None else won.bought},
        once_key=f"trial.settled:{trial.once_key}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return trial


@transaction.atomic
def note_reminded(benefit_id: int, *, on: date, at: datetime, by: str) -> Benefit:
    """Remember that somebody was told of an end to come; told again, nothing changes."""
    benefit = Benefit.objects.select_for_update().get(pk=benefit_id)
    if benefit.reminded_on is None:
        benefit.reminded_on = on
        benefit.save(update_fields=["reminded_on"])
        fact = Fact(
            "benefit.reminded",
            on=on,
            account_id=benefit.account_id,
            term_id=benefit.term_id,
            content={"benefit": benefit.once_key, "until": str(benefit.ends_on)},
            once_key=f"benefit.reminded:{benefit.once_key}",
        )
        append(fact, at=at, by=by)
    return benefit
