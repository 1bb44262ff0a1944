"""What meetings and cards brought, beside what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, Sum

from tenure.kernel.money import Money
from tenure.records.journal.models import Entry
from tenure.records.salons.models import GiftCard, Salon, SalonGuest
from tenure.records.salons.states import CardState, GuestState

#: Renewals so long after a meeting are counted beside it.
COUNTED: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One meeting: who was invited, who came, how many of each renewed, and what it cost.

    Those who stayed away chose to: they are no control group, and the difference is no effect.
    """

    salon: Salon
    invited: int
    came: int
    came_renewed: int
    absent: int
    absent_renewed: int
    cards_minor: int

    @property
    def cost(self) -> Money:
        """The meeting itself and every card that was redeemed."""
        return Money(self.salon.cost_minor + self.cards_minor, self.salon.currency)

    @property
    def cost_per_renewal(self) -> Money | None:
        """Of those who came; None where nobody renewed."""
        if not self.came_renewed:
            return None
        return Money(-(-self.cost.amount_minor // self.came_renewed), self.salon.currency)


def outcomes(*, limit: int) -> Sequence[Outcome]:
    """The newest meetings with what followed."""
    salons = list(Salon.objects.order_by("-on", "-pk")[:limit])
    counts = _counts(salons)
    redeemed = dict(
        GiftCard.objects.filter(salon__in=salons, state=CardState.REDEEMED)
        .values_list("salon")
        .annotate(total=Sum("value_minor"))
    )
    return [_outcome(one, counts, cards_minor=redeemed.get(one.pk, 0)) for one in salons]


def guests_of(salon_id: int) -> Sequence[SalonGuest]:
    """Who was invited to a meeting, in the order of names."""
    rows = SalonGuest.objects.filter(salon=salon_id).select_related("account")
    return list(rows.order_by("account__name", "pk"))


def cards(*, limit: int) -> Sequence[GiftCard]:
    """The newest cards."""
    return list(GiftCard.objects.select_related("account", "salon").order_by("-pk")[:limit])


def _counts(salons: Sequence[Salon]) -> dict[tuple[int, str], tuple[int, int]]:
    """(meeting, state) → guests, and of those how many renewed afterwards."""
    renewal = Entry.objects.filter(
        kind="term.renewed",
        account=OuterRef("account"),
        on__gte=OuterRef("salon__on"),
        on__lte=OuterRef("salon__on") + COUNTED,
    )
    guests = SalonGuest.objects.filter(salon__in=salons).annotate(renews=Exists(renewal))
    rows = guests.values_list("salon", "state").annotate(
        n=Count("pk"), won=Count("pk", filter=Q(renews=True))
    )  # fmt: skip
    return {(salon, state): (count, won) for salon, state, count, won in rows}


def _outcome(
    salon: Salon, counts: dict[tuple[int, str], tuple[int, int]], *, cards_minor: int
) -> Outcome:
    came = counts.get((salon.pk, GuestState.CAME), (0, 0))
    absent = counts.get((salon.pk, GuestState.ABSENT), (0, 0))
    invited = sum(count for (pk, _), (count, _) in counts.items() if pk == salon.pk)
    return Outcome(salon, invited, *came, *absent, cards_minor)
