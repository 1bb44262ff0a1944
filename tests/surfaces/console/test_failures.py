"""Pages for what goes wrong: what happened, and what to do, in both languages."""

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils.translation import override

from tenure.kernel.failures import Outage, Sentence
from tenure.project.middleware import ToldFailures
from tenure.records.strategies.models import Revision
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "There is nothing at this address"), ("zh-Hans", "此地址没有内容")],
)
def test_an_unknown_address_leads_back(db: None, language: str, sentence: str) -> None:
    answer = Client(headers={"Accept-Language": language}).get("/nothing-here")

    assert answer.status_code == 404
    assert f"<h1>{sentence}</h1>" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_a_customer_that_is_not_there_is_not_found(broadband: Warehouse, sign_in: SignIn) -> None:
    answer = sign_in("owner").get("/customers/424242", headers={"Accept-Language": "en"})

    assert answer.status_code == 404


def test_a_role_that_may_not_is_told_whom_to_ask(broadband: Warehouse, sign_in: SignIn) -> None:
    answer = sign_in("analyst").get("/todos", headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert "Ask an owner for the role that this needs" in answer.content.decode()


def test_a_form_without_its_token_changes_nothing(broadband: Warehouse, sign_in: SignIn) -> None:
    client = sign_in("owner", enforce_csrf_checks=True)  # type: ignore[call-arg]

    answer = client.post("/todos/1/attempt", {"outcome": "reached"})

    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def test_our_own_mistake_says_that_nothing_is_lost(
    broadband: Warehouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tenure.surfaces.console.views.today.shell.standing", broken)
    client = sign_in("owner", raise_request_exception=False)  # type: ignore[call-arg]

    answer = client.get("/", headers={"Accept-Language": "en"})

    assert answer.status_code == 500
    assert "What was stored before is safe." in answer.content.decode()


def test_without_a_strategy_the_page_says_what_to_run(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    client = sign_in("owner")
    Revision.objects.all().delete()

    answer = client.get("/", headers={"Accept-Language": "en"})

    assert answer.status_code == 409
    assert "run `tenure strategy apply DIRECTORY` first" in answer.content.decode()


class NetworkDown(Outage):
    code = "network_down"
    said = Sentence(zh="网络不通，请稍后重试。", en="The network is down; try later.")


def test_an_outage_is_told_and_anything_else_is_not_swallowed(db: None) -> None:
    def never(_: HttpRequest) -> None:
        raise AssertionError

    told = ToldFailures(never)  # type: ignore[arg-type]
    request = RequestFactory().get("/")

    with override("zh-hans"):
        answer = told.process_exception(request, NetworkDown())

    assert answer is not None
    assert answer.status_code == 503
    assert "网络不通，请稍后重试。" in answer.content.decode()
    assert told.process_exception(request, BadRequest()) is None
