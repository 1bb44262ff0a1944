"""Earn, choose, send and take back presents: the only writers of their state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from tenure.kernel.identifiers import new_id
from tenure.records.gifts.models import Gift, GiftCode, GiftStock
from tenure.records.gifts.rules import (
    GIFT,
    NOWHERE,
    STATE_SAID,
    Address,
    ChosenAlready,
    GiftGone,
    GiftVerb,
    NotChosen,
    NotOffered,
    check_address,
)
from tenure.records.gifts.states import GiftState
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.strategy.benefits import GiftKind, GiftRule

_KINDS = {
    GiftVerb.SEND: "gift.sent",
    GiftVerb.DELIVER: "gift.delivered",
    GiftVerb.RETURN: "gift.returned",
    GiftVerb.CANCEL: "gift.cancelled",
}


@dataclass(frozen=True, slots=True)
class Earned:
    """A present that comes with a term, of which the customer chooses one."""

    account_id: int
    term_id: int
    on: date
    once_key: str


@transaction.atomic
def earn(new: Earned, rules: Sequence[GiftRule], *, at: datetime, by: str) -> Gift | None:
    """Note that a renewal brought a present; again, the same one. None where none fits."""
    if not rules:
        return None
    days = max(one.choose_within_days for one in rules)
    gift, is_new = Gift.objects.get_or_create(
        once_key=new.once_key,
        defaults={
            "public_id": new_id("gift", at),
            "account_id": new.account_id,
            "term_id": new.term_id,
            "choices": [one.id for one in rules],
            "state": GIFT.start,
            "earned_on": new.on,
            "choose_until": new.on + timedelta(days=days),
            "recorded_at": at,
        },
    )
    if is_new:
        append(_about("gift.earned", gift, on=new.on, choices=gift.choices), at=at, by=by)
    return gift


@transaction.atomic
def run_out(
    public_id: str, instead: Sequence[GiftRule], *, on: date, at: datetime, by: str
) -> Gift:
    """What somebody may choose is gone: others take its place; told again, nothing changes.

    What is gone stays among the choices: it can be chosen once there is more of it.
    """
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    new = [one.id for one in instead if one.id not in gift.choices]
    if gift.rule_id or gift.state != GiftState.OPEN:
        return gift
    if new:
        gift.choices = [*gift.choices, *new]
        gift.save(update_fields=["choices"])
    append(_about("gift.ran_out", gift, on=on, instead=new), at=at, by=by)
    return gift


@dataclass(frozen=True, slots=True)
class Choice:
    """Which present, and where it goes."""

    rule: GiftRule
    address: Address = NOWHERE


@transaction.atomic
def choose(public_id: str, choice: Choice, *, on: date, at: datetime, by: str) -> Gift:
    """Take one of what is offered, and reserve it; the same again changes nothing.

    A code belongs to the customer at once, and is sent with that. Of a thing that is posted one is
    set aside: there are never more promised than there are.

    Raises:
        NotOffered: the renewal does not bring this one.
        ChosenAlready: another was chosen, or the time is over.
        GiftGone: the last one went to somebody else.
        NoAddress: it is posted, and nobody knows where to.
    """
    rule, address = choice.rule, choice.address
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    if gift.rule_id == rule.id and gift.state != GiftState.CANCELLED:
        return gift
    if rule.id not in gift.choices:
        raise NotOffered()
    if gift.rule_id or gift.state != GiftState.OPEN or on > gift.choose_until:
        raise ChosenAlready(state=STATE_SAID[GiftState(gift.state)])
    check_address(rule, address)
    if rule.kind is GiftKind.CODE:
        _take_code(gift, rule)
    else:
        _take_thing(rule)
    gift.rule_id, gift.kind, gift.chosen_on = rule.id, rule.kind, on
    gift.name_zh, gift.name_en = rule.name.zh, rule.name.en
    if rule.kind is GiftKind.POST:
        gift.recipient, gift.phone = address.recipient.strip()[:80], address.phone.strip()[:40]
        gift.address = address.text.strip()[:400]
    gift.save()
    append(_about("gift.chosen", gift, on=on, chosen=rule.id), at=at, by=by)
    if rule.kind is GiftKind.CODE:
        _move(gift, GiftVerb.SEND, on=on, at=at, by=by, sent_on=on)
        return _move(gift, GiftVerb.DELIVER, on=on, at=at, by=by, delivered_on=on)
    return gift


def _take_code(gift: Gift, rule: GiftRule) -> None:
    free = GiftCode.objects.filter(rule_id=rule.id, gift=None).order_by("pk")
    while (code := free.first()) is not None:
        if GiftCode.objects.filter(pk=code.pk, gift=None).update(gift=gift):
            return
    raise GiftGone(gift=rule.name)


def _take_thing(rule: GiftRule) -> None:
    GiftStock.objects.get_or_create(rule_id=rule.id, defaults={"total": rule.stock})
    left = GiftStock.objects.filter(rule_id=rule.id, taken__lt=F("total"))
    if not left.update(taken=F("taken") + 1):
        raise GiftGone(gift=rule.name)


@transaction.atomic
def send(public_id: str, *, on: date, at: datetime, by: str, tracking: str = "") -> Gift:
    """It is on its way; told again, nothing changes.

    Raises:
        NotChosen: the customer has not chosen yet.
        IllegalMove: it was cancelled or came back.
    """
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    if gift.state in (GiftState.SENT, GiftState.DELIVERED):
        return gift
    if not gift.rule_id and gift.state == GiftState.OPEN:
        raise NotChosen(gift=gift.public_id)
    return _move(gift, GiftVerb.SEND, on=on, at=at, by=by, sent_on=on, tracking=tracking[:80])


@transaction.atomic
def deliver(public_id: str, *, on: date, at: datetime, by: str) -> Gift:
    """It arrived; told again, nothing changes.

    Raises:
        IllegalMove: it was never sent.
    """
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    if gift.state == GiftState.DELIVERED:
        return gift
    return _move(gift, GiftVerb.DELIVER, on=on, at=at, by=by, delivered_on=on)


@transaction.atomic
def take_back(public_id: str, *, on: date, at: datetime, by: str) -> Gift:
    """It came back and lies in the stock again; told again, nothing changes.

    Raises:
        IllegalMove: it was never sent.
    """
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    if gift.state == GiftState.RETURNED:
        return gift
    moved = _move(gift, GiftVerb.RETURN, on=on, at=at, by=by, closed_on=on)
    _put_back(moved)
    return moved


@transaction.atomic
def cancel(public_id: str, why: str, *, on: date, at: datetime, by: str) -> Gift:
    """It is not sent; what was set aside is free again. What is on its way stays as it is."""
    gift = Gift.objects.select_for_update().get(public_id=public_id)
    if gift.state != GiftState.OPEN:
        return gift
    moved = _move(gift, GiftVerb.CANCEL, on=on, at=at, by=by, closed_on=on, why=why)
    _put_back(moved)
    return moved


def _put_back(gift: Gift) -> None:
    if gift.kind == GiftKind.POST:
        GiftStock.objects.filter(rule_id=gift.rule_id, taken__gt=0).update(taken=F("taken") - 1)


def cancel_unchosen(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Close the presents that nobody chose in time; how many."""
    late = Gift.objects.filter(state=GiftState.OPEN, rule_id="", choose_until__lt=as_of)
    names = list(late.values_list("public_id", flat=True))
    for one in names:
        cancel(one, "not_chosen", on=as_of, at=at, by=by)
    return len(names)


