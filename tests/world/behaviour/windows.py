"""Windows of terms for tests, straight from a market and without any store."""

import numpy as np

from tenure.world.behaviour.window import Window
from tenure.world.chance import Floats
from tenure.world.market.chains import Ending, Open, decision_days, standing
from tenure.world.market.market import Market
from tenure.world.market.truth import renewal_logit


def a_window(market: Market, *, within: int = 400) -> Window:
    """The open terms of a market that end within so many days, as its rehearsal would see them."""
    terms, day = market.terms, market.recipe.history_day
    open_ = np.isin(terms.ending, (Ending.RUNNING, Ending.GRACE, Ending.CANCELLING))
    rows = np.flatnonzero(open_ & (terms.ends <= day + within))
    terms = terms.of(rows)
    people = market.population.of(terms.who)
    decides = decision_days(market.recipe, people, number=terms.number, ends=terms.ends)
    term = Open(**{name: getattr(terms, name) for name in Open.__slots__})
    then = standing(market.setting, people, day=decides, term=term)
    return Window(
        term_id=rows + 1,
        who=terms.who,
        number=terms.number,
        ends=terms.ends,
        decides=decides,
        is_cancelling=terms.ending == Ending.CANCELLING,
        is_extended=np.zeros(len(rows), dtype=np.bool_),
        auto_renews=people.auto_renews,
        logit=renewal_logit(people.latents, then),
        people=people,
    )


def no_complaints(near: Window) -> Floats:
    """Nobody has complained."""
    return np.zeros(len(near))
