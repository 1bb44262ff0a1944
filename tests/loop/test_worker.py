"""TAG-02, STD-04: the worker reacts within its next look, and runs the night once."""

from datetime import datetime, timedelta
from threading import Event

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.kernel.periods import day_number
from tenure.loop.nightly import run
from tenure.loop.worker import POLL_SECONDS, Worker, work
from tenure.records.contacts.models import Message
from tenure.records.jobs.models import Fill, Lease, Run
from tenure.records.jobs.queries import workers
from tenure.records.journal.actions import Fact, append_many
from tenure.records.strategies.models import Revision
from tenure.records.success.models import ToDo
from tests.act.posts import Postbag
from tests.builders import AS_OF, AT, a_message, a_term, an_account, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MORNING = at_on(AS_OF + timedelta(days=1), 9)


def test_a_tag_that_is_entered_has_its_play_after_the_next_look() -> None:
    """TAG-02, JRN-18: by the tag and not by a date, within five seconds, for each look."""
    Fill.objects.create(entry="tag_masks", day=day_number(AS_OF) - 1, version="1", filled_at=AT)
    term = a_term(account=an_account(phone="13800000001"))
    worker = Worker(post=Postbag())
    worker.look(MORNING)
    fact = Fact(
        "tag.entered",
        on=AS_OF,
        account_id=term.account_id,
        term_id=term.pk,
        content={"tag": "frequent_faults"},
    )
    append_many([fact], at=MORNING, by="loop")

    worker.look(MORNING + timedelta(seconds=POLL_SECONDS))

    assert ToDo.objects.get().once_key == f"call:repair_care:play:{term.pk}"
    assert POLL_SECONDS < 5


def test_what_waited_for_the_morning_is_sent_in_the_morning() -> None:
    bag = Postbag()
    message = a_message(
        term=a_term(days_left=7),
        template="ends_soon",
        message_class=Message.Class.TRANSACTIONAL,
        planned_at=MORNING,
    )
    worker = Worker(post=bag)

    worker.look(MORNING - timedelta(seconds=1))
    assert bag.letters == []
    worker.look(MORNING)

    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.slow
def test_the_night_is_run_once_after_its_hour() -> None:
    run(as_of=AS_OF, at=MORNING, post=Postbag())
    worker, next_day = Worker(post=Postbag()), AS_OF + timedelta(days=1)

    worker.look(at_on(next_day + timedelta(days=1), 1))
    assert Run.objects.count() == 1
    worker.look(at_on(next_day + timedelta(days=1), 2))
    worker.look(at_on(next_day + timedelta(days=1), 3))

    assert list(Run.objects.order_by("as_of").values_list("as_of", flat=True)) == [AS_OF, next_day]


def test_a_business_that_never_ran_a_day_is_not_started_by_the_worker() -> None:
    Worker(post=Postbag()).look(at_on(AS_OF, 12))

    assert not Run.objects.exists()


def test_a_refused_night_does_not_end_the_work() -> None:
    run(as_of=AS_OF, at=MORNING, post=Postbag())
    documents = list(Revision.objects.all())
    Revision.objects.all().delete()
    stop, worker = Event(), Worker(post=Postbag())
    two_days_later = MORNING + timedelta(days=2)
    instants = iter([two_days_later, two_days_later, two_days_later + timedelta(hours=1)])

    def now() -> datetime:
        at = next(instants)
        if at != two_days_later:
            Revision.objects.bulk_create(documents)
            stop.set()
        return at

    work(stop, worker=worker, now=now)

    assert list(Run.objects.order_by("as_of").values_list("as_of", flat=True)) == [
        AS_OF + timedelta(days=offset) for offset in range(3)
    ]


def test_a_look_with_nothing_due_writes_nothing_and_reads_little() -> None:
    """Idle cost is zero: a worker that waits is not felt."""
    worker = Worker(post=Postbag())
    worker.look(MORNING)

    with CaptureQueriesContext(connection) as asked:
        worker.look(MORNING + timedelta(seconds=1))

    statements = [query["sql"] for query in asked.captured_queries]
    assert all(statement.startswith("SELECT") for statement in statements)
    assert len(statements) <= 6


def test_a_worker_says_that_it_lives_and_takes_its_row_along_when_it_ends() -> None:
    stop, worker = Event(), Worker(post=Postbag())

    def now() -> datetime:
        stop.set()
        return MORNING

    worker.look(MORNING)
    assert workers(MORNING + timedelta(seconds=30)) == (1, 30.0)
    assert workers(MORNING + timedelta(minutes=2)) == (0, 120.0)
    work(stop, worker=worker, now=now)

    assert workers(MORNING) == (0, None)


def test_a_killed_worker_leaves_its_row_until_the_next_day() -> None:
    Worker(post=Postbag(), name="worker:gone#1").look(MORNING)
    Worker(post=Postbag(), name="worker:here#2").look(MORNING + timedelta(days=2))

    assert workers(MORNING + timedelta(days=2)) == (1, 0.0)
    assert Lease.objects.get(name__startswith="worker:").name == "worker:here#2"
