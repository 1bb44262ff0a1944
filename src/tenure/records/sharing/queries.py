"""Read the links of sharers, and who came by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.records.sharing.models import ShareJoin, ShareLink

#: Where an account of another system says by whose link it came.
ATTRIBUTE: Final = "share"
_SEAL_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Sharing:
    """What sharing has brought so far."""

    links: int
    joins: int
    newest: Sequence[ShareJoin]


def token_of(link: ShareLink) -> str:
    """The signed name of a link in its address."""
    return f"{link.pk:x}-{_seal(link.pk)}"


def link_of(token: str) -> ShareLink | None:
    """The link that a token names, or None where it is not one of ours."""
    number, _, seal = token.strip().partition("-")
    if not (number.isascii() and number.isalnum() and len(number) <= 15):
        return None
    try:
        pk = int(number, 16)
    except ValueError:
        return None
    if not constant_time_compare(seal, _seal(pk)):
        return None
    return ShareLink.objects.select_related("person", "account").filter(pk=pk).first()


def link_by(person_id: int) -> ShareLink | None:
    """The link that a person made."""
    return ShareLink.objects.filter(person=person_id).first()


def joins_of(person_id: int) -> Sequence[ShareJoin]:
    """The newcomers whom a person brought, the newest first."""
    rows = ShareJoin.objects.filter(link__person=person_id).select_related("newcomer")
    return list(rows.order_by("-joined_on", "-pk"))


def refs_of(join_id: int) -> tuple[str, str]:
    """The references of the points of a newcomer: the sharer's, and the newcomer's own."""
    return f"referral:{join_id}:sharer", f"referral:{join_id}:newcomer"


def refs_by(payment_id: int) -> list[str]:
    """The references of all points that a payment of a newcomer let both have."""
    joins = ShareJoin.objects.filter(payment=payment_id).order_by("pk")
    return [ref for pk in joins.values_list("pk", flat=True) for ref in refs_of(pk)]


def brought_by(account_id: int) -> ShareJoin | None:
    """By whom an account was brought."""
    rows = ShareJoin.objects.filter(newcomer=account_id)
    return rows.select_related("link__account").first()


def sharing(*, limit: int) -> Sharing:
    """All links together, and the newest newcomers."""
    counted = ShareLink.objects.aggregate(n=Count("pk"))["n"]
    rows = ShareJoin.objects.select_related("newcomer", "link__account").order_by("-told_at", "-pk")
    return Sharing(counted, ShareJoin.objects.count(), list(rows[:limit]))


def _seal(pk: int) -> str:
    return salted_hmac("tenure.share", f"{pk:x}", algorithm="sha256").hexdigest()[:_SEAL_LENGTH]
