"""Who may put a changed strategy into force, and when it is too late."""

from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.strategies.drafts.states import DraftState


class DraftVerb(StrEnum):
    """What may happen to a draft."""

    APPLY = "be applied"
    REJECT = "be rejected"


DRAFT = Lifecycle(
    {
        (DraftState.ASKED, DraftVerb.APPLY): DraftState.APPLIED,
        (DraftState.ASKED, DraftVerb.REJECT): DraftState.REJECTED,
    },
    name="draft of a strategy",
    start=DraftState.ASKED,
)


class DraftSecondPerson(Refusal):
    """Whoever made a change cannot be the one who agrees."""

    code = "draft_second_person"
    said = Sentence(
        zh="这份修改由您提出，必须由另一位同事批准；没有生效。",
        en="You made this change, so somebody else must agree; nothing was applied.",
    )


class DraftOutdated(Refusal):
    """The strategy was changed by somebody else meanwhile."""

    code = "draft_outdated"
    said = Sentence(
        zh="这份修改之后策略又变过，不能直接生效；请在新版本上重新修改。",
        en="The strategy was changed since this draft was made; make the change again on the "
        "new one.",
    )


def check_second_person(*, made_by: str, by: str) -> None:
    """Refuse whoever made the change.

    Raises:
        DraftSecondPerson
    """
    if made_by == by:
        raise DraftSecondPerson()


def check_base(*, base_hash: str, newest_hash: str) -> None:
    """Refuse a draft of a strategy that is no longer the current one.

    Raises:
        DraftOutdated
    """
    if base_hash != newest_hash:
        raise DraftOutdated()
