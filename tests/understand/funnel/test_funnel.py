"""DAT-04: dated steps from lead to renewal, of one customer and of everybody."""

from datetime import date

import pytest

from tenure.records.milestones.models import Milestone
from tenure.records.subscriptions.models import Term
from tenure.understand.funnel.queries import Reached, funnel, stages_of
from tenure.understand.funnel.rules import steps
from tests.builders import AS_OF, AT, a_payment, a_term, an_account, day


def a_milestone(party: str, stage: str, on: date) -> Milestone:
    return Milestone.objects.create(
        source="crm",
        external_id=f"{party}-{stage}",
        party_source="test",
        party=party,
        stage=stage,
        happened_on=on,
        recorded_at=AT,
    )


def test_a_share_is_of_those_who_did_the_step_before() -> None:
    """Four leads, two of them won after 10 and 20 days; nobody tells of invoices."""
    told = [
        {"lead": date(2026, 1, 1), "contract": date(2026, 1, 11), "payment": date(2026, 1, 12)},
        {"lead": date(2026, 1, 1), "contract": date(2026, 1, 21)},
        {"lead": date(2026, 1, 1)},
        {"lead": date(2026, 1, 1), "contract": date(2025, 12, 1)},
        {"payment": date(2026, 1, 5)},
    ]

    lead, contract, invoice, payment, renewal = steps(told)

    assert (lead.reached, lead.share) == (4, None)
    assert (contract.came_from, contract.went_on, contract.median_days) == (4, 2, 15)
    assert contract.share == 0.5
    assert contract.interval == pytest.approx((0.15004, 0.84996), abs=1e-4)
    assert (invoice.reached, invoice.share) == (0, None)
    assert (payment.before, payment.came_from, payment.went_on) == ("contract", 3, 1)
    assert payment.reached == 2
    assert renewal.share is None


@pytest.mark.django_db
def test_records_and_other_systems_make_one_history() -> None:
    account = an_account()
    term = a_term(account=account, days_left=20)
    a_milestone(account.external_id, "lead", day(-400))
    a_milestone("never-won", "lead", day(-30))
    a_milestone(account.external_id, "invoice", day(30))
    a_payment(account=account, term=term, paid_on=day(-100))
    a_payment(account=account, term=term, paid_on=day(-90))
    Term.objects.filter(pk=term.pk).update(renewed_on=day(-1))
    started = term.subscription.started_on

    found = stages_of(account.pk, as_of=AS_OF)
    lead, contract, *_ = funnel(as_of=AS_OF)

    assert found == [
        Reached("lead", day(-400), day(-400), 1),
        Reached("contract", started, started, 1),
        Reached("payment", day(-100), day(-90), 2),
        Reached("renewal", day(-1), day(-1), 1),
    ]
    assert (lead.reached, contract.came_from, contract.went_on) == (2, 2, 1)
    assert funnel(as_of=AS_OF, months=12)[0].reached == 1
