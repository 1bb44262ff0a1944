"""Why customers left, by the reasons of the strategy; and the terms that end with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tenure.kernel.masking import without_identifiers
from tenure.observe.imports.actions.chains import Chain, stored_terms, write_chains
from tenure.observe.imports.actions.voices import Shelf, VoiceWriter
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.chains import Link
from tenure.observe.imports.rules.faults import UnknownWord, nearest_of, shown
from tenure.observe.imports.rules.reconciling import Difference, Move, StoredTerm
from tenure.records.feedback.models import LossReason
from tenure.records.subscriptions.rules import TermVerb
from tenure.records.subscriptions.states import LIVE, EndKind, TermState


class CancellationWriter(VoiceWriter):
    """Writes reasons. One that says from which day on it counts also ends the live term."""

    shelf = Shelf(LossReason, ("term_id", "reason", "text", "given_on"), "loss_reason")

    def settle(self, record: Record) -> None:
        values = record.values
        account, subscription = self.known.owner(record)
        self.believed("given_on", values["given_on"])
        reason = values["reason"]
        if reason not in self.errand.reasons:
            wrong = UnknownWord(
                text=shown(reason),
                nearest=nearest_of(reason, self.errand.reasons),
                known=sorted(self.errand.reasons),
            )
            raise FieldRefused("reason", wrong)
        record.key = values["id"]
        record.ready = {
            "account": account.external_id,
            "subscription": subscription.external_id if subscription else None,
            "reason": reason,
            "text": without_identifiers(values.get("text") or ""),
            "given_on": values["given_on"],
            "effective_on": values.get("effective_on"),
            "on": values["given_on"],
        }

    def write(self, records: Sequence[Record]) -> None:
        named = {one: self.known.owner(one)[1] for one in records}
        terms = stored_terms([one.pk for one in named.values() if one is not None])
        self._last = {
            record: terms[one.pk][-1]
            for record, one in named.items()
            if one is not None and terms.get(one.pk)
        }
        super().write(records)
        write_chains(
            [
                self._ending(record, last)
                for record, last in self._last.items()
                if record.ready["effective_on"] is not None and last.state in LIVE
            ],
            errand=self.errand,
        )

    def owned(self, record: Record) -> dict[str, Any]:
        last = self._last.get(record)
        told = {"term_id": last.pk if last is not None else None, **record.ready}
        return {name: told[name] for name in self.shelf.columns}

    def _ending(self, record: Record, last: StoredTerm) -> Chain:
        account, subscription = self.known.owner(record)
        assert subscription is not None, "only records with one have a last term"
        move = self._move(last, record.ready["effective_on"], asked_on=record.ready["given_on"])
        return Chain(account.pk, subscription.pk, {}, Difference(moves=[move]))

    def _move(self, last: StoredTerm, effective_on: date, *, asked_on: date) -> Move:
        closed_on = max(effective_on, last.starts_on)
        if effective_on <= self.errand.as_of:
            link = Link(
                last.starts_on,
                last.ends_on,
                TermState.CANCELLED,
                closed_on=closed_on,
                cancel_asked_on=asked_on,
                end_kind=str(EndKind.VOLUNTARY),
            )
            return Move(last.pk, (TermVerb.CANCEL,), link, last.ends_on)
        link = Link(last.starts_on, last.ends_on, TermState.CANCELLING, cancel_asked_on=asked_on)
        if last.state != TermState.RUNNING:
            return Move(last.pk, (), link, last.ends_on)
        return Move(last.pk, (TermVerb.ASK_TO_CANCEL,), link, last.ends_on)
