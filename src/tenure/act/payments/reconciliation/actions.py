"""Read a day's bill beside our records, and follow up what differs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

import structlog
from django.db import transaction

from tenure.act.payments import registry
from tenure.act.payments.asking import ask_provider
from tenure.act.payments.fulfilment import run_effects
from tenure.act.payments.provider import NotNow, NotOffered
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow
from tenure.act.payments.reconciliation.records import ledger_of, ours
from tenure.act.payments.reconciliation.rules import (
    FETCHED_AT,
    Compared,
    Finding,
    Key,
    balances,
    bill_digest,
    compare,
    is_alarming,
    key_of,
    report_hash,
    sums_of,
)
from tenure.act.payments.refunding import ask_about
from tenure.act.payments.values import BillKind, BillRow
from tenure.kernel.clock import instant
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.rules import fee
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, update_rows
from tenure.records.strategies.queries import NoStrategy, business_day, current

_COLUMNS = ("report_id", "kind", "number", "refund_number", "finding", "theirs_minor",
            "ours_minor", "currency")  # fmt: skip
_LOOKS_BACK = timedelta(days=7)
_log = structlog.get_logger("tenure.payments")


class RowResolved(Refusal):
    """Somebody explained a difference before."""

    code = "row_resolved"
    said = Sentence(
        zh="这条差异已由 {who} 处理（{how}）；没有资金变动。",
        en="This difference was explained by {who} already ({how}); no money moved.",
    )


def reconcile_due(*, at: datetime, by: str = "loop") -> int:
    """Read the bills of every provider that are due, once the hour has come; how many were read.

    A bill that is not ready, or a provider that does not answer, is tried again at the next look.
    """
    try:
        zone = current().business.zone
    except NoStrategy:
        return 0
    today = business_day(at)
    if at < instant(today, FETCHED_AT, zone=zone):
        return 0
    return sum(
        _try(name, day, at=at, by=by)
        for name in registry.names_offered()
        for day in _due_days(name, today=today)
    )


def _due_days(name: str, *, today: date) -> list[date]:
    """Yesterday, and every day since the provider's last report whose bill was not read to its end.

    A bill that a provider kept back, or whose reading was cut off, is not forgotten with its day.
    """
    recent = Reconciliation.objects.filter(provider=name, day__gte=today - _LOOKS_BACK)
    judged = dict(recent.values_list("day", "judged_at"))
    first = min(judged, default=today - timedelta(days=1))
    days = (first + timedelta(days=ahead) for ahead in range((today - first).days))
    return [day for day in days if judged.get(day) is None]


def _try(name: str, day: date, *, at: datetime, by: str) -> bool:
    try:
        reconcile(name, day, at=at, by=by)
    except NotOffered:
        return False
    except (NotNow, Outage) as failure:
        _log.warning("bill_not_read", provider=name, day=str(day), told=str(failure))
        return False
    return True


def reconcile(name: str, day: date, *, at: datetime, by: str) -> Reconciliation:
    """Read one provider's bill of one day; read again, the same report (R-Y-083).

    What we did not know to be paid is asked about and, if it is true, given (R-Y-081). Nothing is
    written off by itself.

    Raises:
        NotNow: the bill is not ready.
        NotOffered: this provider has no bills.
    """
    bill = registry.provider_of(name).download_bill(day, at=at)
    report = _written(name, day, bill=bill, at=at, by=by)
    _follow_up(report, at=at, by=by)
    _find_in_other_bills(name, bill, day=day, at=at)
    return _judge(report.pk, bill, at=at, by=by)


@transaction.atomic
def _written(
    name: str, day: date, *, bill: Sequence[BillRow], at: datetime, by: str
) -> Reconciliation:
    """The report with every difference as it was first found."""
    start = {"first_read_at": at, "read_at": at}
    report, is_new = Reconciliation.objects.get_or_create(provider=name, day=day, defaults=start)
    report = Reconciliation.objects.select_for_update(no_key=True).get(pk=report.pk)
    keys = [key_of(row) for row in bill]
    found = compare(bill, ours(name, day, keys=keys))
    differing = [one for one in found if one.finding != Finding.MATCHED]
    insert_rows(ReconciliationRow, (_row(report.pk, one) for one in differing), columns=_COLUMNS)
    first = {_key(row): row for row in ReconciliationRow.objects.filter(report=report)}
    kept = [_as_found(one, first.get(one.key)) for one in found]
    digest = bill_digest(bill)
    report.read_at, report.bill_digest = at, digest
    report.report_hash = report_hash(name, str(day), digest=digest, found=_hashed(kept))
    report.counts = {one: sum(row.finding == one for row in kept) for one in Finding}
    report.sums = {
        currency: {**asdict(sums), "settlement_minor": sums.settlement_minor}
        for currency, sums in sums_of(bill).items()
    }
    report.save()
    _book_fees(report, bill, at=at, by=by)
    if is_new:
        append(_fact("reconciliation.read", report, at=at), at=at, by=by)
    return report


def _row(report_id: int, one: Compared) -> tuple[object, ...]:
    key = (one.key.kind, one.key.number, one.key.refund_number)
    return (report_id, *key, str(one.finding), one.theirs_minor, one.ours_minor, one.currency)


def _key(row: ReconciliationRow) -> Key:
    return Key(row.kind, row.number, row.refund_number)


def _as_found(one: Compared, first: ReconciliationRow | None) -> Compared:
    """A difference keeps the words in which it was first found."""
    if first is None:
        return one
    return Compared(
        one.key, Finding(first.finding), first.theirs_minor, first.ours_minor, first.currency
    )


def _hashed(kept: Sequence[Compared]) -> list[Compared]:
    return [one for one in kept if one.finding != Finding.MATCHED]


def _book_fees(report: Reconciliation, bill: Sequence[BillRow], *, at: datetime, by: str) -> None:
    """Book what the provider kept of the day, and remember it with each payment."""
    for currency, sums in sums_of(bill).items():
        event = Event(f"fees:{report.provider}:{report.day}:{currency}", "fees", on=report.day)
        amount = Money(sums.fees_minor, currency)
        book(event, fee(amount, provider=report.provider), at=at, by=by)
    fees = {row.number: row.fee.amount_minor for row in bill if row.kind == BillKind.PAYMENT}
    unknown = Payment.objects.filter(number__in=fees, fee_minor=None, source=report.provider)
    rows = [(fees[number], pk) for pk, number in unknown.values_list("pk", "number") if number]
    update_rows(Payment, rows, columns=("fee_minor",))


def _follow_up(report: Reconciliation, *, at: datetime, by: str) -> None:
    """Ask again about what differs; money that is really there is given its effect."""
    for row in ReconciliationRow.objects.filter(report=report, resolved_at=None):
        if row.kind == BillKind.REFUND:
            refund_id = Refund.objects.filter(number=row.refund_number).values_list("pk", flat=True)
            for one in refund_id:
                ask_about(one, at=at, by=by)
            continue
        payment_id = Payment.objects.filter(number=row.number, source=report.provider)
        for one in payment_id.values_list("pk", flat=True):
            ask_provider(one, at=at, by=by)
            run_effects(at=at, by=by, payment_id=one)


def _find_in_other_bills(name: str, bill: Sequence[BillRow], *, day: date, at: datetime) -> None:
    """What an earlier bill lacked stands on this one: paid around midnight."""
    keys = {key_of(row): row for row in bill}
    gaps = ReconciliationRow.objects.filter(
        report__provider=name,
        report__day__lt=day,
        report__day__gte=day - _LOOKS_BACK,
        resolved_at=None,
        theirs_minor=None,
    )
    for row in gaps:
        found = keys.get(_key(row))
        if found is not None and found.amount.amount_minor == row.ours_minor:
            _resolve(row, f"on the bill of {day}", at=at, by="reconciliation")


@transaction.atomic
def _judge(report_id: int, bill: Sequence[BillRow], *, at: datetime, by: str) -> Reconciliation:
    """Close what agrees by now, raise what has been open for too long, and close the day."""
    report = Reconciliation.objects.select_for_update(no_key=True).get(pk=report_id)
    now = {one.key: one for one in _compared_now(report, bill)}
    rows = list(ReconciliationRow.objects.filter(report=report))
    for row in rows:
        one = now.get(_key(row))
        if row.resolved_at is None and one is not None and one.finding == Finding.MATCHED:
            _resolve(row, "agrees after asking again", at=at, by="reconciliation")
    _alarm(report, rows, at=at, by=by)
    elsewhere = {_key(row) for row in rows if row.resolution.startswith("on the bill of")}
    report.ledger = ledger_of(report.provider, now.keys() - elsewhere)
    report.is_balanced = balances(sums_of(bill), report.ledger)
    report.judged_at = at
    is_open = any(row.resolved_at is None for row in rows)
    if report.is_balanced and not is_open and report.closed_at is None:
        report.closed_at = at
        append(_fact("day.closed", report, at=at), at=at, by=by)
    if not report.is_balanced:
        report.closed_at = None
    report.save()
    return report


def _compared_now(report: Reconciliation, bill: Sequence[BillRow]) -> list[Compared]:
    keys = [key_of(row) for row in bill]
    return compare(bill, ours(report.provider, report.day, keys=keys))


def _alarm(
    report: Reconciliation, rows: Sequence[ReconciliationRow], *, at: datetime, by: str
) -> None:
    ended_at = instant(report.day + timedelta(days=1), time(0), zone=current().business.zone)
    for row in rows:
        if row.resolved_at is not None or row.alarmed_at is not None:
            continue
        is_stray = row.finding == Finding.MISSING_LOCAL and not _is_ours(row)
        if is_stray or is_alarming(Finding(row.finding), day_ended_at=ended_at, at=at):
            row.alarmed_at = at
            row.save(update_fields=["alarmed_at"])
            append(_row_fact("reconciliation.alarm", report, row, at=at), at=at, by=by)


def _is_ours(row: ReconciliationRow) -> bool:
    return Payment.objects.filter(number=row.number).exists()


def _resolve(row: ReconciliationRow, how: str, *, at: datetime, by: str) -> None:
    row.resolved_at, row.resolved_by, row.resolution = at, by, how[:200]
    row.save(update_fields=["resolved_at", "resolved_by", "resolution"])


@transaction.atomic
def explain_row(row_id: int, *, how: str, at: datetime, by: str) -> ReconciliationRow:
    """A person explains a difference; no money moves by it, and the sums still have to agree.

    Raises:
        RowResolved: it was explained before.
    """
    row = ReconciliationRow.objects.select_for_update(no_key=True).get(pk=row_id)
    if row.resolved_at is not None:
        raise RowResolved(who=row.resolved_by, how=row.resolution)
    _resolve(row, how, at=at, by=by)
    report = Reconciliation.objects.get(pk=row.report_id)
    append(_row_fact("reconciliation.explained", report, row, at=at), at=at, by=by)
    return row


def _fact(kind: str, report: Reconciliation, *, at: datetime) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        content={
            "provider": report.provider,
            "day": str(report.day),
            "counts": report.counts,
            "report_hash": report.report_hash,
        },
        once_key=f"{kind}:{report.provider}:{report.day}",
    )


def _row_fact(kind: str, report: Reconciliation, row: ReconciliationRow, *, at: datetime) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        content={
            "provider": report.provider,
            "day": str(report.day),
            "finding": row.finding,
            "number": row.number,
            "theirs_minor": row.theirs_minor,
            "ours_minor": row.ours_minor,
            "currency": row.currency,
            "how": row.resolution,
        },
        once_key=f"{kind}:{row.pk}",
    )
