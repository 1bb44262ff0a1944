"""The kinds of duty that a policy may hold, each read from its own small table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import SLOTS
from tenure.strategy.reading import Reader


class ProductClass(StrEnum):
    """What the law calls the thing that is sold."""

    SERVICE = "service"
    TELECOM = "telecom"
    DIGITAL_CONTENT = "digital_content"
    GOODS = "goods"

    @property
    def contract_class(self) -> ProductClass:
        """What a right to withdraw knows of it: a service, digital content, or goods (R-A-053)."""
        return ProductClass.SERVICE if self is ProductClass.TELECOM else self


class Event(StrEnum):
    """What a notice announces."""

    RENEWAL = "renewal"  # a deduction for the next term
    TRIAL_END = "trial_end"  # the first charge after a trial, or a higher one after a promotion
    PRICE_RISE = "price_rise"
    CONTRACT_END = "contract_end"
    YEARLY = "yearly"  # a reminder on each anniversary
    BEST_TARIFF = "best_tariff"


class CountedFrom(StrEnum):
    """The day from which a window is counted back."""

    DUE = "due"
    CANCEL_DEADLINE = "cancel_deadline"  # the last day on which the customer can still stop


class CancelPage(StrEnum):
    """Which form leaving takes."""

    PORTAL = "portal"
    TWO_STEP = "two_step"  # Germany: a public button, then one page with the fields and a button


class Login(StrEnum):
    """Whether somebody who wants to leave may be asked who they are first."""

    ALLOWED = "allowed"
    DISCOURAGED = "discouraged"
    FORBIDDEN = "forbidden"


class OfferPlace(StrEnum):
    """Where an offer may stand when somebody leaves."""

    BESIDE_CANCEL = "beside_cancel"  # on one screen, with the cancel control in sight
    BEFORE_BUTTON = "before_button"  # near the first button only, never on the page behind it
    NOWHERE = "nowhere"


class PriceRise(StrEnum):
    """What a higher price of an automatic renewal needs."""

    OPEN = "open"  # nothing is said
    NOTICE = "notice"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """One notice that is owed, between so many days before the event, both ends included.

    `earliest_days` of None is no earliest day. Amounts of days count back from the due date, or
    from the day before it where the cancel deadline counts. `needs` are the slots that its
    template must fill, `says` what its text must say in so many words. `every_months` is how
    often it comes back while the agreement runs.
    """

    event: Event
    earliest_days: int | None
    latest_days: int
    latest_hours: int
    counted_from: CountedFrom
    least_term_months: int
    longer_than_days: int
    every_months: int | None
    needs: tuple[str, ...]
    says: tuple[Sentence, ...]
    is_own_practice: bool
    # Where the text lets an e-mail do: accepted, and so many hours without a word of its return.
    email_hours: int | None = None

    def binds(self, *, term_months: int, period_days: int) -> bool:
        """Whether a term, or a trial of so many days, is long enough for this notice."""
        return term_months >= self.least_term_months and period_days > self.longer_than_days


@dataclass(frozen=True, slots=True)
class CancelRule:
    """How leaving must work, and how many offers one visit may hold.

    `button` and `confirm` are the words of the two buttons in the country's own language, where
    the law fixes them.
    """

    page: CancelPage
    login: Login
    offers_at_most: int
    offers_where: OfferPlace
    is_online: bool
    clicks_at_most: int
    voicemail_business_days: int | None
    button: str
    confirm: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Days in which a consumer may undo the contract, and whether a button is owed for it.

    Of the classes in `waivable` a consumer may ask to be supplied at once and give the right up.
    """

    days: int
    refund_days: int
    extended_months: int
    has_function: bool
    button: Sentence | None
    confirm: Sentence | None
    waivable: frozenset[ProductClass] = frozenset()


@dataclass(frozen=True, slots=True)
class CoolingOff:
    """A further right to withdraw, after a trial or after a renewal to a long term."""

    after: str
    days: int
    least_term_months: int


@dataclass(frozen=True, slots=True)
class Prolongation:
    """How long a first term may bind, and into what it may go on by itself."""

    first_months_at_most: int
    renewed_months_at_most: int
    notice_months_at_most: int


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """A message that the customer can keep, owed soon after agreeing."""

    within_hours: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrears:
    """What may be done to somebody who does not pay for a service that the law protects."""

    suspend_after_days: int
    terminate_after_suspended_days: int
    penalty_share_per_day: Decimal


@dataclass(frozen=True, slots=True)
class OrderButton:
    """The only words that the button which obliges to pay may show in a country."""

    country: str
    language: str
    label: str


