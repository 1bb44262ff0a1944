"""The addresses that we give to providers."""

from tenure.records.strategies.queries import current


def notify_url(provider: str) -> str:
    """Where a provider tells us how a payment, a refund or a mandate stands."""
    return f"{current().business.portal_url}/hooks/{provider}"
