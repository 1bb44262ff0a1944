"""MNT-01, R-N-018: maintenance notices reach exactly the affected."""

from datetime import timedelta

import pytest

from tenure.act.journeys.withdrawals import withdraw_over
from tenure.act.maintenance.telling import tell_maintenance
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.act.messages.rules import Fate
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account
from tenure.records.maintenance.actions import cancel, move, plan
from tenure.records.maintenance.models import Maintenance
from tenure.records.maintenance.rules import (
    EndsBefore,
    NoNodes,
    NoSuchMaintenance,
    OverAlready,
    TooSoon,
    Works,
)
from tenure.records.service.models import Line, Node
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.builders import AS_OF, a_node, a_term, an_account, at_on
from tests.builders.moments import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]

NOON = at_on(AS_OF, 12)
STARTS = at_on(AS_OF + timedelta(days=3), 13)
HOURS = timedelta(hours=4)


def served(node: Node, *, days_left: int = 100, **more: object) -> Term:
    term = a_term(account=an_account(), days_left=days_left, **more)  # type: ignore[arg-type]
    Line.objects.create(subscription_id=term.subscription_id, node=node)
    return term


def works(node: Node, *, starts_at: object = STARTS, **more: object) -> Maintenance:
    given = {"starts_at": starts_at, "ends_at": starts_at + HOURS, **more}  # type: ignore[operator]
    told = Works("noc", fresh("works"), "机房割接", "Cut-over", **given)  # type: ignore[arg-type]
    return plan(told, [node.code], on=business_day(NOON), at=NOON, by="test")


def heard() -> dict[int, set[tuple[str, str]]]:
    """Term → template and channel of each notice that waits or went out."""
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Message.objects.filter(journey="maintenance").exclude(state="expired")
    for term, template, channel in rows.values_list("term_id", "template", "channel"):
        found.setdefault(term, set()).add((template, channel))
    return found


AHEAD = {("maintenance_ahead", "email"), ("maintenance_ahead", "banner")}


def test_maintenance_notices_reach_exactly_the_affected() -> None:
    """Served on that day, whoever they are; nobody behind another node, resting or gone by then."""
    node, other = a_node(), a_node()
    plain, held_out = served(node), served(node)
    Account.objects.filter(pk=held_out.account_id).update(holdout_bucket=0)
    grace = served(node, days_left=-2, state=TermState.GRACE)
    served(other)
    served(node, days_left=2, state=TermState.CANCELLING)
    served(node, days_left=-40, state=TermState.LAPSED)
    resting, back = served(node), served(node)
    for term, days in ((resting, 30), (back, 2)):
        Subscription.objects.filter(pk=term.subscription_id).update(
            state=SubscriptionState.PAUSED, paused_on=AS_OF, resumes_on=AS_OF + timedelta(days=days)
        )
    early = served(node, days_left=2, state=TermState.RENEWED, renewed_on=AS_OF)
    following = a_term(
        subscription=early.subscription, account=early.account, number=early.number + 1,
        starts_on=early.ends_on, ends_on=early.ends_on + timedelta(days=365),
    )  # fmt: skip
    works(node)

    told = [tell_maintenance(at=NOON) for _ in range(2)]

    assert heard() == {one.pk: AHEAD for one in (plain, held_out, grace, back, following)}
    assert told == [10, 0]


def test_it_is_told_three_days_ahead_and_not_weeks() -> None:
    node = a_node()
    term = served(node)
    works(node, starts_at=STARTS + timedelta(days=20))

    weeks = tell_maintenance(at=NOON)
    due = tell_maintenance(at=NOON + timedelta(days=20))

    assert (weeks, due) == (0, 2)
    assert heard() == {term.pk: AHEAD}


def test_who_was_told_hears_that_it_moved_and_that_it_does_not_take_place() -> None:
    node = a_node()
    told, unreached = served(node), served(node)
    one = works(node)
    tell_maintenance(at=NOON)
    Message.objects.filter(term=told).update(state="delivered", sent_at=NOON)

    later = (STARTS + timedelta(days=1), STARTS + timedelta(days=1) + HOURS)
    move(one.pk, later, on=AS_OF, at=NOON, by="test")
    tell_maintenance(at=NOON)
    moved = heard()
    cancel(one.pk, on=AS_OF, at=NOON, by="test")
    counted = [tell_maintenance(at=NOON) for _ in range(2)]

    gone = {("maintenance_moved", way) for way in ("email", "banner")}
    assert moved == {told.pk: AHEAD | gone, unreached.pk: AHEAD}
    # The notice of the old hours that still waited is not sent any more.
    assert Message.objects.filter(term=unreached, state="expired", reason="moved").count() == 4
    off = {("maintenance_cancelled", way) for way in ("email", "banner")}
    assert heard() == {told.pk: AHEAD | off}
    assert counted == [2, 0]


def test_a_notice_says_what_and_when_and_survives_an_early_renewal() -> None:
    node = a_node()
    term = served(node)
    works(node)
    tell_maintenance(at=NOON)
    Term.objects.filter(pk=term.pk).update(state=TermState.RENEWED, renewed_on=AS_OF)
    withdraw_over(at=NOON)

    done = dispatch(at=NOON, post=Drawer())

    assert done.fates[Fate.SEND] == 2
    body = Message.objects.get(channel="email").body
    day = STARTS.astimezone(NOON.tzinfo)
    assert "机房割接" in body
    assert f"{day.month}月{day.day}日" in body


def test_work_is_planned_three_days_ahead_or_is_said_to_be_urgent() -> None:
    node = a_node()
    soon = NOON + timedelta(hours=71)

    with pytest.raises(TooSoon, match="72"):
        works(node, starts_at=soon)
    with pytest.raises(EndsBefore):
        works(node, ends_at=STARTS)
    with pytest.raises(NoNodes, match="nowhere"):
        plan(Works("noc", "1", "割接", "Cut", STARTS, STARTS + HOURS), ["nowhere"],
             on=AS_OF, at=NOON, by="test")  # fmt: skip
    assert not Maintenance.objects.exists()
    urgent = works(node, starts_at=soon, is_urgent=True)
    with pytest.raises(OverAlready):
        cancel(urgent.pk, on=AS_OF, at=soon, by="test")
    with pytest.raises(NoSuchMaintenance):
        cancel(urgent.pk + 1, on=AS_OF, at=NOON, by="test")
    one = works(node)
    with pytest.raises(TooSoon):
        move(one.pk, (soon, soon + HOURS), on=AS_OF, at=NOON, by="test")
    one.refresh_from_db()
    assert (one.starts_at, one.revision) == (STARTS, 1)
