"""A personal plan as a journey of one deciding step: how it is logged, planned and sent."""

from __future__ import annotations

from typing import Final

from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.rules import STEP
from tenure.kernel.failures import Sentence
from tenure.strategy.journeys import Journey, OnFailure, Step
from tenure.strategy.messages import Channel
from tenure.strategy.rules import ALWAYS
from tenure.strategy.sections import Strategy

PLAN_NAME: Final = Sentence(zh="个人续费方案", en="personal renewal plan")


def journey_of(plan: Proposal, *, strategy: Strategy) -> Journey:
    """The journey of a plan; its step speaks with the message and on the channel of the plan."""
    message = plan.message or next(iter(strategy.messages))
    step = Step(
        id=STEP,
        name=PLAN_NAME,
        days_before=0,
        valid_days=1,
        message=message,
        message_class=strategy.messages[message].message_class,
        channels=(Channel(plan.channel),) if plan.channel else (Channel.EMAIL,),
        decides=True,
        todo=None,
        todo_when=ALWAYS,
        condition=ALWAYS,
        only_if_unrenewed=True,
        on_failure=OnFailure.NEXT_STEP,
    )
    return Journey(plan.journey, PLAN_NAME, ALWAYS, (step,))
