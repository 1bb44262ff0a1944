"""Make a link to share, and attribute the newcomers who came by one."""

from datetime import date, datetime

from django.db import transaction

from tenure.kernel.failures import Refusal
from tenure.records.customers.models import Account, ContactPoint, Person
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.sharing.models import ShareJoin, ShareLink
from tenure.records.sharing.queries import ATTRIBUTE, link_of
from tenure.records.sharing.rules import Joining, UnknownShare, check


@transaction.atomic
def share(person_id: int, *, on: date, at: datetime, by: str) -> ShareLink:
    """The link of a person; asked again, the same one."""
    person = Person.objects.select_for_update().get(pk=person_id)
    row = (person.pk, person.account_id, on, at)
    if insert_rows(ShareLink, [row], columns=("person_id", "account_id", "made_on", "made_at")):
        content = {"person": person.pk}
        fact = Fact("share.made", on=on, account_id=person.account_id, content=content)
        append(fact, at=at, by=by)
    return ShareLink.objects.select_related("person", "account").get(person=person)


@transaction.atomic
def attribute(token: str, account_id: int, *, on: date, at: datetime, by: str) -> ShareJoin:
    """Note that a newcomer came by a link; both get the entry, once however often it is told.

    Raises:
        UnknownShare: the link is not ours.
        SelfReferral: both are one customer, or share an address.
        BroughtBefore: another link brought the newcomer.
        NotNew: the newcomer was here before the link, or says it too late.
    """
    link = link_of(token)
    if link is None:
        raise UnknownShare()
    newcomer = Account.objects.select_for_update().get(pk=account_id)
    known = ShareJoin.objects.filter(newcomer=newcomer).first()
    if known is not None and known.link_id == link.pk:
        return known
    check(
        Joining(
            is_same_account=newcomer.pk == link.account_id,
            shares_address=_share_address(newcomer.pk, link.account_id),
            was_brought_by_another=known is not None,
            made_on=link.made_on,
            joined_on=newcomer.started_on,
            on=on,
        )
    )
    join = ShareJoin.objects.create(
        link=link, newcomer=newcomer, joined_on=newcomer.started_on, told_at=at, told_by=by
    )
    for account, kind in ((link.account_id, "share.brought"), (newcomer.pk, "share.joined")):
        content = {"link": link.pk, "sharer": link.account_id, "newcomer": newcomer.pk}
        append(Fact(kind, on=on, account_id=account, content=content), at=at, by=by)
    return join


def attribute_told(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Attribute newcomers whose own system told by whose link they came; how many were new.

    Only the few who came lately and are not attributed are looked at; what is refused is said in
    the journal once.
    """
    told = Account.objects.filter(attributes__has_key=ATTRIBUTE).exclude(
        pk__in=ShareJoin.objects.values("newcomer")
    )
    count = 0
    for pk, attributes in told.order_by("pk").values_list("pk", "attributes"):
        try:
            attribute(str(attributes[ATTRIBUTE]), pk, on=as_of, at=at, by=by)
            count += 1
        except Refusal as refusal:
            fact = Fact(
                "share.refused",
                on=as_of,
                account_id=pk,
                content={"code": refusal.code},
                once_key=f"share.refused:{pk}:{refusal.code}",
            )
            append(fact, at=at, by=by)
    return count


def _share_address(one: int, other: int) -> bool:
    """Whether two accounts are reached at one address: the same people under two names."""
    theirs = ContactPoint.objects.filter(person__account=other).exclude(channel="letter")
    ours = ContactPoint.objects.filter(person__account=one, address__in=theirs.values("address"))
    return ours.exists()
