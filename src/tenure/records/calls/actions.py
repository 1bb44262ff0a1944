"""Begin a request once, note its answer, and forget both after three days."""

from datetime import datetime

from django.db import transaction

from tenure.records.calls.models import Call
from tenure.records.calls.rules import (
    KEPT_FOR,
    WORKED_ON_FOR,
    Asked,
    CallInProgress,
    KeyReused,
    Said,
)
from tenure.records.rows import insert_rows

COLUMNS = ("api_key_id", "idempotency_key", "fingerprint", "leased_until", "created_at")


@transaction.atomic
def begin(asked: Asked, *, at: datetime) -> Call:
    """The request to work on, or the one that was answered before.

    One whose worker died is handed out again when its claim has run out; what it does must
    therefore bear being done twice.

    Raises:
        KeyReused: the key stood for another request.
        CallInProgress: somebody works on the same request now.
    """
    until = at + WORKED_ON_FOR
    row = (asked.api_key_id, asked.idempotency_key, asked.fingerprint, until, at)
    is_new = bool(insert_rows(Call, [row], columns=COLUMNS))
    found = Call.objects.select_for_update().get(
        api_key_id=asked.api_key_id, idempotency_key=asked.idempotency_key
    )
    if is_new:
        return found
    if found.fingerprint != asked.fingerprint:
        raise KeyReused
    if found.leased_until is None:
        return found
    if found.leased_until > at:
        raise CallInProgress
    Call.objects.filter(pk=found.pk).update(leased_until=until)
    found.leased_until = until
    return found


def answer(call: Call, said: Said) -> None:
    """Note what a request was answered; from now on every repetition is told the same."""
    Call.objects.filter(pk=call.pk, leased_until__isnull=False).update(
        leased_until=None,
        http_status=said.http_status,
        media_type=said.media_type,
        body=said.body,
    )


def let_go(call: Call) -> None:
    """Give up a request that we failed at, so that it can be repeated at once."""
    Call.objects.filter(pk=call.pk, leased_until__isnull=False).delete()


def forget_old(*, at: datetime) -> int:
    """Forget requests that are older than anybody repeats them; how many."""
    return Call.objects.filter(created_at__lt=at - KEPT_FOR).delete()[0]
