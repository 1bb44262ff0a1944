"""What reaches customers changes what they do, as planted: some for better, some for worse."""

import numpy as np
import pytest

from tenure.world.behaviour.choices import choose
from tenure.world.behaviour.contacts import Contact, Memory, Worked, worked
from tenure.world.behaviour.window import Window
from tenure.world.chance import Flags
from tenure.world.market.chains import RETRY_DAYS, fails_to_pay, failures, noise
from tenure.world.market.market import Market
from tenure.world.market.truth import Action
from tests.world.behaviour.windows import a_window, no_complaints
from tests.world.markets import a_market


@pytest.fixture(scope="module")
def market() -> Market:
    return a_market(customers=6_000)


@pytest.fixture(scope="module")
def near(market: Market) -> Window:
    return a_window(market)


def told_all(near: Window, action: Action, *, day: int, share: float = 0.0) -> Worked:
    """What is so on a day when everybody noticed one thing about their term."""
    memory = Memory()
    memory.add(Contact(term, day, action, share) for term in near.term_id.tolist())
    return worked(memory, near, day=day, complaints=no_complaints(near))


def nobody_told(near: Window, *, day: int) -> Worked:
    return worked(Memory(), near, day=day, complaints=no_complaints(near))


def stays(market: Market, near: Window, contacts: Worked) -> Flags:
    found: Flags = (
        near.logit + contacts.lift + noise(market.recipe, near.who, number=near.number) > 0
    )
    return found


def test_reminder_wins_those_who_pay_by_hand(market: Market, near: Window) -> None:
    day = market.recipe.history_day
    before, after = (
        stays(market, near, contacts)
        for contacts in (nobody_told(near, day=day), told_all(near, Action.REMINDER, day=day))
    )

    by_hand = ~near.auto_renews
    assert after[by_hand].sum() > before[by_hand].sum()


def test_reminder_wakes_sleeping_dogs(market: Market, near: Window) -> None:
    """TOP-05: a reminder loses renewals among those who pay without thinking of it."""
    day = market.recipe.history_day
    before, after = (
        stays(market, near, contacts)
        for contacts in (nobody_told(near, day=day), told_all(near, Action.REMINDER, day=day))
    )

    assert after[near.auto_renews].sum() < before[near.auto_renews].sum()
    assert not (after & ~before)[near.auto_renews].any()


def test_deeper_discount_wins_more_of_those_whom_prices_move(market: Market, near: Window) -> None:
    day = market.recipe.history_day
    sensitive = (near.people.latents.price > 0.5) & ~near.auto_renews

    kept = [
        int(
            stays(market, near, told_all(near, Action.DISCOUNT, day=day, share=share))[
                sensitive
            ].sum()
        )
        for share in (0.05, 0.10, 0.20)
    ]
    assert kept[0] < kept[1] < kept[2]


def test_what_was_not_noticed_only_tires(near: Window, market: Market) -> None:
    day = market.recipe.history_day
    memory = Memory()
    memory.add(Contact(term, day, Action.CALL, is_noticed=False) for term in near.term_id.tolist())

    found = worked(memory, near, day=day, complaints=no_complaints(near))

    assert found.lift == pytest.approx(np.full(len(near), -0.06))
    assert not found.nudged.any()


def test_contacts_about_other_terms_or_of_other_days_do_nothing(
    near: Window, market: Market
) -> None:
    day, last = market.recipe.history_day, int(near.term_id.max())
    memory = Memory()
    memory.add([Contact(last + 1, day, Action.CALL), Contact(last, day + 1, Action.CALL)])
    memory.add([Contact(last, day - 60, Action.CALL)])

    found = worked(memory, near, day=day, complaints=no_complaints(near))

    assert found.lift.tolist() == [0.0] * len(near)


def test_everybody_who_stays_renews_once_and_nobody_else(market: Market, near: Window) -> None:
    """Over the days around the end, renewals are exactly the planted outcomes."""
    recipe = market.recipe
    renewed = np.zeros(len(near), dtype=np.int64)
    first, last = int(near.decides.min()), int(near.ends.max()) + recipe.grace_days
    untouched = nobody_told(near, day=first)
    for day in range(first, last):
        chosen = choose(recipe, near, contacts=untouched, day=day)
        fresh = chosen.renew[renewed[chosen.renew] == 0]
        renewed[fresh] = day

    open_ = ~near.is_cancelling
    broke = fails_to_pay(recipe, near.people, number=near.number)
    expected = stays(market, near, untouched) & open_ & ~broke
    by_hand = ~near.auto_renews
    assert ((renewed > 0) == expected)[by_hand].all()
    assert (renewed[expected & by_hand] == near.decides[expected & by_hand]).all()


def test_automatic_payment_is_tried_again_on_fixed_days(market: Market, near: Window) -> None:
    recipe = market.recipe
    fails = failures(recipe, near.people, number=near.number + 1)
    broke = fails_to_pay(recipe, near.people, number=near.number)
    row = int(np.flatnonzero(near.auto_renews & ~near.is_cancelling & ~broke & (fails == 2))[0])
    ends = int(near.ends[row])

    tried, charged = [], []
    for day in range(ends, ends + 8):
        chosen = choose(recipe, near, contacts=nobody_told(near, day=day), day=day)
        tried += [day - ends] if row in chosen.fail else []
        charged += [day - ends] if row in chosen.renew else []

    assert tried == RETRY_DAYS[:2].tolist()
    assert charged[0] == RETRY_DAYS[2]


def test_whoever_stops_an_automatic_payment_does_so_before_the_end(
    market: Market, near: Window
) -> None:
    recipe = market.recipe
    leaving = (
        ~stays(market, near, nobody_told(near, day=0)) & near.auto_renews & ~near.is_cancelling
    )

    for day in np.unique(near.decides[leaving])[:20].tolist():
        chosen = choose(recipe, near, contacts=nobody_told(near, day=day), day=day)
        due = np.flatnonzero(leaving & (near.decides <= day) & (day < near.ends))
        assert set(due.tolist()) <= set(chosen.cancel.tolist())
