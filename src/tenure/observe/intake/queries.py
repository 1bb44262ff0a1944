"""Reads of intake."""

import hashlib

from tenure.observe.intake.models import Source


def hash_of(write_key: str) -> str:
    """What is kept of a write key. Keys are random and long, so a plain digest is enough."""
    return hashlib.sha256(write_key.encode()).hexdigest()


def source_by_hash(write_key_hash: str) -> Source | None:
    """The open source that writes with the key of this hash."""
    return Source.objects.filter(write_key_hash=write_key_hash, closed_at__isnull=True).first()


def source_named(name: str) -> Source | None:
    """The source of that name, open or closed."""
    return Source.objects.filter(name=name).first()


def sources() -> list[Source]:
    """Every source, by name."""
    return list(Source.objects.order_by("name"))
