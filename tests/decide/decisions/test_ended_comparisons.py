"""EXP-01, OFR-05: after its last day nobody is drawn, and what was rolled out is for everybody."""

from datetime import timedelta

from tenure.act.journeys.actions import plan_due
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.replaying import replay_all
from tenure.records.contacts.models import Message
from tenure.records.experiments.actions import Wish, end_comparison
from tenure.records.experiments.models import Assignment
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, a_term, day
from tests.decide.decisions.deciding import (
    Customer,
    a_customer,
    alternative,
    change_strategy,
    decide,
    the_decision,
)
from tests.decide.decisions.test_comparing import COMPARISON, compare
from tests.decide.decisions.test_promises import offering
from tests.understand.warehouses import Warehouse

TOMORROW, LATER = day(1), AT + timedelta(days=1)
OFFERS = ("coupon_30", "bill_credit")


def between(*, starts_on: str = str(AS_OF)) -> None:
    """Coupon or credit by lot, the credit worth a little more to everybody."""
    offering(coupon_30={"prior_logit_lift": 1.0}, bill_credit={"prior_logit_lift": 1.5})
    arm = [{"id": one, "weight": 1} for one in OFFERS]
    change_strategy({"experiments.toml": {"exploration": "0 %", "between": [
        {"id": "two", "name": {"zh": "甲", "en": "a"}, "salt": "s", "arm": arm,
         "starts_on": starts_on, "planned_on": str(day(400))},
    ]}})  # fmt: skip


def ended(key: str, rolled_out: str = "") -> None:
    comparison = current().experiments.randomised[key]
    wish = Wish("enough is known", f"{key}:{rolled_out}", rolled_out)
    end_comparison(comparison, wish, on=AS_OF, at=AT, by="user:1")


def households(number: int, *, days_left: int) -> list[Customer]:
    return [a_customer(p_lapse=0.3 + 0.02 * place, days_left=days_left) for place in range(number)]


def test_a_stopped_lot_between_offers_draws_nobody_and_binds_nobody(
    broadband_anywhere: Warehouse,
) -> None:
    between()
    ended("two")
    before, after = households(16, days_left=30), households(6, days_left=31)

    # Its last day is as every day before.
    decide(broadband_anywhere, *before)
    lot = Assignment.objects.filter(experiment__key="two").values_list("term_id", "arm")
    drawn = dict(lot)
    decide(broadband_anywhere, *after, as_of=TOMORROW, at=LATER)

    assert set(drawn) == {one.term.pk for one in before}
    assert dict(lot.all()) == drawn
    refused = {alternative(the_decision(one), other)["refused_by"] for one in after
               for other in OFFERS}  # fmt: skip
    assert "other_arm" not in refused
    assert {the_decision(one).action for one in before} == set(OFFERS)
    assert len({the_decision(one).action for one in after}) == 1
    for choosing in Choosing.objects.order_by("as_of"):
        assert all(one.is_same for one in replay_all(choosing))


def test_a_rolled_out_offer_is_for_everybody_but_the_holdout(
    broadband_anywhere: Warehouse,
) -> None:
    """The coupon, which nobody would get of their own: the credit is worth more."""
    between()
    ended("two", "coupon_30")
    after = households(6, days_left=31)
    held = a_customer(days_left=31, account={"in_holdout": True})

    decide(broadband_anywhere, *after, held, as_of=TOMORROW, at=LATER)

    assert not Assignment.objects.filter(experiment__key="two").exists()
    assert {the_decision(one).action for one in after} == {"coupon_30"}
    assert {alternative(the_decision(one), "bill_credit")["refused_by"] for one in after} == {
        "other_arm"
    }
    kept = Decision.objects.filter(term=held.term).values_list("kind", flat=True)
    assert set(kept) <= {"nothing"}
    assert all(one.is_same for one in replay_all(Choosing.objects.get()))


def told_tomorrow(warehouse: Warehouse, rolled_out: str) -> tuple[dict[int, str], set[int], int]:
    """Who was told with which script the day after the end, who is held out, and how many."""
    compare()
    ended("t7_tone", rolled_out)
    due = [a_customer(days_left=8) for _ in range(9)]
    held = [a_customer(days_left=8, account={"in_holdout": True}) for _ in range(2)]
    decide(warehouse, *due, *held, as_of=TOMORROW, at=LATER)
    plan_due(as_of=TOMORROW, at=LATER)

    assert not Assignment.objects.filter(experiment__key="t7_tone").exists()
    told = dict(Message.objects.filter(step="t7").values_list("term_id", "template"))
    out = {one.term.pk for one in held}
    return {term: said for term, said in told.items() if term not in out}, out, len(due)


