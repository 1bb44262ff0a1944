"""R-P-036, R-I-012: a nightly job lets go of what is past its time, and of nothing else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tenure.act.channels.models import Carriage, ChannelEvent
from tenure.act.retention import actions, files
from tenure.act.retention.actions import enforce
from tenure.act.retention.queries import horizon_of, would_go
from tenure.act.self_service.erasing.actions import erase
from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.observe.intake.models import Quarantine
from tenure.records.access.models import CustomerSession
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account, ConsentRequest
from tenure.records.jobs.models import StoredFile
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.retention.actions import lift_hold, place_hold
from tenure.records.retention.models import RetentionNight
from tenure.records.retention.rules import NoReason, UnderHold
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tests.builders import AS_OF, AT, a_message, a_term, an_account, at_on, primary_person

pytestmark = pytest.mark.usefixtures("strategy", "empty_journal")


@pytest.fixture
def empty_journal(strategy: object) -> None:
    """The strategy was applied years before the day of these tests, and says so."""
    Entry.objects.all().delete()


def months_ago(months: int, *, days: int = 0) -> date:
    year, month = divmod(AS_OF.year * 12 + AS_OF.month - 1 - months, 12)
    return date(year, month + 1, AS_OF.day) - timedelta(days=days)


def tonight() -> dict[str, int]:
    night = enforce(as_of=AS_OF, at=AT)
    return dict(night.counts)


def an_old_message(on: date, *, account: Account | None = None, **more: Any) -> Message:
    term = a_term(account=account or an_account())
    return a_message(term=term, planned_at=at_on(on), state=MessageState.SENT, **more)


def an_entry(on: date, *, account: Account | None = None, **more: Any) -> Entry:
    whose = account.pk if account else None
    found = append(
        Fact("customer.looked_at", on=on, account_id=whose, **more), at=at_on(on), by="x"
    )
    assert found is not None
    return found


def a_session(account: Account, ended_at: datetime, *, digest: str) -> CustomerSession:
    return CustomerSession.objects.create(
        token_digest=digest,
        account=account,
        person=primary_person(account),
        door="code",
        opened_at=ended_at - timedelta(days=30),
        expires_at=ended_at,
    )


def use_of(days: dict[date, list[int]]) -> None:
    """One event of each account on each day, in the files of the warehouse."""
    store = current_store()
    with open_engine(threads=1) as engine:
        for on, accounts in days.items():
            rows = [
                {
                    "account_id": one,
                    "subscription_id": None,
                    "day": day_number(on),
                    "at_us": to_us(at_on(on)),
                    "known_us": to_us(at_on(on)),
                    "source": "app",
                    "message_id": f"{on}-{one}",
                    "name": "Login",
                    "feature": None,
                    "amount": 1.0,
                    "content": "{}",
                }
                for one in accounts
            ]
            kinds = {"int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64()}
            schema = pa.schema([(c.name, kinds.get(c.kind, pa.string())) for c in EVENTS.columns])
            frame = pa.Table.from_pylist(rows, schema=schema)
            store.write(EVENTS, day=day_number(on), frame=frame, at=at_on(on), engine=engine)


def stored_use() -> list[tuple[int, int]]:
    store = current_store()
    with open_engine(threads=1) as engine:
        rows = engine.collect(store.read(EVENTS, engine=engine).sort("day", "account_id"))
    return list(zip(rows["day"].to_pylist(), rows["account_id"].to_pylist(), strict=True))


def test_texts_go_after_thirteen_months_and_the_facts_of_the_message_stay() -> None:
    """R-P-036."""
    old = an_old_message(months_ago(13, days=1))
    young = an_old_message(months_ago(13))
    notice = an_old_message(months_ago(40), message_class="legal_notice")

    gone = tonight()

    facts = Message.objects.values("send_key", "state", "address", "sent_at", "template", "channel")
    for one in (old, young, notice):
        before = {name: getattr(one, name) for name in facts.get(pk=one.pk)}
        assert facts.get(pk=one.pk) == before
        one.refresh_from_db()
    assert (old.subject, old.body) == ("", "")
    assert young.body
    assert notice.body
    assert gone == {"message_bodies": 1}


def test_a_notice_proves_something_until_a_year_after_the_contract_ended() -> None:
    """R-A-005: the texts of notices follow `[evidence]` of obligations.toml."""
    running, ended = (
        an_old_message(months_ago(61), message_class="legal_notice") for _ in range(2)
    )
    just_ended = an_old_message(months_ago(61), message_class="legal_notice")
    for one, months in ((ended, 13), (just_ended, 11)):
        contract = one.term.subscription
        contract.ended_on = months_ago(months)
        contract.save()

    gone = tonight()

    texts = [Message.objects.get(pk=one.pk).body for one in (running, just_ended, ended)]
    assert [bool(text) for text in texts] == [True, True, False]
    assert gone == {"notice_bodies": 1}


@pytest.mark.usefixtures("either_database")
def test_a_consent_that_nobody_confirmed_goes_and_a_confirmed_one_is_the_proof() -> None:
    """R-P-036, R-P-032."""
    over = at_on(AS_OF - timedelta(days=91))
    for confirmed_at in (None, over):
        ConsentRequest.objects.create(
            person=primary_person(an_account()), purpose="marketing", channel="email",
            address="li@example.com", text_version="1", disclosure="…", language="en",
            asked_at=over, expires_at=over, confirmed_at=confirmed_at,
        )  # fmt: skip

    assert tonight() == {"consent_requests": 1}
    assert ConsentRequest.objects.get().confirmed_at == over


@pytest.mark.usefixtures("either_database")
def test_receipts_the_journal_and_sign_ins_go_each_at_their_time() -> None:
    """R-P-036."""
    message, account = an_old_message(months_ago(5)), an_account()
    for attempt, on in enumerate((months_ago(25, days=1), months_ago(25)), start=1):
        Carriage.objects.create(
            message=message, attempt=attempt, provider="smtp", opened_at=at_on(on)
        )
        ChannelEvent.objects.create(
            provider="smtp", event_id=str(attempt), about="report", received_at=at_on(on)
        )
        Quarantine.objects.create(source="app", kind="event", reason="late", at=at_on(on))
    live = a_term(state=TermState.RUNNING)
    entries = [
        an_entry(months_ago(60, days=1), account=account),
        an_entry(months_ago(60, days=1), term_id=live.pk),
        an_entry(months_ago(60), account=account),
    ]
    a_session(account, at_on(AS_OF - timedelta(days=91)), digest="a")
    a_session(account, at_on(AS_OF - timedelta(days=90)), digest="b")

    gone = tonight()

    assert gone == {
        "carriages": 1,
        "channel_events": 1,
        "journal": 1,
        "quarantine": 1,
        "customer_sessions": 1,
    }
    left = set(Entry.objects.values_list("pk", flat=True))
    assert left >= {entries[1].pk, entries[2].pk}
    assert entries[0].pk not in left
    assert list(CustomerSession.objects.values_list("token_digest", flat=True)) == ["b"]


def test_files_of_events_go_by_whole_days_and_keep_who_is_held() -> None:
    """R-P-036, R-I-012."""
    free, held = an_account(), an_account()
    first, second, third = months_ago(25, days=2), months_ago(25, days=1), months_ago(25)
    use_of({first: [free.pk], second: [free.pk, held.pk], third: [free.pk]})
    hold = place_hold(held.pk, "a dispute", on=AS_OF, at=AT, by="user:1")

    gone = tonight()

    assert gone == {"files:events": 2}
    assert stored_use() == [(day_number(second), held.pk), (day_number(third), free.pk)]
    lift_hold(hold.pk, on=AS_OF, at=AT, by="user:1")
    night = enforce(as_of=AS_OF + timedelta(days=1), at=AT + timedelta(days=1))
    assert night.counts["files:events"] == 2  # the held one's, and the day that has come since
    assert not StoredFile.objects.filter(table="events", replaced_at__isnull=True).exists()


def test_a_hold_keeps_everything_of_a_customer_and_its_end_lets_it_go() -> None:
    """R-I-012: deletion skips what is under a legal hold, and no request gets around it."""
    account = an_account()
    old = an_old_message(months_ago(20), account=account)
    entry = an_entry(months_ago(70), account=account)
    hold = place_hold(account.pk, "税务稽查", on=AS_OF, at=AT, by="user:1")
    again = place_hold(account.pk, "once more", on=AS_OF, at=AT, by="user:2")

    gone = tonight()

    assert (again.pk, gone) == (hold.pk, {})
    assert Message.objects.get(pk=old.pk).body
    assert Entry.objects.filter(pk=entry.pk).exists()
    Term.objects.filter(account=account).update(
        state=TermState.LAPSED, closed_on=AS_OF, end_kind="lapse"
    )
    with pytest.raises(UnderHold):
        erase(primary_person(account), on=AS_OF, at=AT, by="customer")
    assert Message.objects.get(pk=old.pk).body

    lift_hold(hold.pk, on=AS_OF, at=AT, by="user:1")
    night = enforce(as_of=AS_OF + timedelta(days=1), at=AT + timedelta(days=1))
    assert night.counts == {"message_bodies": 1, "journal": 1}


def test_a_hold_says_why() -> None:
    account = an_account()

    for reason in ("", "  ", "x" * 201):
        with pytest.raises(NoReason):
            place_hold(account.pk, reason, on=AS_OF, at=AT, by="user:1")

    assert not Entry.objects.filter(kind="hold.placed").exists()


def test_a_night_is_told_once_however_often_it_is_asked_for() -> None:
    an_old_message(months_ago(20))

    counts = [tonight() for _ in range(3)]

    told = Entry.objects.filter(kind="retention.enforced")
    assert counts == [{"message_bodies": 1}] * 3
    assert [one.content for one in told] == [{"gone": {"message_bodies": 1}}]


@pytest.mark.usefixtures("either_database")
def test_the_dry_run_counts_what_the_night_lets_go_and_changes_nothing() -> None:
    held, free = an_account(), an_account()
    place_hold(held.pk, "a dispute", on=AS_OF, at=AT, by="user:1")
    use_of({months_ago(30): [free.pk, held.pk]})
    kept = an_old_message(months_ago(20))
    an_entry(months_ago(70), account=free)

    foreseen = dict(would_go(horizon_of(AS_OF)))

    assert Message.objects.get(pk=kept.pk).body
    assert len(stored_use()) == 2
    assert foreseen == {"message_bodies": 1, "journal": 1, "files:events": 1}
    assert tonight() == foreseen


class Killed(BaseException):
    """What a process feels of SIGKILL: nothing of ours catches it."""


def killing_after(calls: int, real: Callable[..., Any]) -> Callable[..., Any]:
    left = [calls]

    def call(*given: Any, **named: Any) -> Any:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return real(*given, **named)

    return call


@pytest.mark.parametrize("calls", range(8))
def test_a_night_that_is_killed_anywhere_goes_on_and_tells_the_same(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = an_account()
    use_of({months_ago(30): [free.pk], months_ago(29): [free.pk]})
    for months in (15, 16, 17):
        an_old_message(months_ago(months))
        an_entry(months_ago(50 + months), account=free)
    monkeypatch.setattr(actions, "HANDFUL", 1)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "_note", killing_after(calls, actions._note))
        with pytest.raises(Killed):
            tonight()

    gone = tonight()

    assert gone == {"message_bodies": 3, "journal": 3, "files:events": 2}
    assert not Message.objects.exclude(body="").exists()
    assert stored_use() == []
    assert Entry.objects.filter(kind="retention.enforced").count() == 1


def test_the_next_night_begins_where_the_texts_of_the_last_one_ended() -> None:
    done = an_old_message(months_ago(20))
    an_old_message(months_ago(2))
    tonight()

    night = RetentionNight.objects.get()
    later = enforce(as_of=AS_OF + timedelta(days=1), at=AT + timedelta(days=1))

    assert night.places == {} or night.places["message_bodies"] <= done.pk
    assert later.counts == {}


def test_every_list_has_a_name_in_both_languages() -> None:
    from tenure.act.retention.kinds import GOES
    from tenure.act.retention.words import KINDS, LISTS

    names = {one.name for one in GOES} | {f"files:{table.name}" for _, table in files.FILES}
    assert set(LISTS) == names | {"documents", "invoices", "bookings"}
    assert all(one.zh and one.en for one in (*LISTS.values(), *KINDS.values()))
