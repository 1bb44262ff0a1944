"""CHN-01, CHN-05, CHN-12, R-C-020 to R-C-031: what each provider has of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from tenure.act.alerts.actions import note, speak
from tenure.act.alerts.rules import after_rush, digest
from tenure.act.channels.channel import BadCall, Call, ChannelDown, Open, Outcome
from tenure.act.channels.devices import BadDevice, Offered, register
from tenure.act.channels.jose import b64url, from_b64url
from tenure.act.channels.models import Carriage, PushDevice, StaffNotice
from tenure.act.channels.push.sealing import NotForUs, Ring, point_of, seal, unseal
from tenure.act.channels.registry import standing_in
from tenure.act.channels.wechat import credits
from tenure.act.channels.workplace.robots import dingtalk_sign, feishu_sign
from tenure.act.messages.actions import dispatch
from tenure.act.messages.hearing import take_call
from tenure.act.messages.looking import look
from tenure.kernel import clock
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tests.act.channels.benches import NOTICE, a_parcel, opened
from tests.act.channels.test_carrying import MORNING, a_text, fate_of
from tests.builders import AS_OF, a_term, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
DAY = timedelta(days=1)


def test_robots_sign_as_their_vectors_say() -> None:
    """G30."""
    assert dingtalk_sign(1_780_300_800_000, "SECtest") == (
        "z72/JMGx3CWppPOlTQDO1TOZxQSjYV0+RLPNh4fO4I0="
    )
    assert feishu_sign(1_780_300_800, "SECtest") == "hRVmj4Ime7yc/k8P4AANPYSq5fwzOwVkIDHnigNApA8="


def test_a_message_is_sealed_as_the_standard_shows_and_opens_for_its_browser_alone() -> None:
    """RFC 8291, appendix A."""
    private = int.from_bytes(from_b64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    theirs = int.from_bytes(from_b64url("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    sender = ec.derive_private_key(private, ec.SECP256R1())
    reader = ec.derive_private_key(theirs, ec.SECP256R1())
    ring = Ring(point_of(reader), from_b64url("BTBZMqHH6r4Tts7J_aSIgg"))
    words = b"When I grow up, I want to be a watermelon"

    sealed = seal(words, ring, salt=from_b64url("DGv6ra1nlYgDCS1FRnbzlw"), own=sender)

    assert b64url(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy"
        "4a-fN"
    )
    assert unseal(sealed, ring, own=reader) == words
    with pytest.raises(NotForUs):
        unseal(sealed, ring, own=sender)


def test_a_robot_that_speaks_too_fast_is_silent_for_ten_minutes() -> None:
    """R-C-024: the provider's own limit, told as a wait."""
    with opened("dingtalk") as bench:
        bench.board.per_minute = 1
        first, second = bench.send(a_parcel(bench, 1), a_parcel(bench, 2))

    assert first.outcome is Outcome.ACCEPTED
    assert (second.outcome, second.code, second.wait) == (
        Outcome.LATER,
        "130101",
        timedelta(minutes=10),
    )


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("dingtalk", {"secret": "not ours"}),
        ("feishu", {"secret": "not ours"}),
        ("wecom", {"secret": "not ours"}),
        ("wechat", {"app_secret": "not ours"}),
        ("fcm", {"client_email": "nobody@example.com"}),
        ("apns", {"team_id": "SOMEBODY"}),
    ],
)
def test_an_account_that_is_wrong_stops_everything_and_fails_nobody(
    name: str, wrong: dict[str, str]
) -> None:
    with opened(name, **wrong) as bench, pytest.raises(ChannelDown):
        bench.send(a_parcel(bench, 1))


@pytest.mark.parametrize("name", ["wecom_app", "wechat"])
def test_a_token_that_ended_is_fetched_anew_once_and_the_message_goes(name: str) -> None:
    """R-C-020: one token for everybody; 40001 and 42001 were used for nothing."""
    with opened(name) as bench:
        bench.send(a_parcel(bench, 1))
        bench.board.end_token()
        results = bench.send(a_parcel(bench, 2), a_parcel(bench, 3))
        given = bench.board.tokens_given

    assert [one.outcome for one in results] == [Outcome.ACCEPTED] * 2
    assert given == 2


def test_an_employee_confirms_what_then_counts_as_delivered_and_nobody_gets_two_a_day() -> None:
    """CHN-05, TOP-13, R-C-021: a task, its state, its result, and the platform's limit."""
    address = "wmLi@zhang"
    first = a_text(channel="wecom", address=address)
    with time_machine.travel(MORNING), opened("wecom") as bench, standing_in(bench.channel):
        dispatch(at=MORNING)
        waiting, silent = fate_of(first), look(at=MORNING)
        second = a_text(channel="wecom", address=address)
        dispatch(at=MORNING + timedelta(minutes=1))
        (number,) = bench.board.tasks
        bench.board.confirm(number)
        told = look(at=MORNING + timedelta(minutes=11))
        again = look(at=MORNING + timedelta(minutes=12))

    assert (waiting, silent) == ((MessageState.SENT, "awaits_confirming"), 0)
    assert (told, again) == (1, 0)
    assert fate_of(first) == (MessageState.DELIVERED, "")
    assert fate_of(second) == (MessageState.PLANNED, "throttled")
    assert second.send_after == MORNING + DAY


