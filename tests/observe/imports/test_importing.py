"""DAT-01: other systems' files become records, once, however often they are imported."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from tenure.kernel.buckets import bucket
from tenure.observe.imports.models import ImportBatch, ImportedRow
from tenure.observe.intake.actions import seal
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.jobs.models import Fill
from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.settled import ENTRY as SETTLED
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, a_term
from tests.observe.imports.folders import ACCOUNTS, SUBSCRIPTIONS, Folder, codes, counts

WHOLE = {
    "accounts": ACCOUNTS,
    "people": "account,name,email,language,channels,hours_from,hours_until\n"
    "a1,张伟,zhang@example.com,zh-Hans,sms;email,18:30,20:00\n"
    "a2,Li Na,li@example.com,en,,,\n",
    "contact_points": "account,channel,address\na1,sms,13800138000\n",
    "consents": "account,purpose,channel,given_at\na1,marketing,email,2024-01-15\n",
    "subscriptions": SUBSCRIPTIONS,
    "payments": "id,account,amount,paid_on,method,outcome\n"
    "p1,a1,1188.00,2026-01-15,alipay,\n"
    "p2,a2,199.00,2026-06-01,wechat,failed\n",
    "tickets": "id,account,kind,subject,opened_at,resolved_at\n"
    "t1,a1,fault,断网,2026-05-01 10:00,2026-05-01 18:00\n",
    "answers": "id,account,survey,score,answered_on\nn1,a2,nps,9,2026-05-20\n",
    "cancellations": "id,account,reason,text,given_on\nc1,a2,price,太贵了,2026-06-10\n",
    "milestones": "id,account,stage,happened_on\nm1,a1,lead,2023-12-01\nm2,l9,lead,2026-06-01\n",
    "events": "id,account,name,at,feature,minutes\n"
    "e1,a1,Feature Used,2026-06-14 20:15,core,12.5\n"
    "e2,a2,Login,2026-06-13,,\n",
}
BOOKS = {"ImportBatch", "ImportedFile"}  # what was run when: a second run is a second row there
OWN_KINDS = ("import.stored", "source.opened")
LINES = sum(text.count("\n") - 1 for text in WHOLE.values())


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours but the books of imports."""
    models = [one for one in apps.get_models() if one.__module__.startswith("tenure.")]
    return {
        one.__name__: list(one._default_manager.order_by("pk").values())
        for one in models
        if one.__name__ not in BOOKS
    }


def metrics() -> list[dict[str, Any]]:
    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)
    rows = MetricValue.objects.order_by("metric", "slice_by", "slice_value")
    return [{**row, "id": None} for row in rows.values()]


def test_every_kind_of_file_becomes_its_records(folder: Folder) -> None:
    done = folder.write(**WHOLE).take()

    assert counts(done) == (LINES, LINES, 0, 0)
    account = Account.objects.get(external_id="a1")
    assert (account.source, account.name, account.currency) == ("csv", "张伟", "CNY")
    assert account.holdout_bucket == bucket("holdout-1", "a1")
    person = Person.objects.get(account=account)
    assert (person.name, person.is_primary, person.language) == ("张伟", True, "zh-Hans")
    assert ContactPoint.objects.filter(person=person).count() == 2
    assert Consent.objects.get().purpose == "marketing"
    assert Payment.objects.filter(state="succeeded").get().amount_minor == 118_800
    ticket = Ticket.objects.get()
    assert ticket.opened_at.isoformat() == "2026-05-01T02:00:00+00:00"  # 10 o'clock in Shanghai
    assert (Answer.objects.get().score, LossReason.objects.get().reason) == (9, "price")
    assert InboxEvent.objects.get(message_id="e1").account == account


def test_subscriptions_become_chains_of_terms(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, subscriptions=SUBSCRIPTIONS).take()

    yearly = Term.objects.filter(subscription__external_id="s1").order_by("number")
    assert [(str(one.starts_on), one.state) for one in yearly] == [
        ("2024-01-15", "renewed"),
        ("2025-01-15", "renewed"),
        ("2026-01-15", "running"),
    ]
    monthly = Term.objects.filter(subscription__external_id="s2")
    assert monthly.count() == 28  # March 2024 to June 2026
    assert monthly.get(state="running").ends_on == date(2026, 7, 1)
    assert {one.price_minor for one in monthly} == {19_900}


