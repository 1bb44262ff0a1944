"""Who works here: the roles, and people with a name, a password and a role."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.surfaces.console.access import ROLES


class UnknownRole(Refusal):
    """A role that is not in the table of roles."""

    code = "unknown_role"
    said = Sentence(
        zh="没有名为“{role}”的角色；可选：{known}。",
        en="There is no role called “{role}”; choose one of {known}.",
    )


class WeakPassword(Refusal):
    """A password that is too short or too well known."""

    code = "weak_password"
    said = Sentence(
        zh="密码太弱：至少 10 个字符，且不能是常见密码；请换一个。",
        en="The password is too weak: at least 10 characters, and not a common one; "
        "choose another.",
    )


def ensure_roles() -> int:
    """Make sure that every role is a group; how many were new."""
    return sum(Group.objects.get_or_create(name=name)[1] for name in ROLES)


@transaction.atomic
def ensure_member(name: str, password: str, *, role: str, at: datetime, zone: str) -> bool:
    """Make sure that somebody can sign in with this password and has this role; whether new.

    Somebody who is there already gets the password and exactly this role.

    Raises:
        UnknownRole: the role is not in the table.
        WeakPassword: the password would be guessed.
    """
    if role not in ROLES:
        raise UnknownRole(role=role, known=list(ROLES))
    try:
        validate_password(password)
    except ValidationError:
        raise WeakPassword() from None
    ensure_roles()
    user, is_new = get_user_model()._default_manager.get_or_create(username=name)
    user.set_password(password)
    user.save(update_fields=["password"])
    user.groups.set([Group.objects.get(name=role)])
    content = {"name": name, "role": role, "is_new": is_new}
    append(Fact("staff.ensured", on=today(zone, at), content=content), at=at, by="cli")
    return is_new
