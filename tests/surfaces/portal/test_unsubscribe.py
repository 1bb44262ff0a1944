"""R-P-031, CHN-03: the link in the head and the foot of every marketing mail."""

from typing import Any

import pytest
from django.test import Client

from tenure.act.messages.tokens import token_of
from tenure.records.customers.models import Consent
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tests.builders import AT, a_message

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link() -> str:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    return f"/unsubscribe/{token_of(a_message(language='en').pk, purpose='unsubscribe')}"


def marketing() -> list[bool]:
    """Whether each consent to marketing still holds."""
    consents = Consent.objects.filter(purpose="marketing")
    return [one.withdrawn_at is None for one in consents]


def test_one_click_from_a_mail_program_is_enough(link: str) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post(link, ONE_CLICK)

    assert (answer.status_code, answer.content) == (200, b"")
    assert not answer.cookies
    assert marketing() == [False]


def test_opening_the_link_asks_and_changes_nothing(link: str, client: Client) -> None:
    for _ in range(2):
        answer: Any = client.get(link)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "No more marketing" in page
    assert 'lang="en"' in page
    assert marketing() == [True]


def test_a_person_confirms_and_is_told(link: str, client: Client) -> None:
    page = client.post(link, {"confirm": "yes"}).content.decode()

    assert "you will receive no more marketing" in page
    assert "<button" not in page
    assert marketing() == [False]


def test_the_page_speaks_the_language_of_the_message(client: Client) -> None:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    token = token_of(a_message(language="zh-Hans").pk, purpose="unsubscribe")

    page = client.get(f"/unsubscribe/{token}", headers={"accept-language": "en"}).content.decode()

    assert "不再接收营销消息" in page
    assert 'lang="zh-Hans"' in page


@pytest.mark.parametrize("token", ["x", "7u0000000000000000"])
def test_a_made_up_link_is_no_link(link: str, client: Client, token: str) -> None:
    assert client.get(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{token}", ONE_CLICK).status_code == 404
    assert marketing() == [True]
