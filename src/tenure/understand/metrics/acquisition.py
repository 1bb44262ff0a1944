"""What it cost to win customers, over the last twelve whole months (MET-04)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tenure.kernel.periods import add_months
from tenure.records.planning.queries import spent_by_channel
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.months import month_end
from tenure.understand.metrics.rules.rates import Rate

MONTHS = 12


def acquisition(book: Book, months: Sequence[Figure]) -> Iterator[Figure]:
    """Spending and customers won, in all and by channel; nothing where nothing was entered.

    Args:
        months: the figures of `monthly`.
    """
    until = add_months(book.as_of.replace(day=1), -1)
    since = add_months(until, -MONTHS + 1)
    spent = spent_by_channel(since=since, until=until, currency=book.currency)
    if not spent:
        return
    won = _won(months, since=since, until=until)
    whole = Rate(sum(spent.values()), 1)
    everybody = won.get(("", ""), 0)
    yield Figure("acquisition_spend", whole, everybody, book.as_of)
    yield Figure("customers_won", Rate(everybody, 1), everybody, book.as_of)
    for channel, amount in spent.items():
        customers = won.get(("channel", channel), 0)
        place = (book.as_of, "channel", channel)
        yield Figure("acquisition_spend", Rate(amount, 1), customers, *place)
        yield Figure("customers_won", Rate(customers, 1), customers, *place)


def _won(months: Iterable[Figure], *, since: date, until: date) -> dict[tuple[str, str], int]:
    last = month_end(until.year * 12 + until.month - 1)
    found: dict[tuple[str, str], int] = {}
    for one in months:
        if one.metric == "customers_new" and since <= one.on <= last:
            place = (one.slice_by, one.slice_value)
            found[place] = found.get(place, 0) + one.rate.num
    return found
