"""What hangs on the terms that texts are about: automatic payments, mandates, what plans give."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from django.db.models import CharField, DateField, DateTimeField, IntegerField, Value

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.among import among
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import BY_HAND, DeductionState
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.states import STANDING
from tenure.records.catalog.models import Entitlement
from tenure.records.subscriptions.models import Term

_DUE, _AGREED, _GIVES = range(3)
_NO_AMOUNT: Final = Value(None, output_field=IntegerField())
_NO_TEXT: Final = Value("", output_field=CharField())
_NO_DAY: Final = Value(None, output_field=DateField())
_NO_INSTANT: Final = Value(None, output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class DueFacts:
    """The automatic payment of a term's renewal, as its customer is told of it."""

    due_on: date
    amount: Money
    method: str
    decline_code: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgreedFacts:
    """A mandate that stands: how it pays, and the price that its customer agreed to."""

    method: str
    price: Money


@dataclass(frozen=True, slots=True)
class Hanging:
    """By term its automatic payment, where it is not left to the customer; by subscription its
    mandate; by plan version the code and name of each thing that it gives.
    """

    dues: dict[int, DueFacts] = field(default_factory=dict)
    agreed: dict[int, AgreedFacts] = field(default_factory=dict)
    gives: defaultdict[int, dict[str, Sentence]] = field(default_factory=lambda: defaultdict(dict))


def hanging_on(terms: Collection[Term]) -> Hanging:
    """All of it by one question."""
    found = Hanging()
    for place, key, minor, currency, due_on, first, second, third, at in _told(terms):
        if place == _DUE:
            retry_at = at if third == DeductionState.RETRYING else None
            found.dues[key] = DueFacts(due_on, Money(minor, currency), first, second, retry_at)
        elif place == _AGREED:
            found.agreed[key] = AgreedFacts(first, Money(minor, currency))
        else:
            found.gives[key][first] = Sentence(second, third)
    return found


def _told(terms: Collection[Term]) -> Any:
    """Each part in the columns of the first one; where it has no such thing it tells nothing."""

    def those(name: str, of: str) -> Any:
        return among(name, set(map(attrgetter(of), terms)))

    left_out = (*BY_HAND, DeductionState.STOPPED)
    dues = Deduction.objects.filter(those("term_id", "pk")).exclude(state__in=left_out)
    agreed = Mandate.objects.filter(those("subscription_id", "subscription_id"))
    gives = Entitlement.objects.filter(those("plan_version_id", "plan_version_id"))
    first = dues.values_list(
        Value(_DUE), "term_id", "amount_minor", "currency", "due_on", "mandate__method",
        "decline_code", "state", "next_at",
    )  # fmt: skip
    return first.union(
        agreed.filter(state__in=STANDING).values_list(
            Value(_AGREED), "subscription_id", "consent__price_minor", "consent__currency", _NO_DAY,
            "method", _NO_TEXT, _NO_TEXT, _NO_INSTANT,
        ),
        gives.values_list(
            Value(_GIVES), "plan_version_id", _NO_AMOUNT, _NO_TEXT, _NO_DAY,
            "code", "name_zh", "name_en", _NO_INSTANT,
        ),
        all=True,
    )  # fmt: skip
