"""Leave to deduct: a consent that was shown and clicked, and a mandate that rests on it."""

from datetime import datetime, timedelta

from tenure.kernel.money import Money
from tenure.records.billing.deductions.actions import NewDeduction, plan_many
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.mandates.actions import Party, Proposal, Signature, agree, propose, sign
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.queries import live_consent
from tenure.records.billing.mandates.rules import Shown
from tenure.records.subscriptions.models import Subscription, Term
from tests.builders.agreements import a_term
from tests.builders.moments import AT, day, fresh


def shown(
    *,
    price_minor: int = 106_920,
    cap_minor: int | None = None,
    currency: str = "CNY",
    period_months: int = 12,
    disclosure: str = "每年自动续费 1,069.20 元，随时可关闭。",
    clicked_at: datetime = AT,
    shown_at: datetime | None = None,
) -> Shown:
    """What a customer saw beside the control."""
    return Shown(
        text_version="2026-04",
        disclosure=disclosure,
        language="zh-Hans",
        shown_at=shown_at or clicked_at - timedelta(seconds=20),
        clicked_at=clicked_at,
        price=Money(price_minor, currency),
        cap=Money(price_minor if cap_minor is None else cap_minor, currency),
        period_months=period_months,
        ip="203.0.113.7",
        user_agent="test",
        stamps=("cn@2026-04-10",),
    )


def a_renewal_consent(
    *, subscription: Subscription | None = None, at: datetime = AT, **of_shown: int | str
) -> AutoRenewConsent:
    subscription = subscription or a_term(auto_renew=True).subscription
    return agree(
        Party(subscription.account_id, subscription.pk),
        shown(clicked_at=at, **of_shown),  # type: ignore[arg-type]
        on=day(0),
        at=at,
        by="customer",
    )


def a_mandate(
    *,
    subscription: Subscription | None = None,
    provider: str = "wechat",
    method: str = "wechat",
    limit_minor: int = 106_920,
    currency: str = "CNY",
    is_signed: bool = True,
    instrument: str = "",
    network: str = "",
    at: datetime = AT,
    **of_consent: int | str,
) -> Mandate:
    """A signed mandate on a live consent; both are made where they are not there."""
    subscription = subscription or a_term(auto_renew=True).subscription
    if live_consent(subscription.pk) is None:
        wanted: dict[str, int | str] = {"price_minor": limit_minor, "currency": currency}
        a_renewal_consent(subscription=subscription, at=at, **{**wanted, **of_consent})
    proposal = Proposal(
        subscription.pk,
        provider,
        method,
        limit=Money(limit_minor, currency),
        instrument=instrument,
        network=network,
    )
    mandate = propose(proposal, on=day(0), at=at, by="customer")
    if is_signed:
        signature = Signature(fresh("agreement"), instrument=instrument, network=network)
        mandate = sign(mandate.pk, signature, on=day(0), at=at, by="provider")
    return mandate


def a_deduction(
    *,
    term: Term | None = None,
    mandate: Mandate | None = None,
    by_hand: str = "",
    at: datetime = AT,
) -> Deduction:
    """A planned deduction for the renewal of a term."""
    term = term or a_term(auto_renew=True)
    mandate = mandate or a_mandate(subscription=term.subscription, at=at)
    planned = NewDeduction(
        account_id=term.account_id,
        subscription_id=term.subscription_id,
        term_id=term.pk,
        mandate_id=mandate.pk,
        due_on=term.ends_on,
        amount_minor=term.price_minor,
        currency=term.currency,
        stamps=("cn@2026-04-10",),
        by_hand=by_hand,
    )
    plan_many([planned], on=day(0), at=at, by="loop")
    return Deduction.objects.get(term=term)
