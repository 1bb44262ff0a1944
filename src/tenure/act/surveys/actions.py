"""Invite people to the open rounds of surveys. Caps, consent, quiet hours hold at the sender."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from tenure.kernel.clock import instant, today
from tenure.records.contacts.models import Message
from tenure.records.customers.models import ContactPoint
from tenure.records.feedback.asking import last_invited
from tenure.records.feedback.models import Invitation, SurveyWave
from tenure.records.feedback.rules import SURVEY
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.strategy.sections import Strategy
from tenure.strategy.surveys import Survey, SurveyKind

_BATCH_SIZE: Final = 500
_LEFT_WITHIN_DAYS: Final = 30
_CHANNELS: Final = ("email", "sms")
_MESSAGE = (
    "send_key", "account_id", "person_id", "term_id", "journey", "journey_version", "step",
    "template", "message_class", "channel", "language", "address", "planned_at", "send_after",
    "expires_at",
)  # fmt: skip
_INVITED = ("wave_id", "account_id", "person_id", "term_id", "message_id", "invited_on")


@dataclass(frozen=True, slots=True)
class _Round:
    """One open round, and everything that its invitations share."""

    wave: SurveyWave
    survey: Survey
    strategy: Strategy
    on: date
    at: datetime
    by: str


def invite_due(*, at: datetime, by: str = "loop") -> int:
    """Invite whoever belongs to an open round and may be asked; how many (SUR-01).

    A person is asked once a round, and by no survey before the cool-down of every survey is over
    (the longest counts). The permanent holdout is never asked. Called again, nobody is asked again.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    strategy = strategy.at(on)
    invited = 0
    for wave in SurveyWave.objects.filter(opens_on__lte=on, closes_on__gt=on).order_by("pk"):
        survey = strategy.surveys.get(wave.survey)
        if survey is not None and survey.message:
            invited += _invite(_Round(wave, survey, strategy, on, at, by))
    return invited


def _invite(asking: _Round) -> int:
    done = Invitation.objects.filter(wave=asking.wave).values("account_id")
    held_out = asking.strategy.experiments.holdout_below
    terms = (
        _terms_of(asking)
        .filter(account__holdout_bucket__gte=held_out)
        .exclude(account_id__in=done)
        .order_by("account_id", "ends_on")
    )
    accounts: dict[int, int] = {}
    for account_id, term_id in terms.values_list("account_id", "pk").iterator(_BATCH_SIZE):
        accounts.setdefault(account_id, term_id)
    batches = batched(accounts.items(), _BATCH_SIZE)
    return sum(_invite_batch(dict(batch), asking) for batch in batches)


def _terms_of(asking: _Round) -> QuerySet[Term]:
    """Whoever has a term; of the survey of those who left, whoever lost one not long ago."""
    if asking.survey.kind is SurveyKind.EXIT:
        since = asking.on - timedelta(days=_LEFT_WITHIN_DAYS)
        over = (TermState.LAPSED, TermState.CANCELLED)
        ended = Term.objects.filter(state__in=over, reversed_on=None)
        return ended.filter(closed_on__gte=since, closed_on__lte=asking.on)
    return Term.objects.filter(state__in=LIVE, starts_on__lte=asking.on)


@transaction.atomic
def _invite_batch(terms: dict[int, int], asking: _Round) -> int:
    rows = list(_messages(terms, asking))
    insert_rows(Message, rows, columns=_MESSAGE)
    keys = [row[0] for row in rows]
    written = Message.objects.filter(send_key__in=keys)
    found = list(written.values_list("account_id", "person_id", "term_id", "pk"))
    invited = [(asking.wave.pk, *one, asking.on) for one in found]
    added = insert_rows(Invitation, invited, columns=_INVITED)
    append_many((_planned(one, asking) for one in found), at=asking.at, by=asking.by)
    return added


def _messages(terms: dict[int, int], asking: _Round) -> Iterator[Sequence[object]]:
    """One message to the primary person of each account that may be asked again."""
    template = asking.strategy.messages[asking.survey.message]
    channels = [str(one) for one in template.renderings if str(one) in _CHANNELS]
    is_usable = Q(bounced_at=None, channel__in=channels, person__is_primary=True)
    points = ContactPoint.objects.filter(is_usable, person__account_id__in=terms)
    people: dict[int, tuple[str, str, int, str]] = {}
    columns = ("person_id", "channel", "address", "person__account_id", "person__language")
    for person, channel, address, account, language in points.order_by("channel", "pk").values_list(
        *columns
    ):
        people.setdefault(person, (channel, address, account, language))
    asked = last_invited(list(people))
    longest = max(one.cooldown_days for one in asking.strategy.surveys.values())
    until = instant(asking.wave.closes_on, time(0), zone=asking.strategy.business.zone)
    for person, (channel, address, account, language) in people.items():
        last = asked.get(person)
        if last is not None and (asking.on - last).days < longest:
            continue
        yield (
            f"{SURVEY}:{asking.wave.pk}:{person}", account, person, terms[account], SURVEY, "1",
            asking.survey.id, template.id, template.message_class, channel, language, address,
            asking.at, asking.at, until,
        )  # fmt: skip


def _planned(one: tuple[int, int, int, int], asking: _Round) -> Fact:
    account, _, term, message = one
    content = {"survey": asking.survey.id, "wave": asking.wave.number, "message": message}
    return Fact(
        "survey.asked",
        on=asking.on,
        account_id=account,
        term_id=term,
        content=content,
        once_key=f"survey.asked:{asking.wave.pk}:{message}",
    )
