"""Look at lines of a batch, many at once: the price of each, or what is wrong with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from django.db.models import Min

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import renewal_key
from tenure.records.billing.orders.states import TAKEN
from tenure.records.billing.pricing.basket import Discount
from tenure.records.billing.pricing.bill import Bill
from tenure.records.catalog.rules import NoPrice, NotOnSaleYet, UnknownPlan
from tenure.records.strategies.queries import one_reading
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.refusals import (
    ContractEnded,
    InAnotherBatch,
    NamedTwice,
    NoContract,
    OtherCurrency,
    PaidAlready,
    RenewedAhead,
    StaysAsItIs,
    UnknownContract,
)
from tenure.records.subscriptions.batches.states import HELD, LineState
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import grace_days, renews
from tenure.records.subscriptions.quoting.queries.joining import co_term_of
from tenure.records.subscriptions.quoting.queries.renewing import renewal_of
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import NoSeats, RenewalChoice
from tenure.records.subscriptions.states import TermState

# The prices that were promised: (term, months) of many → the discounts of those that have some, or
# why one is not ours to sell.
type Promised = tuple[Discount, ...] | Refusal
type Promises = Callable[[Sequence[tuple[Term, int]], date], Mapping[int, Promised]]

PUBLIC: Final = "sub_"
# A suggestion compares with every contract of the customer, so only so many are made at once.
_MOST_SUGGESTIONS: Final = 20
_NEAREST = Sentence(zh="（是否为“{name}”？）", en=" (is it “{name}”?)")
_NOTHING = Sentence(zh="", en="")
_COLUMNS: Final = {
    NoPrice: "cycle_months",
    UnknownPlan: "plan",
    NotOnSaleYet: "plan",
    NoSeats: "seats",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one line comes to: its term, its bill and what is sold; or why it is refused."""

    line: BatchLine
    term: Term | None = None
    bill: Bill | None = None
    sold: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    column: str = ""
    suggestion: str = ""


class _Wrong(Exception):
    """A line that is refused, with the column and perhaps a better value."""

    def __init__(self, refusal: Refusal, column: str = "contract", suggestion: str = "") -> None:
        super().__init__(refusal.code)
        self.refusal, self.column, self.suggestion = refusal, column, suggestion


def judge(
    batch: Batch, lines: Sequence[BatchLine], *, on: date, promises: Promises
) -> list[Verdict]:
    """A verdict for each line, in a few queries however many there are."""
    with one_reading():
        return _judged(batch, lines, on=on, promises=promises)


def _judged(
    batch: Batch, lines: Sequence[BatchLine], *, on: date, promises: Promises
) -> list[Verdict]:
    known = _Known.read(batch, lines, on=on)
    found: dict[int, Term] = {}
    verdicts: dict[int, Verdict] = {}
    for line in lines:
        try:
            found[line.pk] = known.term_of(line)
        except _Wrong as wrong:
            verdicts[line.pk] = Verdict(
                line, refusal=wrong.refusal, column=wrong.column, suggestion=wrong.suggestion
            )
    good = [one for one in lines if one.pk in found]
    standings = {
        one.term.pk: one for one in Standing.of_terms([found[one.pk] for one in good], on=on)
    }
    promised = promises([(found[one.pk], _months(one, found[one.pk])) for one in good], on)
    for line in good:
        stands = standings[found[line.pk].pk]
        verdicts[line.pk] = _priced(batch, line, stands, promised.get(stands.term.pk, ()))
    return [verdicts[one.pk] for one in lines]


def _months(line: BatchLine, term: Term) -> int:
    return int(line.wish.get("cycle_months") or term.cycle_months)


def _priced(batch: Batch, line: BatchLine, stands: Standing, promised: Promised) -> Verdict:
    if isinstance(promised, Refusal):
        return Verdict(line, stands.term, refusal=promised, column="contract")
    try:
        bill, sold = _bill(batch, line, stands, promised)
    except Refusal as refusal:
        column = next(
            (name for kind, name in _COLUMNS.items() if isinstance(refusal, kind)), "contract"
        )
        suggestion = _nearest_plan(line, stands) if isinstance(refusal, UnknownPlan) else ""
        return Verdict(line, stands.term, refusal=refusal, column=column, suggestion=suggestion)
    return Verdict(line, stands.term, bill, sold)


def _bill(
    batch: Batch, line: BatchLine, stands: Standing, discounts: tuple[Discount, ...]
) -> tuple[Bill, dict[str, Any]]:
    if batch.until is not None:
        version = stands.next_version()
        return co_term_of(stands, batch.until), {"plan": version.plan.code}
    wish = line.wish
    choice = RenewalChoice(
        cycle_months=wish.get("cycle_months"),
        plan_code=wish.get("plan_code"),
        quantity=wish.get("quantity"),
        discounts=discounts,
    )
    quote = renewal_of(stands, choice)
    sold = {
        "plan": stands.price_list.versions[quote.plan_version_id].plan.code,
        "cycle_months": quote.cycle_months,
        "plan_version_id": quote.plan_version_id,
        "quantity": quote.quantity,
    }
    return quote.bill, sold


