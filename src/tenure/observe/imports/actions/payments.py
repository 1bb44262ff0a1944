"""Payments: noted once, brought to their outcome, never turned back."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.lifecycle import IllegalMove
from tenure.observe.imports.actions.writer import differences
from tenure.observe.imports.known import Known, check_currency, money_of
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.dates import believed
from tenure.observe.imports.rules.faults import BadNumber, ImplausibleDay, shown
from tenure.records.billing.actions import COLUMNS, Receipt, record_payment
from tenure.records.billing.models import Payment
from tenure.records.billing.rules import LEADS_TO, PAYMENT
from tenure.records.billing.states import PaymentState
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.subscriptions.models import Term

FIRST_BELIEVED: Final = date(1970, 1, 2)
_CORRECTABLE: Final = ("amount_minor", "paid_on", "method")
_NOT_NEGATIVE: Final = Sentence(
    zh="0 或更大的金额（退款请写 outcome = refunded）",
    en="an amount of 0 or more (write refunds as outcome = refunded)",
)


class PaymentWriter:
    """Writes payments. A payment belongs to the term that started nearest to its day."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand
        self._states: dict[str, PaymentState] = {}

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)
        rows = Payment.objects.filter(
            source=self.errand.source, external_id__in=[one.values["id"] for one in records]
        ).values_list("external_id", "state")
        self._states = {key: PaymentState(state) for key, state in rows}

    def settle(self, record: Record) -> None:
        values = record.values
        account, subscription = self.known.owner(record)
        check_currency(record, account=account)
        amount = money_of(record, "amount", account=account)
        if amount is None or amount < 0:
            wrong = BadNumber(text=shown(values["amount"].value), wanted=_NOT_NEGATIVE)
            raise FieldRefused("amount", wrong)
        state = PaymentState(values.get("outcome") or PaymentState.SUCCEEDED)
        self._check_move(values["id"], state)
        try:
            believed(values["paid_on"], first=FIRST_BELIEVED, last=self.errand.as_of)
        except ImplausibleDay as refusal:
            raise FieldRefused("paid_on", refusal) from None
        record.key = values["id"]
        record.ready = {
            "account": account.external_id,
            "subscription": subscription.external_id if subscription else None,
            "amount_minor": amount,
            "currency": account.currency,
            "paid_on": values["paid_on"],
            "method": values.get("method") or "",
            "state": state,
        }

    def _check_move(self, key: str, told: PaymentState) -> None:
        before = self._states.get(key)
        if before is None or before == told:
            return
        if told not in LEADS_TO or not PAYMENT.allows(before, LEADS_TO[told]):
            verb = LEADS_TO.get(told, told)
            allowed = [str(one) for one in PAYMENT.verbs(before)] or Sentence(zh="无", en="nothing")
            refusal = IllegalMove(
                lifecycle=PAYMENT.name, state=str(before), verb=str(verb), allowed=allowed
            )
            raise FieldRefused("outcome", refusal)

    def write(self, records: Sequence[Record]) -> None:
        terms = _Terms(records, self.known)
        fresh = [self._receipt(one, terms) for one in records if one.key not in self._states]
        rows = (one.row(self.errand.known_from(one.paid_on)) for one in fresh)
        insert_rows(Payment, rows, columns=COLUMNS)
        facts = (one.fact() for one in fresh)
        append_many(facts, at=self.errand.at, by=self.errand.by)
        for record in records:
            before = self._states.get(record.key)
            if before is not None and before != record.ready["state"]:
                told = self._receipt(record, terms)
                record_payment(told, at=self.errand.at, by=self.errand.by)
        self._correct([one for one in records if one.key in self._states])

    def _receipt(self, record: Record, terms: _Terms) -> Receipt:
        told = record.ready
        return Receipt(
            account_id=self.known.owner(record)[0].pk,
            term_id=terms.paid_by(record),
            source=self.errand.source,
            external_id=record.key,
            amount_minor=told["amount_minor"],
            currency=told["currency"],
            paid_on=told["paid_on"],
            method=told["method"],
            state=told["state"],
        )

    def _correct(self, records: Sequence[Record]) -> None:
        """Bring amount, day and method of known payments to what is told now."""
        found = Payment.objects.filter(
            source=self.errand.source, external_id__in=[one.key for one in records]
        )
        existing = {
            one["external_id"]: one
            for one in found.values("pk", "external_id", "account_id", "term_id", *_CORRECTABLE)
        }
        rows, facts = [], []
        for record in records:
            before = existing[record.key]
            told = {name: record.ready[name] for name in _CORRECTABLE}
            if changes := differences(before, told):
                rows.append((*told.values(), before["pk"]))
                facts.append(
                    Fact(
                        "payment.corrected",
                        on=self.errand.on,
                        account_id=before["account_id"],
                        term_id=before["term_id"],
                        content={"payment": before["pk"], "changes": changes},
                    )
                )
        update_rows(Payment, rows, columns=_CORRECTABLE)
        append_many(facts, at=self.errand.at, by=self.errand.by)


class _Terms:
    """The terms that a chunk of payments may have paid."""

    def __init__(self, records: Sequence[Record], known: Known) -> None:
        owners = [(one, *known.owner(one)) for one in records]
        accounts = {account.pk for _, account, _ in owners}
        terms = Term.objects.filter(account_id__in=accounts, reversed_on=None)
        self._owners = {one: (account.pk, found) for one, account, found in owners}
        self._starts: dict[int, list[tuple[date, int]]] = defaultdict(list)
        subscriptions: dict[int, set[int]] = defaultdict(set)
        rows = terms.order_by("starts_on", "pk").values_list(
            "account_id", "subscription_id", "starts_on", "pk"
        )
        for account_id, subscription_id, starts_on, pk in rows:
            self._starts[subscription_id].append((starts_on, pk))
            subscriptions[account_id].add(subscription_id)
        self._only = {
            account_id: found.pop() for account_id, found in subscriptions.items()
            if len(found) == 1
        }  # fmt: skip

    def paid_by(self, record: Record) -> int | None:
        """The term for which a payment was made; None where the account has several and none is
        named."""
        account_id, named = self._owners[record]
        subscription_id = named.pk if named is not None else self._only.get(account_id)
        starts = self._starts.get(subscription_id or 0)
        if not starts:
            return None
        return _nearest(starts, record.ready["paid_on"])


def _nearest(starts: Sequence[tuple[date, int]], day: date) -> int:
    """The term that started nearest to a day; of two equally near the later one."""
    place = bisect_right(starts, (day, 2**63))
    around = starts[max(place - 1, 0) : place + 1]
    return min(reversed(around), key=lambda one: abs((one[0] - day).days))[1]
