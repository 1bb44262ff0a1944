"""Open a round of a survey, ask people in it, and keep what they answer. Each happens once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.masking import without_identifiers
from tenure.records.feedback.actions import record_answer, record_loss_reason
from tenure.records.feedback.models import (
    Answer,
    Invitation,
    LossReason,
    Post,
    SurveyWave,
    TicketCause,
)
from tenure.records.feedback.rules import SCORES, SURVEY, Given, Told, UnknownReason, check_score
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.service.models import Ticket
from tenure.records.strategies.queries import current
from tenure.strategy.reading import nearest
from tenure.strategy.surveys import SurveyKind

LONGEST_WORDS = 2_000


class UnknownSurvey(Refusal):
    """A survey that the strategy does not have."""

    code = "unknown_survey"
    said = Sentence(
        zh="surveys.toml 中没有“{survey}”{nearest}。",
        en="There is no survey “{survey}” in surveys.toml{nearest}.",
    )


class NothingAsks(Refusal):
    """A round of a survey that no message of the strategy asks."""

    code = "nothing_asks"
    said = Sentence(
        zh="“{survey}”没有对应的消息，无法发出；请在 surveys.toml 里写上 message。",
        en="No message asks “{survey}”, so nobody would get it; name one as message in "
        "surveys.toml.",
    )


class WaveOpen(Refusal):
    """A round that begins while the one before is open."""

    code = "wave_open"
    said = Sentence(
        zh="“{survey}”第 {number} 轮要到 {closes_on} 才结束；请等它结束后再开新一轮。",
        en="Round {number} of “{survey}” closes on {closes_on}; open the next one after that.",
    )


class SurveyClosed(Refusal):
    """An answer after the last day of the round."""

    code = "survey_closed"
    said = Sentence(
        zh="这次调研已于 {closes_on} 结束，感谢您的关注。",
        en="This survey closed on {closes_on}; thank you all the same.",
    )


class NoAnswer(Refusal):
    """An answer page that was sent back with nothing chosen."""

    code = "no_answer"
    said = Sentence(zh="还没有选择；请选一项再提交。", en="Nothing was chosen; choose one first.")


class PricesOutOfOrder(Refusal):
    """Prices that cannot all be meant."""

    code = "prices_out_of_order"
    said = Sentence(
        zh="四个价格应由低到高：便宜得可疑、便宜、偏贵、贵得不考虑；请检查。",
        en="The four prices should rise: too cheap to trust, a bargain, expensive, too expensive "
        "to consider. Check them.",
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from an answer's page: a score, or a reason, or prices in minor units."""

    score: int | None = None
    text: str = ""
    given: Mapping[str, object] = field(default_factory=dict)


@transaction.atomic
def open_wave(survey: str, *, days: int, on: date, at: datetime, by: str) -> SurveyWave:
    """Begin the next round; asked again on the same day, the one that began on it.

    Raises:
        UnknownSurvey: the strategy has no such survey.
        NothingAsks: no message asks it.
        WaveOpen: the round before is not over.
    """
    strategy = current()
    known = strategy.at(on).surveys
    if survey not in known:
        raise UnknownSurvey(survey=survey, nearest=nearest(survey, known))
    if not known[survey].message:
        raise NothingAsks(survey=survey)
    last = SurveyWave.objects.filter(survey=survey).order_by("-number").first()
    if last is not None and last.opens_on == on:
        return last
    if last is not None and on < last.closes_on:
        raise WaveOpen(survey=survey, number=last.number, closes_on=last.closes_on)
    row = (survey, last.number + 1 if last else 1, on, on + timedelta(days=days), strategy.hash, at)
    columns = ("survey", "number", "opens_on", "closes_on", "strategy_hash", "opened_at")
    insert_rows(SurveyWave, [row], columns=columns)
    wave = SurveyWave.objects.get(survey=survey, number=row[1])
    content = {"survey": survey, "number": wave.number, "closes_on": wave.closes_on.isoformat()}
    key = f"survey.opened:{survey}:{wave.number}"
    append(Fact("survey.opened", on=on, content=content, once_key=key), at=at, by=by)
    return wave


@transaction.atomic
def keep_reply(invitation_id: int, reply: Reply, *, on: date, at: datetime, by: str) -> Invitation:
    """Keep an answer, without whoever is named in it; given again until it closes, the last counts.

    A score also becomes the customer's answer that features read, a reason for leaving a row of
    the one ranked table (CHR-02).

    Raises:
        SurveyClosed, NoAnswer, ScoreOutOfRange, UnknownReason, PricesOutOfOrder
    """
    asked = Invitation.objects.select_for_update().select_related("wave").get(pk=invitation_id)
    if on >= asked.wave.closes_on:
        raise SurveyClosed(closes_on=asked.wave.closes_on)
    strategy = current().at(on)
    survey = strategy.surveys[asked.wave.survey]
    _check(reply, survey.kind, reasons=strategy.reasons)
    text = without_identifiers(reply.text.strip()[:LONGEST_WORDS])
    if (asked.score, asked.text, asked.given) == (reply.score, text, dict(reply.given)):
        return asked
    asked.score, asked.text, asked.given = reply.score, text, dict(reply.given)
    asked.answered_on, asked.answered_at = on, at
    asked.save(update_fields=["score", "text", "given", "answered_on", "answered_at"])
    if survey.kind in SCORES:
        _keep_score(asked, survey.kind, at=at, by=by)
    elif survey.kind is SurveyKind.EXIT:
        _keep_reason(asked, at=at, by=by)
    fact = Fact(
        "survey.answered",
        on=on,
        account_id=asked.account_id,
        term_id=asked.term_id,
        content={"survey": survey.id, "wave": asked.wave.number, "invitation": asked.pk},
    )
    append(fact, at=at, by=by)
    return asked


