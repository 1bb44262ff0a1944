"""Texts leave only in words that the provider approved: a text is read back into its template.

A provider keeps each template's text with places for values, and fills them itself. What we wrote
is matched against those texts; where one fits, its values put in their places give exactly the
text that we wrote, and where none fits nothing is sent.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from tenure.strategy.messages import Channel, MessageClass, MessageTemplate
from tenure.strategy.sections import Strategy

_PLACE = re.compile(r"\$\{(\w+)\}", re.ASCII)
_SIGN = re.compile(r"^\s*[【\[][^】\]]{1,40}[】\]]\s*")
_BLOCK = re.compile(
    r"\{%-?\s*(?:if|unless)\s[^%]*%\}(?P<then>[^{]*(?:\{\{[^}]*\}\}[^{]*)*?)"
    r"(?:\{%-?\s*else\s*-?%\}(?P<other>[^{]*(?:\{\{[^}]*\}\}[^{]*)*?))?\{%-?\s*end(?:if|unless)\s*-?%\}"
)
_SLOT = re.compile(r"\{\{-?\s*([a-z_]\w*)\s*-?\}\}", re.ASCII)
MOST_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Approved:
    """One template at a provider: its code there, its text with `${places}`, and its kind."""

    code: str
    text: str
    is_marketing: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text in its template: the values in the order of their places."""

    approved: Approved
    values: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """What the provider makes of it: the very text that was to be sent."""
        return filled(self.approved.text, dict(self.values))


def without_sign(body: str) -> str:
    """A text without the 【name】 before it, which the provider puts there itself."""
    return _SIGN.sub("", body)


def fitted(body: str, approved: Sequence[Approved], *, is_marketing: bool) -> Fitted | None:
    """The template of the message's own kind that a text (without signature) is written in."""
    for one in approved:
        if one.is_marketing is not is_marketing:
            continue
        found = _pattern(one.text).fullmatch(body)
        if found is not None:
            return Fitted(one, tuple(found.groupdict().items()))
    return None


def filled(text: str, values: dict[str, str]) -> str:
    """A template's text with its values."""
    return _PLACE.sub(lambda found: values[found.group(1)], text)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    pieces, place, seen = [], 0, set[str]()
    for found in _PLACE.finditer(text):
        name = found.group(1)
        pieces.append(re.escape(text[place : found.start()]))
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        place = found.end()
    return re.compile("".join([*pieces, re.escape(text[place:])]), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One text to have approved: of which message, in which language."""

    message: str
    language: str
    text: str
    is_marketing: bool


def wanted(strategy: Strategy) -> Iterator[Wanted]:
    """Every text that this strategy may send as SMS, as a provider registers it.

    A text with branches gives one template for each way through them. A link keeps its domain in
    the approved text, as no provider lets a whole link be a value.
    """
    for template in strategy.messages.values():
        for language in ("zh-Hans", "en"):
            yield from _of(template, language, portal=strategy.business.portal_url)


def _of(template: MessageTemplate, language: str, *, portal: str) -> Iterator[Wanted]:
    rendering = template.renderings.get(Channel.SMS)
    if rendering is None:
        return
    is_marketing = template.message_class is MessageClass.MARKETING
    body = rendering.body.say(language)
    for text in dict.fromkeys(_ways_through(body)):
        plain = without_sign(_SLOT.sub(lambda one: _place(one.group(1), portal), text)).strip()
        if "{%" not in plain and "{{" not in plain:
            yield Wanted(template.id, language, plain, is_marketing)


def _ways_through(body: str) -> Iterator[str]:
    blocks = list(_BLOCK.finditer(body))[:MOST_BLOCKS]
    for taken in product((True, False), repeat=len(blocks)):
        text, place = "", 0
        for block, is_taken in zip(blocks, taken, strict=True):
            text += body[place : block.start()]
            text += block.group("then") if is_taken else block.group("other") or ""
            place = block.end()
        yield text + body[place:]


def _place(slot: str, portal: str) -> str:
    return f"{portal.rstrip('/')}/${{{slot}}}" if slot.endswith("_url") else f"${{{slot}}}"
