"""Signing in, the limit on wrong passwords, and what a reader prefers."""

import pytest
from django.test import Client

from tenure.surfaces.console.staff import ensure_member
from tenure.surfaces.console.throttle import FAILURES_ALLOWED
from tests.builders import AT, ZONE
from tests.understand.warehouses import Warehouse

PASSWORD = "correct horse battery"


@pytest.fixture
def zhou(broadband: Warehouse) -> Client:
    ensure_member("zhou", PASSWORD, role="operator", at=AT, zone=ZONE)
    return Client(headers={"Accept-Language": "en"})


def attempt(client: Client, password: str, **more: str) -> int:
    given = {"username": "zhou", "password": password, **more}
    return client.post("/login", given).status_code


def test_the_right_password_leads_to_today(zhou: Client) -> None:
    answer = zhou.post("/login", {"username": "zhou", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_ten_wrong_passwords_close_the_door_for_a_while(zhou: Client) -> None:
    wrong = [attempt(zhou, "wrong") for _ in range(FAILURES_ALLOWED)]
    closed = zhou.post("/login", {"username": "zhou", "password": PASSWORD})

    assert wrong == [200] * FAILURES_ALLOWED
    assert closed.status_code == 429
    assert "Too many wrong passwords from this address. Try again in 5 minutes." in (
        closed.content.decode()
    )
    assert "_auth_user_id" not in zhou.session


def test_the_throttle_counts_addresses_apart(zhou: Client) -> None:
    for _ in range(FAILURES_ALLOWED):
        attempt(zhou, "wrong")
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")

    assert attempt(elsewhere, PASSWORD) == 302


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This name and password do not match. Check both and try again."),
        ("zh-Hans", "用户名与密码不匹配，请检查后重试。"),
    ],
)
def test_a_wrong_password_is_told_in_the_readers_language(
    zhou: Client, language: str, sentence: str
) -> None:
    answer = Client(headers={"Accept-Language": language}).post(
        "/login", {"username": "zhou", "password": "wrong"}
    )

    assert sentence in answer.content.decode()


def test_nobody_is_sent_elsewhere_after_signing_in(zhou: Client) -> None:
    answer = zhou.post(
        "/login", {"username": "zhou", "password": PASSWORD, "next": "https://evil.example/"}
    )
    after = zhou.post("/theme", {"theme": "dark", "next": "//evil.example/"})

    assert answer["Location"] == "/"
    assert after["Location"] == "/"


def test_signing_out_ends_the_session(zhou: Client) -> None:
    attempt(zhou, PASSWORD)

    zhou.post("/logout")

    assert zhou.get("/").status_code == 302


def test_theme_language_and_shortcuts_are_remembered(zhou: Client) -> None:
    zhou.post("/theme", {"theme": "dark"})
    zhou.post("/language", {"language": "en"})
    zhou.post("/shortcuts", {"shortcuts": "off"})
    html = zhou.get("/login").content.decode()

    assert '<html lang="en" data-bs-theme="dark" data-theme-chosen="yes">' in html
    assert '<body data-shortcuts="off">' in html


def test_an_unknown_language_or_theme_changes_nothing(zhou: Client) -> None:
    zhou.post("/theme", {"theme": "pink"})
    zhou.post("/language", {"language": "fr"})

    assert zhou.cookies.keys() & {"tenure_theme", "django_language"} == set()
