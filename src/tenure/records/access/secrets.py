"""Digests and codes that follow from the server's key."""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.records.access.rules import normalised, six_digits


def address_digest(address: str) -> str:
    """What stands for an address in the table of codes."""
    return _digest("address", normalised(address))


def token_digest(token: str) -> str:
    """What stands for a session's token in its table."""
    return _digest("session", token)


def code_from(nonce: str) -> str:
    """The six digits that belong to a row; without the server's key nobody can compute them."""
    return six_digits(int(_digest("code", nonce), 16))


def is_code(given: str, *, nonce: str) -> bool:
    """Whether these are the digits of a row, compared in constant time."""
    plain = "".join(one for one in given if one.isdigit())
    return constant_time_compare(plain, code_from(nonce))


def fresh_token() -> str:
    """A name that nobody can guess."""
    return secrets.token_urlsafe(24)


def _digest(purpose: str, value: str) -> str:
    return salted_hmac(f"tenure.access.{purpose}", value, algorithm="sha256").hexdigest()
