"""Each page of docs/algorithms has a worked example; those here are computed by the real code.

The other pages name the tests that hold their numbers. A page whose example is wrong fails.
"""

from pathlib import Path

import numpy as np
import pytest

from tenure.decide.effects.claims import _together
from tenure.decide.effects.history import Stakes
from tenure.decide.offpolicy.rules import Estimate
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.pricing import priced
from tenure.decide.optimiser.rules import Plan, best_plan
from tenure.kernel.masking import without_identifiers
from tenure.observe.uploads.width import luck, rows_needed
from tenure.prove.statistics.groups import difference, yes_or_no
from tenure.prove.statistics.strata import Stratified
from tenure.strategy.loading import preset
from tenure.strategy.persuasion import pressing
from tenure.understand.segments.population import cuts_of, settle
from tenure.warehouse.engines import open_engine
from tenure.warehouse.rules import compiled
from tenure.world.chance import expit
from tenure.world.market.latents import Latents
from tenure.world.market.truth import Action, Standing, effect, renewal_logit, waking

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(one.stem for one in PAGES.glob("*.md")))
def test_every_page_has_a_worked_example(name: str) -> None:
    assert "worked example" in page(name).lower()


def test_effects_a_coupon_that_changes_more_may_bring_less() -> None:
    told = page("effects")
    stakes = Stakes(np.array([[100.0, 100.0, 80.0]] * 2), np.array([[0.0, 0.1, 0.1]] * 2))
    outcome = np.array([[0.70, 0.74, 0.78], [0.20, 0.22, 0.48]])

    value = stakes.value(outcome).round(4).tolist()

    assert value == [[70.0, 73.9, 62.3], [20.0, 21.9, 38.3]]
    assert stakes.best(outcome).tolist() == [1, 2]
    assert all(f"{one}" in told for row in value for one in row)


def test_effects_blocks_are_weighed_by_their_errors() -> None:
    found = _together([Estimate(4, 1, 0, 0), Estimate(1, 2, 0, 0)])

    assert found.value == pytest.approx(3.0)
    assert found.deviation == pytest.approx(0.9428, abs=1e-4)
    assert f"interval {found.low:.2f} to {found.high:.2f}" in page("effects")


def plan(budget: float) -> tuple[Plan, float]:
    """The page's three terms under a budget, and what no plan can exceed by its prices."""
    menu = Menu(
        value=np.array([[0.0, 0, 0], [10, 8, 3], [14, 9, 9]]),
        use=np.array([[[0.0, 0, 0], [2, 2, 2], [6, 6, 6]]]),
        limits=np.array([budget]),
        order=np.array([1, 2, 3], dtype=np.uint64),
    )
    _, trial = priced(menu, np.zeros(1))
    return best_plan(menu), trial.bound


def test_optimiser_the_price_of_the_budget_chooses() -> None:
    told = page("optimiser")
    (rich, _), (ten, bound_of_ten), (eight, bound_of_eight), (six, _) = map(plan, (18, 10, 8, 6))

    assert (rich.choice.tolist(), rich.value, rich.shadow_price.tolist()) == ([2, 2, 2], 32, [0])
    assert (ten.choice.tolist(), ten.value, ten.spent.tolist()) == ([1, 1, 2], 27, [10])
    assert bound_of_ten == pytest.approx(27)
    assert f"a price of {ten.shadow_price[0]:.2f}" in told
    assert (eight.choice.tolist(), eight.value) == ([2, 1, 0], 22)
    assert bound_of_eight == pytest.approx(24)
    assert (six.value, six.shadow_price.tolist()) == (21, [pytest.approx(1.5)])


