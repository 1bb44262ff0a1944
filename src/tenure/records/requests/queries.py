"""Open requests about people's own data, the most urgent first."""

from datetime import datetime

from tenure.records.requests.models import DataRequest
from tenure.records.requests.states import RequestState


def open_requests(*, limit: int = 100) -> list[DataRequest]:
    """What still has to be done, by the day it is due."""
    found = DataRequest.objects.filter(state=RequestState.OPEN).select_related("account")
    return list(found.order_by("due_on", "pk")[:limit])


def requests_of(account_id: int) -> list[DataRequest]:
    """What an account asked for, the newest first."""
    return list(DataRequest.objects.filter(account_id=account_id).order_by("-asked_at", "-pk")[:20])


def copy_to_fetch(public_id: str, *, at: datetime) -> DataRequest | None:
    """The copy behind a link, while it can be fetched."""
    found = DataRequest.objects.select_related("account", "person").filter(
        public_id=public_id,
        kind=DataRequest.Kind.EXPORT,
        state=RequestState.OPEN,
        expires_at__gt=at,
    )
    return found.first()
