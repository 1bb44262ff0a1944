"""Who issues documents, and which tax is in what a customer pays, by the day of supply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.tax_ids import is_credit_code
from tenure.strategy.reading import Reader


class TaxCategory(StrEnum):
    """The categories of UNCL 5305 that EN 16931 knows and that we can meet."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"


class NoTaxRate(Refusal):
    """A day, or a plan, for which nobody said what tax is in the price."""

    code = "no_tax_rate"
    said = Sentence(
        zh="documents.toml 没有说明“{name}”在 {on} 的税率；请补上一条 [[tax]]。",
        en="documents.toml names no tax rate of “{name}” on {on}; add one under [[tax]].",
    )


class NoSeller(Refusal):
    """A document without anybody who could issue it."""

    code = "no_seller"
    said = Sentence(
        zh="documents.toml 没有可出具单据的主体；请补上一条 [[seller]]。",
        en="documents.toml names nobody who issues documents; add one under [[seller]].",
    )


@dataclass(frozen=True, slots=True)
class Seller:
    """A legal entity; its numbers of each year have no gap."""

    id: str
    name: Sentence
    tax_id: str
    address: Sentence
    city: Sentence
    post_code: str
    country: str
    phone: str
    email: str
    bank: Sentence
    bank_account: str
    drawer: str
    prefix: str
    serves: tuple[str, ...]
    is_small_scale: bool


@dataclass(frozen=True, slots=True)
class DatedShare:
    """A tax rate from a day on; 0.09 is 9 %."""

    since: date
    share: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """What one kind of supply is called on documents, and how it is taxed."""

    id: str
    group: Sentence
    item: Sentence
    classification: str
    category: TaxCategory
    reason: Sentence
    plans: tuple[str, ...]
    countries: tuple[str, ...]
    rates: tuple[DatedShare, ...]

    def share_on(self, on: date) -> Decimal:
        """The rate of a supply on a day."""
        return _on(self.rates, on, name=self.id)


@dataclass(frozen=True, slots=True)
class Documents:
    """What documents.toml says."""

    sellers: Mapping[str, Seller]
    taxes: tuple[Tax, ...]
    small_scale: tuple[DatedShare, ...]

    def seller_for(self, country: str) -> Seller:
        """The entity that serves a country, or else the first one."""
        for seller in self.sellers.values():
            if country in seller.serves:
                return seller
        if not self.sellers:
            raise NoSeller()
        return next(iter(self.sellers.values()))

    def tax_of(self, plan: str, *, seller: Seller, on: date) -> Tax:
        """The first entry that covers a plan of this seller; an entry without plans covers all."""
        for tax in self.taxes:
            here = not tax.countries or seller.country in tax.countries
            if here and (not tax.plans or plan in tax.plans):
                return tax
        raise NoTaxRate(name=plan, on=on)

    def share_of(self, tax: Tax, *, seller: Seller, on: date) -> Decimal:
        """The rate on the day of supply; a small-scale payer has a rate of its own (R-I-005)."""
        if seller.is_small_scale:
            return _on(self.small_scale, on, name=seller.id)
        return tax.share_on(on)


def _on(rates: tuple[DatedShare, ...], on: date, *, name: str) -> Decimal:
    begun = [one for one in rates if one.since <= on]
    if not begun:
        raise NoTaxRate(name=name, on=on)
    return begun[-1].share


_NINETEEN = Sentence(zh="税收分类编码须为 19 位数字", en="a tax classification code has 19 digits")
_BAD_CODE = Sentence(
    zh="“{found}”不是有效的统一社会信用代码（18 位，末位为校验码）",
    en="“{found}” is not a unified social credit code (18 signs, the last one checks)",
)
_NO_RATE = Sentence(zh="至少需要一个税率", en="at least one rate is needed")


def read(reader: Reader) -> Documents:
    """Read documents.toml."""
    sellers = {(one := _seller(item)).id: one for item in reader.each("seller", unique="id")}
    return Documents(
        sellers=sellers,
        taxes=tuple(_tax(item) for item in reader.each("tax", unique="id")),
        small_scale=_rates(reader, "small_scale"),
    )


def _seller(reader: Reader) -> Seller:
    tax_id, country = reader.text("tax_id"), reader.text("country")
    if country == "CN" and not is_credit_code(tax_id):
        reader.refuse("tax_id", _BAD_CODE.fill(found=tax_id))
    return Seller(
        id=reader.name("id"),
        name=reader.sentence("name"),
        tax_id=tax_id,
        address=reader.sentence("address"),
        city=reader.sentence("city"),
        post_code=reader.text("post_code", ""),
        country=country,
        phone=reader.text("phone", ""),
        email=reader.text("email", ""),
        bank=reader.sentence("bank", Sentence(zh="", en="")),
        bank_account=reader.text("bank_account", ""),
        drawer=reader.text("drawer", ""),
        prefix=reader.text("prefix", ""),
        serves=reader.names("serves") if reader.has("serves") else (),
        is_small_scale=reader.flag("is_small_scale", False),
    )


def _tax(reader: Reader) -> Tax:
    code = reader.text("classification", "")
    if code and not (len(code) == 19 and code.isascii() and code.isdigit()):
        reader.refuse("classification", _NINETEEN)
    rates = _rates(reader, "rate")
    if not rates:
        reader.refuse("rate", _NO_RATE)
    return Tax(
        id=reader.name("id"),
        group=reader.sentence("group"),
        item=reader.sentence("item"),
        classification=code,
        category=reader.choice("category", TaxCategory, default=TaxCategory.STANDARD),
        reason=reader.sentence("reason", Sentence(zh="", en="")),
        plans=reader.names("plans") if reader.has("plans") else (),
        countries=reader.names("countries") if reader.has("countries") else (),
        rates=rates,
    )


def _rates(reader: Reader, key: str) -> tuple[DatedShare, ...]:
    if not reader.has(key):
        return ()
    found = [DatedShare(one.day("since"), one.share("share")) for one in reader.each(key)]
    return tuple(sorted(found, key=lambda one: one.since))
