"""Who counts as a newcomer that somebody brought, and why somebody does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

#: Whoever was here before the link was made was not brought by it; systems count days apart.
GRACE: Final = timedelta(days=1)
#: So long after joining a newcomer may still say who it was.
TELLS_WITHIN: Final = timedelta(days=30)


class UnknownShare(Refusal):
    """A link that we did not make."""

    code = "unknown_share"
    said = Sentence(
        zh="这个邀请链接不完整或已被改动；请向朋友要一个新的。",
        en="This invitation is incomplete or was changed; ask your friend for a new one.",
    )


class SelfReferral(Refusal):
    """Somebody who brought themselves."""

    code = "self_referral"
    said = Sentence(
        zh="不能通过自己的邀请链接加入。", en="Nobody can be brought by an invitation of their own."
    )


class NotNew(Refusal):
    """Somebody who was here before, or who says it too late."""

    code = "not_new"
    said = Sentence(
        zh="邀请只对新客户有效，须在加入后 {days} 天内确认。",
        en="Invitations are for new customers, within {days} days of joining.",
    )


class BroughtBefore(Refusal):
    """Somebody whom another one brought."""

    code = "brought_before"
    said = Sentence(
        zh="这位客户已经由另一个邀请带来，只计一次。",
        en="Another invitation brought this customer already; it counts once.",
    )


@dataclass(frozen=True, slots=True)
class Joining:
    """What is so about a sharer and a newcomer."""

    is_same_account: bool
    shares_address: bool
    was_brought_by_another: bool
    made_on: date
    joined_on: date
    on: date


def check(joining: Joining) -> None:
    """Refuse whoever was not brought.

    Raises:
        SelfReferral, BroughtBefore, NotNew
    """
    if joining.is_same_account or joining.shares_address:
        raise SelfReferral()
    if joining.was_brought_by_another:
        raise BroughtBefore()
    is_new = joining.joined_on >= joining.made_on - GRACE
    if not is_new or joining.on > joining.joined_on + TELLS_WITHIN:
        raise NotNew(days=TELLS_WITHIN.days)
