"""Who belongs to an account, how to reach them and what they allow."""

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import In

from tenure.kernel.pinyin import readings_of
from tenure.records.customers.models import (
    Account,
    Consent,
    ContactPoint,
    Person,
    TagRefusal,
)

# The purpose of a guardian's consent to what a minor agrees to.
GUARDIAN = "guardian"


def account_of(source: str, external_id: str) -> Account | None:
    """The account that a source knows by an id."""
    return Account.objects.filter(source=source, external_id=external_id).first()


def spelled(typed: str) -> Q:
    """Accounts whose Chinese name begins as the typed letters are read: zhangwei, zhangw, zw."""
    found = Q(pk__in=())
    for reading in readings_of(typed):
        found |= Q(
            *(
                In(Substr("name", place, 1), sorted(characters))
                for place, characters in enumerate(reading, start=1)
            )
        )
    return found


def people_of(account_id: int) -> list[Person]:
    """Everybody at an account, the primary person first."""
    return list(Person.objects.filter(account_id=account_id).order_by("-is_primary", "pk"))


def primary_person(account_id: int) -> Person | None:
    """The person whom messages about the account go to."""
    return Person.objects.filter(account_id=account_id, is_primary=True).order_by("pk").first()


def may_agree(account_id: int) -> bool:
    """Whether what an account's own person agrees to binds: a minor's does with a guardian's.

    The guardian's is a consent of the purpose `guardian`, given on whatever way (R-P-012).
    """
    person = primary_person(account_id)
    if person is None or not person.is_minor:
        return True
    return Consent.objects.filter(
        person=person, purpose=GUARDIAN, withdrawn_at__isnull=True
    ).exists()


def primary_people(account_ids: Collection[int]) -> Mapping[int, Person]:
    """Account → the person whom messages about it go to, where it has one."""
    people = Person.objects.filter(account_id__in=account_ids, is_primary=True)
    return {one.account_id: one for one in people.order_by("-pk")}


def email_addresses(person_ids: Collection[int]) -> Mapping[int, str]:
    """Person → the first address for e-mails that has not bounced."""
    points = ContactPoint.objects.filter(person_id__in=person_ids, channel="email", bounced_at=None)
    return dict(points.order_by("-pk").values_list("person_id", "address"))


def usable_points(person_id: int) -> list[ContactPoint]:
    """The addresses of a person that have not bounced."""
    points = ContactPoint.objects.filter(person_id=person_id, bounced_at=None)
    return list(points.order_by("channel", "pk"))


def allows(person_id: int, *, purpose: str, channel: str) -> bool:
    """Whether a person allows this purpose on this channel now."""
    return Consent.objects.filter(
        person_id=person_id, purpose=purpose, channel=channel, withdrawn_at=None
    ).exists()


def is_proved(person_id: int, *, purpose: str, channel: str) -> bool:
    """Whether a live permission was confirmed by its reader, or is a soft opt-in (R-P-032)."""
    return proved(
        Consent.objects.filter(
            person_id=person_id, purpose=purpose, channel=channel, withdrawn_at=None
        )
    ).exists()


def proved(consents: QuerySet[Consent]) -> QuerySet[Consent]:
    """Those that a click confirmed, and those of a customer who could have said no."""
    soft = Q(soft_opt_in_at__isnull=False, opt_out_offered=True) & ~Q(soft_opt_in_product="")
    return consents.filter(Q(double_opt_in_at__isnull=False) | soft)


def consents_of(person_id: int) -> list[Consent]:
    """Every permission ever given, the newest first, with its evidence."""
    return list(Consent.objects.filter(person_id=person_id).order_by("-given_at", "-pk"))


def choices_of(person_id: int) -> Mapping[tuple[str, str], bool]:
    """(purpose, channel) → whether the person's newest word allows it; unsaid ones are absent."""
    rows = Consent.objects.filter(person_id=person_id).order_by("given_at", "pk")
    said = rows.values_list("purpose", "channel", "withdrawn_at")
    return {(purpose, channel): withdrawn is None for purpose, channel, withdrawn in said}


def refused_tags(account_id: int) -> frozenset[str]:
    """The tags that a customer deleted."""
    rows = TagRefusal.objects.filter(account_id=account_id)
    return frozenset(rows.values_list("tag", flat=True))


def tag_refusals() -> Mapping[str, frozenset[int]]:
    """Tag → the accounts that deleted it."""
    found: dict[str, set[int]] = {}
    for tag, account_id in TagRefusal.objects.values_list("tag", "account_id"):
        found.setdefault(tag, set()).add(account_id)
    return {tag: frozenset(accounts) for tag, accounts in found.items()}
