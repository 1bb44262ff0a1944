"""Who may do what in the console. Roles are Django groups; this table alone counts."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class Right(StrEnum):
    """One thing that a role may do."""

    READ = "read"
    SEE_PEOPLE = "see_people"  # names, addresses and phones unmasked
    ACT = "act"  # close a to-do, send, renew for a customer
    AUDIT = "audit"  # the journal of everybody


ROLES: dict[str, frozenset[Right]] = {
    "owner": frozenset(Right),
    "operator": frozenset({Right.READ, Right.SEE_PEOPLE, Right.ACT}),
    "support": frozenset({Right.READ, Right.SEE_PEOPLE}),
    "analyst": frozenset({Right.READ}),
    "auditor": frozenset({Right.READ, Right.AUDIT}),
}

View = Callable[..., HttpResponseBase]


def rights_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[Right]:
    """All rights of a user's roles; a superuser is an owner."""
    if getattr(user, "is_superuser", False):
        return frozenset(Right)
    groups = getattr(user, "groups", None)
    if groups is None or not user.is_authenticated:
        return frozenset()
    names = groups.values_list("name", flat=True)
    return frozenset[Right]().union(*(ROLES.get(name, frozenset()) for name in names))


def needs(right: Right) -> Callable[[View], View]:
    """A view that only opens to a signed-in user with this right."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            rights = rights_of(request.user)
            if right not in rights:
                raise PermissionDenied
            request.rights = rights  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def may(request: HttpRequest, right: Right) -> bool:
    """Whether the user behind this request has a right."""
    rights: frozenset[Right] = getattr(request, "rights", frozenset())
    return right in rights
