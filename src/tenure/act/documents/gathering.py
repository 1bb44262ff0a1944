"""What a payment was for, and between whom: records turned into the lines of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tenure.act.documents.wording import OTHER_LINE, PLAN_LINE, REVERSE_CHARGE
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account
from tenure.records.customers.queries import primary_person
from tenure.records.documents.rules.taxes import Split, Totals, paid_lines, split, totals
from tenure.records.subscriptions.models import Term
from tenure.strategy.documents import Seller, TaxCategory
from tenure.strategy.sections import Strategy

# Those that share the common system of value added tax (Directive 2006/112/EC).
EU: Final = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
    "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sold:
    """One thing that was bought, at its price before anything was taken off in cash terms."""

    said: Sentence
    plan: str
    amount: Money
    supplied_on: date
    period: tuple[date, date] | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Taxed:
    """One line as it is printed: what, with the tax in it."""

    sold: Sold
    split: Split
    tax_id: str
    group: Sentence
    item: Sentence
    classification: str
    category: str
    reason: Sentence

    def stored(self) -> dict[str, Any]:
        """The line as content keeps it."""
        period = self.sold.period
        return {
            "said": both(self.sold.said),
            "period": [day.isoformat() for day in period] if period else None,
            "quantity": self.sold.quantity,
            "share": str(self.split.share.normalize()) if self.split.share else "0",
            "gross_minor": self.split.gross.amount_minor,
            "net_minor": self.split.net.amount_minor,
            "tax_minor": self.split.tax.amount_minor,
            "tax": self.tax_id,
            "group": both(self.group),
            "item": both(self.item),
            "classification": self.classification,
            "category": self.category,
            "reason": both(self.reason),
        }


def both(sentence: Sentence) -> dict[str, str]:
    """A sentence as JSON keeps it."""
    return {"zh": sentence.zh, "en": sentence.en}


def stored(kept: Mapping[str, str]) -> Sentence:
    """The sentence that `both` wrote."""
    return Sentence(zh=kept["zh"], en=kept["en"])


def split_of(line: Mapping[str, Any], currency: str) -> Split:
    """The amounts of a stored line."""
    gross, net, tax = (Money(line[f"{key}_minor"], currency) for key in ("gross", "net", "tax"))
    return Split(gross, Decimal(line["share"]), net, tax)


def sums_of(lines: Sequence[Mapping[str, Any]], currency: str) -> Totals:
    """The sums of stored lines."""
    return totals([split_of(one, currency) for one in lines], currency=currency)


def sold_for(payment: Payment) -> list[Sold]:
    """What a payment paid for: the lines of its order's bill, or the term that it names."""
    billed = _billed(payment)
    if billed:
        return billed
    if payment.term_id is not None:
        term = Term.objects.select_related("plan_version__plan").get(pk=payment.term_id)
        return [_term_line(term, Money(payment.amount_minor, payment.currency))]
    amount = Money(payment.amount_minor, payment.currency)
    return [Sold(OTHER_LINE, "", amount, payment.paid_on)]


def _billed(payment: Payment) -> list[Sold]:
    """The lines of the order's bill."""
    if payment.order is None:
        return []
    return billed_lines(payment.order.bill, payment.currency)


def billed_lines(bill: Mapping[str, Any], currency: str) -> list[Sold]:
    """The lines of a bill that cost something, usage tier by tier; credits are spread."""
    lines = [one for one in bill.get("lines", []) if one["amount_minor"] > 0]
    plans = _plans_of(lines)
    found = []
    for line in lines:
        tiers = [one for one in line.get("statement", []) if one["amount_minor"] > 0]
        parts = [(one["units"], one["amount_minor"]) for one in tiers]
        for quantity, amount_minor in parts or [(line["quantity"], line["amount_minor"])]:
            sold = Sold(
                said=stored(line["said"]),
                plan=plans.get(line["ref"], ""),
                amount=Money(amount_minor, currency),
                supplied_on=date.fromisoformat(line["starts_on"]),
                period=(
                    date.fromisoformat(line["starts_on"]),
                    date.fromisoformat(line["ends_on"]),
                ),
                quantity=quantity,
            )
            found.append(sold)
    return found


