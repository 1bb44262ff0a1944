"""R-C-026 to R-C-031: what each provider is told on the wire, as its own pages ask for it."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tenure.act.channels.channel import Outcome
from tenure.act.channels.push.wording import MOST_BYTES
from tenure.act.channels.sms.calls import stable_id
from tenure.kernel import clock
from tenure.kernel.instants import is_allowed
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel, MessageClass
from tests.act.channels.benches import a_parcel, opened
from tests.builders import AS_OF, at_on

pytestmark = pytest.mark.django_db


def test_aliyun_is_told_our_number_of_a_message_and_the_values_by_name() -> None:
    """R-C-026: `OutId` is the message; a link is no value of a template."""
    with opened("aliyun") as bench:
        bench.send(a_parcel(bench, 77))
        query = parse_qs(urlsplit(bench.tower.calls[-1].target).query)

    assert query["OutId"] == ["77"]
    assert query["PhoneNumbers"] == [bench.somebody.removeprefix("+86")]
    values = json.loads(query["TemplateParam"][0])
    assert values["link"] == "renew/abc"
    assert not any("://" in one for one in values.values())


def test_tencent_is_told_values_by_place_and_numbers_with_their_country() -> None:
    """R-C-027: named values become a list in the order of the template."""
    with opened("tencent") as bench:
        bench.send(a_parcel(bench, 78))
        content = bench.tower.calls[-1].content

    assert content["TemplateParamSet"] == ["300M 宽带", "7", "renew/abc"]
    assert all(one.startswith("+86") for one in content["PhoneNumberSet"])
    assert len(content["PhoneNumberSet"]) <= 200


@pytest.mark.parametrize("business", ["broadband", "membership", "saas", "small_business"])
def test_marketing_by_text_message_keeps_the_strictest_hours_and_counts(business: str) -> None:
    """R-C-028: from eight to nine in the evening, at most ten a day to one person."""
    contact = preset(business).contact
    window = contact.window_for(MessageClass.MARKETING, country="CN", channel=Channel.SMS).window
    hours = [hour for hour in range(24)
             if is_allowed(at_on(AS_OF, hour), window=window, zone="Asia/Shanghai")]  # fmt: skip
    caps = [one for one in contact.caps if MessageClass.MARKETING in one.classes]

    assert set(hours) <= set(range(8, 21))
    assert any(one.days == 1 and one.at_most <= 10 for one in caps)


def test_apns_is_told_a_key_that_collapses_and_when_it_is_too_late() -> None:
    """R-C-029: at most 64 bytes of collapse id, an expiration, and nothing too long."""
    with opened("apns") as bench:
        (sent,) = bench.send(a_parcel(bench, 5))
        headers = bench.board.calls[-1].headers
        calls = len(bench.board.calls)
        (long,) = bench.send(a_parcel(bench, 6, body="长" * MOST_BYTES))

    assert sent.outcome is Outcome.ACCEPTED
    assert headers["apns-collapse-id"] == stable_id("k:5")
    assert len(headers["apns-collapse-id"]) <= 64
    assert headers["apns-push-type"] == "alert"
    assert int(headers["apns-expiration"]) > clock.now().timestamp()
    assert (long.outcome, long.code) == (Outcome.REFUSED, "too_long")
    assert len(bench.board.calls) == calls


def test_fcm_waits_from_ten_seconds_on_when_its_quota_is_used_up() -> None:
    """R-C-030: 429 puts off, an unregistered token is dead, and 4 KB are the most."""
    with opened("fcm") as bench:
        from tenure.world.gateways.faults import Fault

        bench.arm(Fault.TOO_MANY)
        (later,) = bench.send(a_parcel(bench, 1))
        (gone,) = bench.send(a_parcel(bench, 2, address=bench.nobody))
        (long,) = bench.send(a_parcel(bench, 3, body="长" * MOST_BYTES))

    assert later.outcome is Outcome.LATER
    assert later.wait is not None
    assert later.wait.total_seconds() >= 7  # what its answer asked for
    assert gone.outcome is Outcome.DEAD
    assert (long.outcome, long.code) == (Outcome.REFUSED, "too_long")


def test_a_browser_is_told_how_long_a_message_is_worth_keeping() -> None:
    """R-C-031: `TTL` is a day, `Topic` lets a newer copy replace an older one."""
    with opened("webpush") as bench:
        bench.send(a_parcel(bench, 9))
        headers = bench.board.calls[-1].headers

    assert headers["ttl"] == str(24 * 3_600)
    assert headers["topic"] == stable_id("k:9")[:32]
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
