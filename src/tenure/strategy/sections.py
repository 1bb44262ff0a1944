"""The whole strategy: every section in all its dated forms, seen from one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.office_hours import OfficeHours
from tenure.strategy.benefits import Benefits
from tenure.strategy.business import Business
from tenure.strategy.catalog import Catalog
from tenure.strategy.churn import Churn
from tenure.strategy.collecting import Collecting
from tenure.strategy.contact import Contact
from tenure.strategy.content import FILES, Document
from tenure.strategy.contracts import ContractTemplate
from tenure.strategy.documents import Documents
from tenure.strategy.economics import Economics
from tenure.strategy.experiments import Experiments
from tenure.strategy.facts import Fact
from tenure.strategy.guardrails import Guardrails
from tenure.strategy.guide import Guide
from tenure.strategy.health import Health
from tenure.strategy.journeys import SECOND_PERSON, Journey
from tenure.strategy.library import Library
from tenure.strategy.limits import Limits
from tenure.strategy.loyalty import Loyalty
from tenure.strategy.messages import MessageTemplate
from tenure.strategy.obligations import Obligations
from tenure.strategy.offers import Offer
from tenure.strategy.plays import Play
from tenure.strategy.reasons import Reason
from tenure.strategy.retention import Retention
from tenure.strategy.routing import Routing
from tenure.strategy.saves import Saves
from tenure.strategy.segments import Segment
from tenure.strategy.surveys import Report, Survey
from tenure.strategy.tags import Tag
from tenure.strategy.topics import Topic, Topics


class NotYetInForce(Refusal):
    """A day before the first form of a section."""

    code = "strategy_not_yet_in_force"
    said = Sentence(
        zh="{as_of} 时“{section}”还没有生效的规则，最早一版自 {first_on} 起生效；"
        "请选更晚的日期，或把该文件的 effective_on 提前。",
        en="On {as_of} no rules of “{section}” were in force, the first begin on {first_on}; "
        "choose a later day, or set effective_on of that file earlier.",
    )


@dataclass(frozen=True, slots=True)
class Dated:
    """One form of a section, in force from a day until the next form's day."""

    file: str
    effective_on: date
    value: object


@dataclass(frozen=True, slots=True)
class Strategy:
    """What the operator decided, as of a day (None: the newest form of every section).

    `hash` names the whole content, past forms included; decisions, messages and tags store it.
    """

    hash: str
    document: Document = field(repr=False, compare=False)
    dated: Mapping[str, tuple[Dated, ...]] = field(repr=False, compare=False)
    as_of: date | None = None

    @property
    def short_hash(self) -> str:
        """The first 16 hex digits, for people."""
        return self.hash[:16]

    def at(self, as_of: date) -> Strategy:
        """The same strategy with the sections that were in force on a day."""
        return replace(self, as_of=as_of)

    def form(self, section: str) -> Dated:
        """The form of a section that is in force."""
        forms = self.dated[section]
        for one in reversed(forms):
            if self.as_of is None or one.effective_on <= self.as_of:
                return one
        first_on = forms[0].effective_on
        raise NotYetInForce(as_of=self.as_of, section=section, first_on=first_on)

    @property
    def business(self) -> Business:
        return cast(Business, self.form("business").value)

    @property
    def benefits(self) -> Benefits:
        return cast(Benefits, self.form("benefits").value)

    @property
    def catalog(self) -> Catalog:
        return cast(Catalog, self.form("catalog").value)

    @property
    def messages(self) -> Mapping[str, MessageTemplate]:
        return cast("Mapping[str, MessageTemplate]", self.form("messages").value)

    @property
    def journeys(self) -> Mapping[str, Journey]:
        return cast("Mapping[str, Journey]", self.form("journeys").value)

    @property
    def second_person_for_journeys(self) -> bool:
        """Whether journeys.toml asks for a second person; it says so at its top."""
        table = self.document[FILES][self.form("journeys").file]
        return isinstance(table, dict) and bool(table.get(SECOND_PERSON, False))

    @property
    def library(self) -> Library:
        return cast(Library, self.form("library").value)

    @property
    def plays(self) -> Mapping[str, Play]:
        return cast("Mapping[str, Play]", self.form("plays").value)

    @property
    def collecting(self) -> Collecting:
        return cast(Collecting, self.form("collecting").value)

    @property
    def obligations(self) -> Obligations:
        return cast(Obligations, self.form("obligations").value)

    @property
    def offers(self) -> Mapping[str, Offer]:
        return cast("Mapping[str, Offer]", self.form("offers").value)

    @property
    def guardrails(self) -> Guardrails:
        return cast(Guardrails, self.form("guardrails").value)

    @property
    def guide(self) -> Guide:
        return cast(Guide, self.form("guide").value)

    @property
    def limits(self) -> Limits:
        return cast(Limits, self.form("limits").value)

    @property
    def loyalty(self) -> Loyalty:
        return cast(Loyalty, self.form("loyalty").value)

    @property
    def contact(self) -> Contact:
        return cast(Contact, self.form("contact").value)

    @property
    def contracts(self) -> Mapping[str, ContractTemplate]:
        return cast("Mapping[str, ContractTemplate]", self.form("contracts").value)

    @property
    def documents(self) -> Documents:
        return cast(Documents, self.form("documents").value)

    @property
    def economics(self) -> Economics:
        return cast(Economics, self.form("economics").value)

    @property
    def tags(self) -> Mapping[str, Tag]:
        return cast("Mapping[str, Tag]", self.form("tags").value)

    @property
    def health(self) -> Health:
        return cast(Health, self.form("health").value)

    @property
    def churn(self) -> Churn:
        return cast(Churn, self.form("churn").value)

    @property
    def experiments(self) -> Experiments:
        return cast(Experiments, self.form("experiments").value)

    @property
    def facts(self) -> Mapping[str, Fact]:
        return cast("Mapping[str, Fact]", self.form("facts").value)

    @property
    def reasons(self) -> Mapping[str, Reason]:
        return cast("Mapping[str, Reason]", self.form("reasons").value)

    @property
    def retention(self) -> Retention:
        return cast(Retention, self.form("retention").value)

    @property
    def routing(self) -> Routing | None:
        return cast("Routing | None", self.form("routing").value)

    @property
    def saves(self) -> Saves:
        return cast(Saves, self.form("saves").value)

    @property
    def segments(self) -> Mapping[str, Segment]:
        return cast("Mapping[str, Segment]", self.form("segments").value)

    @property
    def surveys(self) -> Mapping[str, Survey]:
        return cast("Mapping[str, Survey]", self.form("surveys").value)

    @property
    def reports(self) -> Mapping[str, Report]:
        return cast("Mapping[str, Report]", self.form("reports").value)

    @property
    def topics(self) -> Mapping[str, Topic]:
        return cast(Topics, self.form("topics").value).by_id

    @property
    def complaint_promise(self) -> tuple[int, OfficeHours | None]:
        """Hours within which a complaint is settled, and the hours of the week that count."""
        told = cast(Topics, self.form("topics").value)
        hours = told.service_hours
        return told.complaint_hours, hours.in_zone(self.business.zone) if hours else None