@pytest.mark.parametrize("auto", [0.0, 1.0])
def test_reference_market_an_average_subscriber(auto: float) -> None:
    told, nothing = page("reference-market"), np.zeros(1)
    who = Latents(*[nothing] * 6)
    standing = Standing(
        intercept=np.array([1.55]), fee_ratio=np.ones(1), competition=np.array([0.5]),
        season=nothing, surprise=nothing, auto_renews=np.array([auto]), complaints=nothing,
        decline=nothing, slowness=nothing, price_rise=nothing, failed_payments=nothing,
    )  # fmt: skip
    logit, value = renewal_logit(who, standing), 0.81 * 360

    def probability(action: Action, share: float = 0.0) -> float:
        lift = effect(action, who, auto_renews=np.array([auto]), complaints=nothing,
                      discount_share=share)  # fmt: skip
        return float(expit(logit + lift)[0])

    alone = probability(Action.NOTHING)
    reminded = probability(Action.REMINDER) * value - 0.1
    assert f"{alone:.2%}".replace("%", " %") in told
    if auto:
        assert f"= {waking(who, np.array([auto]))[0]:.3f}, and loses" in told
        assert f"loses {alone * value - reminded:.2f}" in told
        return
    given = probability(Action.DISCOUNT, 0.2) * (value - 72) - 0.1
    assert f"{alone * value:.2f} a head" in told
    assert f"{reminded:.2f}, a gain of {reminded - alone * value:.2f}" in told
    assert f"= {given:.2f} are left, a loss of {alone * value - given:.2f}" in told


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("名额有限，最后机会，错过后悔。",
         [("scarcity", "名额有限"), ("urgency", "最后机会"), ("shaming", "后悔")]),
        ("Only 3 seats left. Hurry!", [("scarcity", "Only 3 seats"), ("urgency", "Hurry")]),
        ("优惠到 2026 年 6 月 30 日，期间续费 69 元一个月。", []),
        ("Your term ends on 30 June; until then it costs ¥69 a month.", []),
    ],
)  # fmt: skip
def test_wording_what_presses_and_what_tells(text: str, kinds: list[tuple[str, str]]) -> None:
    told = page("wording")

    found = [(str(one.kind), one.phrase) for one in pressing(text)]

    assert found == kinds
    assert f"`{text}`" in told
    assert all(f"*{kind}* ({phrase})" in told for kind, phrase in kinds)


@pytest.mark.parametrize(
    ("last_active", "line", "inside"), [(27, 24.5, 2), (24, 23.0, 2), (20, 21.0, 1)]
)
def test_rfm_who_is_of_high_value(last_active: int, line: float, inside: int) -> None:
    """SEG-01: the ready rule of the strategy, on the page's ten customers."""
    rule = preset("broadband").segments["high_value"].rule
    active = [5, 30, 12, 40, 8, 22, 35, 18, 50, last_active]
    rows = [(place, 100 * (place + 1), days) for place, days in enumerate(active)]
    with open_engine(threads=1) as engine:
        frame = engine.literal(rows, columns=("term_id", "paid_total_minor", "active_days_90"))
        cuts = cuts_of([rule], frame, engine=engine)
        settled = settle({"high_value": rule}, cuts)["high_value"]
        meant = engine.collect(frame.filter(compiled(settled, row="term_id")))

    assert cuts == {("paid_total_minor", 0.8): 820.0, ("active_days_90", 0.5): line}
    assert meant.num_rows == inside
    assert "= 820" in page("rfm")
    assert f"{line}" in page("rfm")


def test_masking_says_what_a_number_is() -> None:
    told = page("masking")
    example = told[told.index("**Worked example.**") : told.index("**What it does not find.**")]
    quoted = example.split("`")[1::2]

    assert [without_identifiers(one) for one in quoted[0::2]] == quoted[1::2]
    assert len(quoted) == 4
    assert all(without_identifiers(one) == one for one in quoted[1::2])


def test_wide_tables_what_luck_brings() -> None:
    told = page("wide-tables")

    assert f"= {luck(3 * 300, rows=150):.2f}. The best" in told
    assert f"= {rows_needed(3 * 300):,} rows" in told


def test_experiments_strata_put_right_whom_the_calls_reached() -> None:
    """TOP-04: once as it fell, once as if each stratum had been divided evenly."""
    told = page("experiments")
    fell = [(yes_or_no(800, yes=680), yes_or_no(200, yes=160)),
            (yes_or_no(200, yes=60), yes_or_no(800, yes=200))]  # fmt: skip
    evenly = [(yes_or_no(500, yes=425), yes_or_no(500, yes=400)),
              (yes_or_no(500, yes=150), yes_or_no(500, yes=125))]  # fmt: skip

    def points(effect: float, low: float, high: float) -> str:
        return f"{effect * 100:+.1f} ({low * 100:+.1f} to {high * 100:+.1f})"

    plain = difference(yes_or_no(1000, yes=740), yes_or_no(1000, yes=360))
    found, test = Stratified.of(fell).difference(), Stratified.of(fell).students()
    other = difference(yes_or_no(1000, yes=575), yes_or_no(1000, yes=525))
    even, bounds = Stratified.of(evenly).difference(), Stratified.of(evenly).students()

    assert (
        f"a difference of +38.0 points ({plain.low * 100:+.1f} to {plain.high * 100:+.1f})" in told
    )
    assert f"weighed {points(found.effect, test.low, test.high)}, p = {test.p_value:.3f}" in told
    assert f"would be {points(other.effect, other.low, other.high)}" in told
    assert f"weighed one {points(even.effect, bounds.low, bounds.high)}" in told
    left = (even.deviation / other.deviation) ** 2
    assert f"{left:.0%}".replace("%", " %") + " of the variance is left" in told
