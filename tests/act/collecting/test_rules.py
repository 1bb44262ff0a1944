"""When a deduction is announced, proved, taken and tried again."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.collecting.declines import DeclineClass, Declined, classify
from tenure.act.collecting.rules import (
    ByHand,
    Leave,
    Seen,
    Story,
    Tried,
    access_on,
    announce_on,
    announcement_days,
    early_days,
    end_of,
    first_notice_on,
    is_awaited,
    is_below_ceiling,
    is_told,
    next_opening,
    next_try_on,
    next_ways,
    proof,
    what_to_take,
)
from tenure.decide.obligations.windows import NoticeDays
from tenure.kernel.money import Money
from tenure.strategy.catalog import Access
from tenure.strategy.collecting import Announcement, Ceiling, Dunning, EndAction
from tenure.strategy.duties import Arrears, PriceRise
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel
from tenure.strategy.obligations import WithoutConsent
from tests.builders import AT

DUE = date(2026, 12, 10)
COLLECTING = preset("broadband").collecting
DUNNING = COLLECTING.dunning
WECHAT = COLLECTING.announcements["wechat"]
BEIJING = ZoneInfo("Asia/Shanghai")
RECEIPTS = {"sms", "push"}


def days_from(text: str) -> list[str]:
    return text.split()


def test_g26_days_on_which_wechat_may_announce() -> None:
    """G26: notify on 2 to 8 December for a deduction on the tenth, N = 7."""
    days = announcement_days(WECHAT, DUE)

    every = [DUE - timedelta(days=back) for back in range(12, -1, -1)]
    assert [str(day) for day in every if days.contains(day)] == [
        "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06", "2026-12-07",
        "2026-12-08",
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "first"), [(3, "2026-12-07"), (5, "2026-12-05")])
def test_g26_days_on_which_alipay_may_deduct(days: int, first: str) -> None:
    """G26: three days early in the older document, five in the newer one."""
    assert early_days(DUE, days) == (date.fromisoformat(first), DUE)
    assert COLLECTING.early_days == {"alipay": 3}


def test_the_announcement_is_as_late_as_the_law_lets_it_be() -> None:
    """Five days before in China, so that two tries lie behind the due day; on the last without."""
    five_days = NoticeDays(None, DUE - timedelta(days=5), ("cn@1",))

    assert announce_on(WECHAT, DUE, windows=[five_days]) == date(2026, 12, 5)
    assert announce_on(WECHAT, DUE, windows=[]) == date(2026, 12, 8)
    assert announce_on(
        WECHAT, DUE, windows=[NoticeDays(None, date(2026, 11, 25), ("ca",))]
    ) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("wall", "opens"),
    [("06:59", "07:00"), ("07:00", "07:00"), ("21:59", "21:59"), ("22:00", "+07:00")],
)
def test_wechat_takes_nothing_at_night(wall: str, opens: str) -> None:
    """R-Y-025: 07:00 to 22:00 in Beijing, whatever the zone of the machine."""
    at = datetime.combine(DUE, time.fromisoformat(wall), BEIJING)

    found = next_opening(WECHAT, at).astimezone(BEIJING)

    day = DUE + timedelta(days=opens.startswith("+"))
    assert found == datetime.combine(day, time.fromisoformat(opens.lstrip("+")), BEIJING)
    assert next_opening(None, at) == at


def seen(channel: str, day: int, *, delivered: bool = False) -> Seen:
    return Seen(channel, date(2026, 12, day), delivered, f"{channel}:{day}")


WINDOW = NoticeDays(date(2026, 12, 1), date(2026, 12, 5), ("cn@1",))


@pytest.mark.parametrize(
    ("signs", "proofs"),
    [
        ([], 0),
        ([seen("sms", 3, delivered=True)], 1),
        ([seen("email", 3)], 0),
        ([seen("email", 3), seen("wechat", 4)], 2),
        ([seen("email", 3), seen("email", 4)], 0),
        # Accepted is not enough where the channel would have told of its delivery.
        ([seen("email", 3), seen("sms", 4)], 0),
        ([seen("email", 6, delivered=True)], 0),
        ([seen("email", 3), seen("wechat", 6)], 0),
    ],
)
def test_one_delivery_or_two_acceptances_in_time_prove_a_notice(
    signs: list[Seen], proofs: int
) -> None:
    """R-A-013, PAY-04."""
    assert len(proof(WINDOW, signs, with_receipts=RECEIPTS, at=AT)) == proofs


MAIL = NoticeDays(date(2026, 12, 1), date(2026, 12, 5), ("us_ca@1",), email_hours=24)
SENT = datetime(2026, 12, 4, 9, tzinfo=UTC)


def a_mail(*, came_back: bool = False, on: date = date(2026, 12, 4)) -> Seen:
    return Seen("email", on, False, "message:1", None if came_back else SENT)


@pytest.mark.parametrize(
    ("days", "sign", "hours", "is_proved", "is_waited_for"),
    [
        (MAIL, a_mail(), 24, True, False),
        (MAIL, a_mail(), 23, False, True),
        (MAIL, a_mail(came_back=True), 48, False, False),
        (MAIL, a_mail(on=date(2026, 12, 6)), 48, False, False),
        # A law that says SMS or push is not satisfied by an e-mail alone.
        (WINDOW, a_mail(), 48, False, False),
    ],
)
def test_an_email_that_does_not_come_back_proves_where_the_law_lets_it(
    days: NoticeDays, sign: Seen, hours: int, is_proved: bool, is_waited_for: bool
) -> None:
    """R-A-012, R-A-013."""
    at = SENT + timedelta(hours=hours)

    assert bool(proof(days, [sign], with_receipts=RECEIPTS, at=at)) == is_proved
    assert is_awaited(days, [sign], at=at) == is_waited_for


EVERY = (Channel.SMS, Channel.EMAIL, Channel.PUSH)


@pytest.mark.parametrize(
    ("usable", "tried", "hurry", "taken"),
    [
        (EVERY, [], False, [Channel.SMS]),
        (EVERY, [Tried("sms", False)], False, []),
        (EVERY, [Tried("sms", True)], False, [Channel.EMAIL, Channel.PUSH]),
        ((Channel.EMAIL, Channel.PHONE), [], False, [Channel.EMAIL, Channel.PHONE]),
        (EVERY, [Tried("sms", False)], True, [Channel.EMAIL, Channel.PUSH]),
        (EVERY, [Tried(str(one), True) for one in EVERY], True, []),
    ],
)
def test_a_lost_notice_takes_another_way(
    usable: tuple[Channel, ...], tried: list[Tried], hurry: bool, taken: list[Channel]
) -> None:
    """PAY-04: the monitor falls back, and on the last day takes every way that is left."""
    assert next_ways(usable, tried, with_receipts=RECEIPTS, hurry=hurry) == taken


def test_a_notice_is_first_tried_two_days_before_its_last_day() -> None:
    """R-A-012: T−7 for the latest T−5; never before the earliest day."""
    assert first_notice_on(NoticeDays(None, date(2026, 12, 5), ()), lead_days=2) == date(
        2026, 12, 3
    )
    assert first_notice_on(WINDOW, lead_days=30) == date(2026, 12, 1)


CNY = Money(10_000, "CNY")


def taken(
    today: int,
    *,
    shown: int = 10_000,
    cap: int = 15_000,
    limit: int = 15_000,
    rise: PriceRise = PriceRise.CONSENT,
    without: WithoutConsent = WithoutConsent.MANUAL,
    second_factor: int | None = None,
) -> tuple[int, ByHand | None]:
    leave = Leave(Money(shown, "CNY"), Money(cap, "CNY"), Money(limit, "CNY"))
    found = what_to_take(
        Money(today, "CNY"), leave, price_rise=rise, without_consent=without,
        second_factor_above_minor=second_factor,
    )  # fmt: skip
    return found.amount.amount_minor, found.why


def test_a_higher_price_needs_a_new_consent() -> None:
    """R-A-015: without it the old price or nothing, never the new one."""
    assert taken(10_001) == (10_001, ByHand.DEARER)
    assert taken(10_001, without=WithoutConsent.OLD_PRICE) == (10_000, None)
    assert taken(10_001, shown=10_001) == (10_001, None)
    assert taken(9_000) == (9_000, None)


def test_where_a_notice_is_enough_a_rise_below_the_cap_is_taken() -> None:
    assert taken(12_000, rise=PriceRise.NOTICE) == (12_000, None)
    assert taken(15_001, rise=PriceRise.NOTICE) == (15_001, ByHand.ABOVE_LIMIT)


def test_what_is_above_a_limit_is_left_to_the_customer() -> None:
    """R-Y-028 before the notice is sent; R-Y-049 above the second factor's amount."""
    assert taken(10_000, limit=9_999) == (10_000, ByHand.ABOVE_LIMIT)
    assert taken(10_000, second_factor=9_999) == (10_000, ByHand.LAW)
    assert taken(10_000, second_factor=10_000) == (10_000, None)


