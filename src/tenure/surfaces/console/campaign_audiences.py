"""The audiences of a campaign as lines of a table: before the launch, and of one that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenure.decide.campaigns.audience import OneAudience
from tenure.decide.campaigns.queries import DryRun
from tenure.kernel.failures import Sentence
from tenure.prove.campaigns.audiences import OfferedTo
from tenure.prove.readouts.heterogeneity import Part
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import Joined
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.surfaces.console.parts import PartLine, line_of_part
from tenure.surfaces.customer_view.happenings import CHANNELS

_MOST_OFFERS = 2
_NOBODY = (0, 0)


@dataclass(frozen=True, slots=True)
class Meant:
    """One audience of a plan: how many it holds, with whom it overlaps, and what it may bring.

    `shared` are (name, customers) of the audiences before it that hold the same customers, who
    come with those; `expected_minor` is the margin that the offers are expected to add.
    """

    name: Sentence
    one: OneAudience
    shared: Sequence[tuple[Sentence, int]]
    expected_minor: int


def meant(run: DryRun, *, names: Mapping[str, Sentence]) -> list[Meant]:
    """The audiences of a rehearsal (CMP-03)."""
    return [
        Meant(
            names[one.segment],
            one,
            [(names[other], n) for other, n in one.shared.items() if n],
            run.offered.expected[one.segment],
        )
        for one in run.audience.each
    ]


@dataclass(frozen=True, slots=True)
class AudienceLine:
    """One audience of a campaign: its people, what they were mostly offered, and what changed.

    `effect` is None before anything may be said of any part.
    """

    segment: str
    name: Sentence
    treated: int
    control: int
    offers: Sequence[tuple[Sentence, int]]
    channels: Sequence[Sentence]
    effect: PartLine | None

    @property
    def customers(self) -> int:
        return self.treated + self.control


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a campaign's audiences, each by its segment: `names` of all of them."""

    people: Joined
    offered: Mapping[str, OfferedTo]
    parts: Sequence[Part]
    names: Mapping[str, Sentence]


def audience_lines(campaign: Campaign, known: Known, *, strategy: Strategy) -> list[AudienceLine]:
    """The audiences of a campaign in their order, the largest offers first."""
    effects = {one.level: one for one in known.parts if one.segment == "audience"}
    return [
        AudienceLine(
            segment,
            known.names[segment],
            *known.people.of_audience.get(segment, _NOBODY),
            offers=_offers(known.offered.get(segment), strategy),
            channels=_ways(known.offered.get(segment), strategy),
            effect=line_of_part(effects[segment], strategy=strategy)
            if segment in effects
            else None,
        )
        for segment in campaign.audiences
    ]


def _offers(given: OfferedTo | None, strategy: Strategy) -> list[tuple[Sentence, int]]:
    if given is None:
        return []
    return [
        (strategy.offers[one].name if one in strategy.offers else Sentence(zh=one, en=one), n)
        for one, n in given.offers.most_common(_MOST_OFFERS)
    ]


def _ways(given: OfferedTo | None, strategy: Strategy) -> list[Sentence]:
    """The ways of the messages, the most used first, and the phone where people call."""
    if given is None:
        return []
    ways = [one for one, _ in given.channels.most_common()]
    called = {one.id for one in strategy.offers.values() if one.kind is OfferKind.CALL}
    if called & set(given.offers) and "phone" not in ways:
        ways.append("phone")
    return [CHANNELS.get(one, Sentence(zh=one, en=one)) for one in ways]
