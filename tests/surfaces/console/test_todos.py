"""CS-06: the queue keeps what was chosen, says what it does not show, and offers no dead key."""

import pytest

from tenure.records.success.models import ToDo
from tenure.surfaces.console.views import todos
from tests.builders import a_term, a_todo
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize("deed", ["attempt", "hand-over"])
def test_what_was_chosen_stays_after_a_deed_and_a_stranger_leads_nowhere(
    broadband: Warehouse, sign_in: SignIn, deed: str
) -> None:
    todo = a_todo(owner_name="陈立")
    client, chosen = sign_in("operator"), "/todos?owner=%E9%99%88%E7%AB%8B"
    page = client.get(chosen, headers=ENGLISH).content.decode()
    page = page.partition("<tbody")[2].partition("</tbody>")[0]
    posted = {"outcome": "no_answer", "owner": "王敏", "why": "holiday"}

    back = client.post(f"/todos/{todo.pk}/{deed}", {**posted, "next": chosen})
    away = client.post(f"/todos/{todo.pk}/{deed}", {**posted, "next": "https://evil.example/"})

    assert page.count(f'name="next" value="{chosen}"') == 2
    assert (back["Location"], away["Location"]) == (chosen, "/todos")


def test_an_empty_choice_is_not_an_empty_queue(broadband: Warehouse, sign_in: SignIn) -> None:
    a_todo(owner_name="陈立")

    page = sign_in("operator").get("/todos?owner=nobody", headers=ENGLISH).content.decode()

    assert "Nothing here is open now." in page
    assert "Nobody waits for a person" not in page


def test_more_than_a_page_says_how_many_are_not_shown(
    broadband: Warehouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(todos, "SHOWN", 2)
    term = a_term()
    for _ in range(3):
        a_todo(term=term)
    client = sign_in("operator")

    english = client.get("/todos", headers=ENGLISH).content.decode()
    chinese = client.get("/todos", headers={"Accept-Language": "zh"}).content.decode()

    assert ToDo.objects.count() == 3
    assert "1 more is not shown" in english
    assert "还有 1 项未显示" in chinese


def test_who_may_not_act_reads_of_no_keys_that_do_nothing(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    a_todo()

    page = sign_in("finance").get("/todos", headers=ENGLISH).content.decode()

    assert "o opens the script." in page
    assert "hands over" not in page


def test_what_was_noted_by_mistake_is_undone_by_who_noted_it(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-U-036: a button beside what was done, which leads back to the same choice."""
    todo = a_todo(owner_name="陈立")
    client, other = sign_in("operator"), sign_in("owner")
    client.post(f"/todos/{todo.pk}/attempt", {"outcome": "reached"})
    button = f'action="/todos/{todo.pk}/take-back"'
    shown = button in client.get("/todos", headers=ENGLISH).content.decode()

    refused = other.post(f"/todos/{todo.pk}/take-back", follow=True, headers=ENGLISH)
    still = ToDo.objects.get(pk=todo.pk).state
    undone = client.post(f"/todos/{todo.pk}/take-back", {"next": "/todos?owner=x"}, headers=ENGLISH)

    assert (shown, still, ToDo.objects.get(pk=todo.pk).state) == (True, "done", "open")
    assert "stays as it was noted" in refused.content.decode()
    assert undone["Location"] == "/todos?owner=x"
    assert button not in client.get("/todos").content.decode()
    assert client.post("/todos/999999/take-back").status_code == 404