amounts = st.integers(1, 10**6)


@given(amounts, amounts, amounts, st.sampled_from(PriceRise), st.sampled_from(WithoutConsent))
def test_nothing_above_the_word_of_the_customer_is_ever_taken(
    today: int, shown: int, more: int, rise: PriceRise, without: WithoutConsent
) -> None:
    cap = shown + more
    amount, why = taken(today, shown=shown, cap=cap, limit=cap, rise=rise, without=without)

    if why is None:
        assert amount <= min(today, cap)
        assert rise is not PriceRise.CONSENT or amount <= shown


@pytest.mark.parametrize(
    ("code", "kind", "after"),
    [
        ("insufficient_funds", DeclineClass.LATER, timedelta(0)),
        ("do_not_honor", DeclineClass.LATER, timedelta(0)),
        ("never heard of", DeclineClass.LATER, timedelta(0)),
        ("stolen_card", DeclineClass.NEVER, timedelta(0)),
        ("visa:04", DeclineClass.NEVER, timedelta(0)),
        ("MASTERCARD:03", DeclineClass.NEVER, timedelta(0)),
        ("mastercard:21", DeclineClass.NEVER, timedelta(0)),
        ("visa:14", DeclineClass.FIX_DATA, timedelta(0)),
        ("expired_card", DeclineClass.FIX_DATA, timedelta(0)),
        ("authentication_required", DeclineClass.CUSTOMER_ACTION, timedelta(0)),
        ("amount_too_large", DeclineClass.CUSTOMER_ACTION, timedelta(0)),
        ("mastercard:24", DeclineClass.LATER, timedelta(hours=1)),
        ("mastercard:25", DeclineClass.LATER, timedelta(hours=24)),
        ("mastercard:26", DeclineClass.LATER, timedelta(days=2)),
        ("mastercard:27", DeclineClass.LATER, timedelta(days=4)),
        ("mastercard:28", DeclineClass.LATER, timedelta(days=6)),
        ("mastercard:29", DeclineClass.LATER, timedelta(days=8)),
        ("mastercard:30", DeclineClass.LATER, timedelta(days=10)),
    ],
)
def test_a_decline_says_what_may_be_done(code: str, kind: DeclineClass, after: timedelta) -> None:
    """STD-07, R-Y-045, R-Y-047."""
    assert classify(code) == Declined(kind, after)


