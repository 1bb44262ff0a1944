"""Where a request may go: never to this machine, its neighbours or its cloud's metadata (R-E-012).

An address is asked for when the connection is made and the connection goes to the very address
that was judged, so a name that changes its answer in between gains nothing.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from tenure.kernel.failures import Refusal, Sentence

type Address = IPv4Address | IPv6Address
type Resolver = Callable[[str, int], Sequence[str]]


class ForbiddenAddress(Refusal):
    """An address that requests of ours may not go to."""

    code = "forbidden_address"
    said = Sentence(
        zh="不能向“{url}”发送：{why}。",
        en="Nothing can be sent to “{url}”: {why}.",
    )


_NOT_A_URL = Sentence(zh="它不是完整的网址", en="it is no complete address of the web")
_NOT_HTTPS = Sentence(
    zh="必须以 https:// 开头（内网可设 TENURE_WEBHOOK_INTRANET=1）",
    en="it must begin with https:// (for an intranet set TENURE_WEBHOOK_INTRANET=1)",
)
_WITH_PASSWORD = Sentence(zh="网址中不能带用户名或密码", en="it may hold no name and no password")
_PRIVATE = Sentence(
    zh="{host} 指向本机、内网或保留地址",
    en="{host} leads to this machine, a private or reserved network",
)
_UNKNOWN = Sentence(zh="找不到主机 {host}", en="there is no host {host}")


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one installation; an intranet may speak http and reach private addresses."""

    is_intranet: bool = False

    def check_url(self, url: str) -> str:
        """The host of an address that may be asked, judged by its text alone.

        Raises:
            ForbiddenAddress: it says which rule it breaks.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ForbiddenAddress(url=url, why=_NOT_A_URL) from None
        is_web = parts.scheme in {"http", "https"} and parts.hostname and port != 0
        if not is_web or not parts.hostname or any(one.isspace() for one in url):
            raise ForbiddenAddress(url=url, why=_NOT_A_URL)
        if parts.username is not None or parts.password is not None:
            raise ForbiddenAddress(
                url=url.replace(parts.netloc, parts.hostname), why=_WITH_PASSWORD
            )
        if parts.scheme != "https" and not self.is_intranet:
            raise ForbiddenAddress(url=url, why=_NOT_HTTPS)
        literal = _literal(parts.hostname)
        if literal is not None and not self.may_reach(literal):
            raise ForbiddenAddress(url=url, why=_PRIVATE.fill(host=parts.hostname))
        return parts.hostname

    def judged_address(self, url: str, *, host: str, port: int, resolve: Resolver) -> str:
        """The address to connect to: every address of the host must be allowed.

        Raises:
            ForbiddenAddress: one of them is not, or there is none.
        """
        found = [ip_address(one) for one in resolve(host, port)]
        if not found:
            raise ForbiddenAddress(url=url, why=_UNKNOWN.fill(host=host))
        if not all(self.may_reach(one) for one in found):
            raise ForbiddenAddress(url=url, why=_PRIVATE.fill(host=host))
        return str(found[0])

    def may_reach(self, address: Address) -> bool:
        """Whether it is a public address; an intranet also reaches private ones, but not loopback.

        Addresses of the old kind inside one of the new kind count as what they are.
        """
        inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        address = inner or address
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if self.is_intranet:
            return True
        return address.is_global and not address.is_reserved


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system's resolver tells them; none where it is unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
