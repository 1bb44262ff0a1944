"""The terms that somebody may decide about on a day, as columns."""

from dataclasses import dataclass, replace

import numpy as np

from tenure.kernel.periods import date_of, day_number
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.world.chance import Flags, Floats, Wholes
from tenure.world.market.actions import Built
from tenure.world.market.chains import EARLIEST_DAYS, Open, decision_days, failures, standing
from tenure.world.market.population import Population
from tenure.world.market.truth import renewal_logit

_COLUMNS = (
    "pk",
    "account_id",
    "number",
    "starts_on",
    "ends_on",
    "price_minor",
    "list_price_minor",
    "cycle_months",
    "state",
    "subscription__auto_renew",
    "extended_days",
)


@dataclass(frozen=True, slots=True)
class Window:
    """One row per live term that ends soon or has just ended, ordered by term."""

    term_id: Wholes
    who: Wholes  # place of the customer
    number: Wholes
    ends: Wholes  # day
    decides: Wholes  # the day on which the mind is made up
    is_cancelling: Flags
    is_extended: Flags
    auto_renews: Flags
    logit: Floats  # of renewing when nothing is done, on the day of decision or today
    people: Population

    def __len__(self) -> int:
        return len(self.term_id)

    def rows_of(self, term_ids: Wholes) -> Wholes:
        """The row of each term; −1 for a term that is not in the window."""
        if not len(self):
            return np.full(len(term_ids), -1)
        place = np.minimum(np.searchsorted(self.term_id, term_ids), len(self) - 1)
        return np.where(self.term_id[place] == term_ids, place, -1)


def window(built: Built, *, day: int) -> Window:
    """Read the terms that may be decided about on a day, with what the truth says of them."""
    rows = _read(built, day)
    columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else None
    if columns is None:
        return _empty(built)
    term_id, account, number = (column.astype(np.int64) for column in columns[:3])
    starts, ends = (_days(column) for column in columns[3:5])
    price, listed, months = (column.astype(np.int64) for column in columns[5:8])
    who = account - built.bases.account
    recipe = built.market.recipe
    people = replace(
        built.market.population.of(who),
        auto_renews=columns[9].astype(np.bool_),
        cycle_months=months,
    )
    decides = decision_days(recipe, people, number=number, ends=ends)
    term = Open(
        who=who,
        number=number,
        starts=starts,
        ends=ends,
        sold=starts,
        price_minor=price,
        list_minor=listed,
        failed=failures(recipe, people, number=number),
    )
    then = standing(built.market.setting, people, day=np.minimum(decides, day), term=term)
    return Window(
        term_id=term_id,
        who=who,
        number=number,
        ends=ends,
        decides=decides,
        is_cancelling=columns[8] == TermState.CANCELLING,
        is_extended=columns[10].astype(np.int64) > 0,
        auto_renews=people.auto_renews,
        logit=renewal_logit(people.latents, then),
        people=people,
    )


def _read(built: Built, day: int) -> list[tuple[object, ...]]:
    grace = built.market.recipe.grace_days
    first = built.bases.account
    terms = Term.objects.filter(
        state__in=LIVE,
        ends_on__range=(date_of(day - grace - 1), date_of(day + EARLIEST_DAYS)),
        account_id__gte=first,
        account_id__lt=first + len(built.market.population),
    )
    return list(terms.order_by("pk").values_list(*_COLUMNS))


def _days(dates: "np.ndarray[tuple[int, ...], np.dtype[np.object_]]") -> Wholes:
    return np.array([day_number(one) for one in dates.tolist()], dtype=np.int64)


def _empty(built: Built) -> Window:
    none, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    no = np.zeros(0, dtype=np.bool_)
    people = built.market.population.of(none)
    return Window(none, none, none, none, none, no, no, no, nothing, people)
