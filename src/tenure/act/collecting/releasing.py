"""Tell providers that mandates have ended, until they confirm it (R-A-085)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog

from tenure.act.payments import registry
from tenure.act.payments.values import AgreementStatus
from tenure.kernel.clock import today
from tenure.kernel.failures import Outage, Refusal
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.mandates import actions
from tenure.records.billing.mandates.actions import Signature
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.queries import live_consent, to_unsign
from tenure.records.billing.mandates.states import MandateState
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import switch_auto_renew

_log = structlog.get_logger("tenure.collecting")
_UNSIGNED: Final = timedelta(hours=1)
_NEVER_SIGNED: Final = timedelta(days=7)
# Providers that tell nobody when an agreement has run out, and in how many nights all are asked.
_SILENT: Final = ("alipay",)
_ROUND: Final = 7


def unsign_due(*, at: datetime, by: str = "loop") -> int:
    """Tell every provider what ended here and was not confirmed yet; how many confirmed.

    Our own side stopped before: whatever the provider answers, nothing is deducted any more.
    """
    on = today(current().business.zone, at)
    confirmed = 0
    for mandate in to_unsign(at=at):
        if _tell(mandate, at=at):
            actions.note_unsigned(mandate.pk, on=on, at=at, by=by)
            confirmed += 1
        elif actions.note_unanswered(mandate.pk, on=on, at=at, by=by):
            _log.error("unsign_overdue", mandate=mandate.number, provider=mandate.provider)
    return confirmed


def _tell(mandate: Mandate, *, at: datetime) -> bool:
    """Whether the provider confirmed that a mandate has ended, or never knew it."""
    try:
        provider = registry.provider_of(mandate.provider)
        provider.terminate_agreement(mandate.number, at=at, agreement_id=mandate.agreement_id)
    except (Outage, Refusal) as failure:
        _log.warning("unsign_failed", mandate=mandate.number, code=failure.code, told=str(failure))
        return False
    return True


def mirror(number: str, status: AgreementStatus, *, at: datetime, agreement_id: str = "") -> bool:
    """Take over what a provider says of a mandate, in a notice or asked (R-Y-027, R-Y-036).

    Ended there, it ends here, and is never taken up again without a new consent. Whether it is
    one of ours.
    """
    mandate = Mandate.objects.filter(number=number).first()
    if mandate is None and agreement_id:
        mandate = Mandate.objects.filter(agreement_id=agreement_id).first()
    if mandate is None:
        return False
    on = today(current().business.zone, at)
    if status is AgreementStatus.ACTIVE:
        by = mandate.provider
        signed = actions.sign(mandate.pk, Signature(agreement_id), on=on, at=at, by=by)
        if signed.state == MandateState.SIGNED and live_consent(mandate.subscription_id):
            switch_auto_renew(mandate.subscription_id, is_on=True, on=on, at=at, by=by)
    elif status is AgreementStatus.ENDED:
        end_at_provider(mandate, at=at)
    return True


def hear_providers(said: Iterable[Mapping[str, Any]], *, at: datetime) -> int:
    """Take over what providers' notices said of mandates; how many were ours."""
    heard = 0
    for one in said:
        if one["status"] in list(AgreementStatus):
            status = AgreementStatus(one["status"])
            heard += mirror(one["number"], status, at=at, agreement_id=one["agreement_id"])
    return heard


def end_at_provider(mandate: Mandate, *, at: datetime) -> None:
    """The customer ended it at the provider: automatic renewal is off, by hand from here on."""
    on = today(current().business.zone, at)
    by = mandate.provider
    was_standing = mandate.state in (MandateState.SIGNED, MandateState.SUSPENDED)
    actions.note_released(mandate.pk, reason="at_provider", on=on, at=at, by=by)
    if was_standing:
        switch_auto_renew(mandate.subscription_id, is_on=False, on=on, at=at, by=by)


def ask_agreements(*, at: datetime, by: str = "loop") -> int:
    """Ask how mandates stand that nobody confirmed in an hour; unsigned for a week they expire.

    How many changed.
    """
    proposed = Mandate.objects.filter(state=MandateState.PROPOSED, proposed_at__lte=at - _UNSIGNED)
    on = today(current().business.zone, at)
    changed = _ask_silent(on, at=at)
    for mandate in proposed.order_by("pk"):
        if _ask(mandate, at=at):
            changed += 1
        elif at - mandate.proposed_at >= _NEVER_SIGNED:
            actions.expire(mandate.pk, reason="never_signed", on=on, at=at, by=by)
            changed += 1
    return changed


def ask_agreement(mandate: Mandate, *, at: datetime) -> bool:
    """Ask the provider about a mandate that waits to be signed; whether it told how it ended."""
    return mandate.state == MandateState.PROPOSED and _ask(mandate, at=at)


def _ask_silent(on: date, *, at: datetime) -> int:
    """Ask about signed mandates whose provider says nothing when they run out (R-Y-036).

    Each is asked about once in seven days, and every night while a deduction is announced.
    """
    standing = Mandate.objects.filter(state=MandateState.SIGNED, provider__in=_SILENT)
    due = Deduction.objects.filter(
        state__in=(DeductionState.PLANNED, DeductionState.NOTIFIED)
    ).values("mandate_id")
    nightly = set(standing.filter(pk__in=due).values_list("pk", flat=True))
    turn = on.toordinal() % _ROUND
    changed = 0
    for mandate in standing.order_by("pk"):
        if mandate.pk in nightly or mandate.pk % _ROUND == turn:
            _ask(mandate, at=at)
            mandate.refresh_from_db()
            changed += mandate.state != MandateState.SIGNED
    return changed


def _ask(mandate: Mandate, *, at: datetime) -> bool:
    try:
        provider = registry.provider_of(mandate.provider)
        found = provider.query_agreement(mandate.number, at=at, agreement_id=mandate.agreement_id)
    except (Outage, Refusal) as failure:
        _log.warning("not_answered", mandate=mandate.number, code=failure.code, told=str(failure))
        return False
    if found.status not in (AgreementStatus.ACTIVE, AgreementStatus.ENDED):
        return False
    return mirror(mandate.number, found.status, at=at, agreement_id=found.agreement_id)