def test_a_stopped_script_is_the_step_as_it_stands(broadband_anywhere: Warehouse) -> None:
    told, _, due = told_tomorrow(broadband_anywhere, "")

    assert list(told.values()) == ["ends_soon"] * due


def test_a_script_that_was_rolled_out_is_told_to_all_but_the_holdout(
    broadband_anywhere: Warehouse,
) -> None:
    told, out, due = told_tomorrow(broadband_anywhere, "options")

    assert list(told.values()) == ["renewal_options"] * due
    for_holdout = Message.objects.filter(step="t7", term_id__in=out)
    assert set(for_holdout.values_list("template", flat=True)) == {"ends_soon"}


def test_silence_can_be_rolled_out(broadband: Warehouse) -> None:
    told, out, _ = told_tomorrow(broadband, "silent")

    assert told == {}
    assert Message.objects.filter(step="t7", term_id__in=out).count() == len(out)


def in_arms_of(key: str) -> set[int]:
    found = Assignment.objects.filter(experiment__key=key)
    return set(found.values_list("term_id", flat=True))


def _another(one: Customer, *, days_left: int) -> Customer:
    """One more term of the same household."""
    term = a_term(account=one.term.account, plan_version=one.term.plan_version, days_left=days_left)
    return Customer(term, one.p_lapse, one.features)


def test_whoever_was_in_one_that_ended_is_free_for_another_the_day_after(
    broadband_anywhere: Warehouse,
) -> None:
    """EXP-01: on its last day they are still kept apart, as the journal says, and then no more."""
    other = {
        **COMPARISON, "id": "t90_tone", "step": "t90", "salt": "t90-tone-1",
        "arm": [{"id": "plain", "weight": 1}, {"id": "silent", "weight": 1, "sends": False}],
    }  # fmt: skip
    change_strategy({"experiments.toml": {"exploration": "0 %", "comparison": [COMPARISON, other]}})
    first = [a_customer(days_left=7) for _ in range(3)]
    today, next_day = ([_another(one, days_left=days) for one in first] for days in (90, 91))
    ended("t7_tone")

    decide(broadband_anywhere, *first, *today, *next_day)
    on_its_last_day = in_arms_of("t90_tone")
    decide(broadband_anywhere, *first, *today, *next_day, as_of=TOMORROW, at=LATER)

    assert in_arms_of("t7_tone") == {one.term.pk for one in first}
    assert on_its_last_day == set()
    assert in_arms_of("t90_tone") >= {one.term.pk for one in next_day}
    kept = Entry.objects.filter(kind="experiment.kept_apart").values_list("on", "content__count")
    assert list(kept) == [(AS_OF, 3)]


def test_an_arm_between_offers_binds_from_its_first_day_on(broadband_anywhere: Warehouse) -> None:
    """OFR-05: the day before, everybody is offered what is best; replayed both come out alike."""
    between(starts_on=str(TOMORROW))
    early, later = households(6, days_left=30), households(16, days_left=31)

    decide(broadband_anywhere, *early)
    drawn_early = in_arms_of("two")
    decide(broadband_anywhere, *later, as_of=TOMORROW, at=LATER)

    assert drawn_early == set()
    refused = {
        alternative(the_decision(one), other)["refused_by"] for one in early for other in OFFERS
    }
    assert "other_arm" not in refused
    assert len({the_decision(one).action for one in early}) == 1
    assert in_arms_of("two") == {one.term.pk for one in later}
    assert {the_decision(one).action for one in later} == set(OFFERS)
    for choosing in Choosing.objects.order_by("as_of"):
        assert all(one.is_same for one in replay_all(choosing))


def test_a_choosing_of_before_arms_waited_is_replayed_as_it_was(
    broadband_anywhere: Warehouse,
) -> None:
    """TOP-05: until then arms bound before their first day; what was written stays what it was."""
    between()
    early = households(6, days_left=30)
    decide(broadband_anywhere, *early)
    strategy = the_decision(early[0]).strategy_hash
    between(starts_on=str(TOMORROW))
    later = current().hash
    assert later != strategy

    # As if the same had been chosen under the strategy whose comparison begins a day later.
    Choosing.objects.update(strategy_hash=later, arms_wait=False)
    of_old = replay_all(Choosing.objects.get())
    Choosing.objects.update(arms_wait=True)
    of_now = replay_all(Choosing.objects.get())

    assert all(one.is_same for one in of_old)
    assert not all(one.is_same for one in of_now)
