"""A provider's token that is fetched once, used by everybody, and fetched anew when it ends."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tenure.act.channels.wire import Said
from tenure.kernel.clock import monotonic_seconds

#: A token is given back this long before it ends.
EARLY_S = 300.0


@dataclass(slots=True)
class Token:
    """One token; whoever needs it while another fetches it waits for that one (R-C-020).

    Args:
        fetch: asks the provider for a token and for how many seconds it holds.
    """

    fetch: Callable[[], tuple[str, float]]
    now_s: Callable[[], float] = monotonic_seconds
    _value: str = field(default="", repr=False)
    _until_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self) -> str:
        """The token, fetched where there is none that holds."""
        with self._lock:
            if not self._value or self.now_s() >= self._until_s:
                self._value, seconds = self.fetch()
                self._until_s = self.now_s() + max(seconds - EARLY_S, seconds / 2)
            return self._value

    def forget(self, value: str) -> None:
        """The provider does not know this token any more; a newer one stays."""
        with self._lock:
            if self._value == value:
                self._value = ""


def code_of(said: Said) -> str:
    """`errcode` of an answer, which is 200 whatever happened."""
    return str(said.content.get("errcode", ""))


def with_token(token: Token, call: Callable[[str], Said], *, stale: frozenset[str]) -> Said:
    """Call with the token, and once more with a new one where it is refused."""
    used = token.get()
    said = call(used)
    if code_of(said) not in stale:
        return said
    token.forget(used)
    return call(token.get())
