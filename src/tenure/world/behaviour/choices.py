"""Who renews, who stops and whose payment fails on a day. Values in, rows out."""

from dataclasses import dataclass

import numpy as np

from tenure.world.behaviour.contacts import Worked
from tenure.world.behaviour.window import Window
from tenure.world.chance import Flags, Wholes
from tenure.world.market.chains import (
    CANCEL_SHARE,
    MOST_FAILURES,
    RETRY_DAYS,
    fails_to_pay,
    failures,
    noise,
)
from tenure.world.market.recipe import Recipe

# Of those who notice a message before they have made up their mind, who does so at once.
NUDGED_SHARE = 0.35
# Of those who are offered more time and would not renew, who takes it.
EXTENDS_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Choices:
    """Rows of a window."""

    renew: Wholes
    cancel: Wholes
    fail: Wholes  # an attempt to pay that failed today
    attempt: Wholes  # of each of those, 0 for the first
    hesitate: Wholes  # would not renew, and would take more time


def choose(recipe: Recipe, near: Window, *, contacts: Worked, day: int) -> Choices:
    """What everybody with a term in the window does on a day.

    Whoever pays automatically decides only whether to stop it; the rest decide once their mind is
    made up, or when something they noticed today makes them. A mind that was made up against
    renewing changes when something later lifts it.
    """
    stays = near.logit + contacts.lift + noise(recipe, near.who, number=near.number) > 0
    open_ = ~near.is_cancelling
    by_hand = _by_hand(recipe, near, contacts=contacts, day=day) & open_
    stops = near.auto_renews & open_ & (near.decides <= day) & (day < near.ends) & ~stays
    says_so = recipe.chance.uniform("says", near.who, step=near.number) < CANCEL_SHARE
    says = by_hand & ~stays & says_so & (near.decides == day) & (day < near.ends)
    charged, failed, attempt = _charges(recipe, near, day=day)
    extends = recipe.chance.uniform("extends", near.who, step=near.number) < EXTENDS_SHARE
    return Choices(
        renew=np.flatnonzero((by_hand & stays) | (charged & open_)),
        cancel=np.flatnonzero(stops | says),
        fail=np.flatnonzero(failed & open_),
        attempt=attempt[failed & open_],
        hesitate=np.flatnonzero(open_ & ~stays & extends & ~near.is_extended & (day < near.ends)),
    )


def _by_hand(recipe: Recipe, near: Window, *, contacts: Worked, day: int) -> Flags:
    """Who decides today and pays by hand."""
    at_once = recipe.chance.uniform("nudged", near.who, step=near.number * 1000 + day % 1000)
    due = (near.decides <= day) | (contacts.nudged & (at_once < NUDGED_SHARE))
    decides: Flags = ~near.auto_renews & due
    return decides


def _charges(recipe: Recipe, near: Window, *, day: int) -> tuple[Flags, Flags, Wholes]:
    """Automatic payments from the last day on: who is charged, whose attempt fails, which one."""
    due = near.auto_renews & (day >= near.ends)
    broke = fails_to_pay(recipe, near.people, number=near.number)
    fails = failures(recipe, near.people, number=near.number + 1)
    late = day - near.ends
    attempt = np.searchsorted(RETRY_DAYS, np.clip(late, 0, RETRY_DAYS[-1]))
    is_tried = due & np.isin(late, RETRY_DAYS)
    failed = is_tried & (broke | (attempt < fails)) & (attempt <= MOST_FAILURES)
    charged = due & ~broke & (late >= RETRY_DAYS[fails])
    return charged, failed, attempt
