"""CHN-02: what a text counts as, who refuses, and in which approved words a text leaves."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.channels.breaker import LONGEST_REST, OPENS_AFTER, RESTS, Breaker
from tenure.act.channels.channel import Limits
from tenure.act.channels.pacing import Pace
from tenure.act.channels.sms import aliyun, tencent
from tenure.act.channels.sms.numbers import e164, national, spellings
from tenure.act.channels.sms.refusing import refuses, says_how_to_refuse
from tenure.act.channels.sms.segments import count
from tenure.act.channels.sms.templates import Approved, fitted, wanted, without_sign
from tenure.strategy.loading import preset

AT = datetime(2026, 6, 15, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", ("gsm7", 0, 1)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("€" * 80, ("gsm7", 160, 1)),
        ("a" * 152 + "€" * 5, ("gsm7", 162, 2)),
        ("续" * 70, ("ucs2", 70, 1)),
        ("续" * 71, ("ucs2", 71, 2)),
        ("续" * 134, ("ucs2", 134, 2)),
        ("续" * 135, ("ucs2", 135, 3)),
        ("【A】" + "a" * 68, ("ucs2", 71, 2)),
        ("😀" * 35, ("ucs2", 70, 1)),
        ("😀" * 36, ("ucs2", 72, 2)),
        # 66 units fit, the next pair would be split: 33 emoji a part, not 33.5.
        ("😀" * 67, ("ucs2", 134, 3)),
    ],
)
def test_a_text_counts_as_its_segments(text: str, counted: tuple[str, int, int]) -> None:
    found = count(text)

    assert (found.alphabet, found.units, found.segments) == counted


@given(text=st.text(max_size=400))
def test_segments_hold_the_whole_text_and_no_empty_one(text: str) -> None:
    found = count(text)
    alone, part = (160, 153) if found.alphabet == "gsm7" else (70, 67)

    assert found.segments == 1 or found.units > alone
    assert found.units <= (alone if found.segments == 1 else found.segments * part)
    assert found.segments == 1 or found.units > (found.segments - 1) * (part - 1)


WORDS = [
    "T",
    "t",
    "TD",
    "td",
    "Ｔ",
    "ＴＤ",
    "R",
    "N",
    "退订",
    "退訂",
    "拒收",
    "STOP",
    "Unsubscribe",
]


@given(
    word=st.sampled_from(
        [*WORDS, "回复T", "回T退订", "回复TD退订", "td退订", "stop all", "opt-out"]
    ),
    before=st.text(alphabet=" \t\n　“「", max_size=3),
    after=st.text(alphabet=" 。.!！”\n　", max_size=3),
)
def test_every_spelling_of_no_is_heard(word: str, before: str, after: str) -> None:
    """R-P-020, R-P-033: trimmed, in full and half width, in any case."""
    assert refuses(before + word + after)


@pytest.mark.parametrize(
    "text", ["", "谢谢", "好的", "Tomorrow", "T恤什么时候到", "续费", "how do I renew?", "nr", "1"]
)
def test_an_answer_that_refuses_nothing_takes_nothing_back(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("立减 100，拒收请回复R", True),
        ("立减 100，回T退订", True),
        ("立减 100，退订回T", True),
        ("100 off. Reply STOP to opt out", True),
        ("拒收请回复R，立减 100", False),
        ("立减 100", False),
    ],
)
def test_marketing_ends_with_the_way_out(text: str, told: bool) -> None:
    assert says_how_to_refuse(text) is told


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800000001", "+8613800000001"),
        ("+86 138-0000-0001", "+8613800000001"),
        ("008613800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        ("１３８０００００００１", "+8613800000001"),
        ("+1 (555) 010-0001", "+15550100001"),
        ("010-12345678", ""),
        ("nobody", ""),
        ("+0123456789", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, number: str) -> None:
    assert e164(written) == number
    if number.startswith("+86"):
        assert national(number) == "13800000001"
        assert written in spellings(number) or e164(written) == number


def test_every_text_of_every_preset_can_be_registered_and_is_found_again() -> None:
    """A text that a strategy sends fits one template exactly, and gives itself back."""
    strategy = preset("broadband")
    approved = [
        Approved(str(place), one.text, is_marketing=one.is_marketing)
        for place, one in enumerate(wanted(strategy))
    ]
    body = (
        "【小树宽带】300M 宽带还有7天到期（2026年6月21日），续费价¥1,069.20："
        f"{strategy.business.portal_url}/renew/abcu123 到期未续，6月22日起停机。"
    )

    found = fitted(without_sign(body), approved, is_marketing=False)

    with_sms = {one.message for one in wanted(strategy)}
    assert {"ends_soon", "offer_term", "deduction_notice"} <= with_sms
    assert sum(one.message == "ends_soon" for one in wanted(strategy)) == 4
    assert found is not None
    assert found.text == without_sign(body)
    assert all("://" not in value for _, value in found.values)
    assert fitted(without_sign(body), approved, is_marketing=True) is None


def test_aliyun_is_signed_as_its_documentation_shows() -> None:
    """The example of "V3 request structure and signature"."""
    call = aliyun.Signed(
        "RunInstances",
        "https://ecs.cn-shanghai.aliyuncs.com",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        "3156853299f313e23d1673dc12e1703d",
        version="2014-05-26",
    )

    proof = call.authorization("YourAccessKeyId", "YourAccessKeySecret")

    assert proof.endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_writes_a_call_down_as_its_documentation_shows() -> None:
    """The example of "Signature v3": the digest of the canonical request."""
    import hashlib

    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    call = tencent.Signed(
        "DescribeInstances",
        "https://cvm.tencentcloudapi.com",
        body,
        datetime.fromtimestamp(1_551_113_065, tz=UTC),
        service="cvm",
        version="2017-03-12",
    )

    digest = hashlib.sha256(call.canonical.encode()).hexdigest()

    assert digest == "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
    assert call.authorization("id", "key").startswith(
        "TC3-HMAC-SHA256 Credential=id/2019-02-25/cvm/tc3_request, "
    )


class Hours:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.slept.append(seconds)

    def pace(self, limits: Limits) -> Pace:
        return Pace(limits, now_s=lambda: self.now_s, sleep=self.sleep)


def test_a_bucket_lets_a_burst_through_and_then_paces() -> None:
    """R-C-005: the whole account has a bucket."""
    hours = Hours()
    pace = hours.pace(Limits(per_second=2, burst=3, template_per_second=100))

    waits = [pace.ask(str(place)) for place in range(5)]

    assert waits == [0.0] * 5
    assert hours.slept == [0.5, 0.5]


def test_a_template_has_a_bucket_of_its_own_and_a_long_wait_is_handed_back() -> None:
    hours = Hours()
    pace = hours.pace(Limits(per_second=100, burst=100, template_per_second=0.25))

    waits = [pace.ask("a"), pace.ask("a"), pace.ask("b")]
    hours.now_s = 4.0
    later = pace.ask("a")

    assert (waits, later) == ([0.0, 4.0, 0.0], 0.0)
    assert hours.slept == []


def test_a_breaker_opens_rests_longer_each_time_and_closes_on_success() -> None:
    breaker = Breaker()

    for _ in range(OPENS_AFTER - 1):
        breaker.failed(AT)
    was_closed = not breaker.is_open(AT)
    breaker.failed(AT)
    first = breaker.open_until
    breaker.failed(AT)
    second = breaker.open_until
    for _ in range(10):
        breaker.failed(AT)
    longest = breaker.open_until
    breaker.succeeded()

    assert was_closed
    assert (first, second, longest) == (AT + RESTS, AT + 2 * RESTS, AT + LONGEST_REST)
    assert not breaker.is_open(AT)
