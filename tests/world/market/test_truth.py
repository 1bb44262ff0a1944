"""The planted truth is that of the reference market (science.md section 11; K1, K2)."""

from pathlib import Path

import numpy as np
import pytest

import tenure
from tenure.world.chance import Floats, expit
from tenure.world.market.latents import Latents
from tenure.world.market.truth import Action, Standing, effect, faded, renewal_logit

COUNT = 200_000
MIX = np.array(
    [
        [1, 0, 0, 0, 0, 0],
        [-0.3, 1, 0, 0, 0, 0],
        [0.2, -0.2, 1, 0, 0, 0],
        [-0.1, 0.3, 0.2, 1, 0, 0],
        [0.2, -0.1, 0, -0.2, 1, 0],
        [0.1, 0, 0.2, 0, 0.1, 1],
    ]
)


@pytest.fixture(scope="module")
def people() -> tuple[Latents, Standing]:
    """The reference market's 200,000 customers, drawn by its own rules."""
    rng = np.random.default_rng(1)
    who = Latents(*((rng.standard_normal((COUNT, 6)) @ MIX.T) / np.sqrt((MIX**2).sum(1))).T)
    fee = np.round(np.exp(np.log(360) + 0.25 * rng.standard_normal(COUNT) + 0.1 * who.need))
    competition = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2])
    complaints = rng.poisson(np.exp(-1.2 - 0.6 * who.trust + 0.2 * who.annoyance))
    nothing = np.zeros(COUNT)
    standing = Standing(
        intercept=np.full(COUNT, 1.55),
        fee_ratio=fee / 360,
        competition=competition[rng.integers(0, 12, COUNT)],
        season=nothing,
        surprise=rng.standard_normal(COUNT),
        auto_renews=rng.random(COUNT) < expit(-0.6 + who.inertia),
        complaints=complaints.astype(np.float64),
        decline=nothing,
        slowness=nothing,
        price_rise=nothing,
        failed_payments=nothing,
    )
    return who, standing


def average_effect(people: tuple[Latents, Standing], action: Action, share: float = 0.0) -> float:
    """Percentage points of renewal that an action adds on average."""
    who, standing = people
    logit = renewal_logit(who, standing)
    lift = effect(
        action,
        who,
        auto_renews=standing.auto_renews,
        complaints=standing.complaints,
        discount_share=share,
    )
    return float(100 * (expit(logit + lift) - expit(logit)).mean())


def test_three_in_four_renew_when_nothing_is_done(people: tuple[Latents, Standing]) -> None:
    base = expit(renewal_logit(*people)).mean()

    assert base == pytest.approx(0.765, abs=0.002)


@pytest.mark.parametrize(
    ("action", "share", "points"),
    [
        (Action.NOTHING, 0.0, 0.0),
        (Action.REMINDER, 0.0, 1.4),
        (Action.RECAP, 0.0, -1.4),
        (Action.UPGRADE, 0.0, 3.2),
        (Action.DISCOUNT, 0.1, 5.7),
        (Action.DISCOUNT, 0.2, 9.5),
        (Action.DISCOUNT, 0.3, 12.2),
        (Action.INSTALMENTS, 0.0, 2.7),
        (Action.PAUSE, 0.0, 0.2),
        (Action.CALL, 0.0, 3.8),
    ],
)
def test_actions_have_the_published_effects(
    people: tuple[Latents, Standing], action: Action, share: float, points: float
) -> None:
    assert average_effect(people, action, share) == pytest.approx(points, abs=0.2)


def test_a_reminder_helps_some_and_loses_others(people: tuple[Latents, Standing]) -> None:
    who, standing = people
    lift = effect(
        Action.REMINDER, who, auto_renews=standing.auto_renews, complaints=standing.complaints
    )

    assert (lift[~standing.auto_renews] > 0).all()
    assert (lift[standing.auto_renews] < 0).all()


def test_what_a_business_can_see_coming_lowers_the_logit(people: tuple[Latents, Standing]) -> None:
    who, standing = people
    trouble: dict[str, Floats] = {
        name: np.full(COUNT, 0.3)
        for name in ("decline", "slowness", "price_rise", "failed_payments")
    }

    for name, value in trouble.items():
        worse = Standing(
            **{one: getattr(standing, one) for one in Standing.__slots__} | {name: value}
        )
        assert (renewal_logit(who, worse) < renewal_logit(who, standing)).all(), name


def test_effects_fade_with_the_days() -> None:
    left = faded(np.ones(3), days_since=np.array([0.0, 7.0, 70.0]), action=Action.REMINDER)

    assert left.tolist() == pytest.approx([1, np.exp(-1), np.exp(-10)])


def test_no_room_below_the_world_knows_of_it() -> None:
    """K1: the truth stands apart from everything that estimates it."""
    rooms = Path(tenure.__file__).parent
    below = ("kernel", "strategy", "records", "warehouse", "observe", "understand", "decide")
    sources = [
        path for room in (*below, "act", "prove", "loop") for path in rooms.glob(f"{room}/**/*.py")
    ]

    assert len(sources) > 100
    assert [path for path in sources if "tenure.world" in path.read_text(encoding="utf-8")] == []