def _plans_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The reference of a line → its plan, named by a term ("term:12") or itself ("plan:f300")."""
    refs = {str(one["ref"]) for one in lines}
    named = {ref: ref.removeprefix("term:") for ref in refs}
    ids = {int(key): ref for ref, key in named.items() if key.isdigit()}
    found = Term.objects.filter(pk__in=ids).values_list("pk", "plan_version__plan__code")
    plans = {ids[pk]: code for pk, code in found}
    return plans | {ref: ref.removeprefix("plan:") for ref in refs if ref.startswith("plan:")}


def _term_line(term: Term, amount: Money) -> Sold:
    plan = term.plan_version.plan
    name = Sentence(zh=plan.name_zh, en=plan.name_en)
    return Sold(
        said=PLAN_LINE.fill(plan=name, months=term.cycle_months),
        plan=plan.code,
        amount=amount,
        supplied_on=term.starts_on,
        period=(term.starts_on, term.ends_on),
        quantity=term.subscription.quantity,
    )


def taxed(payment: Payment, *, seller: Seller, strategy: Strategy) -> list[Taxed]:
    """The lines of a payment with the tax in what was really paid for each (R-I-005)."""
    return taxed_lines(
        sold_for(payment),
        paid=Money(payment.amount_minor, payment.currency),
        buyer=payment.account,
        seller=seller,
        strategy=strategy,
    )


def taxed_lines(
    sold: Sequence[Sold], *, paid: Money, buyer: Account, seller: Seller, strategy: Strategy
) -> list[Taxed]:
    """Lines with the tax in them, each by its own day of supply."""
    documents = strategy.documents
    reversed_to_buyer = owes_tax_itself(buyer, seller=seller)
    amounts = paid_lines([one.amount for one in sold], paid=paid)
    lines = []
    for one, gross in zip(sold, amounts, strict=True):
        tax = documents.tax_of(one.plan, seller=seller, on=one.supplied_on)
        share = documents.share_of(tax, seller=seller, on=one.supplied_on)
        category, reason = str(tax.category), tax.reason
        if reversed_to_buyer:
            share, category, reason = Decimal(0), str(TaxCategory.REVERSE_CHARGE), REVERSE_CHARGE
        lines.append(
            Taxed(
                sold=one,
                split=split(gross, share=share),
                tax_id=tax.id,
                group=tax.group,
                item=tax.item,
                classification=tax.classification,
                category=category,
                reason=reason,
            )
        )
    return lines


def owes_tax_itself(buyer: Account, *, seller: Seller) -> bool:
    """Whether a company elsewhere in the Union pays the tax where it is (R-I-011)."""
    inside = buyer.country in seller.serves and seller.country in seller.serves
    elsewhere = buyer.country != seller.country
    return inside and elsewhere and bool(vat_id_of(buyer)) and seller.country in EU


def vat_id_of(account: Account) -> str:
    """The VAT number that a company gave, kept among its attributes."""
    return str(account.attributes.get("vat_id") or "")


def seller_content(seller: Seller) -> dict[str, Any]:
    """Who issues, as content keeps it."""
    return {
        "id": seller.id,
        "name": both(seller.name),
        "tax_id": seller.tax_id,
        "address": both(seller.address),
        "city": both(seller.city),
        "post_code": seller.post_code,
        "country": seller.country,
        "phone": seller.phone,
        "email": seller.email,
        "bank": both(seller.bank),
        "bank_account": seller.bank_account,
        "drawer": seller.drawer,
    }


def buyer_content(account: Account) -> dict[str, Any]:
    """Who paid, as content keeps it."""
    return {
        "name": account.name,
        "country": account.country,
        "region": account.region,
        "tax_id": vat_id_of(account),
    }


def language_for(account_id: int, *, strategy: Strategy) -> str:
    """The language of the person who gets the account's papers."""
    person = primary_person(account_id)
    return person.language if person is not None else strategy.business.language
