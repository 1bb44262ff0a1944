"""What it cost to win customers, over the last twelve whole months (MET-04)."""

from collections.abc import Iterable, Iterator, Mapping

from tenure.kernel.periods import add_months
from tenure.records.planning.queries import spent_by_channel
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.months import WHOLE, Stood, month_of, won
from tenure.understand.metrics.rules.rates import Rate

MONTHS = 12


def acquisition(book: Book, stood: Mapping[int, Iterable[Stood]]) -> Iterator[Figure]:
    """Spending and customers won, in all and by channel; nothing where nothing was entered.

    Args:
        stood: the months of `standings`.
    """
    until = add_months(book.as_of.replace(day=1), -1)
    since = add_months(until, -MONTHS + 1)
    spent = spent_by_channel(since=since, until=until, currency=book.currency)
    if not spent:
        return
    gained = won(stood, since=month_of(since), until=month_of(until))
    whole = Rate(sum(spent.values()), 1)
    everybody = gained.get(WHOLE, 0)
    yield Figure("acquisition_spend", whole, everybody, book.as_of)
    yield Figure("customers_won", Rate(everybody, 1), everybody, book.as_of)
    for channel, amount in spent.items():
        customers = gained.get(("channel", channel), 0)
        place = (book.as_of, "channel", channel)
        yield Figure("acquisition_spend", Rate(amount, 1), customers, *place)
        yield Figure("customers_won", Rate(customers, 1), customers, *place)