def test_what_is_imported_counts_as_known_when_it_happened(folder: Folder) -> None:
    folder.write(**WHOLE).take()

    starts = Term.objects.filter(number=1, subscription__external_id="s1").get()
    assert starts.recorded_at.isoformat() == "2024-01-14T16:00:00+00:00"
    event = InboxEvent.objects.get(message_id="e1")
    assert event.known_us == event.at_us
    assert Ticket.objects.get().recorded_at == Ticket.objects.get().opened_at


def test_importing_twice_changes_no_row_and_no_metric(folder: Folder) -> None:
    """DAT-01: idempotent on (source, external id)."""
    folder.write(**WHOLE).take()
    before, figures = everything(), metrics()
    MetricValue.objects.all().delete()
    # A month that is over is counted again only where its facts are others.
    Fill.objects.filter(entry=SETTLED).delete()
    before_second = everything()

    done = folder.take(at=AT + timedelta(days=40))

    assert counts(done) == (LINES, 0, LINES, 0)
    assert everything() == before_second
    assert metrics() == figures
    assert len(figures) > 5
    assert {name: rows for name, rows in everything().items() if name == "Term"} == {
        "Term": before["Term"]
    }


def test_events_reach_the_warehouse_through_the_inbox(folder: Folder) -> None:
    folder.write(**WHOLE).take()

    assert seal(as_of=AS_OF, at=AT) == {"events": 2, "duplicates": 0, "days": 2, "waiting": 0}


def test_a_payment_is_never_that_of_a_renewal_that_was_undone(folder: Folder) -> None:
    folder.write(**WHOLE).take()
    term = Term.objects.filter(subscription__external_id="s1").latest("number")
    undone = a_term(subscription=term.subscription, starts_on=date(2026, 6, 15),
                    state=TermState.CANCELLED, closed_on=date(2026, 6, 14))  # fmt: skip
    Term.objects.filter(pk=undone.pk).update(
        reversed_on=date(2026, 6, 14), sold_before_on=date(2026, 6, 14)
    )

    folder.write(payments="id,account,amount,paid_on\np3,a1,1188.00,2026-06-14\n").take()

    assert Payment.objects.get(external_id="p3").term_id == term.pk


def test_changed_rows_are_brought_up_to_date_with_a_journal_entry(folder: Folder) -> None:
    folder.write(**WHOLE).take()
    told = {
        "accounts": ACCOUNTS.replace("Li Na", "Li Na-Schmidt"),
        "people": WHOLE["people"].replace("zhang@example.com", "zw@example.com"),
        "subscriptions": SUBSCRIPTIONS.replace("1188.00", "1080.00"),
        "payments": WHOLE["payments"].replace(",alipay,", ",alipay,refunded"),
        "tickets": WHOLE["tickets"].replace("断网", "断网（已恢复）"),
        "answers": WHOLE["answers"].replace(",9,", ",3,"),
        "cancellations": WHOLE["cancellations"].replace(",price,", ",competitor,"),
    }

    done = folder.write(**told).take()

    assert (done.total("stored"), done.total("rejected")) == (7, 0)
    assert Account.objects.get(external_id="a2").name == "Li Na-Schmidt"
    addresses = ContactPoint.objects.filter(person__account__external_id="a1", channel="email")
    assert [one.address for one in addresses] == ["zw@example.com"]
    prices = Term.objects.filter(subscription__external_id="s1").order_by("number")
    assert [one.price_minor for one in prices] == [118_800, 118_800, 108_000]
    assert Payment.objects.get(external_id="p1").state == "refunded"
    assert (Answer.objects.get().score, LossReason.objects.get().reason) == (3, "competitor")
    entries = Entry.objects.filter(actor="import:csv").exclude(kind__in=OWN_KINDS)
    changes = entries.filter(kind__contains="change").values_list("kind", "content")
    assert dict(changes)["account.changed"] == {"changes": {"name": ["Li Na", "Li Na-Schmidt"]}}
    assert sorted(set(entries.values_list("kind", flat=True))) == [
        "account.changed",
        "answer.changed",
        "loss_reason.changed",
        "payment.failed",
        "payment.refunded",
        "payment.succeeded",
        "person.changed",
        "term.repriced",
        "ticket.changed",
    ]


