"""The only writers of consents to automatic renewal and of mandates."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.billing.deductions.actions import Moment, stop_open
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.queries import live_consent, standing_mandate
from tenure.records.billing.mandates.rules import (
    ALARM_AFTER,
    MANDATE,
    NUMBER_BYTES,
    AboveLimit,
    GuardianNeeded,
    MandateVerb,
    NoConsent,
    Shown,
    next_unsign,
    number_from,
)
from tenure.records.billing.mandates.states import ALIVE, MandateState
from tenure.records.customers.queries import may_agree
from tenure.records.journal.actions import Fact, append


@dataclass(frozen=True, slots=True)
class Party:
    """Who agrees, and for which agreement."""

    account_id: int
    subscription_id: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mandate that a customer is about to sign at a provider."""

    subscription_id: int
    provider: str
    method: str
    limit: Money
    payer: str = ""
    instrument: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a provider says of a signed mandate."""

    agreement_id: str
    payer: str = ""
    instrument: str = ""
    network: str = ""


@transaction.atomic
def agree(party: Party, shown: Shown, *, on: date, at: datetime, by: str) -> AutoRenewConsent:
    """Note a consent to automatic renewal; an older one is withdrawn in its favour.

    The same click told twice is one consent.

    Raises:
        NotShownFirst, AboveLimit: the consent is not worth anything.
        GuardianNeeded: the customer is a minor, and no guardian agreed (R-P-012).
    """
    shown.check()
    if not may_agree(party.account_id):
        raise GuardianNeeded()
    before = _live(party.subscription_id)
    if before is not None:
        if before.clicked_at == shown.clicked_at and before.disclosure_sha256 == shown.digest:
            return before
        before.withdrawn_at = at
        before.save(update_fields=["withdrawn_at"])
    consent = AutoRenewConsent.objects.create(
        account_id=party.account_id,
        subscription_id=party.subscription_id,
        text_version=shown.text_version,
        disclosure=shown.disclosure,
        disclosure_sha256=shown.digest,
        language=shown.language,
        shown_at=shown.shown_at,
        clicked_at=shown.clicked_at,
        ip=shown.ip,
        user_agent=shown.user_agent[:300],
        price_minor=shown.price.amount_minor,
        cap_minor=shown.cap.amount_minor,
        currency=shown.cap.currency,
        period_months=shown.period_months,
        stamps=list(shown.stamps),
    )
    content = {
        "subscription": party.subscription_id,
        "consent": consent.pk,
        "text_version": shown.text_version,
        "sha256": shown.digest,
        "price_minor": consent.price_minor,
        "cap_minor": consent.cap_minor,
        "currency": consent.currency,
        "period_months": shown.period_months,
        "stamps": list(shown.stamps),
    }
    fact = Fact("mandate.agreed", on=on, account_id=party.account_id, content=content)
    append(fact, at=at, by=by)
    return consent


@transaction.atomic
def propose(proposal: Proposal, *, on: date, at: datetime, by: str) -> Mandate:
    """Begin a mandate: its number is stored before the provider hears of it.

    Raises:
        NoConsent: the customer did not agree to automatic renewal.
        AboveLimit: one deduction could take more than the customer agreed to.
    """
    consent = live_consent(proposal.subscription_id)
    if consent is None:
        raise NoConsent()
    cap = Money(consent.cap_minor, consent.currency)
    if proposal.limit > cap:
        raise AboveLimit(limit=proposal.limit, cap=cap)
    mandate = Mandate.objects.create(
        account_id=consent.account_id,
        subscription_id=proposal.subscription_id,
        consent=consent,
        number=number_from(on, secrets.token_bytes(NUMBER_BYTES)),
        provider=proposal.provider,
        method=proposal.method,
        payer=proposal.payer,
        instrument=proposal.instrument,
        network=proposal.network,
        limit_minor=proposal.limit.amount_minor,
        currency=proposal.limit.currency,
        state=MANDATE.start,
        proposed_at=at,
    )
    append(_about(mandate, "mandate.proposed", on=on), at=at, by=by)
    return mandate


@transaction.atomic
def note_handoff(
    mandate_id: int, handoff: Mapping[str, Any], *, on: date, at: datetime, by: str
) -> Mandate:
    """Keep where the customer signs a proposed mandate; the first place told stays."""
    mandate = _locked(mandate_id)
    if not mandate.handoff:
        mandate.handoff = dict(handoff)
        mandate.save(update_fields=["handoff"])
        append(_about(mandate, "mandate.handed_over", on=on), at=at, by=by)
    return mandate


@transaction.atomic
def sign(mandate_id: int, signature: Signature, *, on: date, at: datetime, by: str) -> Mandate:
    """The provider holds the mandate now; told again, nothing changes.

    Another mandate of the same subscription is released in its favour. One that was released
    while its signature was under way is told to the provider as released.
    """
    mandate = _locked(mandate_id)
    if mandate.state in (MandateState.SIGNED, MandateState.SUSPENDED):
        return mandate
    if mandate.state != MandateState.PROPOSED:
        if mandate.agreement_id != signature.agreement_id:
            mandate.agreement_id = signature.agreement_id
            mandate.unsign_at, mandate.unsigned_at = at, None
            mandate.save(update_fields=["agreement_id", "unsign_at", "unsigned_at"])
            append(_about(mandate, "mandate.signed_too_late", on=on), at=at, by=by)
        return mandate
    before = standing_mandate(mandate.subscription_id)
    if before is not None:
        _end(before, MandateVerb.RELEASE, reason="replaced", moment=Moment(on, at, by))
    mandate.agreement_id = signature.agreement_id
    mandate.payer = signature.payer or mandate.payer
    mandate.instrument = signature.instrument or mandate.instrument
    mandate.network = signature.network or mandate.network
    mandate.signed_at = at
    return _move(mandate, MandateVerb.SIGN, kind="mandate.signed", moment=Moment(on, at, by))


@transaction.atomic
def suspend(mandate_id: int, *, reason: str, on: date, at: datetime, by: str) -> Mandate:
    """Deduct nothing until it is taken up again."""
    mandate = _locked(mandate_id)
    if mandate.state == MandateState.SUSPENDED:
        return mandate
    mandate.reason = reason
    return _move(mandate, MandateVerb.SUSPEND, kind="mandate.suspended", moment=Moment(on, at, by))


@transaction.atomic
def take_up(mandate_id: int, *, on: date, at: datetime, by: str) -> Mandate:
    """Deduct again."""
    mandate = _locked(mandate_id)
    if mandate.state == MandateState.SIGNED:
        return mandate
    mandate.reason = ""
    return _move(mandate, MandateVerb.TAKE_UP, kind="mandate.taken_up", moment=Moment(on, at, by))


@transaction.atomic
def release(mandate_id: int, *, reason: str, on: date, at: datetime, by: str) -> Mandate:
    """End a mandate here, and let the provider be told; ending what has ended changes nothing."""
    mandate = _locked(mandate_id)
    if mandate.state not in ALIVE:
        return mandate
    return _end(mandate, MandateVerb.RELEASE, reason=reason, moment=Moment(on, at, by))


@transaction.atomic
def note_released(mandate_id: int, *, reason: str, on: date, at: datetime, by: str) -> Mandate:
    """The customer ended it at the provider, who need not be told (R-Y-027, R-Y-036)."""
    mandate = _locked(mandate_id)
    if mandate.state not in ALIVE:
        return mandate
    moment = Moment(on, at, by)
    return _end(mandate, MandateVerb.RELEASE, reason=reason, moment=moment, is_known=True)


@transaction.atomic
def expire(mandate_id: int, *, reason: str, on: date, at: datetime, by: str) -> Mandate:
    """It ended by itself: nobody signed it in time, or its own time is over."""
    mandate = _locked(mandate_id)
    if mandate.state not in ALIVE:
        return mandate
    moment = Moment(on, at, by)
    return _end(mandate, MandateVerb.EXPIRE, reason=reason, moment=moment, is_known=True)


@transaction.atomic
def withdraw(subscription_id: int, *, reason: str, on: date, at: datetime, by: str) -> int:
    """Take every leave to deduct back at once: the consent, the mandates, what is under way.

    From here on nothing can be deducted, whatever the provider knows yet (R-A-085). How many
    mandates ended.
    """
    consent = _live(subscription_id)
    if consent is not None:
        consent.withdrawn_at = at
        consent.save(update_fields=["withdrawn_at"])
        content = {"subscription": subscription_id, "consent": consent.pk, "reason": reason}
        fact = Fact("mandate.withdrawn", on=on, account_id=consent.account_id, content=content)
        append(fact, at=at, by=by)
    stop_open(subscription_id, reason=reason, on=on, at=at, by=by)
    alive = Mandate.objects.select_for_update().filter(
        subscription_id=subscription_id, state__in=ALIVE
    )
    moment = Moment(on, at, by)
    ended = [
        _end(mandate, MandateVerb.RELEASE, reason=reason, moment=moment)
        for mandate in alive.order_by("pk")
    ]
    return len(ended)


@transaction.atomic
def note_unsigned(mandate_id: int, *, on: date, at: datetime, by: str) -> Mandate:
    """The provider confirmed that the mandate has ended."""
    mandate = _locked(mandate_id)
    if mandate.unsigned_at is None:
        mandate.unsigned_at, mandate.unsign_at = at, None
        mandate.save(update_fields=["unsigned_at", "unsign_at"])
        append(_about(mandate, "mandate.unsigned", on=on), at=at, by=by)
    return mandate


@transaction.atomic
def note_unanswered(mandate_id: int, *, on: date, at: datetime, by: str) -> bool:
    """The provider did not confirm: tell it again later; True where an alarm was raised now."""
    mandate = _locked(mandate_id)
    mandate.unsign_attempts += 1
    mandate.unsign_at = next_unsign(mandate.unsign_attempts, at=at)
    is_late = mandate.ended_at is not None and at - mandate.ended_at >= ALARM_AFTER
    rings = is_late and mandate.alarmed_at is None
    if rings:
        mandate.alarmed_at = at
    mandate.save(update_fields=["unsign_attempts", "unsign_at", "alarmed_at"])
    kind = "mandate.unsign_alarmed" if rings else "mandate.unsign_unanswered"
    append(_about(mandate, kind, on=on, attempts=mandate.unsign_attempts), at=at, by=by)
    return rings


@transaction.atomic
def forget_device(consent_ids: Sequence[int], *, on: date, at: datetime, by: str) -> int:
    """Take address and device out of consents whose time as evidence is over; how many."""
    rows = AutoRenewConsent.objects.select_for_update().filter(pk__in=consent_ids)
    known = list(rows.exclude(ip="", user_agent="").order_by("pk"))
    for consent in known:
        content = {"subscription": consent.subscription_id, "consent": consent.pk}
        fact = Fact("mandate.device_forgotten", on=on, account_id=consent.account_id,
                    content=content, once_key=f"mandate.device_forgotten:{consent.pk}")  # fmt: skip
        append(fact, at=at, by=by)
    AutoRenewConsent.objects.filter(pk__in=[one.pk for one in known]).update(ip="", user_agent="")
    return len(known)


def _live(subscription_id: int) -> AutoRenewConsent | None:
    found = AutoRenewConsent.objects.select_for_update().filter(
        subscription_id=subscription_id, withdrawn_at=None
    )
    return found.first()


def _locked(mandate_id: int) -> Mandate:
    return Mandate.objects.select_for_update().get(pk=mandate_id)


def _end(
    mandate: Mandate, verb: MandateVerb, *, reason: str, moment: Moment, is_known: bool = False
) -> Mandate:
    mandate.ended_at, mandate.reason = moment.at, reason
    # A mandate that was only proposed may be signed at the provider already: it is told as well.
    mandate.unsign_at = None if is_known else moment.at
    mandate.unsigned_at = moment.at if is_known else None
    kind = "mandate.released" if verb is MandateVerb.RELEASE else "mandate.expired"
    return _move(mandate, verb, kind=kind, moment=moment)


def _move(mandate: Mandate, verb: MandateVerb, *, kind: str, moment: Moment) -> Mandate:
    mandate.state = MANDATE.after(MandateState(mandate.state), verb)
    mandate.save()
    append(_about(mandate, kind, on=moment.on), at=moment.at, by=moment.by)
    return mandate


def _about(mandate: Mandate, kind: str, *, on: date, **told: object) -> Fact:
    content = {
        "mandate": mandate.number,
        "subscription": mandate.subscription_id,
        "provider": mandate.provider,
        "method": mandate.method,
        **told,
    }
    if mandate.reason:
        content["reason"] = mandate.reason
    return Fact(kind, on=on, account_id=mandate.account_id, content=content)
