"""What the API says of a customer: names, types and units of every field."""

from datetime import date, datetime

from pydantic import Field

from tenure.surfaces.api.answers import Amount, Answer, Said


class AsOf(Answer):
    """The one point in time of the whole answer."""

    read_at: datetime = Field(description="records are as of this instant, in one transaction")
    counted_until: date | None = Field(description="scores are as of the end of this day")
    strategy: str = Field(description="hash of the strategy that was applied")


class ContactPointOut(Answer):
    channel: str
    address: str = Field(description="masked for keys of the scope customers_masked")
    has_bounced: bool


class ProfileOut(Answer):
    source: str
    external_id: str
    name: str
    kind: str
    country: str
    region: str
    zone: str
    language: str
    sales_channel: str
    started_on: date
    in_holdout: bool
    is_masked: bool
    contact_points: list[ContactPointOut]


class TermOut(Answer):
    """One paid period, up to and without `ends_on`; `reversed_on`: its renewal was undone."""

    id: str
    number: int
    plan: str
    plan_name: Said
    cycle_months: int
    starts_on: date
    ends_on: date
    price: Amount
    list_price: Amount
    state: str
    renewed_on: date | None
    closed_on: date | None
    reversed_on: date | None
    extended_days: int


class SubscriptionOut(Answer):
    id: str
    source: str
    external_id: str
    state: str
    quantity: int
    auto_renew: bool
    owner_name: str
    started_on: date
    ended_on: date | None
    terms: list[TermOut] = Field(description="newest first")


class NextRenewalOut(Answer):
    subscription: str
    term: str
    ends_on: date
    days_left: int
    state: str
    auto_renew: bool
    cycle_months: int
    price: Amount | None = Field(description="list price of one more cycle")


class HealthPartOut(Answer):
    id: str
    name: Said
    score: float | None = Field(description="0 to 100; null where nothing is known")
    score_30_days_ago: float | None


class HealthOut(Answer):
    on: date
    score: float | None
    score_30_days_ago: float | None
    threshold: float
    below_since: date | None
    parts: list[HealthPartOut]


class ReasonOut(Answer):
    feature: str
    sentence: Said
    share: float = Field(description="what it adds to the probability, -1 to 1")
    could_offer: list[Said] = Field(
        default_factory=list, description="what the strategy holds about it; not what will help"
    )


class RiskOut(Answer):
    on: date
    probability: float = Field(description="of not renewing the term that ends first, 0 to 1")
    band: int = Field(ge=1, le=4)
    band_name: Said
    peers_mean: float | None = Field(description="mean of the same plan on the same day")
    estimator: Said
    ends: dict[str, float] = Field(
        description="the probability by the way the term would end; adds up to `probability`"
    )
    reasons: list[ReasonOut] = Field(description="strongest first; associated, not causing")
    stays: ReasonOut | None = Field(description="what speaks most for staying")


class TagOut(Answer):
    id: str
    name: Said
    tone: str


class AlternativeOut(Answer):
    action: str
    name: Said
    is_chosen: bool
    effect: float | None = Field(description="change of the probability of renewing")
    cost: Amount | None
    margin: Amount | None = Field(description="expected, as far as the strategy looks")
    margin_of_term: Amount | None = Field(
        description="of the margin, in the term at stake; null where only that is counted"
    )
    why_not: Said | None


class DecisionOut(Answer):
    id: str
    term: str
    on: date
    step: Said
    action: str
    name: Said
    is_chosen: bool = Field(description="false: the term was left alone")
    why: Said
    propensity: float
    strategy: str
    stake: Said | None = Field(description="what keeping the customer is worth, and why")
    alternatives: list[AlternativeOut]


class OfferOut(Answer):
    action: str
    name: Said
    on: date
    valid_until: date | None
    price: Amount | None
    list_price: Amount | None
    was_seen: bool
    was_used: bool


class ChannelOut(Answer):
    channel: str
    service_is_allowed: bool
    marketing_is_allowed: bool
    sent_30_days: int


class CapOut(Answer):
    id: str
    name: Said
    used: int
    at_most: int


class TicketOut(Answer):
    id: str
    external_id: str
    kind: str
    subject: str
    opened_at: datetime


class FaultOut(Answer):
    title: Said
    severity: str
    started_at: datetime
    due_at: datetime | None


class HappeningOut(Answer):
    """One entry of the timeline."""

    cursor: str
    at: datetime
    has_time: bool = Field(description="false: only the day is known")
    group: str = Field(description="changes, messages, tickets, payments or answers")
    title: Said
    detail: Said


class TimelineOut(Answer):
    items: list[HappeningOut] = Field(description="newest first")
    next_cursor: str | None


class StageOut(Answer):
    """One dated step: lead, contract, invoice, payment or renewal."""

    stage: str
    first_on: date
    last_on: date
    count: int


class CustomerOut(Answer):
    """The whole customer at one point in time."""

    id: str = Field(examples=["cus_42"])
    as_of: AsOf
    profile: ProfileOut
    subscriptions: list[SubscriptionOut]
    next_renewal: NextRenewalOut | None
    paid_in_all: Amount
    health: HealthOut | None
    risk: RiskOut | None
    tags: list[TagOut]
    decisions: list[DecisionOut] = Field(description="newest first")
    offers: list[OfferOut]
    channels: list[ChannelOut]
    caps: list[CapOut]
    open_tickets: list[TicketOut]
    open_faults: list[FaultOut]
    stages: list[StageOut] = Field(description="from lead to renewal, in this order")
    timeline: TimelineOut


class CustomerRef(Answer):
    """A customer that was found by a number of another system."""

    id: str
    source: str
    external_id: str
    href: str


class CustomersOut(Answer):
    items: list[CustomerRef]
