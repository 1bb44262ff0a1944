"""What is known of a customer, as plain values. Sentences are in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tenure.decide.decisions.queries import Alternative, Why
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.understand.churn.reasons import Reason
from tenure.understand.health.drivers import DriverReading
from tenure.understand.health.moving import Move


@dataclass(frozen=True, slots=True)
class Moment:
    """When the view was read, and the last day that the scores in it count.

    Everything out of the records is as of `read_at`, in one transaction; everything that was
    computed is as of the end of `as_of`, None before the first day of the loop.
    """

    read_at: datetime
    as_of: date | None
    today: date
    strategy_hash: str


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """An address, masked unless the reader may see people."""

    channel: str
    address: str
    has_bounced: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the customer is."""

    account_id: int
    source: str
    external_id: str
    name: str
    kind: str
    country: str
    region: str
    zone: str
    currency: str
    sales_channel: str
    started_on: date
    language: str
    is_personalised: bool
    is_minor: bool
    in_holdout: bool
    is_masked: bool
    person_id: int | None
    contact_points: tuple[ContactPoint, ...]

    @property
    def public_id(self) -> str:
        return f"cus_{self.account_id}"


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of one cap is used."""

    id: str
    name: Sentence
    used: int
    at_most: int


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What may be sent on one channel, and what was."""

    channel: str
    service_is_allowed: bool
    marketing_is_allowed: bool
    marketing_since: datetime | None
    sent_30_days: int


@dataclass(frozen=True, slots=True)
class TermLine:
    """One paid period `[starts_on, ends_on)`."""

    term_id: int
    number: int
    plan_code: str
    plan_name: Sentence
    cycle_months: int
    starts_on: date
    ends_on: date
    price: Money
    list_price: Money
    state: str
    renewed_on: date | None
    closed_on: date | None
    cancel_asked_on: date | None
    end_kind: str
    extended_days: int
    reversed_on: date | None


@dataclass(frozen=True, slots=True)
class Contract:
    """A subscription with its chain of terms, the newest first; undone renewals stand behind."""

    subscription_id: int
    source: str
    external_id: str
    state: str
    quantity: int
    auto_renew: bool
    owner_name: str
    started_on: date
    ended_on: date | None
    terms: tuple[TermLine, ...]

    @property
    def live(self) -> TermLine | None:
        """The term that runs, or is overdue but not closed."""
        return next((one for one in self.terms if one.state in LIVE), None)

    @property
    def renewals(self) -> int:
        return sum(one.state == "renewed" for one in self.terms)


LIVE = ("running", "cancelling", "grace")


@dataclass(frozen=True, slots=True)
class NextRenewal:
    """The end that comes first, and what going on would cost at list price."""

    subscription_id: int
    term_id: int
    ends_on: date
    days_left: int
    state: str
    auto_renew: bool
    cycle_months: int
    price: Money | None  # None where the plan is no longer sold in this cycle

    @property
    def days_away(self) -> int:
        """Days until the end or, where it has passed, since."""
        return abs(self.days_left)


@dataclass(frozen=True, slots=True)
class HealthPart:
    """One component, 0 to 100; `before` is the same 30 days earlier."""

    id: str
    name: Sentence
    score: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        """Against 30 days earlier."""
        if self.score is None or self.before is None:
            return None
        return self.score - self.before

    @property
    def drop(self) -> bool:
        """Whether it fell so far that somebody should look."""
        return self.change is not None and self.change <= -NOTABLE_POINTS


NOTABLE_POINTS = 10


@dataclass(frozen=True, slots=True)
class Health:
    """The score of the term that ends first, and how it came about."""

    on: date
    score: float | None
    before: float | None
    threshold: float
    below_since: date | None
    parts: tuple[HealthPart, ...]
    history: tuple[tuple[date, float], ...]
    week_before: float | None = None
    moves: tuple[Move, ...] = ()
    drivers: tuple[DriverReading, ...] = ()
    name: Sentence | None = None

    @property
    def change(self) -> float | None:
        """Against 30 days earlier."""
        if self.score is None or self.before is None:
            return None
        return self.score - self.before

    @property
    def week_change(self) -> float | None:
        """Against a week earlier."""
        if self.score is None or self.week_before is None:
            return None
        return self.score - self.week_before


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely the term that ends first is not renewed.

    `stays` is what speaks most for staying; `note` says why there is no reason at all. `answers`:
    feature of a reason → what could be offered about it. `ends`: the probability by the way the
    term would end; it adds up to `p_lapse`.
    """

    on: date
    p_lapse: float
    band: int
    band_name: Sentence
    peers_mean: float | None
    peers: int
    reasons: tuple[Reason, ...]
    stays: Reason | None
    estimator: Sentence
    note: Sentence | None
    answers: Mapping[str, tuple[Sentence, ...]] = field(default_factory=dict)
    ends: tuple[tuple[str, float], ...] = ()
    is_average: bool = False  # of the plan, where no estimator is better than chance


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag that the customer carries."""

    id: str
    name: Sentence
    tone: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision about a term at one step of its journey, with everything that led to it."""

    decision_id: int
    term_id: int
    on: date
    journey: Sentence
    step: Sentence
    is_chosen: bool
    was_explored: bool
    propensity: float
    price: Money | None
    list_price: Money | None
    valid_until: date | None
    why: Why

    @property
    def taken(self) -> Alternative | None:
        """The action that was chosen, as it was weighed."""
        return next((one for one in self.why.alternatives if one.is_chosen), None)


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer that the customer was given, and whether it was used."""

    action: str
    name: Sentence
    on: date
    valid_until: date | None
    price: Money | None
    list_price: Money | None
    was_seen: bool
    was_used: bool


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A request that is not resolved."""

    ticket_id: int
    external_id: str
    kind: str
    subject: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ToDoLine:
    """Open work for a person about this customer."""

    todo_id: int
    kind: str
    due_on: date
    owner_name: str
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault of the node behind one of the subscriptions: marketing pauses."""

    title: Sentence
    severity: str
    started_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What the customer paid until now."""

    paid: Money
    payments: int
    last_paid_on: date | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened. Without a time of day only the day is known.

    The bare title and detail hold no word that was written by or to a person.
    """

    mark: str
    at: datetime
    has_time: bool
    group: str  # changes | messages | tickets | payments | answers
    icon: str
    tone: str  # "" | good | bad | accent
    title: Sentence
    detail: Sentence
    bare_title: Sentence
    bare_detail: Sentence
    origin: Sentence


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some entries, newest first, and the mark after which earlier ones follow ("" at the end)."""

    entries: tuple[TimelineEntry, ...]
    next_mark: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything, as of one moment."""

    moment: Moment
    profile: Profile
    contracts: tuple[Contract, ...]
    next_renewal: NextRenewal | None
    worth: Worth
    health: Health | None
    risk: Risk | None
    tags: tuple[TagLine, ...]
    choices: tuple[Choice, ...]
    offers: tuple[OfferLine, ...]
    channels: tuple[ChannelRules, ...]
    caps: tuple[Usage, ...]
    open_tickets: tuple[TicketLine, ...]
    open_todos: tuple[ToDoLine, ...]
    faults: tuple[FaultLine, ...]
    timeline: Timeline

    @property
    def live_contract(self) -> Contract | None:
        """The subscription whose term ends first."""
        if self.next_renewal is None:
            return None
        wanted = self.next_renewal.subscription_id
        return next(one for one in self.contracts if one.subscription_id == wanted)
