"""What may be rehearsed, and which rehearsal is used again."""

from datetime import UTC, date, datetime

import pytest

from tenure.world.market.business import NoSuchBusiness
from tenure.world.rehearsal.plan import BadPlan, Plan, Wish, planned

AT = datetime(2026, 3, 12, 3, tzinfo=UTC)  # eleven in the morning in Shanghai


def test_yesterday_is_the_last_day_once_its_morning_has_passed() -> None:
    early = datetime(2026, 3, 12, 0, 30, tzinfo=UTC)  # half past eight: not yet

    assert planned(Wish(), zone="Asia/Shanghai", at=AT).until == date(2026, 3, 11)
    assert planned(Wish(), zone="Asia/Shanghai", at=early).until == date(2026, 3, 10)


def test_size_follows_the_business_unless_given() -> None:
    assert planned(Wish(), zone="UTC", at=AT).customers == 20_000
    assert planned(Wish(business="saas"), zone="UTC", at=AT).customers == 3_000
    assert planned(Wish(customers=400), zone="UTC", at=AT).customers == 400


def test_thirty_days_end_with_the_last() -> None:
    plan = planned(Wish(), zone="Asia/Shanghai", at=AT)

    assert (plan.first_day, plan.until) == (date(2026, 2, 10), date(2026, 3, 11))


@pytest.mark.parametrize(
    "wish", [Wish(customers=49), Wish(days=0), Wish(days=91), Wish(until=date(2026, 3, 12))]
)
def test_what_cannot_be_rehearsed_is_refused(wish: Wish) -> None:
    with pytest.raises(BadPlan):
        planned(wish, zone="Asia/Shanghai", at=AT)


def test_unknown_business_is_refused_with_those_that_exist() -> None:
    with pytest.raises(NoSuchBusiness, match="broadband, membership, saas"):
        planned(Wish(business="bakery"), zone="UTC", at=AT)


@pytest.mark.parametrize(
    ("wish", "allowed"),
    [
        (Wish(), True),
        (Wish(customers=400, until=date(2026, 3, 11)), True),
        (Wish(customers=500), False),
        (Wish(business="saas"), False),
        (Wish(seed=1), False),
        (Wish(days=6), False),
        (Wish(until=date(2026, 3, 10)), False),
    ],
)
def test_standing_rehearsal_is_used_again_where_it_is_what_was_asked_for(
    wish: Wish, allowed: bool
) -> None:
    standing = Plan("broadband", 400, Wish().seed, date(2026, 3, 11), 30)

    assert wish.allows(standing) is allowed
