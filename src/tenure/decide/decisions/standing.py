"""Which offers still stand: what was chosen once is kept until its last day."""

from datetime import date

from django.db.models import F, Q, QuerySet

from tenure.decide.decisions.models import Decision


def standing_offers(on: date) -> QuerySet[Decision]:
    """Every chosen price below the list, and every free day, that may still be taken on a day.

    A later decision about the same term takes nothing back, whether it is a reminder or another
    offer: whoever was told of it may count on it.
    """
    return Decision.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        Q(price_minor__lt=F("list_price_minor")) | Q(extension_days__gt=0),
        outcome=Decision.Outcome.CHOSEN,
    )


def standing_prices(on: date) -> QuerySet[Decision]:
    """Those of the standing offers that lower a price."""
    return standing_offers(on).filter(price_minor__lt=F("list_price_minor"))