def cancel_for(term_ids: Iterable[int], *, on: date, at: datetime, by: str) -> int:
    """Cancel what terms brought that were given back, where it is not on its way; how many."""
    open_ones = Gift.objects.filter(state=GiftState.OPEN, term_id__in=list(term_ids))
    names = list(open_ones.values_list("public_id", flat=True))
    for one in names:
        cancel(one, "term_given_back", on=on, at=at, by=by)
    return len(names)


@transaction.atomic
def stock_up(rule: GiftRule, total: int, *, on: date, at: datetime, by: str) -> GiftStock:
    """Say how many of a thing there are, those promised included; never fewer than promised."""
    stock, _ = GiftStock.objects.get_or_create(rule_id=rule.id, defaults={"total": rule.stock})
    stock = GiftStock.objects.select_for_update().get(pk=stock.pk)
    stock.total = max(total, stock.taken)
    stock.save(update_fields=["total"])
    content = {"gift": rule.id, "total": stock.total, "taken": stock.taken}
    append(Fact("gift.stocked", on=on, content=content), at=at, by=by)
    return stock


@transaction.atomic
def add_codes(rule: GiftRule, codes: Iterable[str], *, on: date, at: datetime, by: str) -> int:
    """Take in a partner's codes; one that is there already is not added again. How many were new.

    The journal says how many, and never which: whoever has a code can use it.
    """
    wanted = dict.fromkeys(code for one in codes if (code := one.strip()))
    rows = [(rule.id, code, None, at) for code in wanted]
    columns = ("rule_id", "code", "gift_id", "recorded_at")
    added = insert_rows(GiftCode, rows, columns=columns)
    fact = Fact("gift.codes_added", on=on, content={"gift": rule.id, "added": added})
    append(fact, at=at, by=by)
    return added


def _move(gift: Gift, verb: GiftVerb, *, on: date, at: datetime, by: str, **changes: Any) -> Gift:
    """The only writer of a present's state."""
    gift.state = GIFT.after(GiftState(gift.state), verb)
    for name, value in changes.items():
        setattr(gift, name, value)
    gift.save(update_fields=["state", *changes])
    append(_about(_KINDS[verb], gift, on=on, chosen=gift.rule_id), at=at, by=by)
    return gift


def _about(kind: str, gift: Gift, *, on: date, **content: Any) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=gift.account_id,
        term_id=gift.term_id,
        content={"number": gift.public_id, **content},
        once_key=f"{kind}:{gift.public_id}",
    )