def _check(reply: Reply, kind: SurveyKind, *, reasons: Mapping[str, object]) -> None:
    if kind in SCORES:
        if reply.score is None:
            raise NoAnswer()
        check_score(kind, reply.score)
    elif not reply.given:
        raise NoAnswer()
    elif kind is SurveyKind.EXIT and reply.given.get("reason") not in reasons:
        reason = str(reply.given.get("reason"))
        raise UnknownReason(reason=reason, nearest=nearest(reason, reasons))
    elif kind is SurveyKind.VAN_WESTENDORP:
        named = ("too_cheap", "cheap", "expensive", "too_expensive")
        prices = [reply.given.get(name) for name in named]
        if not all(isinstance(one, int) and one >= 0 for one in prices) or prices != sorted(
            prices, key=lambda one: int(str(one))
        ):
            raise PricesOutOfOrder()


def _keep_score(asked: Invitation, kind: str, *, at: datetime, by: str) -> None:
    assert asked.score is not None
    assert asked.answered_on is not None
    external_id = f"invitation-{asked.pk}"
    known = Answer.objects.select_for_update().filter(source=SURVEY, external_id=external_id)
    if known.update(score=asked.score, text=asked.text, answered_on=asked.answered_on):
        return
    answer = Given(
        asked.account_id, SURVEY, external_id, kind, asked.score, asked.answered_on, asked.text
    )
    record_answer(answer, at=at, by=by)


def _keep_reason(asked: Invitation, *, at: datetime, by: str) -> None:
    assert asked.answered_on is not None
    external_id, reason = f"invitation-{asked.pk}", str(asked.given["reason"])
    known = LossReason.objects.select_for_update().filter(source=SURVEY, external_id=external_id)
    if known.update(reason=reason, text=asked.text, given_on=asked.answered_on):
        return
    told = Told(
        asked.account_id,
        SURVEY,
        external_id,
        reason,
        asked.answered_on,
        term_id=asked.term_id,
        text=asked.text,
    )
    record_loss_reason(told, at=at, by=by)


@dataclass(frozen=True, slots=True)
class Written:
    """One post of a community, as it is brought in."""

    source: str
    external_id: str
    text: str
    posted_on: date
    account_id: int | None = None
    author: str = ""
    link: str = ""


@transaction.atomic
def record_post(written: Written, *, at: datetime, by: str) -> Post:
    """Keep a post without the numbers and addresses in it; the same external id is one post."""
    row = (
        written.source, written.external_id, without_identifiers(written.text), written.posted_on,
        written.account_id, written.author, written.link, at,
    )  # fmt: skip
    columns = (
        "source", "external_id", "text", "posted_on", "account_id", "author", "link", "recorded_at",
    )  # fmt: skip
    if insert_rows(Post, [row], columns=columns):
        fact = Fact(
            "post.recorded",
            on=written.posted_on,
            account_id=written.account_id,
            content={"source": written.source},
            once_key=f"post:{written.source}:{written.external_id}",
        )
        append(fact, at=at, by=by)
    return Post.objects.get(source=written.source, external_id=written.external_id)


@transaction.atomic
def note_cause(ticket_id: int, told: Told, *, at: datetime, by: str) -> TicketCause:
    """What was found to be the root of a complaint; found anew, the last finding counts (FBK-05).

    Raises:
        UnknownReason: the one list has no such reason.
    """
    known = current().at(told.given_on).reasons
    if told.reason not in known:
        raise UnknownReason(reason=told.reason, nearest=nearest(told.reason, known))
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    text = without_identifiers(told.text.strip()[:LONGEST_WORDS])
    before = TicketCause.objects.filter(ticket=ticket).first()
    if before is not None and (before.reason, before.text) == (told.reason, text):
        return before
    found = {"found_on": told.given_on, "found_at": at, "found_by": by}
    cause, _ = TicketCause.objects.update_or_create(
        ticket=ticket, defaults={"reason": told.reason, "text": text, **found}
    )
    content = {"ticket": ticket.pk, "reason": told.reason}
    fact = Fact(
        "ticket.cause_found", on=told.given_on, account_id=ticket.account_id, content=content
    )
    append(fact, at=at, by=by)
    return cause


def last_invited(person_ids: list[int]) -> Mapping[int, date]:
    """Person → the last day on which they were asked anything."""
    asked = Invitation.objects.filter(person_id__in=person_ids).values("person")
    return {row["person"]: row["last"] for row in asked.annotate(last=Max("invited_on"))}
