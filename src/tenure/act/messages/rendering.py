"""Templates become text: sandboxed, strict, in one language, never with an empty slot."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from liquid import BoundTemplate, Environment, FalsyStrictUndefined, Mode
from liquid.exceptions import LiquidError, UndefinedError

from tenure.act.messages.plain import fill, plan_of
from tenure.kernel.failures import Refusal, Sentence

_LINK = re.compile(r"https?://[^\s<>\"'，。；）)]+")
_SPACES = re.compile(r"\s+")


class MissingSlot(Refusal):
    """A template names something that we do not know about this customer."""

    code = "missing_slot"
    said = Sentence(
        zh="模板“{template}”需要“{slot}”，但这位客户没有这项数据；请补全数据或改写模板。",
        en="Template “{template}” needs “{slot}”, which is unknown for this customer; "
        "complete the data or rewrite the template.",
    )


class BadTemplate(Refusal):
    """A template that cannot be read."""

    code = "bad_template"
    said = Sentence(
        zh="模板“{template}”写法有误：{problem}。",
        en="Template “{template}” cannot be read: {problem}.",
    )


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message as its reader sees it."""

    subject: str
    body: str

    @property
    def html(self) -> str:
        """The body as a plain page: paragraphs and links, nothing fetched from anywhere."""
        paragraphs = (one.strip() for one in self.body.split("\n\n"))
        return "\n".join(f"<p>{_linked(one)}</p>" for one in paragraphs if one)


class _Sandbox(Environment):
    """No files, no includes, and an end to every loop and every text."""

    loop_iteration_limit = 200
    local_namespace_limit = 20_000
    output_stream_limit = 20_000
    context_depth_limit = 5


_SANDBOX = _Sandbox(tolerance=Mode.STRICT, undefined=FalsyStrictUndefined, strict_filters=True)
for _tag in ("include", "render", "increment", "decrement", "cycle"):
    _SANDBOX.tags.pop(_tag, None)


def render(subject: str, body: str, *, template: str, slots: Mapping[str, object]) -> Rendered:
    """Fill one template; raises MissingSlot rather than leave a hole in a sentence.

    A slot that is null or blank is missing: `{% if offer_price %}` may ask for it, and a sentence
    that needs it is not sent. A loop over an empty list leaves its lines out.
    """
    known = _known(slots)
    return Rendered(
        subject=_SPACES.sub(" ", _fill(subject, template=template, slots=known)).strip(),
        body=_fill(body, template=template, slots=known).strip(),
    )


@lru_cache(maxsize=512)
def slots_of(text: str, *, template: str) -> frozenset[str]:
    """Names that a template takes from outside, for checks before anything is sent."""
    return frozenset(_parsed(text, template).analyze().globals)


def _fill(text: str, *, template: str, slots: Mapping[str, object]) -> str:
    filled = fill(plan_of(text), slots)
    if filled is not None:
        return filled
    try:
        return _parsed(text, template).render(**slots)
    except UndefinedError as error:
        raise MissingSlot(template=template, slot=_slot_in(error)) from None
    except LiquidError as error:
        raise BadTemplate(template=template, problem=_first_line(error)) from None


@lru_cache(maxsize=512)
def _parsed(text: str, template: str) -> BoundTemplate:
    try:
        return _SANDBOX.from_string(text)
    except LiquidError as error:
        raise BadTemplate(template=template, problem=_first_line(error)) from None


def _known(slots: Mapping[str, object]) -> dict[str, object]:
    """The slots that hold something, all the way down."""
    known: dict[str, object] = {}
    for name, value in slots.items():
        kept = _held(value)
        if kept is not None:
            known[name] = kept
    return known


def _held(value: object) -> object | None:
    if isinstance(value, str):
        return None if not value or value.isspace() else value
    if isinstance(value, Mapping):
        return _known(value) or None
    if isinstance(value, list | tuple):
        return [one for one in map(_held, value) if one is not None]
    return value


def _slot_in(error: UndefinedError) -> str:
    return _first_line(error).removesuffix(" is undefined").strip("'")


def _first_line(error: LiquidError) -> str:
    return str(error).split("\n", 1)[0]


def _linked(paragraph: str) -> str:
    pieces, place = [], 0
    for found in _LINK.finditer(paragraph):
        pieces.append(html.escape(paragraph[place : found.start()]))
        address = html.escape(found.group())
        pieces.append(f'<a href="{address}">{address}</a>')
        place = found.end()
    pieces.append(html.escape(paragraph[place:]))
    return "".join(pieces).replace("\n", "<br>\n")
