"""The report of a rehearsal as HTML: no script, no address of anything outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree  # nosec B405: writes only

from tenure.strategy.sections import Strategy
from tenure.surfaces import outcome_report
from tenure.surfaces.rehearsal_report.wording import caveat, sections_of, title_of

_STYLE: Final = Path(outcome_report.__file__).with_name("report.css")


def html_of(report: Mapping[str, Any], strategies: Mapping[str, Strategy], *, language: str) -> str:
    """The page in one language."""
    root = ElementTree.Element("html", lang="zh-Hans" if language.startswith("zh") else "en")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "meta", charset="utf-8")
    content = "width=device-width, initial-scale=1"
    ElementTree.SubElement(head, "meta", name="viewport", content=content)
    ElementTree.SubElement(head, "title").text = title_of(report).say(language)
    ElementTree.SubElement(head, "style").text = _STYLE.read_text(encoding="utf-8")
    main = ElementTree.SubElement(ElementTree.SubElement(root, "body"), "main")
    ElementTree.SubElement(main, "h1").text = title_of(report).say(language)
    ElementTree.SubElement(main, "p").text = caveat().say(language)
    for section in sections_of(report, strategies):
        ElementTree.SubElement(main, "h2").text = section.title.say(language)
        for line in section.lines:
            ElementTree.SubElement(main, "p").text = line.say(language)
    return f"<!doctype html>\n{ElementTree.tostring(root, encoding='unicode', method='html')}\n"
