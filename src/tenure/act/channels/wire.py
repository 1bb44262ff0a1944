"""One HTTPS call to a provider, and whether it can be known what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx

from tenure.act.channels.channel import ChannelDown

SECONDS: Final = 15.0
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503


class NobodyKnows(Exception):
    """The call left and no answer came: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status and its JSON, empty where there is none."""

    status: int
    content: Mapping[str, Any]
    wait: timedelta | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """A line to one provider that stays open from one call to the next."""

    name: str
    seconds: float = SECONDS
    speaks_http2: bool = False
    _client: httpx.Client | None = field(default=None, repr=False)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Said:
        """Call once.

        Raises:
            ChannelDown: nobody is there, or says that he cannot: nothing was carried out.
            NobodyKnows: the line broke, or the answer is none of the provider's own.
        """
        return self._call("POST", url, headers=headers, body=body)

    def get(self, url: str) -> Said:
        """Ask for something that changes nothing there.

        Raises:
            ChannelDown: no answer, for whatever reason.
        """
        try:
            return self._call("GET", url, headers={}, body=b"")
        except NobodyKnows as error:
            raise ChannelDown(channel=self.name, why=str(error)) from error

    def _call(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Said:
        if self._client is None:
            self._client = httpx.Client(
                timeout=self.seconds,
                follow_redirects=False,
                trust_env=False,
                http1=not self.speaks_http2,
                http2=self.speaks_http2,
            )
        try:
            response = self._client.request(method, url, headers=dict(headers), content=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ChannelDown(channel=self.name, why=type(error).__name__) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise NobodyKnows(type(error).__name__) from error
        return self._read(response)

    def _read(self, response: httpx.Response) -> Said:
        content = _content(response)
        if response.status_code == _UNAVAILABLE and not content:
            raise ChannelDown(channel=self.name, why=str(response.status_code))
        if response.status_code >= 500 and not content:
            raise NobodyKnows(str(response.status_code))
        return Said(response.status_code, content, _wait(response), dict(response.headers))

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close()
            self._client = None


def is_too_many(said: Said) -> bool:
    """Whether the provider wants to be asked less often."""
    return said.status == _TOO_MANY


def _content(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _wait(response: httpx.Response) -> timedelta | None:
    told = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(told)) if re.fullmatch(r"\d{1,5}", told) else None
