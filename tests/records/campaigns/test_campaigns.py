"""CMP-01 … CMP-07: a campaign is planned, launched by two people where it is dear, and closed."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tenure.kernel.failures import Refusal
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import Learned, NewLine, NewSpend, Payment
from tenure.records.campaigns.models import Campaign, CampaignLine, CampaignMember, CampaignSpend
from tenure.records.campaigns.plan import TaskKind, reaches_on
from tenure.records.campaigns.queries import busy, joined, plan_of, tasks_of
from tenure.records.campaigns.refusals import (
    AudienceChanged,
    BadCampaign,
    LineBelowSpent,
    LineSpent,
    NegativeAmount,
    NoBudget,
    NoLessons,
    NotEditable,
    NotReady,
    NotRunning,
    SecondPersonNeeded,
)
from tenure.records.campaigns.rules import readiness, red
from tenure.records.campaigns.states import CampaignKind, CampaignState
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_term, day
from tests.records.campaigns.planning import (
    LIMIT,
    WHO,
    a_dry_run,
    a_goal,
    a_plan,
    a_task,
    the_line,
)


def two_people() -> tuple[tuple[int, int, str], tuple[int, int, str]]:
    first, second = a_term(), a_term()
    return (
        (first.account_id, first.pk, "treated"),
        (second.account_id, second.pk, "control"),
    )


def a_running_one(**given: Any) -> Campaign:
    campaign = a_plan(**given)
    return actions.launch(campaign.key, a_dry_run(campaign, *two_people()), **WHO)


def test_it_is_launched_once_and_gives_everybody_an_arm(either_database: str) -> None:
    """CMP-03, CMP-06, TOP-04."""
    campaign = a_plan()
    dry = a_dry_run(campaign, *two_people())

    actions.launch(campaign.key, dry, **WHO)
    again = actions.launch(campaign.key, dry, **WHO)

    assert (again.state, again.launched_on) == ("running", AS_OF)
    assert (joined(again).treated, joined(again).control) == (1, 1)
    experiment = Experiment.objects.get(key="campaign-spring")
    assert experiment.arms == {"treated": 8_000, "control": 2_000}
    assert Assignment.objects.filter(experiment=experiment).count() == 2
    assert Entry.objects.filter(kind="campaign.launched").count() == 1
    assert again.blast["treated"] == 1
    with pytest.raises(NotEditable):
        actions.set_goals(campaign.key, [a_goal()], **WHO)


def test_a_dear_one_waits_for_a_second_person(either_database: str) -> None:
    """GRD-01, CMP-05: whoever asked cannot approve, by the verb and by the database."""
    campaign = a_plan()
    people = two_people()
    dear = a_dry_run(campaign, *people, cost_minor=LIMIT.amount_minor + 1)

    asked = actions.launch(campaign.key, dear, **WHO)

    assert (asked.state, asked.needs_second) == ("asked", True)
    assert CampaignMember.objects.count() == 0
    with pytest.raises(SecondPersonNeeded, match="somebody else must approve"):
        actions.approve(campaign.key, dear, **WHO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(state="running", launched_at=AT, approved_by="user:1")
    grown = a_dry_run(campaign, *people, cost_minor=LIMIT.amount_minor * 2)
    with pytest.raises(AudienceChanged, match="Ask again"):
        actions.approve(campaign.key, grown, **{**WHO, "by": "user:2"})
    for _ in range(2):
        done = actions.approve(campaign.key, dear, **{**WHO, "by": "user:2"})
    assert (done.state, done.approved_by) == ("running", "user:2")
    assert Entry.objects.filter(kind="campaign.launched").count() == 1


def test_nothing_red_is_launched_and_each_red_names_what_to_do(db: None) -> None:
    """CMP-07: the list is a gate; to nobody and to everybody are red."""
    campaign = a_plan()
    nobody = a_dry_run(campaign)
    everybody = a_dry_run(campaign, *two_people(), everyone=2, audience=2)
    stopped = a_dry_run(
        campaign, *two_people(), sending_is_stopped=True, gone=["old"], silent=["x"], empty=["tv"]
    )
    unknown = a_dry_run(campaign, *two_people(), audience=None)

    said = [[one.code for one in red(dry.checks)] for dry in (nobody, everybody, stopped, unknown)]

    assert said == [
        ["somebody", "control"], ["not_everybody"], ["offers", "told", "stock", "sending"],
        ["segment"],
    ]  # fmt: skip
    for dry in (nobody, everybody, stopped, unknown):
        with pytest.raises(NotReady) as refusal:
            actions.launch(campaign.key, dry, **WHO)
        assert all(one.todo.zh in refusal.value.sentence("zh") for one in red(dry.checks))
    assert Campaign.objects.get().state == "draft"


def test_a_play_of_friends_needs_content_and_people_in_reserve(db: None) -> None:
    """CMP-07: content, staff and a rule against abuse are checked by a person."""
    campaign = a_plan(kind=CampaignKind.REFERRAL)

    before = a_dry_run(campaign, *two_people())
    for code in ("content_reserve", "staff_reserve", "abuse_rule", "abuse_rule"):
        actions.tick(campaign.key, code, **WHO)
    after = a_dry_run(campaign, *two_people())

    assert [one.code for one in red(before.checks)] == [
        "content_reserve", "staff_reserve", "abuse_rule",
    ]  # fmt: skip
    assert red(after.checks) == []
    assert Entry.objects.filter(kind="campaign.checked").count() == 5
    with pytest.raises(BadCampaign, match="no such check"):
        actions.tick(campaign.key, "weather", **WHO)


def test_a_line_stops_at_its_cap(either_database: str) -> None:
    """CMP-05: by the verb, in order, and by the database; the same key is paid once."""
    line = the_line(a_running_one(offers={"coupon_30": 10_000}))
    term = a_term().pk
    wanted = [NewSpend(f"k{n}", amount, 5, term) for n, amount in enumerate((6_000, 5_000, 4_000))]

    first = actions.reserve(line.pk, wanted, on=AS_OF, at=AT)
    again = actions.reserve(line.pk, wanted, on=AS_OF, at=AT)

    assert (first, again) == ({"k0", "k2"}, {"k0", "k2"})
    line.refresh_from_db()
    assert (line.used_minor, line.left_minor) == (10_000, 0)
    with pytest.raises(LineSpent, match=r"has 0\.00 CNY left"):
        pay(line, 1, key="posters")
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignLine.objects.update(used_minor=10_001)
    assert CampaignSpend.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "price", "left"),
    [("lapsed", 0, 3_000), ("renewed", 80_000, 3_000), ("renewed", 77_000, 0), ("running", 0, 0)],
    ids=["lapsed", "renewed without it", "renewed with it", "still open"],
)
def test_what_an_offer_did_not_use_goes_back(
    either_database: str, state: str, price: int, left: int
) -> None:
    """CMP-05: the contact stays spent, and so does what was really taken off."""
    line = the_line(a_running_one(offers={"coupon_30": 3_005}))
    term = a_term(days_left=-16 if state == "lapsed" else 5, state=TermState(state),
                  renewed_on=AS_OF if price else None)  # fmt: skip
    if price:
        a_term(
            subscription=term.subscription, number=2, starts_on=term.ends_on,
            price_minor=price, list_price_minor=80_000,
        )  # fmt: skip
    actions.reserve(line.pk, [NewSpend("k", 3_005, 5, term.pk)], on=AS_OF, at=AT)

    counts = [actions.give_back(as_of=day(1), at=AT) for _ in range(2)]

    assert counts == [int(state != "running"), 0]
    line.refresh_from_db()
    assert line.left_minor == left


def pay(line: CampaignLine, amount_minor: int, *, key: str) -> CampaignSpend:
    amount = Money(amount_minor, "CNY")
    return actions.spend(line.pk, Payment(amount, "海报", key), **WHO)


def test_what_people_pay_counts_and_is_paid_once(either_database: str) -> None:
    line = the_line(a_running_one(offers={"coupon_30": 10_000}))

    assert pay(line, 700, key="posters").pk == pay(line, 700, key="posters").pk

    line.refresh_from_db()
    assert line.used_minor == 700
    with pytest.raises(NegativeAmount, match="cannot be below zero"):
        pay(line, -1, key="back")
    raised = actions.set_line("spring", NewLine("coupon_30", Money(20_000, "CNY")), **WHO)
    assert raised.planned_minor == 20_000
    with pytest.raises(LineBelowSpent):
        actions.set_line("spring", NewLine("coupon_30", Money(699, "CNY")), **WHO)
    actions.stop("spring", "缺货", **WHO)
    with pytest.raises(NotRunning):
        pay(line, 1, key="late")


@pytest.mark.parametrize(
    ("amount", "refusal", "zh"), [(-1, NegativeAmount, "不能是负数"), (0, NoBudget, "什么也付不了")]
)
def test_a_budget_of_nothing_is_refused(
    db: None, amount: int, refusal: type[Refusal], zh: str
) -> None:
    campaign = a_plan()

    with pytest.raises(refusal) as said:
        actions.set_line(campaign.key, NewLine("礼品", Money(amount, "CNY")), **WHO)

    assert zh in said.value.sentence("zh")
    assert CampaignLine.objects.count() == 1


def test_two_spenders_never_pass_the_cap_together(shared_database: str) -> None:
    """CMP-05: several processes at once, each for offers of its own."""
    line = the_line(a_running_one(offers={"coupon_30": 10_000}))
    terms = [a_term().pk for _ in range(4)]

    def reserve(number: int) -> None:
        wanted = [NewSpend(f"{number}.{n}", 900, 0, terms[number]) for n in range(5)]
        try:
            actions.reserve(line.pk, wanted, on=AS_OF, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    line.refresh_from_db()
    assert (line.used_minor, CampaignSpend.objects.count()) == (9_900, 11)


def test_a_customer_is_in_one_campaign_at_a_time(either_database: str) -> None:
    """CMP-03: two experiments on one customer: the later one leaves them out."""
    people = two_people()
    first, second = a_plan(), a_plan(key="summer")
    actions.launch("spring", a_dry_run(first, *people), **WHO)

    actions.launch("summer", a_dry_run(second, *people, *two_people()), **WHO)

    assert (joined(second).treated, joined(second).control) == (1, 1)
    assert set(busy([one[0] for one in people]).values()) == {"spring"}
    assert Assignment.objects.filter(experiment__key="campaign-summer").count() == 2
    actions.stop("spring", "结束", **WHO)
    assert busy([one[0] for one in people]) == {}


def test_it_ends_with_its_last_day_and_is_closed_with_what_was_learned(
    either_database: str,
) -> None:
    """CMP-06."""
    campaign = a_running_one()
    with pytest.raises(IllegalMove):
        actions.close("spring", Learned("a", "b"), **WHO)

    ended = [
        actions.end_over(as_of=campaign.ends_on + timedelta(days=days), at=AT) for days in (0, 1, 2)
    ]

    assert ended == [0, 1, 0]
    with pytest.raises(NoLessons):
        actions.close("spring", Learned("", "再做一次"), **WHO)
    for _ in range(2):
        closed = actions.close("spring", Learned("电话有效", "扩大到全部"), **WHO)
    assert (closed.state, closed.lessons) == ("closed", "电话有效")
    kinds = Entry.objects.filter(kind__in=["campaign.ended", "campaign.closed"]).order_by("pk")
    assert [one.kind for one in kinds] == ["campaign.ended", "campaign.closed"]


def test_reaching_waits_for_what_stands_before_it(db: None) -> None:
    """CMP-04: a dependency that is not done keeps offers in, and the launch too."""
    campaign = a_plan()
    prepare = a_task(1, TaskKind.PREPARE, ends_on=AS_OF)
    reach = a_task(2, starts_on=day(1), after=(1,))
    actions.set_tasks("spring", [prepare, reach], **WHO)
    campaign.refresh_from_db()

    assert not reaches_on(tasks_of(campaign), day(1))
    late = a_dry_run(campaign, *two_people())
    assert [one.code for one in red(readiness_on(campaign, day(1)))] == ["waiting"]
    assert red(late.checks) == []
    for _ in range(2):
        actions.finish_task("spring", 1, **WHO)
    campaign.refresh_from_db()
    assert reaches_on(tasks_of(campaign), day(1))
    assert not reaches_on(tasks_of(campaign), day(31))
    assert Entry.objects.filter(kind="campaign.task_done").count() == 1


def readiness_on(campaign: Campaign, on: Any) -> Any:
    dry = a_dry_run(campaign, *two_people())
    return readiness(plan_of(campaign, list(campaign.lines.all())), dry.reach, on=on)


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([a_task(1, after=(9,))], "not there"),
        ([a_task(1, after=(1,))], "waits for itself"),
        ([a_task(1), a_task(2, after=(1,))], "begins on"),
        ([a_task(1, ends_on=day(-1))], "before it begins"),
        ([a_task(n) for n in range(41)], "at most 40"),
    ],
)
def test_a_timeline_that_cannot_be_followed_is_refused(
    db: None, tasks: list[Any], said: str
) -> None:
    """CMP-04."""
    a_plan()

    with pytest.raises(BadCampaign, match=said):
        actions.set_tasks("spring", tasks, **WHO)

    assert len(Campaign.objects.get().tasks) == 1


def test_a_goal_moves_from_its_baseline(db: None) -> None:
    """CMP-02: progress is the share of the way; without a baseline nobody knows it."""
    goal = a_goal()

    assert goal.done_share(Decimal("0.82")) == Decimal("0.5")
    assert goal.done_share(None) is None
    assert a_goal(baseline=None).done_share(Decimal("0.82")) is None
    a_plan()
    with pytest.raises(BadCampaign, match="is the baseline"):
        actions.set_goals("spring", [a_goal(target=Decimal("0.80"))], **WHO)


def test_a_copy_is_a_draft_with_nothing_spent_or_ticked(db: None) -> None:
    line = the_line(a_running_one())
    pay(line, 500, key="posters")

    new = actions.copy("spring", **WHO)

    assert (new.state, new.checks, len(new.goals), len(new.tasks)) == ("draft", {}, 2, 1)
    assert [(one.used_minor, one.planned_minor) for one in new.lines.all()] == [(0, 300_000)]
    assert CampaignState(Campaign.objects.get(key="spring").state) is CampaignState.RUNNING
