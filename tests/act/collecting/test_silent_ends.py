"""R-Y-036: Alipay says nothing when an agreement has run out, so it is asked; and old evidence."""

from datetime import timedelta

import pytest

from tenure.act.collecting.evidence import forget_evidence
from tenure.act.collecting.releasing import ask_agreements
from tenure.act.payments.values import AgreementStatus
from tenure.records.billing.mandates.models import AutoRenewConsent
from tenure.records.billing.mandates.states import MandateState
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Subscription
from tests.act.collecting.tills import a_till
from tests.builders import AT, a_mandate, a_renewal_consent, a_term, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_an_agreement_that_ran_out_is_found_within_a_week() -> None:
    mandate = a_mandate(provider="alipay", method="alipay_page")
    with a_till("alipay") as till:
        till.agreement = AgreementStatus.ENDED
        found = [ask_agreements(at=AT + timedelta(days=back)) for back in range(1, 8)]

    mandate.refresh_from_db()
    mandate.subscription.refresh_from_db()
    assert (sum(found), mandate.state) == (1, MandateState.RELEASED)
    assert mandate.subscription.auto_renew is False


def test_a_standing_one_stays_and_other_providers_are_not_asked() -> None:
    standing = a_mandate(provider="alipay", method="alipay_page")
    other = a_mandate(provider="wechat")
    with a_till("alipay") as till, a_till("wechat") as deaf:
        till.agreement, deaf.agreement = AgreementStatus.ACTIVE, AgreementStatus.ENDED
        found = [ask_agreements(at=AT + timedelta(days=back)) for back in range(1, 8)]

    for mandate in (standing, other):
        mandate.refresh_from_db()
        assert mandate.state == MandateState.SIGNED
    assert sum(found) == 0


@pytest.mark.parametrize(
    ("ended_days_ago", "is_forgotten"), [(None, False), (180, False), (400, True)]
)
def test_evidence_is_kept_as_long_as_the_law_wants_and_no_longer(
    ended_days_ago: int | None, is_forgotten: bool
) -> None:
    """R-A-005: five years from the consent and a year from the end, whichever is longer."""
    subscription = a_term(auto_renew=True).subscription
    consent = a_renewal_consent(subscription=subscription)
    long_ago = AT - timedelta(days=7 * 365)
    AutoRenewConsent.objects.update(shown_at=long_ago, clicked_at=long_ago)
    if ended_days_ago is not None:
        ended_on = day(-ended_days_ago)
        Subscription.objects.update(state="ended", ended_on=ended_on, end_kind="lapse")

    forgotten = [forget_evidence(on=day(0), at=AT) for _ in range(2)]

    consent.refresh_from_db()
    assert sum(forgotten) == is_forgotten
    assert (consent.ip, consent.user_agent) == (
        ("", "") if is_forgotten else ("203.0.113.7", "test")
    )
    assert consent.disclosure != ""
    assert Entry.objects.filter(kind="mandate.device_forgotten").count() == is_forgotten