def walk(code: str, dunning: Dunning = DUNNING) -> list[int]:
    """The days after the first try on which a deduction is tried that is always declined."""
    tried, on = [0], DUE
    while (
        found := next_try_on(dunning, Story(DUE, len(tried), on), declined=classify(code))
    ) is not None:
        tried.append((found - DUE).days)
        on = found
    return tried


def test_the_default_schedule() -> None:
    """R-Y-063: D0, D+1, D+3, D+5, D+7, D+10, D+14, then it is over."""
    assert walk("insufficient_funds") == [0, 1, 3, 5, 7, 10, 14]


def test_a_network_that_asks_for_patience_gets_it() -> None:
    """Mastercard 27: four days at least between two tries."""
    assert walk("mastercard:27") == [0, 5, 10, 14]
    assert walk("mastercard:30") == [0, 10]


@pytest.mark.parametrize("code", ["stolen_card", "expired_card", "authentication_required"])
def test_what_only_the_customer_can_cure_is_not_tried_again(code: str) -> None:
    assert walk(code) == [0]


def test_where_the_law_forbids_it_nothing_is_tried_again() -> None:
    """R-Y-049: India."""
    story, declined = Story(DUE, 1, DUE), classify("insufficient_funds")

    assert next_try_on(DUNNING, story, declined=declined, retries=False) is None


