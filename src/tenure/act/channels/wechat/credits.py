"""How many messages of a template a reader still allows: up on yes, down on sending (R-C-023)."""

from django.db.models import F

from tenure.act.channels.models import MessageCredit


def grant(address: str, *, template: str, count: int) -> None:
    """The reader said yes once more."""
    MessageCredit.objects.get_or_create(address=address, template=template)
    MessageCredit.objects.filter(address=address, template=template).update(left=F("left") + count)


def spend(address: str, *, template: str) -> bool:
    """Take one, before anything leaves; False where none is left. Two never take the same one."""
    live = MessageCredit.objects.filter(address=address, template=template, left__gt=0)
    return live.update(left=F("left") - 1) == 1


def forfeit(address: str, *, template: str) -> None:
    """The reader took everything back."""
    MessageCredit.objects.filter(address=address, template=template).update(left=0)


def left(address: str, *, template: str) -> int:
    """How many there are."""
    found = MessageCredit.objects.filter(address=address, template=template)
    return found.values_list("left", flat=True).first() or 0
