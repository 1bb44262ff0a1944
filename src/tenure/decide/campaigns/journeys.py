"""A campaign as a journey of one deciding step: how it is weighed, logged, planned and sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.rules import name_in_journal
from tenure.strategy.journeys import Journey, OnFailure, Step
from tenure.strategy.messages import Channel
from tenure.strategy.offers import Offer
from tenure.strategy.rules import ALWAYS
from tenure.strategy.sections import Strategy

STEP: Final = "offer"


def journey_of(campaign: Campaign, offers: Collection[Offer], *, strategy: Strategy) -> Journey:
    """The journey of a campaign; its step speaks with the message of whatever is chosen.

    Args:
        offers: those of its lines; at least one has a message of its own.
    """
    message = next(one.message for one in offers if one.message)
    name = Sentence(zh=campaign.name, en=campaign.name)
    step = Step(
        id=STEP,
        name=name,
        days_before=0,
        valid_days=1,
        message=message,
        message_class=strategy.messages[message].message_class,
        channels=(Channel.EMAIL, Channel.PHONE),
        decides=True,
        todo=None,
        todo_when=ALWAYS,
        condition=ALWAYS,
        only_if_unrenewed=True,
        on_failure=OnFailure.NEXT_STEP,
    )
    return Journey(name_in_journal(campaign.key), name, ALWAYS, (step,))
