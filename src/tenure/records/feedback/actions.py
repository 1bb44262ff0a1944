"""Note what customers told us. The same external id is one answer, however often it is told."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tenure.kernel.masking import without_identifiers
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.feedback.rules import Given, Told, check_reason, check_score
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current


@transaction.atomic
def record_answer(given: Given, *, at: datetime, by: str) -> Answer:
    """One answer to one survey.

    Raises:
        ScoreOutOfRange: the survey cannot have this score.
    """
    check_score(given.survey, given.score)
    values = {**asdict(given), "text": without_identifiers(given.text), "recorded_at": at}
    if insert_rows(Answer, [tuple(values.values())], columns=tuple(values)):
        fact = Fact(
            "answer.given",
            on=given.answered_on,
            account_id=given.account_id,
            content={"survey": given.survey, "score": given.score},
            once_key=f"answer:{given.source}:{given.external_id}",
        )
        append(fact, at=at, by=by)
    return Answer.objects.get(source=given.source, external_id=given.external_id)


@transaction.atomic
def record_loss_reason(told: Told, *, at: datetime, by: str) -> LossReason:
    """Why a term was not renewed, by the one list that every source uses (CHR-01).

    Raises:
        UnknownReason: the list in force on that day has no such reason.
    """
    check_reason(told.reason, known=current().at(told.given_on).reasons)
    values = {**asdict(told), "text": without_identifiers(told.text), "recorded_at": at}
    if insert_rows(LossReason, [tuple(values.values())], columns=tuple(values)):
        fact = Fact(
            "loss_reason.given",
            on=told.given_on,
            account_id=told.account_id,
            term_id=told.term_id,
            content={"reason": told.reason, "source": told.source},
            once_key=f"loss_reason:{told.source}:{told.external_id}",
        )
        append(fact, at=at, by=by)
    return LossReason.objects.get(source=told.source, external_id=told.external_id)
