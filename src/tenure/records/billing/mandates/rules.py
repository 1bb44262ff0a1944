"""The life of a mandate, what a consent must show, and how long its evidence is kept."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.kernel.periods import add_months
from tenure.records.billing.mandates.states import MandateState

# How long a provider may leave a release unconfirmed before somebody is told (R-A-085).
ALARM_AFTER: Final = timedelta(hours=24)
NUMBER_BYTES: Final = 20
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class MandateVerb(StrEnum):
    """What may happen to a mandate."""

    SIGN = "be signed"
    SUSPEND = "be suspended"
    TAKE_UP = "be taken up again"
    RELEASE = "be released"
    EXPIRE = "expire"


MANDATE = Lifecycle(
    {
        (MandateState.PROPOSED, MandateVerb.SIGN): MandateState.SIGNED,
        (MandateState.PROPOSED, MandateVerb.RELEASE): MandateState.RELEASED,
        (MandateState.PROPOSED, MandateVerb.EXPIRE): MandateState.EXPIRED,
        (MandateState.SIGNED, MandateVerb.SUSPEND): MandateState.SUSPENDED,
        (MandateState.SIGNED, MandateVerb.RELEASE): MandateState.RELEASED,
        (MandateState.SIGNED, MandateVerb.EXPIRE): MandateState.EXPIRED,
        (MandateState.SUSPENDED, MandateVerb.TAKE_UP): MandateState.SIGNED,
        (MandateState.SUSPENDED, MandateVerb.RELEASE): MandateState.RELEASED,
        (MandateState.SUSPENDED, MandateVerb.EXPIRE): MandateState.EXPIRED,
    },
    name="mandate",
    start=MandateState.PROPOSED,
)


class NotShownFirst(Refusal):
    """A consent that was given before anything was shown."""

    code = "consent_not_shown"
    said = Sentence(
        zh="自动续费的说明必须先展示再勾选；请重新打开页面后确认。",
        en="The terms of automatic renewal must be shown before they are agreed to; open the page "
        "again and confirm.",
    )


class GuardianNeeded(Refusal):
    """A consent of a minor alone."""

    code = "guardian_needed"
    said = Sentence(
        zh="未成年人开启自动续费须经监护人同意；请由监护人联系我们。没有扣款。",
        en="Automatic renewal of a minor needs a guardian's consent; let the guardian contact us. "
        "Nothing was charged.",
    )


class NoConsent(Refusal):
    """Automatic renewal without the customer's own consent."""

    code = "no_auto_renew_consent"
    said = Sentence(
        zh="没有有效的自动续费同意；请先由客户本人勾选并确认。",
        en="There is no live consent to automatic renewal; the customer must agree to it first.",
    )


class AboveLimit(Refusal):
    """A mandate over more than the customer agreed to."""

    code = "above_mandate_limit"
    said = Sentence(
        zh="单次扣款上限 {limit} 高于客户同意的 {cap}；请调低上限，或请客户重新同意。",
        en="The limit of {limit} for one deduction is above the {cap} that the customer agreed to; "
        "lower it, or ask for a new consent.",
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What the customer saw beside the control, and how it was confirmed (R-A-014).

    `disclosure` is the text exactly as it stood on the page; its digest is kept with it. `cap` is
    the most that one deduction may take, `price` what the next one was said to be.
    """

    text_version: str
    disclosure: str
    language: str
    shown_at: datetime
    clicked_at: datetime
    price: Money
    cap: Money
    period_months: int
    ip: str = ""
    user_agent: str = ""
    stamps: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what was not shown before it was agreed to.

        Raises:
            NotShownFirst: nothing was shown, or only afterwards.
            AboveLimit: the price is above the cap.
        """
        if not self.disclosure.strip() or self.clicked_at < self.shown_at:
            raise NotShownFirst()
        if self.price > self.cap:
            raise AboveLimit(limit=self.price, cap=self.cap)

    @property
    def digest(self) -> str:
        """SHA-256 of the disclosure, 64 hex digits."""
        return hashlib.sha256(self.disclosure.encode()).hexdigest()


def number_from(on: date, entropy: bytes) -> str:
    """A number that every provider takes for a mandate: M, the day and 20 letters from chance."""
    assert len(entropy) == NUMBER_BYTES, "each letter has its own byte"
    return f"M{on:%Y%m%d}{''.join(_LETTERS[byte % len(_LETTERS)] for byte in entropy)}"


def keep_until(
    recorded_on: date, ended_on: date | None, *, keep_years: int, after_end_years: int
) -> date | None:
    """Until when evidence is kept: the longer of the two; None while the agreement runs (R-A-005).

    A consent of an agreement that has not ended has no day yet: a year after an end that nobody
    knows lies beyond every day.
    """
    if ended_on is None:
        return None
    return max(add_months(recorded_on, 12 * keep_years), add_months(ended_on, 12 * after_end_years))


def next_unsign(attempts: int, *, at: datetime) -> datetime:
    """When a release is told to the provider again: after 1, 2, 4 … minutes, then every hour."""
    pause = _FIRST_PAUSE * (1 << min(attempts, 10))
    return at + min(pause, _LONGEST_PAUSE)