def test_a_try_near_a_payday_moves_there() -> None:
    """D+1 is 11 December and the money comes on the twelfth, so it is D+2."""
    paid = Dunning(
        **{**{one: getattr(DUNNING, one) for one in DUNNING.__slots__}, "paydays": (12,)}
    )

    assert walk("insufficient_funds", paid) == [0, 2, 3, 5, 7, 10, 14]


@given(
    st.lists(st.integers(1, 13), unique=True, max_size=6),
    st.lists(st.integers(1, 31), max_size=3),
    st.sampled_from(["insufficient_funds", "mastercard:25", "mastercard:28"]),
)
def test_tries_rise_and_never_pass_the_schedule(
    days: list[int], paydays: list[int], code: str
) -> None:
    values = {one: getattr(DUNNING, one) for one in DUNNING.__slots__}
    schedule = (0, *sorted(days), 14)
    found = walk(code, Dunning(**{**values, "days": schedule, "paydays": tuple(paydays)}))

    assert found == sorted(set(found))
    assert found[-1] <= 14
    assert len(found) <= len(schedule) <= 8


def test_the_customer_hears_after_the_first_the_third_and_the_last_try() -> None:
    told = [tries for tries in range(1, 8) if is_told(DUNNING, tries, is_last=tries == 7)]

    assert told == [1, 3, 7]


def test_tries_stay_below_every_ceiling_of_the_network() -> None:
    """R-Y-047: a hard stop below the limits, counted on one card."""
    ceilings = (Ceiling("visa", 3, 30), Ceiling("visa", 2, 1))
    days = [DUE - timedelta(days=back) for back in (40, 29, 2)]

    assert is_below_ceiling(ceilings, "visa", tries=days, on=DUE)
    assert not is_below_ceiling(ceilings, "visa", tries=[*days, DUE], on=DUE)
    assert not is_below_ceiling(ceilings, "visa", tries=[DUE, DUE], on=DUE)
    assert is_below_ceiling(ceilings, "mastercard", tries=[DUE] * 9, on=DUE)
    for ceiling in COLLECTING.ceilings:
        limits = {("visa", 30): 20, ("mastercard", 30): 35, ("mastercard", 1): 10}
        assert ceiling.at_most < limits[ceiling.network, ceiling.days]


ARREARS = Arrears(30, 60, Decimal("0.003"))


@pytest.mark.parametrize(
    ("action", "days"),
    [
        (EndAction.SUSPEND, 30),
        (EndAction.CANCEL, 90),
        (EndAction.MARK_UNPAID, 14),
        (EndAction.KEEP_PAST_DUE, 14),
    ],
)
def test_a_telecom_customer_is_given_the_time_of_the_law(action: EndAction, days: int) -> None:
    """R-A-019: no suspension before 30 days overdue, no end before 60 days of suspension."""
    last = DUE + timedelta(days=14)

    found = end_of(action, last_try_on=last, due_on=DUE, arrears=ARREARS)

    assert (found.on - DUE).days == days
    assert end_of(action, last_try_on=last, due_on=DUE, arrears=None).on == last


STEPS = {0: Access.FULL, 15: Access.LIMITED, 20: Access.NONE}


@pytest.mark.parametrize(
    ("day", "plain", "protected"),
    [(-1, "full", "full"), (0, "full", "full"), (14, "full", "full"), (15, "limited", "limited"),
     (20, "none", "limited"), (29, "none", "limited"), (30, "none", "none")],
)  # fmt: skip
def test_access_by_day(day: int, plain: str, protected: str) -> None:
    """R-Y-065, R-A-019."""
    assert access_on(STEPS, day) == plain
    assert access_on(STEPS, day, arrears=ARREARS) == protected


def test_a_suspended_service_is_stopped_from_its_day_on() -> None:
    found = [access_on({0: Access.FULL}, day, suspended_from=14) for day in (13, 14)]

    assert found == [Access.FULL, Access.NONE]


def test_the_presets_give_chinese_telecom_customers_their_thirty_days() -> None:
    for plan in preset("broadband").catalog.plans.values():
        steps = {step.day: step.access for step in plan.lapse}
        assert access_on(steps, 29) is not Access.NONE, plan.code


def test_an_announcement_rule_is_what_the_provider_documents() -> None:
    assert Announcement("wechat", 2, 7, time(7), time(22), "Asia/Shanghai") == WECHAT
