"""Note what was declared on a public page, and that its receipt went out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from tenure.kernel.identifiers import new_id
from tenure.records.cancellations.models import Declaration
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows

CLAIM = timedelta(minutes=2)
TRIES_AT_MOST = 50
_COLUMNS = (
    "public_id", "once_key", "kind", "name", "contract", "address", "is_extraordinary", "reason",
    "wished_on", "language", "content", "declared_at", "declared_on", "account_id",
    "cancellation_id", "ends_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """The fields of the page, and what was found for them."""

    once_key: str
    kind: str
    name: str
    contract: str
    address: str
    language: str
    content: str
    is_extraordinary: bool = False
    reason: str = ""
    wished_on: date | None = None
    account_id: int | None = None
    cancellation_id: int | None = None
    ends_on: date | None = None


@transaction.atomic
def note_declaration(given: Declared, *, on: date, at: datetime, by: str) -> Declaration:
    """Keep a declaration with its instant; the same page sent twice is one declaration."""
    row = (
        new_id("dec", at), given.once_key, given.kind, given.name, given.contract, given.address,
        given.is_extraordinary, given.reason, given.wished_on, given.language, given.content, at,
        on, given.account_id, given.cancellation_id, given.ends_on,
    )  # fmt: skip
    is_new = insert_rows(Declaration, [row], columns=_COLUMNS) == 1
    declaration = Declaration.objects.get(once_key=given.once_key)
    if is_new:
        content = {
            "declaration": declaration.public_id,
            "kind": given.kind,
            "contract": given.contract,
            "is_found": given.account_id is not None,
        }
        fact = Fact("cancel.declared", on=on, account_id=given.account_id, content=content)
        append(fact, at=at, by=by)
    return declaration


@transaction.atomic
def note_looked(declaration_id: int, *, on: date, at: datetime, by: str) -> Declaration:
    """A person found out whose declaration it is and did what follows; the first one counts."""
    row = Declaration.objects.select_for_update().get(pk=declaration_id)
    if row.looked_at is None:
        row.looked_at, row.looked_by = at, by
        row.save(update_fields=["looked_at", "looked_by"])
        content = {"declaration": row.public_id, "contract": row.contract}
        fact = Fact("cancel.declaration_looked_at", on=on, account_id=row.account_id,
                    content=content, once_key=f"cancel.declaration_looked_at:{row.pk}")  # fmt: skip
        append(fact, at=at, by=by)
    return row


@transaction.atomic
def claim_receipts(*, at: datetime, most: int = 50) -> list[Declaration]:
    """Take declarations whose receipt is owed; nobody else takes them while the claim lasts."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    owed = Declaration.objects.filter(free, receipt_sent_at=None, receipt_tries__lt=TRIES_AT_MOST)
    ids = list(
        owed.order_by("declared_at")
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)[:most]
    )
    Declaration.objects.filter(pk__in=ids).update(
        leased_until=at + CLAIM, receipt_tries=F("receipt_tries") + 1
    )
    return list(Declaration.objects.filter(pk__in=ids).order_by("declared_at"))


@transaction.atomic
def note_receipts(ids: Sequence[int], *, on: date, at: datetime, by: str) -> int:
    """The receipts of these declarations are out; how many were."""
    fresh = Declaration.objects.select_for_update().filter(pk__in=ids, receipt_sent_at=None)
    rows = list(fresh)
    fresh.update(receipt_sent_at=at)
    for row in rows:
        fact = Fact(
            "cancel.receipt_sent",
            on=on,
            account_id=row.account_id,
            content={"declaration": row.public_id},
        )
        append(fact, at=at, by=by)
    return len(rows)
