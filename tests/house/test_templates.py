"""Pages obey the strict content security policy and speak the reader's language."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.sources import ROOT, python_sources, tracked
from tests.house.test_sql import texts

INLINE = re.compile(
    r"<style\b|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|\shx-on\b|javascript:"
    r"|\bhx-vals\s*=\s*[\"']js:|(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    re.IGNORECASE,
)
POST = re.compile(r"<form\b[^>]*method=[\"']post[\"'][^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
COMMENT = r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}"
TRANSLATED = r"{%\s*block(?:trans|translate)\b.*?endblock(?:trans|translate)\s*%}"
UNREAD = re.compile(rf"{COMMENT}|{TRANSLATED}|{{%.*?%}}|{{{{.*?}}}}", re.DOTALL)
WORD = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]{2,}")
# Names are the same in every language; so is a language's own name for itself.
NAMES = {"Tenure", "续航", "中文", "EN", "English", "CSV", "API", "JSON", "Esc", "Enter", "Shift"}
READ_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt"}


class Words(HTMLParser):
    """Collects what a reader of a page meets, outside scripts and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "svg"}
        for name, value in attrs:
            if name in READ_ATTRIBUTES:
                self.found += WORD.findall(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "svg"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found += WORD.findall(data)


def inline_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if INLINE.search(line)]


def untranslated(text: str) -> list[str]:
    """Words that stand in a page in one language only."""
    reader = Words()
    reader.feed(UNREAD.sub("", text))
    return [word for word in reader.found if word not in NAMES]


def templates() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in {".html", ".svg"} and "templates" in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_template_carries_style_script_or_anything_from_elsewhere() -> None:
    assert [f"{name}:{number}" for name, text in templates() for number in inline_lines(text)] == []


def test_no_python_writes_style_or_script_into_a_page() -> None:
    surfaces = [source for source in python_sources() if source.room == "surfaces"]

    assert [
        source.at(node)
        for source in surfaces
        for node, text in texts(source.tree)
        if "<" in text and INLINE.search(text)
    ] == []


def test_every_form_that_posts_is_protected() -> None:
    bare = [
        name
        for name, text in templates()
        for form in POST.findall(text)
        if "{% csrf_token %}" not in form
    ]

    assert bare == []


def test_every_word_of_a_page_can_be_translated() -> None:
    assert [f"{name}: {word}" for name, text in templates() for word in untranslated(text)] == []


def test_our_scripts_run_without_eval() -> None:
    scripts = [path for path in tracked() if path.suffix == ".js" and "static" in path.parts]
    evaluating = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"']|document\.write\(")

    assert [path.name for path in scripts if evaluating.search(Path(path).read_text())] == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        "<script>go()</script>",
        '<a onclick="go()">',
        '<img src="https://cdn.example.com/a.png">',
        "<style>p {}</style>",
        '<div hx-on:click="go()">',
    ],
)
def test_inline_code_is_found(line: str) -> None:
    assert inline_lines(line) == [1]


def test_what_the_policy_allows_is_not_found() -> None:
    line = '<script src="{% static \'a.js\' %}" defer></script><p class="tn-style" data-on="1">'

    assert inline_lines(line) == []


def test_words_in_one_language_are_found() -> None:
    page = (
        "<p>{% translate 'Renewals' %} {{ count }} 续费</p>"
        '<a title="Open">{% blocktranslate %}All of them{% endblocktranslate %}</a><b>续航</b>'
    )

    assert untranslated(page) == ["续费", "Open"]