def test_a_later_export_renews_what_still_runs_and_ends_what_does_not(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, subscriptions=SUBSCRIPTIONS).take()
    ended = SUBSCRIPTIONS.replace("price\n", "price,ended_on\n").replace(
        "1188.00", "1188.00,2026-07-10"
    )

    later: datetime = AT + timedelta(days=30)
    done = folder.write(subscriptions=ended.replace("199.00", "199.00,")).take(at=later)

    assert (done.total("stored"), done.total("unchanged")) == (2, 2)
    yearly = Subscription.objects.get(external_id="s1")
    assert (yearly.state, yearly.ended_on, yearly.end_kind) == (
        "ended",
        date(2026, 7, 10),
        "voluntary",
    )
    assert Term.objects.get(subscription=yearly, number=3).state == "cancelled"
    monthly = Term.objects.filter(subscription__external_id="s2").order_by("-number")
    assert [(str(one.starts_on), one.state) for one in monthly[:2]] == [
        ("2026-07-01", "running"),
        ("2026-06-01", "renewed"),
    ]
    moved = dict(Entry.objects.filter(term__isnull=False).values_list("kind", "content"))
    assert set(moved) == {"term.cancelled", "term.renewed"}
    assert (moved["term.renewed"]["number"], moved["term.renewed"]["ends_on"]) == (29, "2026-08-01")


def test_days_that_were_given_move_the_end_of_the_live_term(folder: Folder) -> None:
    sold = "id,account,plan,cycle_months,starts_on,paid_until\ns1,a1,standard,12,2025-07-01,{}\n"
    folder.write(accounts=ACCOUNTS, subscriptions=sold.format("2026-07-01")).take()

    folder.write(subscriptions=sold.format("2026-07-15")).take()

    assert Term.objects.get().ends_on == date(2026, 7, 15)
    longer = Entry.objects.get(kind="term.extended")
    assert (longer.content["days"], longer.content["from"]) == (14, "2026-07-01")

    folder.write(subscriptions=sold.format("2026-07-08")).take()

    assert Term.objects.get().ends_on == date(2026, 7, 8)
    assert Entry.objects.get(kind="term.corrected").content["ends_on"] == "2026-07-08"


def test_terms_told_one_by_one_are_joined_whatever_their_order(folder: Folder) -> None:
    header = "subscription,account,plan,cycle_months,starts_on,ends_on,price\n"
    rows = [
        "s1,a1,standard,12,2026-03-01,2027-03-01,1188.00\n",
        "s1,a1,standard,12,2024-02-01,2025-02-01,1188.00\n",
        "s1,a1,standard,12,2025-02-10,2026-02-10,1188.00\n",
    ]
    folder.write(accounts=ACCOUNTS, terms=header + rows[0] + rows[1]).take()
    assert list(Term.objects.order_by("number").values_list("state", flat=True)) == [
        "lapsed",
        "running",
    ]

    done = folder.write(terms=header + "".join(rows)).take()

    assert codes(done) == ["history_changed"]
    assert Term.objects.count() == 2


def test_the_next_term_that_is_told_renews_the_last_one(folder: Folder) -> None:
    header = "subscription,account,plan,cycle_months,starts_on,ends_on,price\n"
    first = "s1,a1,standard,12,2025-06-20,2026-06-20,1188.00\n"
    second = "s1,a1,plus,12,2026-06-20,2027-06-20,2149.20\n"
    folder.write(accounts=ACCOUNTS, terms=header + first).take()

    done = folder.write(terms=header + first + second).take()

    assert counts(done) == (4, 1, 3, 0)
    old, new = Term.objects.order_by("number")
    assert (old.state, old.renewed_on) == ("renewed", date(2026, 6, 20))
    assert (new.state, new.price_minor) == ("running", 214_920)
    assert new.plan_version.plan.code == "plus"


