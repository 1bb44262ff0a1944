"""Who may do what in the console. Roles are Django groups; this table alone counts."""

from collections.abc import Callable
from contextlib import nullcontext
from enum import StrEnum
from functools import wraps
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import StringAgg, Value
from django.http import HttpRequest, HttpResponseBase

from tenure.records.strategies.queries import one_reading

_READS: Final = frozenset({"GET", "HEAD"})


class Right(StrEnum):
    """One thing that a role may do."""

    READ = "read"
    SEE_PEOPLE = "see_people"  # names, addresses and phones unmasked
    ACT = "act"  # close a to-do, send, renew for a customer
    AUDIT = "audit"  # the journal of everybody
    RENEW_MANY = "renew_many"  # many contracts of a company as one purchase
    FINANCE = "finance"  # payments; ask for refunds and decide about those of others


ROLES: Final[dict[str, frozenset[Right]]] = {
    "owner": frozenset(Right),
    "operator": frozenset({Right.READ, Right.SEE_PEOPLE, Right.ACT, Right.RENEW_MANY}),
    "finance": frozenset({Right.READ, Right.SEE_PEOPLE, Right.FINANCE, Right.RENEW_MANY}),
    "support": frozenset({Right.READ, Right.SEE_PEOPLE}),
    "analyst": frozenset({Right.READ}),
    "auditor": frozenset({Right.READ, Right.AUDIT}),
}

View = Callable[..., HttpResponseBase]


class RoleBackend(ModelBackend):
    """Finds the user of a session together with the names of the roles: one query, not two."""

    def get_user(self, user_id: int) -> Any:
        users = get_user_model()._default_manager.annotate(
            role_names=StringAgg("groups__name", delimiter=Value(","))
        )
        found = users.filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None


def rights_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[Right]:
    """All rights of a user's roles; a superuser is an owner."""
    if getattr(user, "is_superuser", False):
        return frozenset(Right)
    if not user.is_authenticated:
        return frozenset()
    return frozenset[Right]().union(*(ROLES.get(name, frozenset()) for name in _roles(user)))


def _roles(user: Any) -> list[str]:
    """The names of a user's roles, as the backend found them or by one query."""
    if hasattr(user, "role_names"):
        return (user.role_names or "").split(",")
    return list(user.groups.values_list("name", flat=True))


def needs(right: Right) -> Callable[[View], View]:
    """A view that only opens to a signed-in user with this right."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if right not in rights(request):
                raise PermissionDenied
            # A page is drawn from one strategy; a deed reads for itself what holds when it is done.
            with one_reading() if request.method in _READS else nullcontext():
                return view(request, *args, **kwargs)

        return guarded

    return wrap


def rights(request: HttpRequest) -> frozenset[Right]:
    """The rights of the user behind a request, looked up once."""
    known: frozenset[Right] | None = getattr(request, "rights", None)
    if known is None:
        known = rights_of(request.user)
        request.rights = known  # type: ignore[attr-defined]
    return known


def may(request: HttpRequest, right: Right) -> bool:
    """Whether the user behind this request has a right."""
    return right in rights(request)


def actor(request: HttpRequest) -> str:
    """How the journal names the user behind a request."""
    return f"user:{request.user.pk}"
