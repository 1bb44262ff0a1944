"""A small business lived through by the real loop, from its first row to the readout (TOP-01)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F

from tenure.act.payments.models import Effect
from tenure.decide.decisions.models import Decision
from tenure.kernel.periods import day_number
from tenure.observe.imports.models import ImportBatch
from tenure.prove.readouts.models import Readout
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.campaigns.models import Campaign
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.states import CancellationState
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent
from tenure.records.documents.models import Document
from tenure.records.experiments.models import Assignment
from tenure.records.jobs.models import Run, StoredFile
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.understand.features.registry import FEATURES
from tenure.understand.metrics.models import MetricValue
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.world import post_office
from tenure.world.post_office import PostOffice
from tenure.world.rehearsal import home
from tenure.world.rehearsal.actions import Stage, rehearse
from tenure.world.rehearsal.carrier import line_to
from tenure.world.rehearsal.plan import Plan

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PLAN = Plan("broadband", customers=400, seed=11, until=date(2026, 3, 11), days=6)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with post_office.opened(tmp_path / "mail", environment="development") as opened:
        yield opened


@pytest.fixture
def summary(tmp_path: Path, settings: Any, office: PostOffice) -> dict[str, Any]:
    """The rehearsal of six days, and the numbers that it tells."""
    settings.TENURE_HOME = tmp_path
    with line_to(office) as post:
        return rehearse(PLAN, stage=Stage(tmp_path, post, lambda done, what: None), by="test")


def test_six_days_add_up(summary: dict[str, Any], office: PostOffice, tmp_path: Path) -> None:
    """One walk through everything that a rehearsal leaves: each number has a second way to it."""
    assert Run.objects.filter(finished_at__isnull=False).count() == 6
    assert_events(summary)
    assert_decisions(summary)
    assert_messages(summary, office)
    assert_holdout_was_left_alone()
    assert_terms_are_chains()
    assert_newcomers_are_customers(summary)
    assert_the_desks_have_work()
    assert_the_campaign_speaks_to_whose_term_ends_soon()
    assert_two_texts_are_tried()
    assert (tmp_path / home.TRUTH / "truth.npz").exists()


def assert_events(summary: dict[str, Any]) -> None:
    days = StoredFile.objects.filter(table="events", replaced_at__isnull=True)
    stored = sum(days.values_list("row_count", flat=True))

    assert stored == summary["built"]["events"] + summary["world"]["events"]
    assert summary["observe"]["events"] == summary["world"]["events"]


def assert_decisions(summary: dict[str, Any]) -> None:
    """Whoever was due was either chosen for or withheld from, and the log says which."""
    outcomes = dict(Decision.objects.values_list("outcome").annotate(Count("pk")).order_by())

    assert summary["decide"]["chosen"] == outcomes.get("chosen", 0) > 0
    assert summary["decide"]["withheld"] == outcomes.get("withheld", 0)
    assert sum(outcomes.values()) == Decision.objects.values("term", "journey", "step").count()


def assert_messages(summary: dict[str, Any], office: PostOffice) -> None:
    """Everything that was sent by e-mail arrived, once."""
    sent = Message.objects.filter(sent_at__isnull=False)
    received = office.received()

    assert Message.objects.count() >= summary["act"]["messages"] > 0
    assert len(received) == sent.filter(channel="email").count() > 0
    assert len({one["message_id"] for one in received}) == len(received)
    assert summary["act"]["todos"] == ToDo.objects.count() > 0


def assert_holdout_was_left_alone() -> None:
    """TOP-04: whoever is held out got nothing that persuades."""
    held_out = Assignment.objects.filter(arm="holdout").values("account")
    persuaded = Message.objects.filter(account__in=held_out, sent_at__isnull=False)

    assert held_out.count() > 0
    assert not persuaded.exclude(message_class="legal_notice").exists()


def assert_terms_are_chains() -> None:
    """A renewed term has a next one that starts where it ended; nothing overlaps."""
    renewed = Term.objects.filter(state=TermState.RENEWED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM records_term a JOIN records_term b"
            " ON b.subscription_id = a.subscription_id AND b.number = a.number + 1"
            " AND b.starts_on = a.ends_on WHERE a.state = 'renewed'"
        )
        followed = cursor.fetchone()[0]
    live = Term.objects.filter(state__in=["running", "grace", "cancelling"])

    assert followed == renewed.count()
    assert not live.values("subscription").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not Term.objects.filter(ends_on__lte=F("starts_on")).exists()


def assert_newcomers_are_customers(summary: dict[str, Any]) -> None:
    """Who joined came through the import, is read by the loop, and counts as new (MET-01)."""
    joined = Subscription.objects.filter(started_on__gte=PLAN.first_day)
    accounts = set(joined.values_list("account_id", flat=True))
    last = date.fromisoformat(summary["until"])
    counted = MetricValue.objects.filter(metric="customers_new", slice_by="")
    new = {on: number or 0 for on, number in counted.values_list("as_of", "num")}
    later = joined.filter(started_on__gt=PLAN.first_day).count()

    assert joined.count() == summary["world"]["joined"] > 0
    assert Term.objects.filter(account__in=accounts, number=1).count() == joined.count()
    assert Payment.objects.filter(account__in=accounts).count() >= joined.count()
    assert Consent.objects.filter(person__account__in=accounts, purpose="service").exists()
    assert ImportBatch.objects.exclude(source="contracts").count() == 0
    assert accounts <= accounts_read(last)
    assert new[last] - new[PLAN.first_day] == later


def accounts_read(on: date) -> set[int]:
    """Whose features the loop filled on a day."""
    with open_engine() as engine:
        filled = current_store().read_latest(FEATURES, on_or_before=day_number(on), engine=engine)
        rows = engine.collect(filled.select("account_id"))
    return set(rows["account_id"].to_pylist())


def assert_two_texts_are_tried() -> None:
    """EXP-01: who is due meets one of two texts by lot, and it is counted whom each reached."""
    drawn = Assignment.objects.filter(experiment__key="monthly_words")
    by_arm = {
        arm: set(drawn.filter(arm=arm).values_list("term", flat=True))
        for arm in ("reminder", "recap")
    }
    told = Message.objects.filter(journey="monthly_renewal", step="t7", sent_at__isnull=False)
    texts = {"reminder": "ends_soon", "recap": "value_review"}
    readout = Readout.objects.filter(experiment_key="monthly_words").latest("as_of")

    for arm, terms in by_arm.items():
        mine = told.filter(term__in=terms)
        assert set(mine.values_list("template", flat=True)) == {texts[arm]}
        assert readout.arms[arm]["assigned"] == len(terms) > 0
        assert readout.arms[arm]["exposed"] == mine.values("account").distinct().count() > 0


def assert_the_campaign_speaks_to_whose_term_ends_soon() -> None:
    """Nobody is called about an end that is a year away."""
    campaign = Campaign.objects.get()
    called = ToDo.objects.filter(once_key__startswith=f"call:campaign-{campaign.key}:")
    assert campaign.launched_on is not None
    ends = called.filter(term__state=TermState.RUNNING).values_list("term__ends_on", flat=True)

    assert ends
    assert all((one - campaign.launched_on).days <= 60 for one in ends)


def assert_the_desks_have_work() -> None:
    """A few customers order, pay and leave by the product's own verbs, each to the end."""
    paid = Order.objects.filter(state=OrderState.FULFILLED)
    left = Cancellation.objects.filter(state=CancellationState.CONFIRMED)

    assert Payment.objects.filter(source="bank", state__startswith="succeeded").count() == (
        paid.count()
    )
    assert paid.count() > 0
    assert Document.objects.filter(kind="receipt").count() == paid.count()
    assert all(one.term.cancel_asked_on for one in left.select_related("term"))
    assert left.count() + Cancellation.objects.filter(state=CancellationState.KEPT).count() > 0
    assert not Effect.objects.filter(done_at=None).exists()
