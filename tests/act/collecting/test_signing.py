"""A mandate begins with the customer's own consent and ends up at the provider."""

from datetime import timedelta

import pytest

from tenure.act.collecting.actions import Wish, begin_mandate
from tenure.act.collecting.signing import NotByItself
from tenure.act.payments.values import AgreementRequest, AgreementStatus, HandOff, HandOffKind
from tenure.decide.obligations.windows import ProlongationNotAllowed
from tenure.loop.reactions import react
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.rules import NoConsent
from tenure.records.billing.mandates.states import MandateState
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Subscription
from tests.act.collecting.tills import ScriptedProvider, a_till
from tests.builders import AT, a_renewal_consent, a_term, an_account, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def signs(till: ScriptedProvider) -> list[AgreementRequest]:
    """Let a provider offer agreements; what it was asked to sign."""
    asked: list[AgreementRequest] = []

    def sign_agreement(request: AgreementRequest, *, at: object) -> HandOff:
        asked.append(request)
        return HandOff(HandOffKind.REDIRECT, url=f"https://pay.example/{request.number}")

    till.sign_agreement = sign_agreement  # type: ignore[method-assign]
    return asked


def a_wish(subscription: Subscription, method: str = "wechat_native") -> Wish:
    return Wish(subscription.pk, method, return_url="https://my.example/methods")


def test_a_mandate_is_asked_for_within_the_consent_and_with_the_contracts_rhythm() -> None:
    term = a_term(auto_renew=True)
    consent = a_renewal_consent(subscription=term.subscription, cap_minor=150_000)
    with a_till() as till:
        asked = signs(till)
        begun = begin_mandate(a_wish(term.subscription), at=AT, by="customer")

    assert begun.handoff.url == f"https://pay.example/{begun.mandate.number}"
    (request,) = asked
    assert (request.number, len(request.number)) == (begun.mandate.number, 29)
    assert request.limit.amount_minor == consent.cap_minor == begun.mandate.limit_minor
    assert (request.every, request.unit) == (12, "month")
    assert request.shown_to_payer == "张*"
    assert begun.mandate.state == MandateState.PROPOSED


def test_without_a_consent_nobody_is_asked_to_sign() -> None:
    """R-A-014."""
    term = a_term(auto_renew=True)
    with a_till() as till:
        asked = signs(till)
        with pytest.raises(NoConsent):
            begin_mandate(a_wish(term.subscription), at=AT, by="customer")

    assert asked == []
    assert Mandate.objects.count() == 0


def test_a_german_year_is_not_signed_and_a_month_is() -> None:
    """R-A-059."""
    german = an_account(country="DE", region="")
    year, month = (
        a_term(account=german, cycle_months=months, auto_renew=True).subscription
        for months in (12, 1)
    )
    for subscription in (year, month):
        a_renewal_consent(subscription=subscription)
    with a_till() as till:
        signs(till)
        with pytest.raises(ProlongationNotAllowed):
            begin_mandate(a_wish(year), at=AT, by="customer")
        begin_mandate(a_wish(month), at=AT, by="customer")

    assert Mandate.objects.get().subscription == month


def test_a_cycle_that_is_not_on_the_list_does_not_renew_by_itself() -> None:
    term = a_term(cycle_months=6, auto_renew=True)
    a_renewal_consent(subscription=term.subscription)
    with a_till() as till:
        signs(till)
        with pytest.raises(NotByItself, match="1, 12, 24"):
            begin_mandate(a_wish(term.subscription), at=AT, by="customer")


@pytest.mark.parametrize(
    ("status", "state"),
    [(AgreementStatus.ACTIVE, MandateState.SIGNED), (AgreementStatus.ENDED, MandateState.RELEASED)],
)
def test_what_the_provider_says_of_a_mandate_is_taken_over(
    status: AgreementStatus, state: MandateState
) -> None:
    """R-Y-027: signing and release are told by notices."""
    term = a_term(auto_renew=True)
    a_renewal_consent(subscription=term.subscription)
    with a_till() as till:
        signs(till)
        mandate = begin_mandate(a_wish(term.subscription), at=AT, by="customer").mandate
    content = {"number": mandate.number, "agreement_id": "7001", "status": str(status)}
    fact = Fact("agreement.noticed", on=day(0), content={**content, "provider": "wechat"})
    append(fact, at=AT + timedelta(minutes=3), by="engine")

    react(at=AT + timedelta(minutes=4))

    mandate.refresh_from_db()
    assert mandate.state == state
    if state == MandateState.SIGNED:
        assert mandate.agreement_id == "7001"
