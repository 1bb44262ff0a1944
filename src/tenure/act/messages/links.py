"""Whether every link of a text leads to a place that the business names (R-C-006).

A name or a note that a customer typed may hold an address; what is sent under our name leads to
our own pages alone.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from tenure.strategy.business import Business

_LINK = re.compile(r"(?:https?:)?//[^\s<>\"'，。；）)]+|\bwww\.[^\s<>\"'，。；）)]+", re.IGNORECASE)


def foreign_links(text: str, business: Business) -> tuple[str, ...]:
    """The hosts of links that nobody allowed, each once; a link without a host counts as one."""
    ours = allowed_hosts(business)
    hosts = dict.fromkeys(_host(found.group()) for found in _LINK.finditer(text))
    return tuple(host for host in hosts if not _is_ours(host, ours))


def allowed_hosts(business: Business) -> frozenset[str]:
    """Our own pages, the domain that we write from, and what `link_hosts` names."""
    pages = (business.portal_url, business.terms_url, business.privacy_url)
    return _allowed(pages, business.sender_email, business.link_hosts)


@lru_cache(maxsize=64)
def _allowed(pages: tuple[str, ...], email: str, more: str) -> frozenset[str]:
    named = {_host(page) for page in pages if page}
    domain = email.rpartition("@")[2].lower()
    return frozenset({*named, domain, *more.lower().split()} - {""})


def _host(link: str) -> str:
    whole = link if "//" in link else f"//{link}"
    try:
        return (urlsplit(whole).hostname or "").lower()
    except ValueError:
        return ""


def _is_ours(host: str, ours: frozenset[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in ours)
