"""Take the free days that were offered: the end of the term moves, and nothing is charged."""

from datetime import date, datetime

from django.db import transaction

from tenure.act.prices.queries import charges_for
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import extend
from tenure.records.subscriptions.models import Term


class NothingToTake(Refusal):
    """No free days are offered for this term, or not any more."""

    code = "nothing_to_take"
    said = Sentence(
        zh="本期目前没有可领取的延长天数；到期日未变，没有扣款。",
        en="No free days are offered for this term any more; its end did not move and nothing was "
        "charged.",
    )


@transaction.atomic
def take_days(term_id: int, *, on: date, at: datetime, by: str) -> Term:
    """Move the end of a term by the days that were offered for it; pressed again, nothing more.

    Raises:
        NothingToTake: no offer of days stands.
    """
    term = Term.objects.select_related("subscription", "plan_version__plan").get(pk=term_id)
    if term.extended_days:
        return term
    given = charges_for(term, on=on, strategy=current().at(on)).more_days
    if given is None:
        raise NothingToTake()
    return extend(term.pk, days=given.extension_days, on=on, at=at, by=by)
