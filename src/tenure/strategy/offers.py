"""What may be given to make renewing easier, what it costs, and what we honestly expect of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import ALL
from tenure.strategy.handed import Handed, handed_at
from tenure.strategy.messages import MessageClass
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule


class OfferKind(StrEnum):
    """What an offer does."""

    NOTHING = "nothing"
    REMINDER = "reminder"
    VALUE_RECAP = "value_recap"
    TERM_DISCOUNT = "term_discount"
    COUPON = "coupon"
    EXTENSION = "extension"
    CALL = "call"
    BENEFIT = "benefit"
    GOODS = "goods"
    EXPERT = "expert"
    CREDIT = "credit"
    MAKE_UP = "make_up"


# What hands something over beside the price, and is promised to one customer until it is done.
HANDED: Final = frozenset(
    {
        OfferKind.BENEFIT,
        OfferKind.GOODS,
        OfferKind.EXPERT,
        OfferKind.CREDIT,
        OfferKind.MAKE_UP,
    }
)
# Only people can hand these over: each becomes work for somebody.
BY_HAND: Final = frozenset({OfferKind.GOODS, OfferKind.EXPERT})


@dataclass(frozen=True, slots=True)
class Modifier:
    """For whom an action works better or worse: its lift is multiplied by `times`."""

    when: Rule
    times: float


@dataclass(frozen=True, slots=True)
class Offer:
    """One action that may be chosen for a term.

    `prior_logit_lift` is added to the log-odds of renewing until experiments say better, and
    `prior_logit_sd` is how unsure we are of it; `prior_source` says where both come from.
    `prior_uptake_share` is the part of those renewing who would take a term longer than the one
    they have. An empty `message` means the step's own. A `capacity_per_day` of None is without
    limit. What is handed over beside the price stands in `handed`, None where nothing is; the
    amounts of a price are never touched by it.
    """

    id: str
    name: Sentence
    kind: OfferKind
    message_class: MessageClass
    message: str
    contact_cost: Money
    discount_share: Decimal
    discount_amount: Money
    term_months: int | None
    extension_days: int
    valid_days: int
    uses_per_term: int
    uses_per_year: int
    capacity_per_day: int | None
    prior_logit_lift: float
    prior_logit_sd: float
    prior_uptake_share: Decimal
    prior_source: Sentence
    modifiers: tuple[Modifier, ...]
    eligible: Rule
    handed: Handed | None = None

    @property
    def gives(self) -> bool:
        """Whether the customer gets something: then it must be sure enough to pay."""
        return self.is_discount or self.extension_days > 0 or self.handed is not None

    @property
    def is_marketing(self) -> bool:
        """Whether consent and the marketing caps apply."""
        return self.message_class is MessageClass.MARKETING

    @property
    def is_discount(self) -> bool:
        """Whether it lowers what the customer pays."""
        return self.discount_share > 0 or self.discount_amount.amount_minor > 0

    def discount_of(self, price: Money) -> Money:
        """What it takes off a price; never more than the price."""
        return min(price, price.share_of(self.discount_share) + self.discount_amount)


_FIELDS: dict[OfferKind, frozenset[str]] = {
    OfferKind.NOTHING: frozenset(),
    OfferKind.REMINDER: frozenset(),
    OfferKind.VALUE_RECAP: frozenset(),
    OfferKind.TERM_DISCOUNT: frozenset({"discount", "term_months"}),
    OfferKind.COUPON: frozenset({"amount_off"}),
    OfferKind.EXTENSION: frozenset({"extension_days"}),
    OfferKind.CALL: frozenset({"capacity_per_day"}),
    OfferKind.BENEFIT: frozenset({"handed"}),
    OfferKind.GOODS: frozenset({"handed"}),
    OfferKind.EXPERT: frozenset({"handed", "capacity_per_day"}),
    OfferKind.CREDIT: frozenset({"handed"}),
    OfferKind.MAKE_UP: frozenset({"handed"}),
}
_NOT_OF_KIND = Sentence(
    zh="kind 为“{kind}”的动作没有“{field}”；请删去或改用别的 kind",
    en="an offer of the kind “{kind}” has no “{field}”; remove it or choose another kind",
)
_NO_NOTHING = Sentence(
    zh="必须有且只有一个 kind 为 nothing 的动作，否则没有比较的基准",
    en="exactly one offer must be of the kind nothing: everything is compared with it",
)
_PERSUADES = Sentence(
    zh="给予优惠的动作属于营销，class 须为 marketing",
    en="an offer that gives something is marketing, and its class must say so",
)
_NEGATIVE = Sentence(zh="不确定度不能小于 0", en="a doubt is not below zero")


def read(reader: Reader, currency: str) -> Mapping[str, Offer]:
    """Read offers.toml. Amounts that are not given are zero in `currency`."""
    offers = {
        (offer := _offer(one, currency)).id: offer for one in reader.each("offer", unique="id")
    }
    if sum(offer.kind is OfferKind.NOTHING for offer in offers.values()) != 1:
        reader.refuse("offer", _NO_NOTHING)
    return offers


def _offer(reader: Reader, currency: str) -> Offer:
    kind = reader.choice("kind", OfferKind)
    for field in sorted(frozenset().union(*_FIELDS.values()) - _FIELDS[kind]):
        if reader.has(field):
            reader.refuse(field, _NOT_OF_KIND.fill(kind=kind, field=field))
    zero, wanted = Money.zero(currency), _FIELDS[kind]
    offer = Offer(
        id=reader.name("id"),
        name=reader.sentence("name"),
        kind=kind,
        message_class=reader.choice("class", MessageClass),
        message=reader.name("message", ""),
        contact_cost=reader.money("contact_cost", zero),
        discount_share=reader.share("discount") if "discount" in wanted else Decimal(0),
        discount_amount=reader.money("amount_off") if "amount_off" in wanted else zero,
        term_months=reader.whole("term_months", least=1) if "term_months" in wanted else None,
        extension_days=_days(reader) if "extension_days" in wanted else 0,
        valid_days=reader.whole("valid_days", 30, least=1, most=365),
        uses_per_term=reader.whole("uses_per_term", 1, least=1),
        uses_per_year=reader.whole("uses_per_year", 12, least=1),
        capacity_per_day=_capacity(reader, kind),
        prior_logit_lift=reader.number("prior_logit_lift"),
        prior_logit_sd=_deviation(reader),
        prior_uptake_share=reader.share("prior_uptake", Decimal(1)),
        modifiers=tuple(
            Modifier(when=rule_at(one, "when", features=ALL), times=one.number("times"))
            for one in reader.each("modifier")
        ),
        prior_source=reader.sentence("prior_source"),
        eligible=rule_at(reader, "eligible", features=ALL, optional=True),
        handed=handed_at(reader.below("handed"), kind, zero=zero) if kind in HANDED else None,
    )
    if offer.gives and not offer.is_marketing:
        reader.refuse("class", _PERSUADES)
    return offer


def _capacity(reader: Reader, kind: OfferKind) -> int | None:
    if kind is OfferKind.CALL:
        return reader.whole("capacity_per_day")
    return reader.whole_or_none("capacity_per_day") if kind is OfferKind.EXPERT else None


def _deviation(reader: Reader) -> float:
    deviation = reader.number("prior_logit_sd", 0.1)
    if deviation < 0:
        reader.refuse("prior_logit_sd", _NEGATIVE)
    return deviation


def _days(reader: Reader) -> int:
    return reader.whole("extension_days", least=1, most=90)
