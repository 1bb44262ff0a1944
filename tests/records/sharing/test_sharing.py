"""CHN-06: a customer shares, a newcomer joins by it, and both are attributed once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.customers.models import Account
from tenure.records.journal.models import Entry
from tenure.records.sharing.actions import attribute, attribute_told, share
from tenure.records.sharing.models import ShareJoin, ShareLink
from tenure.records.sharing.queries import link_of, token_of
from tenure.records.sharing.rules import BroughtBefore, NotNew, SelfReferral, UnknownShare
from tests.builders import AS_OF, AT, a_contact_point, an_account, day, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database")]


def a_link(account: Account | None = None, *, made: int = -20) -> ShareLink:
    person = primary_person(account or an_account())
    return share(person.pk, on=day(made), at=AT, by="customer")


def a_newcomer(*, joined: int = -2, **more: object) -> Account:
    return an_account(started_on=day(joined), **more)  # type: ignore[arg-type]


def joins(link: ShareLink, account: Account) -> ShareJoin:
    return attribute(token_of(link), account.pk, on=AS_OF, at=AT, by="customer")


def test_both_are_attributed_once_however_often_it_is_told() -> None:
    link, newcomer = a_link(), a_newcomer()
    again = a_link(link.account)

    first, second = joins(link, newcomer), joins(link, newcomer)

    assert (again.pk, first.pk) == (link.pk, second.pk)
    assert Entry.objects.filter(kind="share.brought", account=link.account).count() == 1
    assert Entry.objects.filter(kind="share.joined", account=newcomer).count() == 1
    with pytest.raises(BroughtBefore):
        joins(a_link(), newcomer)
    assert ShareJoin.objects.count() == 1


def test_nobody_brings_themselves_under_either_name() -> None:
    link = a_link()
    twin = a_newcomer()
    for account in (link.account, twin):
        a_contact_point(person=primary_person(account), channel="sms", address="13800000009")

    for account in (link.account, twin):
        with pytest.raises(SelfReferral):
            joins(link, account)

    assert ShareJoin.objects.count() == 0


@pytest.mark.parametrize("joined", [-22, -31])
def test_whoever_was_here_before_or_says_it_late_was_not_brought(joined: int) -> None:
    link = a_link(made=-20 if joined == -22 else -40)

    with pytest.raises(NotNew):
        joins(link, a_newcomer(joined=joined))


def test_a_link_that_was_changed_is_nobodys() -> None:
    link = a_link()
    token, newcomer = token_of(link), a_newcomer()
    number, _, seal = token.partition("-")

    next_one = f"{int(number, 16) + 1:x}-{seal}"
    for wrong in ("", "-", number, next_one, f"{token}0", "²-x", "z" * 500):
        assert link_of(wrong) is None
        with pytest.raises(UnknownShare):
            attribute(wrong, newcomer.pk, on=AS_OF, at=AT, by="customer")
    assert link_of(token) == link


def test_a_system_of_its_own_tells_by_whose_link_a_newcomer_came() -> None:
    link = a_link()
    good = a_newcomer(attributes={"share": token_of(link)})
    a_newcomer(attributes={"share": "nonsense"})
    a_newcomer(attributes={"other": 1})

    found, again = (attribute_told(as_of=AS_OF, at=AT) for _ in range(2))

    assert (found, again) == (1, 0)
    assert ShareJoin.objects.get().newcomer_id == good.pk
    assert Entry.objects.filter(kind="share.refused").count() == 1


def test_no_text_is_a_link_by_chance() -> None:
    @given(st.text(max_size=40))
    def names_nothing(text: str) -> None:
        assert link_of(text) is None

    names_nothing()
