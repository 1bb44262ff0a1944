"""The two failures that are part of the business, and the sentence in which each is told.

A `Refusal` is the business saying no: it has a stable code, the data, and one sentence that tells
the reader what to do. It is never retried. An `Outage` is the outside world failing: it is retried
a bounded number of times. Everything else is an `assert`: we are wrong, and the program stops.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said to a person, in Chinese and in English, perhaps with {name} slots."""

    zh: str
    en: str

    def fill(self, **values: object) -> Sentence:
        """Put values into the slots; a value that is itself a Sentence is said in each language.

        Every slot must get a value: an empty slot in front of a customer is our mistake.
        """
        missing = self.slots - values.keys()
        assert not missing, f"no value for {sorted(missing)} in {self.en!r}"
        return Sentence(
            zh=self.zh.format_map(
                {name: _said(value, "zh-Hans") for name, value in values.items()}
            ),
            en=self.en.format_map({name: _said(value, "en") for name, value in values.items()}),
        )

    def say(self, language: str) -> str:
        """The text for a language tag: any `zh…` tag reads Chinese, everything else English."""
        return self.zh if language.lower().startswith("zh") else self.en

    @property
    def slots(self) -> frozenset[str]:
        """Names of the slots in either language."""
        return _slots(self.zh) | _slots(self.en)


@lru_cache(maxsize=4_096)
def _slots(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _said(value: object, language: str) -> object:
    if isinstance(value, Sentence):
        return value.say(language)
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return ("、" if language.startswith("zh") else ", ").join(
            str(_said(item, language)) for item in items
        )
    return value


def _plain(value: object) -> object:
    """A value as JSON can carry it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Sentence):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


class _Told(Exception):
    """A failure that tells its reader what happened, where, and what to do."""

    code: ClassVar[str]
    said: ClassVar[Sentence]

    def __init__(self, **data: object) -> None:
        super().__init__()
        self.data = data
        self.told = self.said.fill(**data)

    def sentence(self, language: str = "en") -> str:
        """What happened and what to do, in the reader's language."""
        return self.told.say(language)

    def as_problem(self) -> dict[str, object]:
        """Code, data and both sentences, ready for JSON, a log line or a problem document."""
        return {
            "code": self.code,
            "data": {name: _plain(value) for name, value in self.data.items()},
            "sentence": {"zh": self.told.zh, "en": self.told.en},
        }

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Callable[[], _Told], tuple[()]]:
        # Exceptions are rebuilt from their positional arguments, and ours have none.
        return (partial(type(self), **self.data), ())


class Refusal(_Told):
    """The business says no. Never retried, never wakes anybody."""

    code = "refused"
    said = Sentence(zh="此操作不被允许。", en="This is not allowed.")


class Outage(_Told):
    """The outside world failed. Retried a bounded number of times, always with a timeout."""

    code = "outage"
    said = Sentence(zh="外部系统暂时不可用，请稍后重试。", en="Another system failed; try later.")

    def __init__(self, *, retry_after_s: int | None = None, **data: object) -> None:
        super().__init__(**data)
        self.retry_after_s = retry_after_s

    def as_problem(self) -> dict[str, object]:
        """As a refusal's, with the seconds after which a retry makes sense (null if unknown)."""
        return {**super().as_problem(), "retry_after_s": self.retry_after_s}

    def __reduce__(self) -> tuple[Callable[[], _Told], tuple[()]]:
        return (partial(type(self), retry_after_s=self.retry_after_s, **self.data), ())
