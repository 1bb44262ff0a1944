"""By when a request about one's own data is answered (R-P-006), and how it moves."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.periods import add_months
from tenure.records.requests.states import RequestState

EXPORT_HOLDS: Final = timedelta(days=7)
# The European Economic Area and the United Kingdom count a month (GDPR 12(3)).
_MONTH: Final = frozenset(
    {
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
        "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO",
        "GB",
    }
)  # fmt: skip
_WORKING_DAYS: Final = 15
_OTHER_DAYS: Final = 45
_SATURDAY: Final = 5


class RequestVerb(StrEnum):
    """What may happen to a request."""

    FINISH = "be finished"
    EXPIRE = "expire"


REQUEST = Lifecycle(
    {
        (RequestState.OPEN, RequestVerb.FINISH): RequestState.DONE,
        (RequestState.OPEN, RequestVerb.EXPIRE): RequestState.EXPIRED,
    },
    name="data request",
    start=RequestState.OPEN,
)


class ContractStillRuns(Refusal):
    """Data that a running contract cannot do without."""

    code = "contract_still_runs"
    said = Sentence(
        zh="您还有合约用到 {ends_on}，履行合约需要这些数据；请先取消合约，或在结束后再删除。"
        "没有删除任何内容。",
        en="A contract of yours runs until {ends_on} and cannot be served without this data; "
        "cancel it first, or delete after its end. Nothing was deleted.",
    )


class CopyIsGone(Refusal):
    """A copy that was fetched already, or not in time."""

    code = "copy_is_gone"
    said = Sentence(
        zh="这份数据副本已下载过或已过期；请在“我的数据”中重新申请，没有次数限制。",
        en="This copy was fetched already or is over; ask for a new one under “Your data”, "
        "as often as you like.",
    )


def due_on(country: str, *, asked_on: date) -> date:
    """The last day for the answer: 15 working days in China, a month in the European Economic
    Area and the United Kingdom, 45 days elsewhere (CCPA).

    Saturdays and Sundays are no working days; public holidays are counted, which is the strict
    side.
    """
    if country in _MONTH:
        return add_months(asked_on, 1)
    if country != "CN":
        return asked_on + timedelta(days=_OTHER_DAYS)
    day, left = asked_on, _WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def is_urgent(due: date, *, asked_on: date, on: date) -> bool:
    """Whether 80 % of the time for an answer has passed."""
    whole = (due - asked_on).days
    return whole <= 0 or (on - asked_on).days * 5 >= whole * 4
