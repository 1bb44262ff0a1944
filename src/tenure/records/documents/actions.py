"""Issue a document with the next number of its series, or void one; a number is never lost."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from tenure.kernel.identifiers import new_id
from tenure.records.documents.models import Document, NumberSeries
from tenure.records.documents.rules.lives import DOCUMENT, DocumentVerb
from tenure.records.documents.rules.numbers import Place, number_text
from tenure.records.documents.rules.taxes import Totals
from tenure.records.documents.states import DocumentKind, DocumentState
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document before it has a number. `once_key` names what it is about: issued once."""

    kind: DocumentKind
    account_id: int
    entity: str
    prefix: str
    on: date
    language: str
    totals: Totals
    content: Mapping[str, Any]
    once_key: str
    payment_id: int | None = None
    term_id: int | None = None
    corrects_id: int | None = None


@transaction.atomic
def issue(new: NewDocument, *, at: datetime, by: str) -> Document:
    """Give a document the next number of its series; issued again, the one that is there.

    The number is taken in this transaction: whoever fails gives it back, whoever waits gets the
    next one. So a year's numbers have no gap, in the order of their commits (R-I-009).
    """
    place = Place(new.entity, new.kind, new.on.year)
    series = _locked(place)
    known = Document.objects.filter(once_key=new.once_key).first()
    if known is not None:
        return known
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    sequence = series.last + 1
    number = number_text(place, sequence, prefix=new.prefix)
    content = {**new.content, "number": number}
    document = Document.objects.create(
        public_id=new_id("doc", at),
        account_id=new.account_id,
        kind=new.kind,
        entity=new.entity,
        year=place.year,
        sequence=sequence,
        number=number,
        payment_id=new.payment_id,
        corrects_id=new.corrects_id,
        once_key=new.once_key,
        language=new.language,
        currency=new.totals.gross.currency,
        gross_minor=new.totals.gross.amount_minor,
        net_minor=new.totals.net.amount_minor,
        tax_minor=new.totals.tax.amount_minor,
        content=content,
        content_sha256=digest_of(content),
        issued_on=new.on,
        issued_at=at,
    )
    append(_fact(document, "document.issued", on=new.on, term_id=new.term_id), at=at, by=by)
    return document


@transaction.atomic
def void(document_id: int, *, reason: str, on: date, at: datetime, by: str) -> Document:
    """Take a document out of force. Its number stays used; voided again, nothing happens."""
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.state == DocumentState.VOID:
        return document
    document.state = DOCUMENT.after(DocumentState(document.state), DocumentVerb.VOID)
    document.void_reason = reason
    document.voided_at = at
    document.once_key = None
    document.save(update_fields=["state", "void_reason", "voided_at", "once_key"])
    append(_fact(document, "document.voided", on=on), at=at, by=by)
    return document


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a document says, in canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _locked(place: Place) -> NumberSeries:
    """The series, locked until the transaction ends; made when it is the year's first number."""
    insert_rows(
        NumberSeries, [(place.entity, place.kind, place.year)], columns=("entity", "kind", "year")
    )
    return NumberSeries.objects.select_for_update().get(
        entity=place.entity, kind=place.kind, year=place.year
    )


def _fact(document: Document, kind: str, *, on: date, term_id: int | None = None) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=document.account_id,
        term_id=term_id,
        content={
            "document": document.public_id,
            "number": document.number,
            "of": document.kind,
            "gross_minor": document.gross_minor,
            "currency": document.currency,
        },
        once_key=f"{kind}:{document.pk}",
    )
