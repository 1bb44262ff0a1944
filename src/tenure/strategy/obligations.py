"""What the law and the networks ask, as dated data: a row per place, product or way of paying.

A policy says for whom it holds and from when to when, and lists its duties: notices and their
windows, how leaving must work, withdrawal, price rises, prolongation. Which policies bind one
contract on one day is chosen in `decide.obligations`; here they are only read and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.duties import (
    ANNOUNCED,
    Acknowledgment,
    Arrears,
    CancelRule,
    CoolingOff,
    NoticeRule,
    OrderButton,
    PriceRise,
    ProductClass,
    Prolongation,
    Withdrawal,
    read_acknowledgment,
    read_arrears,
    read_cancel,
    read_cooling_off,
    read_notice,
    read_order_button,
    read_prolongation,
    read_withdrawal,
)
from tenure.strategy.reading import Reader


class WithoutConsent(StrEnum):
    """What becomes of an automatic renewal whose higher price nobody agreed to."""

    OLD_PRICE = "old_price"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class RenewalPolicy:
    """The duties of one jurisdiction or network between two days.

    Empty sets mean: any. `valid_from` of None is a policy that is not in force yet.
    `valid_to` is the first day on which it no longer holds. `prior_price_days`: what is called
    reduced is reduced from the lowest price of so many days before.
    """

    jurisdiction: str
    version: str
    name: Sentence
    valid_from: date | None
    valid_to: date | None
    source: str
    checked_on: date
    countries: frozenset[str]
    regions: frozenset[str]
    product_classes: frozenset[ProductClass]
    methods: frozenset[str]
    is_consumer_law: bool
    notices: tuple[NoticeRule, ...]
    cancel: CancelRule | None
    withdrawal: Withdrawal | None
    cooling_off: tuple[CoolingOff, ...]
    prolongation: Prolongation | None
    acknowledgment: Acknowledgment | None
    arrears: Arrears | None
    order_buttons: Mapping[str, OrderButton]
    price_rise: PriceRise
    retries_automatically: bool
    is_charged_by_engine: bool
    lets_porting_pass: bool
    second_factor_above_minor: int | None
    prior_price_days: int | None

    @property
    def stamp(self) -> str:
        """Jurisdiction and version, as stored with each notice, charge and cancellation."""
        return f"{self.jurisdiction}@{self.version}"

    def is_in_force(self, on: date) -> bool:
        """Whether the policy holds on a day."""
        if self.valid_from is None or on < self.valid_from:
            return False
        return self.valid_to is None or on < self.valid_to


@dataclass(frozen=True, slots=True)
class Evidence:
    """How long consents, notices and cancellations are kept: the longer of the two."""

    keep_years: int
    after_end_years: int


@dataclass(frozen=True, slots=True)
class Obligations:
    """The whole table, and what of it is the operator's to say.

    `previews` names policies that are not in force and shall be kept all the same;
    `notices` says by which message an event is announced; `auto_renew_months` are the cycles that
    may renew by themselves; `markets` are the countries whose customers are served.
    """

    policies: tuple[RenewalPolicy, ...]
    product_classes: Mapping[str, ProductClass]
    messages: Mapping[str, str]
    markets: tuple[str, ...]
    auto_renew_months: frozenset[int]
    previews: frozenset[str]
    price_rise_without_consent: WithoutConsent
    evidence: Evidence

    def product_class(self, product: str) -> ProductClass:
        """The class of a product; a service where nothing else is said."""
        return self.product_classes.get(product, ProductClass.SERVICE)

    def holds(self, policy: RenewalPolicy, *, on: date) -> bool:
        """Whether a policy counts on a day, previews of what is not in force included."""
        if policy.valid_from is None:
            return policy.jurisdiction in self.previews
        return policy.is_in_force(on)


_OVERLAP = Sentence(
    zh="“{jurisdiction}”的两版在 {day} 同时有效；请让前一版止于后一版生效之日",
    en="two versions of “{jurisdiction}” hold on {day}; let the earlier end where the later begins",
)
_BACKWARDS = Sentence(
    zh="until 须晚于 from（{begins}）",
    en="`until` must be later than `from` ({begins})",
)
_COUNTRY = Sentence(
    zh="“{found}”不是两个大写字母的国家代码", en="“{found}” is not a country code of two capitals"
)


def read(reader: Reader) -> Obligations:
    """Read obligations.toml."""
    policies: list[RenewalPolicy] = []
    for one in reader.each("policy"):
        policy = _policy(one)
        _check_overlap(one, policy, before=policies)
        policies.append(policy)
    names = {policy.jurisdiction for policy in policies}
    return Obligations(
        policies=tuple(policies),
        product_classes=_product_classes(reader),
        messages=_messages(reader),
        markets=_countries(reader, "markets"),
        auto_renew_months=frozenset(reader.wholes("auto_renew_months", (), least=1)),
        previews=frozenset(reader.names("previews", names, default=())),
        price_rise_without_consent=reader.choice(
            "price_rise_without_consent", WithoutConsent, default=WithoutConsent.MANUAL
        ),
        evidence=_evidence(reader),
    )


def _policy(reader: Reader) -> RenewalPolicy:
    jurisdiction = reader.name("id")
    reader.path = f"policy[{jurisdiction}]"
    begins = reader.day("from") if reader.has("from") else None
    until = reader.day("until") if reader.has("until") else None
    if until is not None and (begins is None or until <= begins):
        reader.refuse("until", _BACKWARDS.fill(begins=begins))
    return RenewalPolicy(
        jurisdiction=jurisdiction,
        version=reader.text("version"),
        name=reader.sentence("name"),
        valid_from=begins,
        valid_to=until,
        source=reader.text("source"),
        checked_on=reader.day("checked_on"),
        countries=frozenset(_countries(reader, "countries")),
        regions=frozenset(map(plain_region, reader.names("regions", default=()))),
        product_classes=frozenset(
            map(ProductClass, reader.names("products", list(ProductClass), default=()))
        ),
        methods=frozenset(reader.names("methods", default=())),
        is_consumer_law=reader.flag("consumers_only", True),
        notices=tuple(read_notice(one) for one in reader.each("notice")),
        cancel=_below(reader, "cancel", read_cancel),
        withdrawal=_below(reader, "withdrawal", read_withdrawal),
        cooling_off=tuple(read_cooling_off(one) for one in reader.each("cooling_off")),
        prolongation=_below(reader, "prolongation", read_prolongation),
        acknowledgment=_below(reader, "acknowledgment", read_acknowledgment),
        arrears=_below(reader, "arrears", read_arrears),
        order_buttons={
            (button := read_order_button(one)).country: button
            for one in reader.each("order_button", unique="country")
        },
        price_rise=reader.choice("price_rise", PriceRise, default=PriceRise.OPEN),
        retries_automatically=reader.flag("retries_automatically", True),
        is_charged_by_engine=reader.flag("charged_by_engine", True),
        lets_porting_pass=reader.flag("lets_porting_pass", False),
        second_factor_above_minor=(
            reader.money("second_factor_above").amount_minor
            if reader.has("second_factor_above")
            else None
        ),
        prior_price_days=reader.whole_or_none("prior_price_days", least=1),
    )


def plain_region(region: str) -> str:
    """A region as it is compared: "US-CA", "ca" and "California " lose case, country and space."""
    return region.strip().casefold().removeprefix("us-")


def _below[T](reader: Reader, key: str, read_one: Callable[[Reader], T]) -> T | None:
    if not reader.has(key):
        return None
    inner = reader.below(key)
    found = read_one(inner)
    inner.done()
    return found


def _check_overlap(reader: Reader, policy: RenewalPolicy, *, before: list[RenewalPolicy]) -> None:
    for other in before:
        if other.jurisdiction != policy.jurisdiction:
            continue
        for day in (policy.valid_from, other.valid_from):
            if day is not None and policy.is_in_force(day) and other.is_in_force(day):
                problem = _OVERLAP.fill(jurisdiction=policy.jurisdiction, day=day)
                reader.refuse("from", problem)


def _product_classes(reader: Reader) -> Mapping[str, ProductClass]:
    return {
        one.name("id"): one.choice("class", ProductClass)
        for one in reader.each("product", unique="id")
    }


def _messages(reader: Reader) -> Mapping[str, str]:
    if not reader.has("messages"):
        return {}
    inner = reader.below("messages")
    found = {key: inner.name(key) for key in ANNOUNCED if inner.has(key)}
    inner.done()
    return found


def _countries(reader: Reader, key: str) -> tuple[str, ...]:
    found = reader.names(key, default=())
    for place, code in enumerate(found):
        if len(code) != 2 or not (code.isascii() and code.isupper()):
            reader.refuse(f"{key}[{place}]", _COUNTRY.fill(found=code))
    return found


def _evidence(reader: Reader) -> Evidence:
    if not reader.has("evidence"):
        return Evidence(keep_years=5, after_end_years=1)
    inner = reader.below("evidence")
    found = Evidence(
        keep_years=inner.whole("keep_years", 5, least=3, most=30),
        after_end_years=inner.whole("after_end_years", 1, least=1, most=30),
    )
    inner.done()
    return found
