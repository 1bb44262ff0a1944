"""Tell whoever left until when data can be taken out, and delete it once it was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from tenure.act.consequences.ends.queries import JOURNEY, countdowns, ends, without_erased
from tenure.act.consequences.ends.rules import NOTICE, steps_due, told_for
from tenure.act.messages.own import template_of
from tenure.act.messages.own_after_end import DATA_ENDS, DATA_ENDS_SOON
from tenure.act.self_service.erasing.actions import erase
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import email_addresses, primary_people
from tenure.records.journal.actions import Fact, append_many
from tenure.records.retention.queries import held_accounts
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy

HOLDS: Final = timedelta(days=7)
BATCH: Final = 500
_COLUMNS: Final = (
    "send_key", "account_id", "person_id", "term_id", "journey", "journey_version", "step",
    "template", "message_class", "channel", "language", "address", "planned_at", "send_after",
    "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Round:
    """One night: the rules of its day, the day, the instant, and by whom."""

    strategy: Strategy
    on: date
    at: datetime
    by: str


def follow_ends(*, as_of: date, at: datetime, by: str = "loop") -> dict[str, int]:
    """Write the letters that are due and delete what was told of; again, no more (R-P-009).

    Returns:
        `letters` that were planned and `deleted` customers.
    """
    letters = tell_due(as_of=as_of, at=at, by=by)
    return {"letters": letters, "deleted": delete_due(as_of=as_of, at=at, by=by)}


def tell_due(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Plan the notice of each end and its reminders, each once; how many."""
    strategy, count = current().at(as_of), 0
    for step, first, last in steps_due(strategy.retention.after_end, as_of):
        due = without_erased(ends()).filter(last_on__gte=first, last_on__lte=last)
        if step != NOTICE:
            due = due.filter(Exists(_notices()))
        found = {row["account_id"]: row["last_on"] for row in due}
        for some in batched(found.items(), BATCH):
            count += _plan(dict(some), step, round_=_Round(strategy, as_of, at, by))
    return count


def delete_due(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Delete the data of whoever was told of it in time and did not come back; how many.

    What a legal hold keeps waits; books stay without a name, and the certificate says so.
    """
    rule = current().at(as_of).retention.after_end
    over = without_erased(ends()).filter(last_on__lte=as_of - timedelta(days=rule.delete_days))
    told = _notices().filter(planned_at__lte=at - told_for(rule))
    over = over.filter(Exists(told)).exclude(account_id__in=held_accounts())
    ended = {row["account_id"]: row["last_on"] for row in over}
    due = [
        account
        for account, one in countdowns(ended, on=as_of).items()
        if one.delete_on <= as_of and _was_told(account, ended[account])
    ]
    people = primary_people(due)
    for account in due:
        if account in people:
            erase(people[account], on=as_of, at=at, by=by)
    return sum(account in people for account in due)


def _notices() -> QuerySet[Message]:
    """The notices of an account, for use inside another question."""
    return Message.objects.filter(account=OuterRef("account"), journey=JOURNEY, step=NOTICE)


def _was_told(account_id: int, ended_on: date) -> bool:
    """Whether the notice was about this very end, and not about one before a return."""
    return Message.objects.filter(
        send_key=key_of(account_id, ended_on=ended_on, step=NOTICE)
    ).exists()


def key_of(account_id: int, *, ended_on: date, step: str) -> str:
    """The key of a letter: one of a step for each end of a customer."""
    return f"{JOURNEY}:{step}:{account_id}:{ended_on}"


@transaction.atomic
def _plan(ended: Mapping[int, date], step: str, *, round_: _Round) -> int:
    at, people = round_.at, primary_people(ended)
    addresses = email_addresses({person.pk for person in people.values()})
    terms = _last_terms(list(people))
    name = DATA_ENDS if step == NOTICE else DATA_ENDS_SOON
    template = template_of(name, strategy=round_.strategy)
    assert template is not None, "the product's own letters are always there"
    known = set(
        Message.objects.filter(
            send_key__in=[key_of(one, ended_on=day, step=step) for one, day in ended.items()]
        ).values_list("send_key", flat=True)
    )
    fresh = {
        key: account
        for account, day in ended.items()
        if account in people
        and account in terms
        and (key := key_of(account, ended_on=day, step=step)) not in known
    }
    rows = (
        (
            key, account, people[account].pk, terms[account], JOURNEY,
            round_.strategy.short_hash, step, name, template.message_class, "email",
            people[account].language, addresses.get(people[account].pk, ""), at, at, at + HOLDS,
        )
        for key, account in fresh.items()
    )  # fmt: skip
    insert_rows(Message, rows, columns=_COLUMNS)
    ids = Message.objects.filter(send_key__in=list(fresh)).values_list("send_key", "pk")
    facts = (
        Fact(
            "message.planned",
            on=round_.on,
            account_id=fresh[key],
            term_id=terms[fresh[key]],
            content={"message": pk, "template": name, "channel": "email"},
        )
        for key, pk in ids
    )
    append_many(facts, at=at, by=round_.by)
    return len(fresh)


def _last_terms(accounts: Sequence[int]) -> Mapping[int, int]:
    """Account → its last term."""
    rows = Term.objects.filter(account_id__in=accounts, reversed_on__isnull=True)
    return dict(rows.order_by("ends_on", "pk").values_list("account_id", "pk"))
