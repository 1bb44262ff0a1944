"""Programs with a key."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

type WithKey = Callable[..., "Client"]

_numbers = count(1)


@pytest.fixture
def with_key(db: None) -> WithKey:
    """A client that shows an open key of a scope, reading English unless told otherwise."""
    from django.test import Client

    from tenure.records.keys.actions import Wish, create
    from tenure.records.keys.rules import PUBLIC_BYTES, SECRET_BYTES, KeyText
    from tests.builders import AS_OF, AT

    def made(scope: str = "customers", *, language: str = "en") -> "Client":
        entropy = next(_numbers).to_bytes(PUBLIC_BYTES + SECRET_BYTES)
        text = KeyText.made_of(entropy[::-1])
        create(Wish("crm", scope), text=text, on=AS_OF, at=AT, by="test")
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": language})

    return made
