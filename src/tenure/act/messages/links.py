"""Whether every link of a written text leads to a host that may be linked (R-C-006).

Templates are held to these hosts when they are read. What stands in their places is not: a name
or a note that a customer typed may hold an address, and what is sent under our name leads to our
own pages alone.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

_LINK = re.compile(r"(?:https?:)?//[^\s<>\"'，。；）)]+|\bwww\.[^\s<>\"'，。；）)]+", re.IGNORECASE)


def foreign_links(text: str, hosts: Collection[str]) -> tuple[str, ...]:
    """The hosts of links that nobody allowed, each once; a link without a host counts as one."""
    if _all_ours(text, hosts):
        return ()
    found = dict.fromkeys(_host(_origin(one.group())) for one in _LINK.finditer(text))
    return tuple(host for host in found if host not in hosts)


def _all_ours(text: str, hosts: Collection[str]) -> bool:
    """Whether each link is plainly one that is allowed; where it is not plain, nobody says so."""
    origins = text.split("//")[1:]
    return all(one.partition("/")[0] in hosts for one in origins) and "www." not in text.lower()


def _origin(link: str) -> str:
    """A link up to the slash that follows its host: of many links a few are different."""
    starts_at = link.find("//") + 2
    ends_at = link.find("/", starts_at if starts_at > 1 else 0)
    return link if ends_at < 0 else link[:ends_at]


@lru_cache(maxsize=1_024)
def _host(link: str) -> str:
    whole = link if "//" in link else f"//{link}"
    try:
        return (urlsplit(whole).hostname or "").lower()
    except ValueError:
        return ""
