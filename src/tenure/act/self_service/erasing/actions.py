"""Erase what a person asked to have erased: the records at once, the history of use after that."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tenure.act.self_service.erasing import log
from tenure.act.self_service.erasing.plan import DELETIONS, KEEPINGS, forget_names, kept_until
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.customers.models import Account, Person
from tenure.records.journal.actions import Fact, append
from tenure.records.requests import actions as requests
from tenure.records.requests.models import DataRequest
from tenure.records.requests.rules import ContractStillRuns
from tenure.records.requests.states import RequestState
from tenure.records.retention.queries import check_free
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.warehouse.additions import remove_rows
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS

_HISTORY = Sentence(zh="使用行为的历史", en="The history of use")


@transaction.atomic
def erase(person: Person, *, on: date, at: datetime, by: str) -> DataRequest:
    """Put a tombstone in the place of everything that names an account's people (R-P-008).

    What the law wants kept stays under a number that means nobody. The history of use, which
    stands in files, follows through `finish`; until then the request is open. Asked again, the
    same request.

    Raises:
        ContractStillRuns: a contract needs the data until its end.
        UnderHold: a legal hold keeps everything for now.
    """
    account = Account.objects.select_for_update().get(pk=person.account_id)
    _check_over(account.pk)
    check_free(account.pk)
    request = requests.ask_erasure(person, on=on, at=at, by=by)
    if request.certificate:
        return request
    deleted = [_line(one.title, one.carry_out(account.pk)) for one in DELETIONS]
    names = _line(Sentence(zh="姓名和身份资料", en="Names"), forget_names(account.pk))
    kept = [
        {**_line(one.title, one.count(account.pk)), "ground": _both(one.ground)} for one in KEEPINGS
    ]
    request.certificate = {
        "deleted": _present([names, *deleted]),
        "kept": _present(kept),
        "kept_until": str(kept_until(on)),
    }
    request.save(update_fields=["certificate"])
    content = {"request": request.public_id}
    append(Fact("account.erased", on=on, account_id=account.pk, content=content), at=at, by=by)
    transaction.on_commit(lambda: log.note(account.pk, at=at))
    return request


def finish(account_ids: Iterable[int], *, at: datetime, by: str = "loop") -> int:
    """Delete the history of use of erased accounts and close their requests; how many.

    Killed in between, it is done again to the same end.
    """
    on, wanted = today(current().business.zone, at), set(account_ids)
    found = DataRequest.objects.filter(
        account_id__in=wanted, kind=DataRequest.Kind.ERASURE, state=RequestState.OPEN
    )
    requested = list(found.order_by("pk"))
    gone = _forget_use([one.account_id for one in requested], at=at)
    closed = 0
    for request in requested:
        history = _line(_HISTORY, gone[request.account_id])
        certificate = dict(request.certificate)
        certificate["deleted"] = _present([*certificate["deleted"], history])
        requests.certify(request, certificate, on=on, at=at, by=by)
        closed += 1
    return closed


def replay(*, at: datetime, by: str) -> int:
    """After a backup was restored: erase again everybody whom the log names; how many."""
    on = today(current().business.zone, at)
    known = Account.objects.filter(pk__in=log.noted()).order_by("pk")
    accounts = list(known.values_list("pk", flat=True))
    for account_id in accounts:
        _erase_again(account_id, on=on, at=at, by=by)
    return len(accounts)


@transaction.atomic
def _erase_again(account_id: int, *, on: date, at: datetime, by: str) -> None:
    for one in DELETIONS:
        one.carry_out(account_id)
    forget_names(account_id)
    _forget_use([account_id], at=at)
    append(Fact("account.erased_again", on=on, account_id=account_id), at=at, by=by)


def _check_over(account_id: int) -> None:
    running = Term.objects.filter(account_id=account_id, state__in=LIVE).order_by("-ends_on")
    last = running.first()
    if last is not None:
        raise ContractStillRuns(ends_on=last.ends_on)


def _forget_use(account_ids: Sequence[int], *, at: datetime) -> Counter[int]:
    """Take the events of accounts out of the files of their days; how many there were of each."""
    import narwhals.stable.v2 as nw

    if not account_ids:
        return Counter()
    store = current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        events = store.read(EVENTS, engine=engine)
        theirs = engine.collect(events.filter(nw.col("account_id").is_in(list(account_ids))))
        remove_rows(store, EVENTS, rows=theirs, at=at, engine=engine)
    return Counter(theirs["account_id"].to_pylist())


def _line(title: Sentence, count: int) -> dict[str, Any]:
    return {"title": _both(title), "count": count}


def _present(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in lines if one["count"]]


def _both(sentence: Sentence) -> dict[str, str]:
    return {"zh-Hans": sentence.zh, "en": sentence.en}
