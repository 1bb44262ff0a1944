"""An offer to stay as the page tells it: what it is, what it costs against now, who gets it."""

from dataclasses import dataclass
from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.queries import offer_of
from tenure.records.strategies.queries import by_hash
from tenure.strategy.saves import Save, SaveKind
from tenure.strategy.sections import Strategy


@dataclass(frozen=True, slots=True)
class OfferShown:
    """One offer in words; the prices are of whole terms, not rounded for show."""

    name: Sentence
    text: Sentence
    published: Sentence
    kind: str
    now: Money
    now_months: int
    price: Money
    months: int
    valid_until: date
    is_accepted: bool

    @property
    def has_price(self) -> bool:
        """Whether it is about money."""
        return self.kind not in (SaveKind.REPAIR, SaveKind.PAUSE)

    @property
    def is_promise(self) -> bool:
        """Whether it is a price for later, good until its day."""
        return self.kind in (SaveKind.DISCOUNT, SaveKind.FREE_MONTHS)


def offer_shown(row: Cancellation, *, strategy: Strategy) -> OfferShown | None:
    """What an attempt was shown, in the words of the strategy that showed it."""
    offer = offer_of(row.pk)
    if offer is None:
        return None
    save = _save(row, offer.save_id, strategy)
    return OfferShown(
        name=save.name,
        text=save.text,
        published=save.published,
        kind=offer.kind,
        now=Money(offer.now_minor, offer.currency),
        now_months=offer.now_months,
        price=Money(offer.price_minor, offer.currency),
        months=offer.months,
        valid_until=offer.valid_until,
        is_accepted=offer.state == "accepted",
    )


def _save(row: Cancellation, save_id: str, strategy: Strategy) -> Save:
    known = strategy.saves.offers
    if save_id in known:
        return known[save_id]
    return by_hash(row.strategy_hash).at(row.started_on).saves.offers[save_id]
