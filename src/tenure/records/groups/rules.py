"""When a group is formed or over, and who may join one."""

from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.groups.states import GroupState


class GroupVerb(StrEnum):
    """What may happen to a group."""

    FORM = "form"
    EXPIRE = "expire"


GROUP = Lifecycle(
    {
        (GroupState.OPEN, GroupVerb.FORM): GroupState.FORMED,
        (GroupState.OPEN, GroupVerb.EXPIRE): GroupState.EXPIRED,
    },
    name="group purchase",
    start=GroupState.OPEN,
)


class GroupOver(Refusal):
    """A group that nobody can join any more."""

    code = "group_over"
    said = Sentence(
        zh="这个拼团已结束，不能再加入；没有扣款。可以自己发起一个新的拼团，或按原价续费。",
        en="This group is over and cannot be joined; no money moved. Start one of your own, or "
        "renew at the usual price.",
    )


class OtherPlan(Refusal):
    """A group of customers of another plan."""

    code = "group_of_other_plan"
    said = Sentence(
        zh="这个拼团只适用于套餐“{plan}”；没有扣款。",
        en="This group is for the plan “{plan}” only; no money moved.",
    )


class InAnotherGroup(Refusal):
    """A customer who waits in another group of the same plan."""

    code = "in_another_group"
    said = Sentence(
        zh="您已在另一个尚未成团的拼团里，每个套餐同时只能参加一个；没有扣款。",
        en="You are in another group that still gathers; one at a time for each plan. No money "
        "moved.",
    )


class TooLateForGroup(Refusal):
    """A term that would be over before the group is."""

    code = "too_late_for_group"
    said = Sentence(
        zh="合约会在拼团截止前到期，等不到成团；请直接续费，没有扣款。",
        en="Your contract would end before the group is decided; renew it directly. No money "
        "moved.",
    )


def is_formed(paid: int, *, size: int) -> bool:
    """Whether enough have paid."""
    return paid >= size
