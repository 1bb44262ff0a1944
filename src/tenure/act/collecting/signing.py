"""Send a customer to a provider to sign a mandate: asked first, then stored, then handed over."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from tenure.act.payments import registry
from tenure.act.payments.addresses import notify_url
from tenure.act.payments.values import AgreementRequest, HandOff, HandOffKind, PeriodUnit
from tenure.decide.obligations.queries import binding_of
from tenure.decide.obligations.windows import check_prolongation
from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.billing.mandates.actions import Proposal, note_handoff, propose
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.queries import live_consent, open_proposal
from tenure.records.billing.mandates.rules import NoConsent
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import live_term

# R-Y-035: a provider's monthly day is never later than this.
LATEST_DAY: Final = 28
# For so long a place to sign at is used again: clicked twice, it is one mandate.
PLACE_HOLDS: Final = timedelta(minutes=30)


class NotByItself(Refusal):
    """A cycle that is not renewed by itself here."""

    code = "not_renewed_by_itself"
    said = Sentence(
        zh="{months} 个月的周期不支持自动续费；可自动续费的有：{known} 个月。",
        en="A cycle of {months} months does not renew by itself; those that do: {known} months.",
    )


class NoTermToRenew(Refusal):
    """An agreement that is over has nothing to renew."""

    code = "no_term_to_renew"
    said = Sentence(
        zh="这份合约没有可续的周期；请先购买。",
        en="This agreement has no term that could be renewed; buy one first.",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """By which method a customer wants to let money be taken, and where to come back to."""

    subscription_id: int
    method: str
    return_url: str
    way: str = "page"
    payer: str = ""
    instrument: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A proposed mandate, and where the customer signs it."""

    mandate: Mandate
    handoff: HandOff


def begin_mandate(wish: Wish, *, at: datetime, by: str) -> Begun:
    """Propose a mandate within the customer's own consent, and hand the customer over to sign it.

    Raises:
        NoConsent: the customer did not agree to automatic renewal first (R-A-014).
        NotByItself, ProlongationNotAllowed: this cycle may not renew by itself (R-A-059).
        NoSuchProvider, NotOffered: nobody takes mandates this way here.
        ProviderDown: no answer; nothing is signed, and the mandate expires by itself.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    consent, term = live_consent(wish.subscription_id), live_term(wish.subscription_id)
    if consent is None:
        raise NoConsent()
    if term is None:
        raise NoTermToRenew()
    _check_cycle(term, wish, on=at)
    provider = registry.provider_of(wish.method)
    before = open_proposal(consent, method=wish.method, since=at - PLACE_HOLDS)
    if before is not None:
        return Begun(before, read_handoff(before))
    cap = Money(consent.cap_minor, consent.currency)
    proposal = Proposal(
        wish.subscription_id,
        provider.name,
        wish.method,
        limit=cap,
        payer=wish.payer,
        instrument=wish.instrument,
        network=wish.network,
    )
    mandate = propose(proposal, on=on, at=at, by=by)
    request = AgreementRequest(
        number=mandate.number,
        subject=strategy.business.name.say(strategy.business.language),
        shown_to_payer=masked(term.account.name),
        limit=cap,
        every=term.cycle_months,
        unit=PeriodUnit.MONTH,
        first_on=term.ends_on.replace(day=min(term.ends_on.day, LATEST_DAY)),
        return_url=wish.return_url,
        notify_url=notify_url(provider.name),
        payer=wish.payer,
        way=wish.way,
    )
    handoff = provider.sign_agreement(request, at=at)
    mandate = note_handoff(mandate.pk, asdict(handoff), on=on, at=at, by=by)
    return Begun(mandate, handoff)


def read_handoff(mandate: Mandate) -> HandOff:
    """Where a mandate is signed, as it was stored."""
    return HandOff(**{**mandate.handoff, "kind": HandOffKind(mandate.handoff["kind"])})


def _check_cycle(term: Term, wish: Wish, *, on: datetime) -> None:
    strategy = current()
    known = strategy.obligations.auto_renew_months
    if known and term.cycle_months not in known:
        raise NotByItself(months=term.cycle_months, known=sorted(known))
    day = today(strategy.business.zone, on)
    binding = binding_of(wish.subscription_id, on=day, method=wish.method)
    check_prolongation(
        binding.prolongations,
        first_months=term.cycle_months if term.number == 1 else 1,
        renewed_months=term.cycle_months,
    )


def masked(name: str) -> str:
    """A name as a provider may show it: the first letter, the rest hidden (R-Y-069)."""
    return f"{name[:1]}*" if name else "*"
