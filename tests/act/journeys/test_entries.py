"""TAG-02, JRN-07, JRN-18: journeys of several steps that a tag or an event starts."""

from datetime import date, timedelta

import pytest

from tenure.act.journeys.actions import start_event_plays, start_plays
from tenure.act.journeys.ahead import next_messages
from tenure.act.journeys.dry_run import dry_run
from tenure.act.journeys.exits import reached
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.standings import standing_of
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tests.act.conftest import PlanDay
from tests.act.journeys.test_clocks import keys, only_journey
from tests.builders import AS_OF, AT, a_term, an_account, at_on

pytestmark = pytest.mark.django_db

D0, D3 = {"id": "d0", "days_after": 0}, {"id": "d3", "days_after": 3}
MORNING = AS_OF + timedelta(days=1)  # what a night finds leaves then, and from then it counts


def living(days_left: int = 200) -> Term:
    return a_term(account=an_account(), days_left=days_left)


def night(plan_day: PlanDay, days: int) -> None:
    """The night so many days after the one in which the tag was entered."""
    on = AS_OF + timedelta(days=days)
    plan_day(on, at=at_on(on + timedelta(days=1), 2))


@pytest.mark.usefixtures("either_database")
def test_a_tag_starts_several_steps_each_on_its_day(plan_day: PlanDay) -> None:
    only_journey("entry", D0, D3, tag="loyal")
    term, other = living(), living()
    plan_day()
    assert keys() == []

    started = start_plays("loyal", [term.pk], on=AS_OF, at=AT)

    assert started.messages == 1
    assert keys() == [f"some:d0@{MORNING}:{term.pk}"]
    for days in (1, 2):
        night(plan_day, days)
    assert len(keys()) == 1
    night(plan_day, 3)
    night(plan_day, 4)
    assert keys() == [f"some:d0@{MORNING}:{term.pk}", f"some:d3@{MORNING}:{term.pk}"]
    last = Message.objects.get(step=f"d3@{MORNING}")
    assert last.expires_at == at_on(MORNING + timedelta(days=6), 0)
    assert not Message.objects.filter(term=other).exists()


@pytest.mark.usefixtures("either_database")
def test_an_event_enters_on_its_own_day_however_late_it_is_looked_at(plan_day: PlanDay) -> None:
    only_journey("entry", D0, D3, event="data_exported")
    term = living()
    plan_day()

    for late in (0, 1):
        at = AT + timedelta(days=late)
        start_event_plays("data_exported", [term.pk], on=AS_OF, at=at)

    assert Enrolment.objects.get().entry == str(AS_OF)
    assert keys() == [f"some:d0@{AS_OF}:{term.pk}"]
    assert Entry.objects.filter(kind="journey.entered").count() == 1


@pytest.mark.usefixtures("either_database")
def test_an_outage_loses_no_step_and_repeats_none(plan_day: PlanDay) -> None:
    """Killed after the entry was written and before its first step: the next night makes it."""
    only_journey("entry", D0, D3, tag="loyal")
    term = living()
    plan_day()
    start_plays("loyal", [term.pk], on=AS_OF, at=AT)
    Message.objects.all().delete()

    start_plays("loyal", [term.pk], on=AS_OF, at=AT + timedelta(hours=1))
    again = keys()
    Message.objects.all().delete()
    night(plan_day, 1)

    assert again == keys() == [f"some:d0@{MORNING}:{term.pk}"]
    assert Enrolment.objects.count() == 1


def test_a_term_enters_once_or_anew_after_so_many_days(plan_day: PlanDay) -> None:
    only_journey("entry", D0, D3, tag="loyal", again_after_days=30)
    term = living()
    plan_day()

    for days in (0, 10, 29, 30, 45):
        start_plays("loyal", [term.pk], on=AS_OF + timedelta(days=days), at=AT)

    entries = list(Enrolment.objects.order_by("entry").values_list("entry", flat=True))
    assert entries == [str(MORNING), str(MORNING + timedelta(days=30))]
    only_journey("entry", D0, D3, tag="loyal")
    start_plays("loyal", [term.pk], on=AS_OF + timedelta(days=300), at=AT)
    assert Enrolment.objects.count() == 2


@pytest.mark.usefixtures("either_database")
def test_whoever_entered_before_a_change_keeps_the_steps_of_then(plan_day: PlanDay) -> None:
    """Journeys have versions; a person in flight keeps theirs."""
    only_journey("entry", D0, D3, tag="loyal")
    early, late = living(), living()
    plan_day()
    start_plays("loyal", [early.pk], on=AS_OF, at=AT)
    only_journey("entry", D0, {"id": "d5", "days_after": 5}, tag="loyal")
    start_plays("loyal", [late.pk], on=AS_OF, at=AT)

    for days in (3, 5):
        night(plan_day, days)

    later = [key for key in keys() if ":d0@" not in key]
    assert later == [f"some:d3@{MORNING}:{early.pk}", f"some:d5@{MORNING}:{late.pk}"]


@pytest.mark.usefixtures("either_database")
def test_a_step_follows_the_one_of_its_own_entry(plan_day: PlanDay) -> None:
    only_journey(
        "entry", D0, {**D3, "follows": "d0", "unless_reacted": True}, tag="loyal",
        again_after_days=30,
    )  # fmt: skip
    silent, read = living(), living()
    plan_day()
    start_plays("loyal", [silent.pk, read.pk], on=AS_OF, at=AT)
    Message.objects.filter(term=silent).update(state="sent")
    Message.objects.filter(term=read).update(state="read")

    night(plan_day, 3)

    assert [key for key in keys() if ":d3@" in key] == [f"some:d3@{MORNING}:{silent.pk}"]