def _nearest_plan(line: BatchLine, stands: Standing) -> str:
    codes = sorted({one.plan.code for one in stands.price_list.versions.values()})
    close = get_close_matches(str(line.wish.get("plan_code", "")), codes, n=1)
    return close[0] if close else ""


@dataclass(slots=True)
class _Known:
    """What some lines are compared with."""

    batch: Batch
    on: date
    grace: int
    newest: Mapping[str, Term]  # as a contract is written → its newest term
    first: Mapping[str, int]  # contract → the first row that names it
    held: Mapping[int, str]  # term → the batch that ordered it
    paid: Mapping[str, str]  # key of a renewal → the order that holds money for it
    rows: dict[int, int]  # term → the row that renews it
    suggestions: int = 0

    @classmethod
    def read(cls, batch: Batch, lines: Sequence[BatchLine], *, on: date) -> "_Known":
        written = {one.contract for one in lines}
        newest = _newest_terms(batch.account_id, written)
        ids = [one.pk for one in newest.values()]
        same = BatchLine.objects.filter(batch=batch, contract__in=written)
        firsts = same.exclude(state=LineState.LEFT_OUT).values("contract").annotate(n=Min("place"))
        held = BatchLine.objects.filter(term_id__in=ids, state__in=HELD).exclude(batch=batch)
        others = BatchLine.objects.filter(batch=batch, term_id__in=ids, state=LineState.READY)
        ready = others.exclude(pk__in=[one.pk for one in lines])
        keys = [renewal_key(one) for one in ids]
        taken = Order.objects.filter(subject_key__in=keys, state__in=TAKEN, reversed_at=None)
        return cls(
            batch,
            on,
            grace_days(on),
            newest,
            {one["contract"]: one["n"] for one in firsts},
            dict(held.values_list("term_id", "batch__public_id")),
            dict(taken.values_list("subject_key", "public_id")),
            dict(ready.values_list("term_id", "place")),
        )

    def term_of(self, line: BatchLine) -> Term:
        """The term that a line renews.

        Raises:
            _Wrong: it cannot be renewed by this line.
        """
        contract, term = line.contract, self.newest.get(line.contract)
        if not contract:
            raise _Wrong(NoContract())
        if term is None:
            suggestion = self._nearest(contract)
            nearest = _NEAREST.fill(name=suggestion) if suggestion else _NOTHING
            refusal = UnknownContract(contract=contract, nearest=nearest)
            raise _Wrong(refusal, suggestion=suggestion)
        first = min(self.first.get(contract, line.place), self.rows.get(term.pk, line.place))
        if first < line.place:
            raise _Wrong(NamedTwice(contract=contract, first=first))
        self.rows[term.pk] = line.place
        self._check_standing(line, term)
        if (other := self.held.get(term.pk)) is not None:
            raise _Wrong(InAnotherBatch(contract=contract, batch=other))
        if (order := self.paid.get(renewal_key(term.pk))) is not None:
            raise _Wrong(PaidAlready(contract=contract, order=order))
        return term

    def _check_standing(self, line: BatchLine, term: Term) -> None:
        contract, until = line.contract, self.batch.until
        is_leaving = term.state in (TermState.CANCELLING, TermState.CANCELLED)
        if is_leaving or not renews(term, self.on, grace_days=self.grace):
            raise _Wrong(ContractEnded(contract=contract, on=term.closed_on or term.ends_on))
        if (term.starts_on > self.on and term.number > 1) or term.ends_on == until:
            raise _Wrong(RenewedAhead(contract=contract, until=term.ends_on))
        if term.currency != self.batch.currency:
            data = {"currency": term.currency, "wanted": self.batch.currency}
            raise _Wrong(OtherCurrency(contract=contract, **data))
        if until is not None and line.wish:
            column = next(iter(line.wish))
            raise _Wrong(StaysAsItIs(), _AS_WRITTEN.get(column, column))

    def _nearest(self, contract: str) -> str:
        if self.suggestions >= _MOST_SUGGESTIONS:
            return ""
        self.suggestions += 1
        every = Subscription.objects.filter(account_id=self.batch.account_id)
        close = get_close_matches(
            contract, every.values_list("external_id", flat=True), n=1, cutoff=0.8
        )
        return close[0] if close else ""


_AS_WRITTEN: Final = {"plan_code": "plan", "quantity": "seats"}


def _newest_terms(account_id: int, written: Iterable[str]) -> dict[str, Term]:
    """Contracts by their number in the seller's system, or by ours, with their newest terms."""
    own = Subscription.objects.filter(account_id=account_id)
    ours = {
        number: one
        for one in written
        if one.startswith(PUBLIC) and (number := whole(one.removeprefix(PUBLIC)))
    }
    names = dict(own.filter(external_id__in=written).values_list("pk", "external_id"))
    names |= {pk: ours[pk] for pk in own.filter(pk__in=ours).values_list("pk", flat=True)}
    terms = Term.objects.filter(subscription_id__in=names, reversed_on=None)
    terms = terms.select_related("subscription").order_by("number")
    newest = {one.subscription_id: one for one in terms}
    return {names[pk]: one for pk, one in newest.items()}
