"""The pages on which a person pays or signs: few words, two languages, no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.world.gateways.serving import Answer, Request

_FOLDER: Final = Path(__file__).parent / "pages"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FAKE: Final = Sentence(
    zh="这是本机的模拟支付页，不会动用任何真实资金。",
    en="This is a pay page of this machine; no real money moves.",
)
BACK: Final = Sentence(zh="返回商户", en="Back to the merchant")
OTHER: Final = {"zh": ("en", "English"), "en": ("zh", "中文")}


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that the person can do; `deed` is what is posted."""

    deed: str
    said: Sentence
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page says: a title, a large line, rows of name and value, and buttons."""

    brand: Sentence
    title: Sentence
    large: str
    rows: Sequence[tuple[Sentence, str]]
    buttons: Sequence[Button] = ()
    note: Sentence = FAKE
    back_to: str = ""
    goes_back_by_itself: bool = False
    kind: str = "wechat"


def language_of(request: Request) -> str:
    """The page's language: asked for in the address, else the browser's, else Chinese."""
    asked = request.query.get("lang", "")
    if asked in OTHER:
        return asked
    wished = request.headers.get("accept-language", "zh").split(",")[0].strip().lower()
    return "zh" if wished.startswith("zh") or not wished else "en"


def drawn(sheet: Sheet, request: Request, *, status: int = 200) -> Answer:
    """A page as an answer, with nothing that it does not need allowed."""
    language = language_of(request)
    other, other_name = OTHER[language]
    slots = {
        "lang": "zh-Hans" if language == "zh" else "en",
        "brand": escape(sheet.brand.say(language)),
        "title": escape(sheet.title.say(language)),
        "large": escape(sheet.large),
        "kind": escape(sheet.kind),
        "rows": "".join(
            f"<dt>{escape(name.say(language))}</dt><dd>{escape(value)}</dd>"
            for name, value in sheet.rows
        ),
        "buttons": _buttons(sheet, request.path, language=language),
        "note": escape(sheet.note.say(language)),
        "other": f"{escape(request.path, quote=True)}?lang={other}",
        "other_name": other_name,
        "refresh": _refresh(sheet),
        "back": _back(sheet, language=language),
    }
    return Answer(
        status,
        _template().substitute(slots).encode(),
        "text/html; charset=utf-8",
        {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def stylesheet() -> Answer:
    """The look of the pages."""
    text = (_FOLDER / "gateway.css").read_bytes()
    return Answer(200, text, "text/css; charset=utf-8")


def moved(path: str, *, query: Mapping[str, str]) -> Answer:
    """Go and see another page of the same server."""
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return Answer(303, b"", "text/plain", {"Location": f"{path}?{tail}" if tail else path})


def _buttons(sheet: Sheet, path: str, *, language: str) -> str:
    if not sheet.buttons:
        return ""
    inside = "".join(
        f'<button name="deed" value="{escape(one.deed, quote=True)}"'
        f"{' class=main' if one.is_main else ''}>{escape(one.said.say(language))}</button>"
        for one in sheet.buttons
    )
    action = f"{escape(path, quote=True)}?lang={language}"
    return f'<form method="post" action="{action}">{inside}</form>'


def _refresh(sheet: Sheet) -> str:
    # A redirect after a POST would fall under form-action; a page may lead anywhere.
    if not (sheet.back_to and sheet.goes_back_by_itself):
        return ""
    return f'<meta http-equiv="refresh" content="2;url={escape(sheet.back_to, quote=True)}">'


def _back(sheet: Sheet, *, language: str) -> str:
    if not sheet.back_to:
        return ""
    return f'<a class="back" href="{escape(sheet.back_to, quote=True)}">{BACK.say(language)}</a>'


@cache
def _template() -> Template:
    return Template((_FOLDER / "sheet.html").read_text(encoding="utf-8"))