@pytest.mark.usefixtures("either_database")
def test_whoever_reached_the_goal_left_for_good(plan_day: PlanDay) -> None:
    goal = [{"feature": "days_left", "op": "<=", "value": 98}]
    only_journey("entry", D0, D3, tag="loyal", goal=goal)
    near, far = living(100), living(200)
    plan_day()
    start_plays("loyal", [near.pk, far.pk], on=AS_OF, at=AT)

    night(plan_day, 2)
    Term.objects.filter(pk=near.pk).update(ends_on=near.ends_on + timedelta(days=365))
    night(plan_day, 3)

    assert reached("some") == 1
    assert Enrolment.objects.get(term=near).left_at is not None
    assert [key for key in keys() if ":d3@" in key] == [f"some:d3@{MORNING}:{far.pk}"]


@pytest.mark.usefixtures("either_database")
def test_branches_by_lot_and_by_rule_part_those_who_entered(plan_day: PlanDay) -> None:
    lot = {"id": "tone", "name": {"zh": "语气", "en": "Tone"}, "branch": [
        {"id": "kind", "name": {"zh": "亲切", "en": "Kind"}, "weight": 1},
        {"id": "plain", "name": {"zh": "平实", "en": "Plain"}, "weight": 1},
    ]}  # fmt: skip
    far = {"id": "reach", "name": {"zh": "远近", "en": "Reach"}, "branch": [
        {"id": "soon", "name": {"zh": "近", "en": "Soon"},
         "when": [{"feature": "days_left", "op": "<=", "value": 100}]},
        {"id": "later", "name": {"zh": "远", "en": "Later"}},
    ]}  # fmt: skip
    only_journey(
        "entry",
        {**D0, "id": "a0", "branch": "kind"}, {**D0, "id": "b0", "branch": "plain"},
        {**D3, "id": "a3", "branch": "soon"}, {**D3, "id": "b3", "branch": "later"},
        tag="loyal", fork=[lot, far],
    )  # fmt: skip
    terms = [living(days) for days in (90, 95, 200, 250, 300, 350)]
    plan_day()
    drawn = current().journeys["some"].forks[0]

    start_plays("loyal", [term.pk for term in terms], on=AS_OF, at=AT)
    night(plan_day, 3)

    kind = [one for one in terms if drawn.drawn("some", one.account_id) == "kind"]
    at_once = [f"some:a0@{MORNING}:{one.pk}" for one in kind]
    at_once += [f"some:b0@{MORNING}:{one.pk}" for one in terms if one not in kind]
    later = [f"some:a3@{MORNING}:{one.pk}" for one in terms[:2]]
    later += [f"some:b3@{MORNING}:{one.pk}" for one in terms[2:]]
    assert keys() == sorted(at_once + later)


def test_the_segment_is_asked_at_the_entry_and_steps_ask_anew(plan_day: PlanDay) -> None:
    near = [{"feature": "days_left", "op": "<=", "value": 150}]
    only_journey("entry", {**D0, "when": near}, D3, tag="loyal", applies=near)
    inside, outside = living(100), living(200)
    plan_day()

    start_plays("loyal", [inside.pk, outside.pk], on=AS_OF, at=AT)

    assert Enrolment.objects.get().term_id == inside.pk
    assert keys() == [f"some:d0@{MORNING}:{inside.pk}"]


def test_nobody_is_written_to_on_the_day_on_which_the_term_is_over(plan_day: PlanDay) -> None:
    only_journey("entry", D0, D3, tag="loyal")
    ending = living(4)
    plan_day()
    start_plays("loyal", [ending.pk], on=AS_OF, at=AT)

    night(plan_day, 3)

    assert [key for key in keys() if ":d3@" in key] == []
    assert date.fromisoformat(Enrolment.objects.get().entry) == MORNING


def test_dry_run_and_time_travel_show_who_is_under_way(plan_day: PlanDay) -> None:
    """TOP-09: a day further on finds the step of those who entered; the night then does it."""
    only_journey("entry", D0, D3, tag="loyal")
    term, outside = living(), living()
    plan_day()
    start_plays("loyal", [term.pk], on=AS_OF, at=AT)
    day_3 = MORNING + timedelta(days=3)

    run = dry_run(on=day_3, at=AT)
    ahead = next_messages(term.account_id, on=MORNING, at=AT)
    nothing = next_messages(outside.account_id, on=MORNING, at=AT)

    assert [(one.step, one.term_id) for one in run.told if not one.was_planned] == [
        (f"d3@{MORNING}", term.pk)
    ]
    assert [(one.step_id, one.is_planned) for one in ahead] == [("d0", True), ("d3", False)]
    assert ahead[1].at.date() == day_3
    assert nothing == []
    standing = standing_of(current().journeys["some"], zone="Asia/Shanghai", on=day_3)
    assert (standing.in_flight, standing.steps["d0"].waiting) == (1, 1)
    over = MORNING + timedelta(days=6)
    assert standing_of(current().journeys["some"], zone="Asia/Shanghai", on=over).in_flight == 0
