"""What answers of the API are made of: texts in both languages, amounts, problems."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Answer(Schema):
    """A part of an answer: nothing but the named fields."""

    model_config = ConfigDict(extra="forbid")


class Said(Answer):
    """One text in both languages."""

    zh: str = Field(description="Simplified Chinese")
    en: str = Field(description="English")


class Amount(Answer):
    """An amount of money in whole minor units."""

    amount: int = Field(description="minor units", examples=[106920])
    currency: str = Field(description="ISO 4217", examples=["CNY"])


class ProblemError(Answer):
    """One mistake of a request."""

    pointer: str = Field(description="JSON pointer")
    detail: str


class Problem(Schema):
    """Problem details, RFC 9457."""

    type: str = Field(description="address of a page that explains the problem")
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="stable; for programs")
    errors: list[ProblemError] | None = None


PROBLEMS: dict[int, Any] = {
    401: Problem,
    403: Problem,
    404: Problem,
    409: Problem,
    422: Problem,
    429: Problem,
    503: Problem,
}

CHANGES: dict[int, Any] = {400: Problem, **PROBLEMS}
