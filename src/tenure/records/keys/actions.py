"""Make a key, and close it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.keys.models import ApiKey
from tenure.records.keys.rules import KeyText


class UnknownScope(Refusal):
    """A key for something that keys do not open."""

    code = "unknown_scope"
    said = Sentence(
        zh="没有名为“{scope}”的权限范围；可选：{known}。",
        en="There is no scope called “{scope}”; choose one of {known}.",
    )


class UnknownKey(Refusal):
    """A key that is not there, or is closed already."""

    code = "unknown_key"
    said = Sentence(
        zh="没有编号为“{public_id}”的有效密钥；请用 tenure key list 核对。",
        en="No open key has the id “{public_id}”; check with tenure key list.",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """A key that somebody wants: for whom, and what it may open."""

    name: str
    scope: str


@transaction.atomic
def create(wish: Wish, *, text: KeyText, on: date, at: datetime, by: str) -> ApiKey:
    """Store a key by the hash of its secret; the text itself is kept nowhere.

    Raises:
        UnknownScope: keys do not open that.
    """
    if wish.scope not in ApiKey.Scope.values:
        raise UnknownScope(scope=wish.scope, known=ApiKey.Scope.values)
    key = ApiKey.objects.create(
        name=wish.name,
        public_id=text.public_id,
        secret_hash=text.secret_hash,
        scope=wish.scope,
        created_at=at,
    )
    _note("key.created", key, on=on, at=at, by=by)
    return key


@transaction.atomic
def close(public_id: str, *, on: date, at: datetime, by: str) -> ApiKey:
    """Let a key open nothing from now on.

    Raises:
        UnknownKey: it is not there, or closed already.
    """
    key = ApiKey.objects.select_for_update().filter(public_id=public_id, closed_at=None).first()
    if key is None:
        raise UnknownKey(public_id=public_id)
    key.closed_at = at
    key.save(update_fields=["closed_at"])
    _note("key.closed", key, on=on, at=at, by=by)
    return key


def _note(kind: str, key: ApiKey, *, on: date, at: datetime, by: str) -> None:
    content = {"name": key.name, "public_id": key.public_id, "scope": key.scope}
    append(Fact(kind, on=on, content=content), at=at, by=by)
