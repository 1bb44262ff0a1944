"""Who has nothing with us any more, since when, and what follows for them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, QuerySet

from tenure.act.consequences.ends.rules import Countdown, countdown
from tenure.act.consequences.queries import steps_for
from tenure.kernel.clock import today
from tenure.records.requests.models import DataRequest
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState

JOURNEY: Final = "after_end"


def ends() -> QuerySet[Any, Any]:
    """Account and `last_on`, the day of its last end; only accounts that have nothing left."""
    still = Subscription.objects.filter(account=OuterRef("account")).exclude(
        state=SubscriptionState.ENDED
    )
    ended = Subscription.objects.filter(state=SubscriptionState.ENDED).exclude(Exists(still))
    ends_: QuerySet[Any, Any] = ended.values("account_id").annotate(last_on=Max("ended_on"))
    return ends_.order_by("account_id")


def without_erased(
    rows: QuerySet[Any, Any],
) -> QuerySet[Any, Any]:
    """Those whose data was not deleted already."""
    erased = DataRequest.objects.filter(account=OuterRef("account"), kind=DataRequest.Kind.ERASURE)
    return rows.exclude(Exists(erased))


def countdown_of(account_id: int, *, at: datetime) -> Countdown | None:
    """What follows for one customer; None while a contract runs, and after the deletion."""
    found = without_erased(ends().filter(account_id=account_id)).first()
    if found is None:
        return None
    on = today(current().business.zone, at)
    return countdowns({account_id: found["last_on"]}, on=on)[account_id]


def countdowns(ended: Mapping[int, date], *, on: date) -> Mapping[int, Countdown]:
    """Account → what follows its end."""
    strategy = current()
    terms = (
        Term.objects.filter(account_id__in=list(ended), reversed_on__isnull=True)
        .select_related("plan_version__plan")
        .order_by("account_id", "ends_on")
    )
    policies: dict[int, date] = {}
    with one_reading():
        for term in terms:
            until = _policy_until(term)
            if until is not None:
                known = policies.get(term.account_id, until)
                policies[term.account_id] = max(until, known)
    return {
        account: countdown(
            strategy.at(on).retention.after_end, day, policy_until=policies.get(account)
        )
        for account, day in ended.items()
    }


def _policy_until(term: Term) -> date | None:
    """The last day on which a term's own policy lets data be taken out."""
    days = [
        one.day + one.data_kept_days for one in steps_for(term) if one.data_kept_days is not None
    ]
    return term.ends_on + timedelta(days=max(days) - 1) if days else None


def countdowns_told(rows: Sequence[Mapping[str, Any]], *, on: date) -> Mapping[int, Countdown]:
    """Message → what it tells; of rows of messages, those about an end that still stands."""
    told = {row["pk"]: row for row in rows if row["journey"] == JOURNEY}
    if not told:
        return {}
    accounts = {row["account_id"] for row in told.values()}
    standing = without_erased(ends().filter(account_id__in=accounts))
    ended = {row["account_id"]: row["last_on"] for row in standing}
    found = countdowns(ended, on=on)
    return {
        pk: found[row["account_id"]]
        for pk, row in told.items()
        if row["account_id"] in found and row["send_key"].endswith(f":{ended[row['account_id']]}")
    }