def test_a_subscription_message_uses_up_one_yes_and_a_no_takes_all_back() -> None:
    """R-C-023: the ledger of yeses, by the provider's own events."""
    with opened("wechat_mini") as bench:
        board = bench.board
        credits.forfeit("mini:oLi", template="T1")
        board.allowed.clear()
        without = bench.send(a_parcel(bench, 1))
        event = Call("x", board.allow("oLi", "T1"), query=board.signed())
        with standing_in(bench.channel):
            take_call("wechat_mini", event, at=clock.now())
            take_call("wechat_mini", event, at=clock.now())
        once, twice = bench.send(a_parcel(bench, 2), a_parcel(bench, 3))
        with pytest.raises(BadCall):
            bench.channel.hear(replace(event, query={}), at=clock.now())
        credits.grant("mini:oLi", template="T1", count=5)
        refused = bench.send(a_parcel(bench, 4))

    assert [one.code for one in (*without, once, twice)] == ["no_credit", "0", "no_credit"]
    assert refused[0].code == "43101"
    assert credits.left("mini:oLi", template="T1") == 0


def test_a_service_account_says_only_approved_words_and_tells_who_blocked_it() -> None:
    """R-C-022."""
    with opened("wechat") as bench:
        results = bench.send(
            a_parcel(bench, 1, address="mp:blocked-1"),
            a_parcel(bench, 2, body="随便说说"),
            a_parcel(bench, 3, is_marketing=True),
            a_parcel(bench, 4, body=NOTICE.replace("300M 宽带", "很长" * 11)),
        )
        body = bench.board.report_of(bench.board.arrived[0])
        heard = bench.channel.hear(Call("x", body, query=bench.board.signed()), at=clock.now())

    assert [one.code for one in results] == [
        "0", "no_approved_template", "no_marketing_here", "value_too_long",
    ]  # fmt: skip
    (report,) = heard.reports
    assert (report.outcome, report.is_dead) == ("failed", True)
    assert report.provider_id == results[0].provider_id


def test_a_push_finds_its_device_by_the_handle_and_a_dead_one_is_buried() -> None:
    """CHN-01, R-C-031: 410 ends the address; a browser of a host that nobody knows is not asked."""
    terms = [a_term(days_left=7), a_term(days_left=7)]
    first, second = (primary_person(one.account) for one in terms)
    with time_machine.travel(MORNING), opened("webpush") as bench:
        alive = Offered(PushDevice.Kind.WEB, bench.board.browser("alive").subscription)
        dead = Offered(PushDevice.Kind.WEB, bench.board.browser("gone").subscription)
        for person, one in ((first, alive), (first, alive), (second, dead)):
            register(person.pk, one, on=AS_OF, at=MORNING, by="test")
        messages = [
            a_text(term=term, channel="push", address=one.address)
            for term, one in zip(terms, (alive, dead), strict=True)
        ]
        with standing_in(bench.channel):
            dispatch(at=MORNING)
        arrived = bench.arrived()
        stranger = a_parcel(bench, 9, address=bench.somebody.replace("127.0.0.1", "169.254.1.1"))
        (refused,) = bench.send(stranger)
    with pytest.raises(BadDevice):
        register(first.pk, Offered(PushDevice.Kind.WEB, "{}"), on=AS_OF, at=MORNING, by="test")

    assert len(arrived) == 1
    assert fate_of(messages[0]) == (MessageState.SENT, "")
    assert fate_of(messages[1]) == (MessageState.FAILED, "bounced")
    assert refused.code == "unknown_push_service"
    points = ContactPoint.objects.filter(channel="push").order_by("pk")
    assert [one.bounced_at for one in points] == [None, MORNING]
    assert Carriage.objects.filter(provider="webpush").count() == 2


def test_what_the_journal_holds_is_told_once_in_a_room_and_many_words_as_one() -> None:
    """CHN-12, R-C-024."""
    entries = []
    for _ in range(12):
        append(Fact("metric.alerted", on=AS_OF), at=MORNING, by="test")
    entries = list(Entry.objects.filter(kind="metric.alerted"))
    later = MORNING + timedelta(minutes=5)
    with time_machine.travel(later), opened("dingtalk") as bench, standing_in(bench.channel):
        written = [note(entries, at=MORNING), note(entries, at=MORNING)]
        said = [speak(at=later), speak(at=later)]
        arrived = bench.arrived()

    assert (written, said) == ([12, 0], [12, 0])
    assert len(arrived) == 1
    assert arrived[0].startswith("12 条提醒：\n")
    assert arrived[0].endswith("×12")
    assert StaffNotice.objects.filter(outcome=StaffNotice.Outcome.SENT).count() == 12


def test_robots_keep_off_whole_and_half_hours() -> None:
    """R-C-025."""
    whole = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    for offset_s in (-89, -1, 0, 1, 89):
        moved = after_rush(whole + timedelta(seconds=offset_s), key="k")
        assert timedelta(seconds=90) < moved - whole <= timedelta(seconds=181)
    quiet = whole + timedelta(minutes=15)
    assert after_rush(quiet, key="k") == quiet
    assert digest(["a", "b", "a"], language="en") == "3 alerts:\na ×2\nb"


def test_what_is_open_is_asked_about_and_who_is_no_friend_is_dead() -> None:
    with opened("wecom") as bench:
        bench.send(a_parcel(bench, 1))
        (number,) = bench.board.tasks
        bench.board.results[number]["status"] = 2
        (report,) = bench.channel.look([Open(1, number, "wmLi@zhang")], at=clock.now())

    assert (report.outcome, report.code, report.is_dead) == ("failed", "not_a_friend", True)
