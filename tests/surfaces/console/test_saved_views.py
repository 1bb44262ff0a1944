"""R-U-034: a page with its filters is kept under a name, for oneself or for all, by its address."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from tenure.records.journal.models import Entry
from tenure.records.views.models import SavedView
from tenure.records.views.queries import columns_for
from tenure.surfaces.console.customer_columns import USUAL
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client

ENGLISH = {"Accept-Language": "en"}
PAGE = "/customers?order=risk&before=50"


def save(client: "Client", name: str, at: str = PAGE, **more: str) -> str:
    answer = client.post("/views/save", {"name": name, "at": at, **more}, headers=ENGLISH)
    return str(answer.headers.get("Location", answer.status_code))


def test_a_view_leads_back_to_the_page_with_its_filters(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    client = sign_in("operator")

    there = save(client, "at risk, page 2")
    save(client, "at risk, page 2")
    listed = client.get("/views", headers=ENGLISH).content.decode()

    assert there == PAGE
    assert SavedView.objects.count() == 1
    assert 'href="/customers?order=risk&amp;before=50"' in listed
    assert Entry.objects.filter(kind="view.saved").count() == 1
    assert "/views?at=%2Fcustomers%3Forder%3Drisk" in client.get(PAGE).content.decode()


def test_only_what_is_shared_is_seen_by_others_and_removed_by_its_owner(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    owner = sign_in("operator")
    save(owner, "mine alone", "/journeys")
    save(owner, "for all", "/figures?months=6", shared="1")
    shared = SavedView.objects.get(name="for all")
    other = sign_in("analyst")

    seen = other.get("/views", headers=ENGLISH).content.decode()
    other.post(f"/views/{shared.pk}/remove")
    still = SavedView.objects.count()
    owner.post(f"/views/{shared.pk}/remove")

    assert "for all" in seen
    assert "mine alone" not in seen
    assert f"/views/{shared.pk}/remove" not in seen
    assert (still, SavedView.objects.count()) == (2, 1)
    assert Entry.objects.get(kind="view.removed").content["view"] == "for all"


def test_nothing_outside_is_kept_and_a_view_has_a_name(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    client = sign_in("operator")

    outside = [
        save(client, "out", at) for at in ("https://evil.example/", "//evil.example/", "/my", "x")
    ]
    unnamed = client.post("/views/save", {"name": " ", "at": PAGE}, follow=True, headers=ENGLISH)

    assert outside == ["400"] * 4
    assert "Give the view a name." in unnamed.content.decode()
    assert SavedView.objects.count() == 0
    assert 'name="at"' not in client.get("/views?at=//evil.example/").content.decode()
    assert 'name="at"' in client.get(f"/views?at={quote(PAGE)}").content.decode()


def test_columns_are_chosen_kept_for_oneself_and_said_by_the_address(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-U-034: what is chosen stays, a link shows its own, and nobody else's list changes."""
    finish_day(broadband, a_customer())
    ann, bob = sign_in("owner"), sign_in("analyst")

    def heads(client: "Client", address: str = "/customers") -> list[str]:
        page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page)

    usual = ["Customer", "Plan", "Ends", "Churn risk", "Health", "Kind", "Region", "Since"]
    answer = ann.post(
        "/customers/columns", {"column": ["sales_channel", "ends", "nonsense"], "order": "ending"}
    )
    ann.post("/customers/columns", {"column": ["sales_channel", "ends"]})

    assert answer["Location"] == "/customers?order=ending&columns=ends%2Csales_channel"
    assert heads(ann) == ["Customer", "Ends", "Sales channel"]
    assert heads(ann, "/customers?columns=plan,nonsense") == ["Customer", "Plan"]
    assert heads(bob) == heads(ann, "/customers?columns=nonsense") == usual
    assert Entry.objects.filter(kind="columns.chosen").count() == 1
    assert ann.get("/customers/columns").status_code == 405


def test_who_chooses_no_column_sees_the_usual_ones(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())
    client = sign_in("owner")

    client.post("/customers/columns", {})

    assert columns_for(f"user:{client.session['_auth_user_id']}", table="customers") == USUAL


def test_a_view_that_was_taken_away_is_offered_back_once(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-U-036: with its name, its address and whether it is shared."""
    client = sign_in("operator")
    save(client, "at risk", shared="1")
    client.post(f"/views/{SavedView.objects.get().pk}/remove")

    offered = client.get("/views", headers=ENGLISH).content.decode()
    later = client.get("/views", headers=ENGLISH).content.decode()
    save(client, "at risk", shared="1")

    assert "Bring it back" in offered
    assert 'name="name" value="at risk"' in offered
    assert 'name="shared" value="1"><span' in offered
    assert "Bring it back" not in later
    assert SavedView.objects.get().is_shared
