"""Write down meetings, guests and cards, each once."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.salons.models import GiftCard, Salon, SalonGuest
from tenure.records.salons.rules import (
    CARD,
    GUEST,
    CardVerb,
    GuestVerb,
    NewCard,
    NewSalon,
    NoSuchCard,
    check_card,
    check_salon,
)
from tenure.records.salons.states import CardState, GuestState


@transaction.atomic
def hold(new: NewSalon, *, on: date, at: datetime, by: str) -> Salon:
    """Write a meeting down; written again under its key, it stays as it was.

    Raises:
        BadSalon: it lacks something.
    """
    check_salon(new)
    row = (new.key, new.name.strip()[:120], new.place.strip()[:120], new.on,
           new.cost.amount_minor, new.cost.currency, new.campaign, at)  # fmt: skip
    columns = ("key", "name", "place", "on", "cost_minor", "currency", "campaign", "recorded_at")
    if insert_rows(Salon, [row], columns=columns):
        content = {"salon": new.key, "cost_minor": new.cost.amount_minor}
        append(Fact("salon.held", on=on, content=content), at=at, by=by)
    return Salon.objects.get(key=new.key)


@transaction.atomic
def invite(salon_id: int, numbers: Sequence[str], *, on: date, at: datetime, by: str) -> list[str]:
    """Invite customers by their numbers, each once; the numbers that nobody has."""
    salon = Salon.objects.select_for_update().get(pk=salon_id)
    wanted = list(dict.fromkeys(one.strip() for one in numbers if one.strip()))
    known = dict(Account.objects.filter(external_id__in=wanted).values_list("external_id", "pk"))
    rows = ((salon.pk, pk, at) for pk in known.values())
    added = insert_rows(SalonGuest, rows, columns=("salon_id", "account_id", "invited_at"))
    if added:
        content = {"salon": salon.key, "guests": added}
        append(Fact("salon.invited", on=on, content=content), at=at, by=by)
    return [one for one in wanted if one not in known]


@transaction.atomic
def note_guest(guest_id: int, verb: GuestVerb, *, on: date, at: datetime, by: str) -> SalonGuest:
    """Note whether a guest came; noted again, nothing changes."""
    guest: SalonGuest = SalonGuest.objects.select_for_update().get(pk=guest_id)
    after = GuestState.CAME if verb is GuestVerb.COME else GuestState.ABSENT
    if guest.state == after:
        return guest
    _let(guest, GUEST.after(GuestState(guest.state), verb))
    content = {"salon": guest.salon_id, "state": str(guest.state)}
    fact = Fact("salon.attended", on=on, account_id=guest.account_id, content=content)
    append(fact, at=at, by=by)
    return guest


@transaction.atomic
def issue_card(new: NewCard, *, on: date, at: datetime, by: str) -> GiftCard:
    """Take a card from the drawer for a customer; its number is used once.

    Raises:
        BadCard: it has no number or no value.
    """
    check_card(new)
    row = (new.number, new.account_id, new.salon_id, new.value.amount_minor, new.value.currency, on)
    columns = ("number", "account_id", "salon_id", "value_minor", "currency", "issued_on")
    if insert_rows(GiftCard, [row], columns=columns):
        content = {"card": new.number, "value_minor": new.value.amount_minor}
        fact = Fact("gift_card.issued", on=on, account_id=new.account_id, content=content)
        append(fact, at=at, by=by)
    return GiftCard.objects.get(number=new.number)


@transaction.atomic
def move_card(number: str, verb: CardVerb, *, on: date, at: datetime, by: str) -> GiftCard:
    """Hand a card over, redeem it, or make it void.

    Raises:
        NoSuchCard: nobody has it.
        IllegalMove: its state does not allow it; a card is redeemed once.
    """
    card: GiftCard | None = GiftCard.objects.select_for_update().filter(number=number).first()
    if card is None:
        raise NoSuchCard(number=number[:40])
    _move(card, CARD.after(CardState(card.state), verb), on=on)
    fact = Fact(
        f"gift_card.{card.state}", on=on, account_id=card.account_id, content={"card": number}
    )
    append(fact, at=at, by=by)
    return card


def _let(guest: SalonGuest, state: GuestState) -> None:
    guest.state = state
    guest.save(update_fields=["state"])


def _move(card: GiftCard, state: CardState, *, on: date) -> None:
    card.state = state
    if state == CardState.HANDED:
        card.handed_on = on
    if state == CardState.REDEEMED:
        card.redeemed_on = on
    card.save(update_fields=["state", "handed_on", "redeemed_on"])
