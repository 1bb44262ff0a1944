"""CHN-02, CHN-03, R-C-001: the same claims about every channel, before what plays its provider."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tenure.act.channels.channel import ChannelDown, Outcome
from tenure.kernel import clock
from tenure.world.gateways.faults import Fault
from tests.act.channels.benches import (
    BOARDS,
    MARKETING,
    OWN,
    TEXT,
    Bench,
    SmsBench,
    a_parcel,
    opened,
)

CARRIED = ["email", "aliyun", "tencent", *BOARDS]  # by a line, which may be cut
CHANNELS = [*CARRIED, *OWN]
pytestmark = pytest.mark.django_db  # credits of subscription messages stand in the database


@pytest.fixture(params=CHANNELS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with opened(request.param) as bench:
        yield bench


@pytest.fixture(params=CARRIED)
def line(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with opened(request.param) as bench:
        yield bench


def test_what_is_accepted_arrives_once_with_its_words(bench: Bench) -> None:
    (result,) = bench.send(a_parcel(bench, 7))

    assert result.outcome in {Outcome.ACCEPTED, Outcome.AWAITED}
    assert bench.arrived() == [bench.says]


def test_one_recipient_that_cannot_be_harms_nobody_else(bench: Bench) -> None:
    results = bench.send(
        a_parcel(bench, 1), a_parcel(bench, 2, address=bench.nobody), a_parcel(bench, 3)
    )

    first, second, third = (one.outcome for one in results)
    assert first is third
    assert first in {Outcome.ACCEPTED, Outcome.AWAITED}
    assert second in {Outcome.DEAD, Outcome.REFUSED}
    assert len(bench.arrived()) == 2


def test_a_provider_that_wants_to_be_asked_later_is_asked_later(line: Bench) -> None:
    line.arm(Fault.TOO_MANY)

    results = line.send(a_parcel(line, 1), a_parcel(line, 2))

    assert results[0].outcome is Outcome.LATER
    assert results[1].outcome in {Outcome.ACCEPTED, Outcome.AWAITED}
    assert len(line.arrived()) == 1


def test_an_answer_that_is_lost_is_a_doubt_or_arrives_under_one_key(line: Bench) -> None:
    """What was taken and not answered is never quietly doubled."""
    line.arm(Fault.DROP_ANSWER)

    (result,) = line.send(a_parcel(line, 5))

    assert set(line.arrived()) == {line.says}
    assert len(set(line.keys())) == 1
    if line.channel.takes_keys or line.channel.name == "wechat":
        assert result.outcome is Outcome.ACCEPTED
    else:
        assert result.outcome is Outcome.IN_DOUBT
        assert len(line.arrived()) == 1


def test_a_server_error_in_words_of_nobody_is_no_refusal(line: Bench) -> None:
    line.arm(Fault.SERVER_ERROR)

    (result,) = line.send(a_parcel(line, 5))

    if line.channel.name == "wechat":  # asks again at once under its key, and is answered
        assert (result.outcome, line.arrived()) == (Outcome.ACCEPTED, [line.says])
    else:
        assert result.outcome in {Outcome.IN_DOUBT, Outcome.LATER}
        assert line.arrived() == []


def test_nobody_at_the_other_end_is_an_outage_and_nothing_left(line: Bench) -> None:
    line.hang_up()

    with pytest.raises(ChannelDown):
        list(line.channel.deliver([a_parcel(line, 1)], at=clock.now()))


def test_handed_over_twice_under_one_key_it_arrives_under_one(bench: Bench) -> None:
    if not bench.channel.takes_keys:
        return

    results = [*bench.send(a_parcel(bench, 9)), *bench.send(a_parcel(bench, 9))]

    assert {one.outcome for one in results} <= {Outcome.ACCEPTED, Outcome.AWAITED}
    assert len(set(bench.keys())) == 1


@pytest.fixture(params=["aliyun", "tencent"])
def sms(request: pytest.FixtureRequest) -> Iterator[SmsBench]:
    with opened(request.param) as bench:
        yield bench


def test_a_text_leaves_only_in_approved_words_of_its_own_kind(sms: SmsBench) -> None:
    """R-P-021: no marketing under a template of service, nothing outside any template."""
    results = sms.send(
        a_parcel(sms, 1, body=MARKETING, is_marketing=True),
        a_parcel(sms, 2, body=MARKETING),
        a_parcel(sms, 3, body=TEXT, is_marketing=True),
        a_parcel(sms, 4, body="【续航示例】您好"),
        a_parcel(sms, 5, body=TEXT.replace("abc", "a" * 60)),
    )

    assert [(one.outcome, one.code) for one in results] == [
        (Outcome.ACCEPTED, results[0].code),
        (Outcome.REFUSED, "no_approved_template"),
        (Outcome.REFUSED, "no_way_out"),
        (Outcome.REFUSED, "no_approved_template"),
        (Outcome.REFUSED, "value_too_long"),
    ]
    assert sms.arrived() == [MARKETING]
    assert sms.tower.texts[0].segments == results[0].segments == 1


def test_a_number_that_nobody_can_have_is_dead_and_a_full_day_waits(sms: SmsBench) -> None:
    sms.tower.rules.per_number_a_day = 1

    results = sms.send(a_parcel(sms, 1, address="10000000000"), a_parcel(sms, 2), a_parcel(sms, 3))

    assert [one.outcome for one in results] == [Outcome.DEAD, Outcome.ACCEPTED, Outcome.LATER]
    assert results[2].wait is not None
    assert results[2].wait.total_seconds() >= 3_600


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("aliyun", {"access_key_secret": "not ours"}),
        ("aliyun", {"access_key_id": "nobody"}),
        ("aliyun", {"sign_name": "不是我们"}),
        ("tencent", {"secret_key": "not ours"}),
        ("tencent", {"secret_id": "nobody"}),
        ("tencent", {"sdk_app_id": "1"}),
    ],
)
def test_an_account_that_is_wrong_stops_everything_and_fails_nobody(
    name: str, wrong: dict[str, str]
) -> None:
    with opened(name, **wrong) as bench, pytest.raises(ChannelDown):
        bench.send(a_parcel(bench, 1))


def test_a_call_that_was_changed_on_its_way_is_refused(sms: SmsBench) -> None:
    """Both towers check the signature over everything that is sent."""
    sms.send(a_parcel(sms, 1))
    call = sms.tower.calls[0]
    target, body = call.target.replace("100", "200"), call.body + b" "

    answer = sms.tower.called(replace(call, target=target, body=body))

    assert b"Signature" in answer.body
    assert len(sms.tower.texts) == 1
