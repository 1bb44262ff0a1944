"""CHN-06, CHN-10: a link to share with its own side, and a page for members alone."""

from datetime import timedelta

import pytest
from django.test import Client

from tenure.records.customers.models import Account
from tenure.records.sharing.actions import share
from tenure.records.sharing.models import ShareJoin, ShareLink
from tenure.records.sharing.queries import token_of
from tenure.records.subscriptions.models import Term
from tests.act.decisions import a_decision
from tests.builders import AS_OF, AT, a_term, an_account, day, primary_person
from tests.surfaces.portal.customers import signed_in


def a_sharer() -> str:
    """The token of somebody else's link."""
    person = primary_person(an_account())
    return token_of(share(person.pk, on=day(-20), at=AT, by="customer"))


def test_a_friend_follows_a_link_signs_in_and_says_so(term: Term) -> None:
    token = a_sharer()
    Account.objects.filter(pk=term.account_id).update(started_on=day(-1))
    stranger = Client()
    invited = stranger.get(f"/share/{token}")
    client = signed_in(term)
    client.get(f"/share/{token}")
    page = client.get("/my/share").content.decode()

    for _ in range(2):
        client.post("/my/share/confirm", {"token": token})

    assert invited.status_code == 200
    assert invited.cookies["tenure_share"]["httponly"]
    assert "share-confirm" in page or "/my/share/confirm" in page
    assert ShareJoin.objects.get().newcomer_id == term.account_id
    assert "/my/share/confirm" not in client.get("/my/share").content.decode()


def test_ones_own_link_is_made_by_a_tap_and_tells_no_name(term: Term) -> None:
    client = signed_in(term)
    before = client.get("/my/share").content.decode()
    made_by_looking = ShareLink.objects.count()

    client.post("/my/share")
    client.post("/my/share")
    link = ShareLink.objects.get()
    page = client.get("/my/share").content.decode()
    invited = Client().get(f"/share/{token_of(link)}").content.decode()

    assert made_by_looking == 0
    assert "/share/" not in before.replace("/my/share", "")
    assert f"/share/{token_of(link)}" in page
    assert link.person.name not in invited
    own = client.post("/my/share/confirm", {"token": token_of(link)}, follow=True)
    assert "不能通过自己的邀请链接加入" in own.content.decode()
    assert ShareJoin.objects.count() == 0


def test_a_link_that_was_changed_opens_nothing(term: Term) -> None:
    answer = Client().get(f"/share/{a_sharer()}x")

    assert answer.status_code == 404
    assert "tenure_share" not in answer.cookies


@pytest.mark.parametrize("state", ["lapsed", "cancelled", "grace"])
def test_the_page_of_members_is_closed_to_whoever_has_no_running_contract(
    term: Term, state: str
) -> None:
    client = signed_in(term)
    closed_on = None if state == "grace" else AS_OF
    Term.objects.filter(pk=term.pk).update(state=state, closed_on=closed_on)

    answer = client.get("/my/members")

    assert answer.status_code == 403
    assert Client().get("/my/members").status_code == 302


def test_a_member_sees_what_holds_and_the_offers_of_this_contract_alone(term: Term) -> None:
    client = signed_in(term)
    other = a_term(account=an_account(), days_left=20)
    for one, minor in ((term, 88_800), (other, 77_700)):
        a_decision(term=one, price_minor=minor, valid_until=AS_OF + timedelta(days=9))

    page = client.get("/my/members").content.decode()

    assert "888" in page
    assert "777" not in page
