"""Who calls: the key in the Authorization header, and how often it may ask."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from tenure.kernel import clock
from tenure.records.keys import queries as keys
from tenure.records.keys.models import ApiKey
from tenure.surfaces.api.limits import PER_ADDRESS, PER_KEY, Quota, count


class TooManyRequests(Exception):
    """A caller that has used up its minute."""


class WrongScope(Exception):
    """A good key that does not open this."""


class KeyAuth(HttpBearer):
    """Opens to keys of some scopes. Wrong keys are counted by address, so none can be guessed."""

    def __init__(self, *scopes: ApiKey.Scope) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Any:
        key = super().__call__(request)
        if key is None:
            caller = f"address:{request.META.get('REMOTE_ADDR', '')}"
            _spend(request, count(caller, allowed=PER_ADDRESS, at=clock.now()))
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = keys.find(token)
        if key is None:
            return None
        _spend(request, count(f"key:{key.public_id}", allowed=PER_KEY, at=clock.now()))
        if key.scope not in self.scopes:
            raise WrongScope
        return key


def _spend(request: HttpRequest, quota: Quota) -> None:
    request.quota = quota  # type: ignore[attr-defined]
    if quota.is_spent:
        raise TooManyRequests


def is_masked(request: HttpRequest) -> bool:
    """Whether the caller's key may not see people."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key.scope == ApiKey.Scope.MASKED
