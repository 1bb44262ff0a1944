"""CHN-09: meetings and gift cards as records, beside what they cost and what followed."""

from datetime import timedelta

import pytest

from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.salons.actions import hold, invite, issue_card, move_card, note_guest
from tenure.records.salons.models import GiftCard, Salon, SalonGuest
from tenure.records.salons.queries import outcomes
from tenure.records.salons.rules import (
    CARD,
    BadCard,
    BadSalon,
    CardVerb,
    GuestVerb,
    NewCard,
    NewSalon,
    NoSuchCard,
)
from tenure.records.salons.states import CardState
from tests.builders import AS_OF, AT, an_account, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database")]
COST = Money(300_000, "CNY")


def a_salon(key: str = "spring", *, cost: Money = COST, name: str = "春日沙龙") -> Salon:
    return hold(NewSalon(key, name, "望澜路", AS_OF, cost), on=AS_OF, at=AT, by="user:1")


def came(salon: Salon, number: str, verb: GuestVerb, *, renews_after: int | None = None) -> None:
    account = an_account(external_id=number)
    invite(salon.pk, [number], on=AS_OF, at=AT, by="user:1")
    guest = SalonGuest.objects.get(salon=salon, account=account)
    note_guest(guest.pk, verb, on=AS_OF, at=AT, by="user:1")
    if renews_after is not None:
        on = AS_OF + timedelta(days=renews_after)
        append(Fact("term.renewed", on=on, account_id=account.pk), at=at_on(on), by="loop")


def test_a_meeting_says_who_came_who_renewed_and_what_it_cost() -> None:
    salon = a_salon()
    came(salon, "A1", GuestVerb.COME, renews_after=10)
    came(salon, "A2", GuestVerb.COME, renews_after=91)
    came(salon, "A3", GuestVerb.COME)
    came(salon, "A4", GuestVerb.MISS, renews_after=0)
    card = NewCard("K-0001", SalonGuest.objects.first().account_id, Money(5_000, "CNY"), salon.pk)  # type: ignore[union-attr]
    issue_card(card, on=AS_OF, at=AT, by="user:1")
    for verb in (CardVerb.HAND, CardVerb.REDEEM):
        move_card("K-0001", verb, on=AS_OF, at=AT, by="user:1")

    (found,) = outcomes(limit=5)

    assert (found.invited, found.came, found.came_renewed) == (4, 3, 1)
    assert (found.absent, found.absent_renewed) == (1, 1)
    assert found.cost == Money(305_000, "CNY")
    assert found.cost_per_renewal == Money(305_000, "CNY")


def test_each_is_written_once_and_unknown_numbers_are_named() -> None:
    salon, again = a_salon(), a_salon(name="another")
    an_account(external_id="A1")

    unknown = [
        invite(salon.pk, ["A1", " A1 ", "nobody", ""], on=AS_OF, at=AT, by="user:1")
        for _ in range(2)
    ]
    guest = SalonGuest.objects.get()
    for _ in range(2):
        note_guest(guest.pk, GuestVerb.COME, on=AS_OF, at=AT, by="user:1")

    assert (salon.pk, again.name) == (again.pk, "春日沙龙")
    assert unknown == [["nobody"], ["nobody"]]
    kinds = ("salon.held", "salon.invited", "salon.attended")
    assert [Entry.objects.filter(kind=one).count() for one in kinds] == [1, 1, 1]


def test_a_card_is_redeemed_once_and_only_after_it_was_handed_over() -> None:
    account = an_account()
    new = NewCard("K-0002", account.pk, Money(5_000, "CNY"))
    first, second = (issue_card(new, on=AS_OF, at=AT, by="user:1") for _ in range(2))
    with pytest.raises(IllegalMove):
        move_card("K-0002", CardVerb.REDEEM, on=AS_OF, at=AT, by="user:1")
    for verb in (CardVerb.HAND, CardVerb.REDEEM):
        move_card("K-0002", verb, on=AS_OF, at=AT, by="user:1")

    for verb in CardVerb:
        with pytest.raises(IllegalMove):
            move_card("K-0002", verb, on=AS_OF, at=AT, by="user:1")

    assert first.pk == second.pk
    assert GiftCard.objects.get().state == CardState.REDEEMED
    assert CARD.verbs(CardState.VOID) == ()
    with pytest.raises(NoSuchCard):
        move_card("nobody", CardVerb.HAND, on=AS_OF, at=AT, by="user:1")


def test_what_lacks_something_is_refused_and_nothing_is_written() -> None:
    account = an_account()
    for key, cost in (("", COST), ("Ä", COST), ("ok", Money(-1, "CNY"))):
        with pytest.raises(BadSalon):
            a_salon(key, cost=cost)
    for number, value in (("K1", 5), ("K-0003", 0), ("K 0003", 5)):
        with pytest.raises(BadCard):
            issue_card(
                NewCard(number, account.pk, Money(value, "CNY")), on=AS_OF, at=AT, by="user:1"
            )

    assert (Salon.objects.count(), GiftCard.objects.count()) == (0, 0)
