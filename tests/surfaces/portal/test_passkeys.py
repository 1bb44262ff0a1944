"""Passkeys, against an authenticator of software: added, used, refused, taken away."""

from typing import Any

import pytest
from django.test import Client

from tenure.records.access.models import CustomerSession, Passkey
from tenure.records.subscriptions.models import Term
from tests.builders import primary_person
from tests.surfaces.portal.authenticator import PRESENT, Device
from tests.surfaces.portal.customers import a_customer, signed_in


def told(client: Client, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def add(client: Client, device: Device) -> Any:
    options = told(client, "/my/passkeys/begin").json()
    return told(client, "/my/passkeys/finish", device.create(options))


def come_in(client: Client, device: Device) -> Any:
    options = told(client, "/my/sign-in/passkey/begin").json()
    return told(client, "/my/sign-in/passkey/finish", device.get(options))


@pytest.fixture
def device(term: Term) -> Device:
    """A device with a passkey of the customer."""
    device = Device()
    assert add(signed_in(term), device).status_code == 200
    return device


def test_a_passkey_opens_the_account(term: Term, device: Device) -> None:
    client = Client()

    answer = come_in(client, device)

    assert answer.json() == {"next": "/my"}
    assert "李文静" in client.get("/my").content.decode()
    newest = CustomerSession.objects.latest("pk")
    assert (newest.door, newest.person) == ("passkey", primary_person(term.account))


def test_the_private_half_never_leaves_the_device(device: Device) -> None:
    stored = bytes(Passkey.objects.get().public_key)
    secret = device.key.private_numbers().private_value.to_bytes(32)

    assert secret not in stored


def test_a_key_that_signs_for_another_site_opens_nothing(device: Device) -> None:
    device.origin = "http://evil.example"

    assert come_in(Client(), device).status_code == 422


def test_a_device_that_was_not_unlocked_opens_nothing(device: Device) -> None:
    device.flags = PRESENT

    assert come_in(Client(), device).status_code == 422


def test_another_key_under_the_same_name_opens_nothing(device: Device) -> None:
    assert come_in(Client(), Device()).status_code == 422


def test_a_copied_passkey_is_noticed_by_its_counter(device: Device) -> None:
    assert come_in(Client(), device).status_code == 200
    device.counter = 0

    assert come_in(Client(), device).status_code == 422


def test_an_answer_counts_for_its_own_question_alone(device: Device) -> None:
    client, other = Client(), Client()
    options = told(client, "/my/sign-in/passkey/begin").json()
    told(other, "/my/sign-in/passkey/begin")

    assert told(other, "/my/sign-in/passkey/finish", device.get(options)).status_code == 422


@pytest.mark.parametrize("body", [[], {"id": "x"}, {"id": None, "response": 1}])
def test_nonsense_opens_nothing(device: Device, body: Any) -> None:
    client = Client()
    told(client, "/my/sign-in/passkey/begin")

    assert told(client, "/my/sign-in/passkey/finish", body).status_code == 422
    assert told(Client(), "/my/sign-in/passkey/finish", {"id": "x"}).status_code == 422


def test_a_passkey_that_was_taken_away_opens_nothing(term: Term, device: Device) -> None:
    signed_in(term).post(f"/my/passkeys/{Passkey.objects.get().pk}/remove")

    assert Passkey.objects.count() == 0
    assert come_in(Client(), device).status_code == 422


def test_nobody_takes_away_the_passkey_of_somebody_else(term: Term, device: Device) -> None:
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    signed_in(other).post(f"/my/passkeys/{Passkey.objects.get().pk}/remove")

    assert Passkey.objects.count() == 1
