"""Who may open what: six roles, one table (R-U-039)."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.records.journal.models import Entry
from tenure.surfaces.console.access import ROLES, Right, rights_of
from tenure.surfaces.console.staff import UnknownRole, WeakPassword, ensure_member, ensure_roles
from tests.builders import AT, ZONE, a_message
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

PASSWORD = "correct horse battery"
OPENED = {
    "owner": {"/", "/customers", "customer", "/todos", "/outbox", "message", "/journal", "renewal"},
    "operator": {"/", "/customers", "customer", "/todos", "/outbox", "message", "renewal"},
    "finance": {"/", "/customers", "customer", "/todos", "/outbox", "message"},
    "support": {"/", "/customers", "customer", "/todos", "/outbox", "message"},
    "analyst": {"/", "/customers", "customer"},
    "auditor": {"/", "/customers", "customer", "/journal"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_other(
    broadband: Warehouse, sign_in: SignIn, role: str
) -> None:
    one = a_customer()
    message = a_message(term=one.term)
    finish_day(broadband, one)
    account, term = one.term.account_id, one.term.pk
    pages = {
        "/": "/",
        "/customers": "/customers",
        "customer": f"/customers/{account}",
        "/todos": "/todos",
        "/outbox": "/outbox",
        "message": f"/outbox/{message.pk}",
        "/journal": "/journal",
        "renewal": f"/customers/{account}/renewal?term={term}",
    }
    client = sign_in(role)

    statuses = {name: client.get(address).status_code for name, address in pages.items()}

    assert {name for name, status in statuses.items() if status == 200} == OPENED[role]
    assert {statuses[name] for name in pages.keys() - OPENED[role]} <= {403}


def test_nobody_opens_anything_without_signing_in(broadband: Warehouse) -> None:
    answer = Client().get("/customers")

    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/customers")


def test_the_navigation_offers_only_what_opens(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())

    html = sign_in("analyst").get("/").content.decode()

    assert 'href="/customers"' in html
    assert 'href="/todos"' not in html
    assert 'href="/outbox"' not in html
    assert 'href="/journal"' not in html


def test_each_key_leads_to_one_place(broadband: Warehouse, sign_in: SignIn) -> None:
    """An owner sees every place; two with one key would leave one of them out of reach."""
    finish_day(broadband, a_customer())

    keys = re.findall(r'data-go="(.)"', sign_in("owner").get("/").content.decode())

    assert len(keys) > 12
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("path", "opened"), [("/", []), ("/gifts", ["Given to customers"])])
def test_what_is_not_needed_daily_is_folded_but_where_one_is(
    broadband: Warehouse, sign_in: SignIn, path: str, opened: list[str]
) -> None:
    """R-U-020: a summary is reached and opened by keys without a script, one at a time."""
    finish_day(broadband, a_customer())

    html = sign_in("owner").get(path, headers={"Accept-Language": "en"}).content.decode()
    folded = re.findall(
        r'<details class="tn-nav__f" name="more"( open)?><summary[^>]*>([\w ]+)', html
    )

    assert [title for _, title in folded] == [
        "Listen and learn", "Given to customers", "Money", "Duties"
    ]  # fmt: skip
    assert [title for is_open, title in folded if is_open] == opened


def test_roles_are_made_once(db: None) -> None:
    assert (ensure_roles(), ensure_roles()) == (6, 0)
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_member_is_made_once_and_can_sign_in(db: None) -> None:
    first = ensure_member("zhou", PASSWORD, role="operator", at=AT, zone=ZONE)
    again = ensure_member("zhou", PASSWORD, role="support", at=AT, zone=ZONE)
    user = get_user_model()._default_manager.get(username="zhou")

    assert (first, again) == (True, False)
    assert Client().login(username="zhou", password=PASSWORD)
    assert rights_of(user) == {Right.READ, Right.SEE_PEOPLE}
    assert Entry.objects.filter(kind="staff.ensured").count() == 2


@pytest.mark.parametrize(
    ("password", "role", "refusal"),
    [("12345678", "owner", WeakPassword), (PASSWORD, "boss", UnknownRole)],
)
def test_a_weak_password_or_an_unknown_role_changes_nothing(
    db: None, password: str, role: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ensure_member("zhou", password, role=role, at=AT, zone=ZONE)

    assert get_user_model()._default_manager.count() == 0
    assert Entry.objects.count() == 0


def test_a_user_comes_with_the_roles_in_one_query(sign_in: SignIn) -> None:
    client = sign_in("operator")
    user = get_user_model()._default_manager.get()
    from tenure.surfaces.console.access import RoleBackend

    with CaptureQueriesContext(connection) as queries:
        found = RoleBackend().get_user(user.pk)
        rights = rights_of(found)

    assert len(queries) == 1
    assert rights == ROLES["operator"]
    assert client.session["_auth_user_id"] == str(user.pk)
