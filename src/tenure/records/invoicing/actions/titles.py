"""A customer's title book."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.customers.models import Account
from tenure.records.invoicing.models import Title
from tenure.records.invoicing.rules import TitleText, checked_title
from tenure.records.journal.actions import Fact, append


@transaction.atomic
def save_title(account_id: int, text: TitleText, *, on: date, at: datetime, by: str) -> Title:
    """Keep a title; the first one is the default. Saved again, its address and bank are renewed.

    Raises:
        BadTitle: the tax platform would not take it.
    """
    Account.objects.select_for_update().get(pk=account_id)
    checked = checked_title(text)
    live = Title.objects.filter(account_id=account_id, removed_at=None)
    same = live.filter(name=checked.name, tax_id=checked.tax_id)
    rest = {
        "address": checked.address,
        "phone": checked.phone,
        "bank": checked.bank,
        "bank_account": checked.bank_account,
        "email": checked.email,
    }
    if known := same.first():
        if all(getattr(known, name) == value for name, value in rest.items()):
            return known
        same.update(**rest)
        title = same.get()
    else:
        title = Title.objects.create(
            account_id=account_id,
            kind=checked.kind,
            name=checked.name,
            tax_id=checked.tax_id,
            is_default=not live.exists(),
            recorded_at=at,
            **rest,
        )
    append(_fact(title, "title.saved", on), at=at, by=by)
    return title


@transaction.atomic
def prefer_title(title_id: int, *, on: date, at: datetime, by: str) -> Title:
    """Make a title the one that is used unless another is chosen."""
    title = Title.objects.select_for_update().get(pk=title_id, removed_at=None)
    if title.is_default:
        return title
    Account.objects.select_for_update().get(pk=title.account_id)
    Title.objects.filter(account_id=title.account_id, is_default=True).update(is_default=False)
    Title.objects.filter(pk=title_id).update(is_default=True)
    append(_fact(title, "title.preferred", on), at=at, by=by)
    return Title.objects.get(pk=title_id)


@transaction.atomic
def remove_title(title_id: int, *, on: date, at: datetime, by: str) -> Title:
    """Take a title out of the book; requests that used it keep its text."""
    title = Title.objects.select_for_update().get(pk=title_id)
    if title.removed_at is not None:
        return title
    Title.objects.filter(pk=title_id).update(removed_at=at, is_default=False)
    append(_fact(title, "title.removed", on), at=at, by=by)
    return Title.objects.get(pk=title_id)


def _fact(title: Title, kind: str, on: date) -> Fact:
    content = {"title": title.pk, "of": title.kind}
    return Fact(kind, on=on, account_id=title.account_id, content=content)
