"""OFR-10, OFR-17, OFR-18, WIN-01, WIN-02: what a customer gets, until when, and what then."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenure.kernel.clock import now
from tenure.records.brought.models import BroughtFile
from tenure.records.gifts.actions import Earned, add_codes, earn
from tenure.records.gifts.models import Gift
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState
from tests.surfaces.portal.customers import ENGLISH, a_customer, signed_in


def a_leaver(**options: Any) -> Term:
    today = business_day(now())
    ended_on = today - timedelta(days=75)
    term = a_customer(
        starts_on=ended_on - timedelta(days=365), ends_on=ended_on, state=TermState.LAPSED,
        closed_on=today - timedelta(days=60), **options,
    )  # fmt: skip
    Subscription.objects.update(state="ended", ended_on=term.closed_on)
    return term


def a_gift(term: Term, *names: str) -> Gift:
    rules = current().benefits.gifts
    on = business_day(now())
    add_codes(rules["video_month"], ["VIDEO-1"], on=on, at=now(), by="ops")
    new = Earned(term.account_id, term.pk, on, f"gift:term:{term.pk}")
    found = earn(new, [rules[one] for one in names], at=now(), by="loop")
    assert found is not None
    return found


def test_a_trial_begins_by_one_tap_and_says_what_happens_then(term: Term) -> None:
    """OFR-17."""
    client = signed_in(term, headers=ENGLISH)
    before = client.get("/my/benefits").content.decode()

    for _ in range(2):
        page = client.post("/my/benefits/try", {"trial": "game_lane"}, follow=True)

    assert "Free for 14 days. It stops by itself and nothing is charged." in before
    assert "stops by itself, nothing is charged" in page.content.decode()
    assert "it is being tried now" in page.content.decode()
    assert Benefit.objects.get().rule_id == "game_lane"


def test_a_trial_that_does_not_fit_is_refused_in_words(broadband: object) -> None:
    page = signed_in(a_leaver(), headers=ENGLISH).post(
        "/my/benefits/try", {"trial": "game_lane"}, follow=True
    )

    assert "cannot be tried: no paid term runs now" in page.content.decode()
    assert not Benefit.objects.exists()


def test_a_code_is_chosen_and_shown(term: Term) -> None:
    """OFR-18."""
    gift, client = a_gift(term, "video_month", "router"), signed_in(term, headers=ENGLISH)
    assert "All benefits, trials and presents" in client.get("/my").content.decode()
    assert "A present waits for you" in client.get("/my/benefits/in-short").content.decode()

    page = client.post(f"/my/gifts/{gift.public_id}", {"gift": "video_month"}, follow=True)

    assert "VIDEO-1" in page.content.decode()
    assert "A present waits for you" not in client.get("/my/benefits/in-short").content.decode()


def test_a_thing_needs_an_address_and_says_so(term: Term) -> None:
    gift, client = a_gift(term, "router"), signed_in(term, headers=ENGLISH)
    place = f"/my/gifts/{gift.public_id}"

    refused = client.post(place, {"gift": "router", "recipient": "Li"})
    whole = {"gift": "router", "recipient": "Li", "phone": "138", "address": "Road 1"}
    taken = client.post(place, whole, follow=True)

    assert refused.status_code == 409
    assert "Give a name, a telephone number and an address" in refused.content.decode()
    assert "will be sent" in taken.content.decode()


def test_nobody_sees_the_present_of_somebody_else(broadband: object) -> None:
    mine, other = a_customer(), a_customer(name="王强", external_id="LJ-9", email="w@example.com")
    gift = a_gift(other, "video_month")

    assert signed_in(mine).get(f"/my/gifts/{gift.public_id}").status_code == 404


def test_who_left_reads_what_coming_back_costs_and_why(broadband: object) -> None:
    """WIN-01: 828.00 less 30 %."""
    client = signed_in(a_leaver(), headers=ENGLISH)

    home, page = client.get("/my").content.decode(), client.get("/my/return").content.decode()

    assert "See what coming back costs" in home
    assert "Welcome back: 30 % off the first year" in page
    assert "¥579.60" in page
    assert "Your plan, settings, bills and history are attached again" in page


def test_coming_back_is_ordered_at_the_price_that_was_shown(broadband: object) -> None:
    """WIN-01: the renewal page prices and orders the return, preview = charge."""
    term = a_leaver()
    page = signed_in(term, headers=ENGLISH).get(f"/my/renew?term={term.pk}").content.decode()

    assert "¥579.60" in page
    assert "Welcome back: 30 % off the first year" in page


def test_a_customer_is_led_home_and_offered_nothing(term: Term) -> None:
    client = signed_in(term, headers=ENGLISH)

    assert client.get("/my/return").status_code == 302
    assert "Welcome back" not in client.get("/my/renew").content.decode()


def test_a_table_from_elsewhere_is_checked_and_kept(broadband: object) -> None:
    """WIN-02: mapped, checked row by row, and only then kept."""
    client = signed_in(a_leaver(), headers=ENGLISH)
    content = "month,traffic\n2026-01-01,12\nsoon,4\n"
    file = SimpleUploadedFile("old.csv", content.encode())

    checked = client.post("/my/return/bring", {"data": "usage", "file": file}).content.decode()
    answer = {"data": "usage", "name": "old.csv", "content": content, "mapped": "1",
              "column_month_on": "month", "column_usage_gb": "traffic", "confirm": "1"}  # fmt: skip
    refused = client.post("/my/return/bring", answer).content.decode()
    kept = client.post("/my/return/bring", {**answer, "leave_out": "1"}, follow=True)

    assert "1 row is right." in checked
    assert "Row 2, first day of the month: “soon” is no date (2026-01-31)" in checked
    assert "1 rows must be corrected" in refused
    assert "1 rows are kept with your account." in kept.content.decode()
    assert BroughtFile.objects.get().rows == [{"month_on": "2026-01-01", "usage_gb": "12"}]


@pytest.mark.parametrize("content", [b"\x00\x01\xff\xfe", b"", b"a,a\n1,2\n"])
def test_what_cannot_be_read_is_refused_and_nothing_kept(broadband: object, content: bytes) -> None:
    client = signed_in(a_leaver(), headers=ENGLISH)
    file = SimpleUploadedFile("old.csv", content)

    answer = client.post("/my/return/bring", {"data": "usage", "file": file})

    assert answer.status_code == 409
    assert not BroughtFile.objects.exists()


def test_the_pages_speak_chinese_too(term: Term) -> None:
    page = signed_in(term, headers={"Accept-Language": "zh-CN"}).get("/my/benefits")

    assert "权益" in page.content.decode()