def test_a_cancellation_with_its_day_ends_the_live_term(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS, subscriptions=SUBSCRIPTIONS).take()
    header = "id,subscription,reason,given_on,effective_on\n"
    told = "c1,s1,price,2026-06-01,2026-06-10\nc2,s2,support,2026-06-12,2026-07-01\n"

    folder.write(cancellations=header + told).take()

    by_subscription = dict(
        Term.objects.exclude(state="renewed").values_list("subscription__external_id", "state")
    )
    assert by_subscription == {"s1": "cancelled", "s2": "cancelling"}
    ended = Subscription.objects.get(external_id="s1")
    assert (ended.state, ended.ended_on) == ("ended", date(2026, 6, 10))
    assert LossReason.objects.get(external_id="c2").term is not None


def test_a_consent_that_is_taken_back_is_dated_and_kept(folder: Folder) -> None:
    folder.write(**WHOLE).take()
    header = "account,purpose,channel,given_at,withdrawn_at\n"

    folder.write(consents=header + "a1,marketing,email,2024-01-15,2026-06-01 12:00\n").take()

    consent = Consent.objects.get()
    assert consent.withdrawn_at is not None
    assert consent.withdrawn_at.isoformat() == "2026-06-01T04:00:00+00:00"
    assert Entry.objects.filter(kind="consent.withdrawn").count() == 1


def test_a_dry_run_counts_the_same_and_changes_nothing(folder: Folder) -> None:
    wrong = ACCOUNTS + "a3,,2024-13-01\n"
    folder.write(**{**WHOLE, "accounts": wrong})
    before = everything()

    dry = folder.take(dry_run=True)

    assert everything() == before
    assert not ImportBatch.objects.exists()
    assert (dry.batch_id, dry.rejected_path) == (None, None)
    done = folder.take()
    assert counts(done) == counts(dry) == (LINES + 1, LINES, 0, 1)
    assert codes(done) == codes(dry) == ["bad_date"]


def test_a_batch_says_who_when_what_and_by_which_mapping(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS + "a3,x,\n").take()

    batch = ImportBatch.objects.get()
    assert (batch.source, batch.actor, batch.outcome) == ("csv", "import:csv", "done")
    assert batch.counts == {"read": 3, "stored": 2, "unchanged": 0, "rejected": 1}
    assert ImportedRow.objects.filter(batch=batch).count() == 2
    assert Quarantine.objects.get().source == "import:csv"
    entry = Entry.objects.get(kind="import.stored")
    assert entry.content == {
        "batch": batch.pk,
        "file": "accounts.csv",
        "rows": {"account.new": 2},
    }


@pytest.mark.parametrize("strategy", ["saas", "small_business"])
def test_the_mapping_starts_with_a_strategy_where_none_is_applied(
    folder: Folder, strategy: str
) -> None:
    from tenure.records.strategies.models import Revision
    from tenure.records.strategies.queries import current

    Revision.objects.all().delete()
    mapping = f"""
        [import]
        source = "crm"
        strategy = "{strategy}"
        [[file]]
        path = "accounts.csv"
        [file.account]
        id = "id"
        started_on = "started_on"
    """

    done = folder.write(accounts=ACCOUNTS, mapping=mapping).take()

    assert done.applied == strategy
    assert Account.objects.first().currency == current().business.currency  # type: ignore[union-attr]


def test_both_databases_hold_the_same_after_two_imports(
    either_database: str, settings: Any, tmp_path: Path
) -> None:
    """DAT-01 on SQLite and on PostgreSQL."""
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import preset

    settings.TENURE_HOME = tmp_path / "home"
    apply_strategy(preset("small_business"), by="test", at=AT.replace(year=2025))
    folder = Folder(tmp_path / "files").write(**WHOLE)

    first, second = folder.take(), folder.take()
    changed = folder.write(
        accounts=ACCOUNTS.replace("张伟", "张玮"), people=WHOLE["people"].replace("sms;", "phone;")
    ).take(at=AT + timedelta(days=40))

    assert (counts(first), counts(second)) == ((LINES, LINES, 0, 0), (LINES, 0, LINES, 0))
    assert changed.total("stored") == 2
    assert Account.objects.get(external_id="a1").name == "张玮"
    assert Person.objects.get(account__external_id="a1").preferred_channels == ["phone", "email"]
    assert Term.objects.count() == 31
