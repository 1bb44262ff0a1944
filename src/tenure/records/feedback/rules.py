"""What customers tell us, and the one list of reasons for leaving (CHR-01)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.reading import nearest

# The source of answers to our own surveys, and the journey of the messages that ask.
SURVEY = "survey"
# The scores that a survey of each kind can have, both ends counted.
SCORES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "intent": (1, 5)}


class UnknownReason(Refusal):
    """A reason that the strategy's list does not hold."""

    code = "unknown_reason"
    said = Sentence(
        zh="原因“{reason}”不在 reasons.toml 中{nearest}；请从列表中选择。",
        en="The reason “{reason}” is not in reasons.toml{nearest}; choose one of the list.",
    )


class ScoreOutOfRange(Refusal):
    """A score that its survey cannot have."""

    code = "score_out_of_range"
    said = Sentence(
        zh="{survey} 的评分应为 {least} 至 {most}，却是 {score}；请更正。",
        en="A score of {survey} lies between {least} and {most}, but this is {score}; correct it.",
    )


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to one survey; `answered_on` is the day in the business's zone."""

    account_id: int
    source: str
    external_id: str
    survey: str
    score: int
    answered_on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Why a term was not renewed, as somebody told it."""

    account_id: int
    source: str
    external_id: str
    reason: str
    given_on: date
    term_id: int | None = None
    text: str = ""


def check_reason(reason: str, *, known: Collection[str]) -> None:
    """Refuse a reason outside the list.

    Raises:
        UnknownReason: names the nearest.
    """
    if reason not in known:
        raise UnknownReason(reason=reason, nearest=nearest(reason, known))


def check_score(survey: str, score: int) -> None:
    """Refuse a score that its survey cannot have; a survey of another kind takes any.

    Raises:
        ScoreOutOfRange
    """
    least, most = SCORES.get(survey, (score, score))
    if not least <= score <= most:
        raise ScoreOutOfRange(survey=survey, least=least, most=most, score=score)