ANNOUNCED: Final = (*(str(event) for event in Event), "acknowledgment", "lapse", "export")
COOLING_AFTER: Final = ("trial", "renewal")
_EARLY = Sentence(
    zh="最早 {earliest} 天须不晚于最迟 {latest} 天（数字越大越早）",
    en="the earliest, {earliest} days, must not come after the latest, {latest} days",
)


def read_notice(reader: Reader) -> NoticeRule:
    """One [[policy.notice]]."""
    rule = NoticeRule(
        event=reader.choice("event", Event),
        earliest_days=reader.whole_or_none("earliest_days"),
        latest_days=reader.whole("latest_days", 0, most=365),
        latest_hours=reader.whole("latest_hours", 0, most=23 * 24),
        counted_from=reader.choice("counted_from", CountedFrom, default=CountedFrom.DUE),
        least_term_months=reader.whole("least_term_months", 0, most=120),
        longer_than_days=reader.whole("longer_than_days", 0, most=366),
        every_months=reader.whole_or_none("every_months", least=1),
        needs=reader.names("needs", SLOTS, default=()),
        says=tuple(one.sentence("text") for one in reader.each("says")),
        is_own_practice=reader.flag("own_practice", False),
        email_hours=reader.whole_or_none("email_hours", least=1),
    )
    if rule.earliest_days is not None and rule.earliest_days < rule.latest_days:
        problem = _EARLY.fill(earliest=rule.earliest_days, latest=rule.latest_days)
        reader.refuse("earliest_days", problem)
    return rule


def read_cancel(reader: Reader) -> CancelRule:
    """The table [policy.cancel]."""
    return CancelRule(
        page=reader.choice("page", CancelPage, default=CancelPage.PORTAL),
        login=reader.choice("login", Login, default=Login.ALLOWED),
        offers_at_most=reader.whole("offers_at_most", most=1),
        offers_where=reader.choice("offers_where", OfferPlace),
        is_online=reader.flag("online", True),
        clicks_at_most=reader.whole("clicks_at_most", 2, least=1, most=9),
        voicemail_business_days=reader.whole_or_none("voicemail_business_days", least=1),
        button=reader.text("button", ""),
        confirm=reader.text("confirm", ""),
    )


def read_withdrawal(reader: Reader) -> Withdrawal:
    """The table [policy.withdrawal]."""
    return Withdrawal(
        days=reader.whole("days", least=1, most=366),
        refund_days=reader.whole("refund_days", least=1, most=366),
        extended_months=reader.whole("extended_months", 0, most=24),
        has_function=reader.flag("has_function", False),
        button=_said(reader, "button"),
        confirm=_said(reader, "confirm"),
        waivable=frozenset(
            map(ProductClass, reader.names("waivable", list(ProductClass), default=()))
        ),
    )


def read_cooling_off(reader: Reader) -> CoolingOff:
    """One [[policy.cooling_off]]."""
    return CoolingOff(
        after=reader.known("after", COOLING_AFTER),
        days=reader.whole("days", least=1, most=366),
        least_term_months=reader.whole("least_term_months", 0, most=120),
    )


def read_prolongation(reader: Reader) -> Prolongation:
    """The table [policy.prolongation]."""
    return Prolongation(
        first_months_at_most=reader.whole("first_months_at_most", least=1, most=120),
        renewed_months_at_most=reader.whole("renewed_months_at_most", least=1, most=120),
        notice_months_at_most=reader.whole("notice_months_at_most", least=0, most=12),
    )


def read_acknowledgment(reader: Reader) -> Acknowledgment:
    """The table [policy.acknowledgment]."""
    return Acknowledgment(
        within_hours=reader.whole("within_hours", least=1, most=240),
        needs=reader.names("needs", SLOTS, default=()),
    )


def read_arrears(reader: Reader) -> Arrears:
    """The table [policy.arrears]."""
    return Arrears(
        suspend_after_days=reader.whole("suspend_after_days", most=366),
        terminate_after_suspended_days=reader.whole("terminate_after_suspended_days", most=366),
        penalty_share_per_day=reader.share("penalty_per_day", Decimal(0), most=Decimal("0.01")),
    )


def read_order_button(reader: Reader) -> OrderButton:
    """One [[policy.order_button]]."""
    return OrderButton(
        country=reader.text("country"),
        language=reader.text("language"),
        label=reader.text("label"),
    )


def _said(reader: Reader, key: str) -> Sentence | None:
    return reader.sentence(key) if reader.has(key) else None
