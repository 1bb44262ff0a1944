"""What every played provider of text messages has in common: templates, limits, reports."""

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tenure.act.channels.sms.segments import count
from tenure.kernel import clock
from tenure.world.channels.exchange import Exchange

#: Real mobile numbers of the mainland, and a range that nobody has.
_MOBILE: Final = re.compile(r"\+86(?:1[3-9]\d{9}|100\d{7})")
#: A number that ends so is switched off, or nobody's any more.
OFF: Final = "0000404"
GONE: Final = "0000410"


@dataclass(frozen=True, slots=True)
class Registered:
    """A template as it was approved."""

    code: str
    text: str
    is_marketing: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One message as it reached a telephone, or did not."""

    number: str
    content: str
    template: str
    provider_id: str
    own_id: str
    at: datetime

    @property
    def segments(self) -> int:
        """What it was paid for."""
        return count(self.content).segments


@dataclass(slots=True)
class Rules:
    """What this provider holds senders to."""

    per_number_a_day: int = 50
    value_limit: int = 35
    sign_name: str = "续航示例"
    templates: dict[str, Registered] = field(default_factory=dict)


class Tower(Exchange):
    """One provider of text messages. A subclass speaks its protocol."""

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.rules = Rules()
        self.texts: list[Text] = []
        self.nonces: set[str] = set()
        # Numbers are never given out twice, also by a provider that was closed in between.
        self._numbers = itertools.count(int(clock.now().timestamp() * 1_000))
        self._sent: dict[str, list[datetime]] = defaultdict(list)
        super().__init__(port=port, pace=pace, seed=seed)

    # What a provider fills in.

    def report_of(self, text: Text, *, is_delivered: bool, code: str) -> bytes:
        """One report in the provider's words."""
        raise AssertionError(f"{self.name} reports {text.provider_id} in its own words")

    def reply_of(self, number: str, content: str, *, at: datetime) -> bytes:
        """What a reader answered, in the provider's words."""
        raise AssertionError(f"{self.name} passes on {content} in its own words")

    # What readers do.

    def answer(self, number: str, content: str) -> None:
        """Somebody writes back."""
        body = self.reply_of(number, content, at=clock.now())
        self.tell(body)

    # What happens at the provider.

    def register(self, templates: Sequence[Registered]) -> None:
        """Approve templates."""
        self.rules.templates.update({one.code: one for one in templates})

    def is_mobile(self, number: str) -> bool:
        """Whether it can be a telephone of the mainland."""
        return _MOBILE.fullmatch(number) is not None

    def is_over_limit(self, number: str, *, at: datetime) -> bool:
        """Whether a number had all that it may have in 24 hours."""
        since = at - timedelta(hours=24)
        return sum(one > since for one in self._sent[number]) >= self.rules.per_number_a_day

    def wrong_value(self, values: Mapping[str, str]) -> str:
        """What is wrong with the values of a template: `url`, `length`, or nothing."""
        if any("://" in value for value in values.values()):
            return "url"
        return "length" if any(len(v) > self.rules.value_limit for v in values.values()) else ""

    def take(self, number: str, content: str, *, template: str, own_id: str) -> Text:
        """Accept a message, and report what became of it."""
        at = clock.now()
        with self.lock:
            provider_id = f"{self.name[:2].upper()}{next(self._numbers):014d}^0"
            text = Text(number, content, template, provider_id, own_id, at)
            self.texts.append(text)
            self._sent[number].append(at)
        is_delivered = not number.endswith((OFF, GONE))
        code = "GONE" if number.endswith(GONE) else "OFF"
        code = "" if is_delivered else code
        self.tell(self.report_of(text, is_delivered=is_delivered, code=code))
        return text

    def shown(self) -> list[dict[str, object]]:
        """What telephones got."""
        return [
            {"number": one.number, "content": one.content, "segments": one.segments}
            for one in self.texts
        ]
