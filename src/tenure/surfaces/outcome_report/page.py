"""A report as HTML: no script, no address of anything outside, both colour schemes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree  # nosec B405: writes only

from tenure.kernel.failures import Sentence
from tenure.surfaces.outcome_report import wording as words

_STYLE: Final = Path(__file__).with_name("report.css")
_FIGURES: Final = (
    "auc", "average_precision", "brier", "log_loss", "ece", "calibration_slope",
    "observed_expected", "lift_10", "empc", "mpc",
)  # fmt: skip
_SIDE: Final = 260
_MARGIN: Final = 28


def html_of(report: Mapping[str, Any], *, language: str) -> str:
    """The page of a report in one language."""
    page = _Page(language)
    head = ElementTree.SubElement(page.root, "head")
    ElementTree.SubElement(head, "meta", charset="utf-8")
    ElementTree.SubElement(
        head, "meta", name="viewport", content="width=device-width, initial-scale=1"
    )
    title = words.TITLE.fill(file=report["file"]).say(language)
    ElementTree.SubElement(head, "title").text = title
    ElementTree.SubElement(head, "style").text = _STYLE.read_text(encoding="utf-8")
    page.begin()
    page.add("h1", title)
    _verdict(page, report)
    _compared(page, report)
    _calibration(page, report["calibration"])
    _drivers(page, report)
    _leaks(page, report["leaks"])
    page.add("h2", words.DUPLICATES.say(language))
    page.add("p", page.told(report["duplicates"]["says"]))
    _columns(page, report["columns"])
    page.say("footer", words.HASHES.fill(**report["hashes"], on=report["made_on"]))
    text = ElementTree.tostring(page.root, encoding="unicode", method="html")
    return f"<!doctype html>\n{text}\n"


class _Page:
    """The tree that grows, and the language in which it is written."""

    def __init__(self, language: str) -> None:
        self.language = language
        tag = "zh-Hans" if language.startswith("zh") else "en"
        self.root = ElementTree.Element("html", lang=tag)
        self.main = self.root

    def begin(self) -> None:
        """From here on everything goes into the body."""
        self.main = ElementTree.SubElement(ElementTree.SubElement(self.root, "body"), "main")

    def add(self, tag: str, text: str, **attributes: str) -> ElementTree.Element:
        """One element with text."""
        element = ElementTree.SubElement(self.main, tag, attributes)
        element.text = text
        return element

    def say(self, tag: str, sentence: Sentence) -> None:
        """One element with a sentence."""
        self.add(tag, sentence.say(self.language))

    def told(self, both: Mapping[str, str]) -> str:
        """A stored pair of sentences in the page's language."""
        return both["zh" if self.language.startswith("zh") else "en"]

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table in a box that scrolls by itself."""
        box = ElementTree.SubElement(self.main, "div", {"class": "wide", "tabindex": "0"})
        table = ElementTree.SubElement(box, "table")
        head = ElementTree.SubElement(ElementTree.SubElement(table, "thead"), "tr")
        for name in heads:
            cell = ElementTree.SubElement(head, "th", scope="col")
            cell.text = words.HEADS[name].say(self.language)
        body = ElementTree.SubElement(table, "tbody")
        for row in rows:
            line = ElementTree.SubElement(body, "tr")
            for place, text in enumerate(row):
                tag = "th" if place == 0 else "td"
                cell = ElementTree.SubElement(line, tag, {"scope": "row"} if place == 0 else {})
                cell.text = text


def _verdict(page: _Page, report: Mapping[str, Any]) -> None:
    look = "good" if report["better_than_chance"] else "bad"
    page.add("p", page.told(report["chance"]["says"]), **{"class": f"verdict {look}"})
    rows, outcome = report["rows"], report["outcome"]
    counted = words.ROWS.fill(
        read=rows["read"],
        used=rows["used"],
        left=rows["left"],
        share=f"{outcome['share']:.1%}",
        unknown=rows["without_outcome"],
        skipped=rows["of_another_width"],
        encoding=report["encoding"],
    )
    page.add("p", page.told(outcome["read_as"]))
    page.say("p", counted)
    page.say("p", words.SHUFFLED.fill(auc=f"{report['chance']['shuffled_auc']:.3f}"))
    base = report["base_rate"]
    if base["true"] is not None:
        shift = words.SHIFT.fill(
            table=f"{base['table']:.1%}", true=f"{base['true']:.1%}", shift=f"{base['shift']:+.3f}"
        )
        page.say("p", shift)


def _compared(page: _Page, report: Mapping[str, Any]) -> None:
    page.say("h2", words.COMPARED)
    validation = report["validation"]
    said = words.BY_TIME if validation["kind"] == "out_of_time" else words.BY_FOLDS
    page.say("p", said.fill(parts=validation["parts"]))
    if validation["screened"]:
        page.add("p", page.told(validation["screened"]))
    rows = [
        [page.told(one["name"]), *(f"{one['figures'][name]:.4f}" for name in _FIGURES)]
        for one in (report["champion"], *report["challengers"])
    ]
    page.table(("kind", *_FIGURES), rows)
    if validation["times"]:
        page.say("h3", words.TIMES)
        names = ("auc", "average_precision", "brier", "log_loss", "observed_expected")
        times = [
            [one["part"], f"{one['n']:.0f}", *(f"{one[name]:.4f}" for name in names)]
            for one in validation["times"]
        ]
        page.table(("part", "rows", *names), times)
    if validation["alarm"]:
        page.add("p", page.told(validation["alarm"]), **{"class": "verdict bad"})


def _calibration(page: _Page, table: Sequence[Mapping[str, float]]) -> None:
    page.say("h2", words.CALIBRATION)
    _plot(page, table)
    rows = [
        [f"{one['from']:.1%} – {one['to']:.1%}", f"{one['rows']:.0f}",
         f"{one['expected']:.1%}", f"{one['observed']:.1%}"]
        for one in table
    ]  # fmt: skip
    page.table(("range", "rows", "expected", "observed"), rows)


def _plot(page: _Page, table: Sequence[Mapping[str, float]]) -> None:
    """Each group as a point; on the diagonal expected is observed."""
    most = max(max(one["expected"], one["observed"]) for one in table) or 1.0
    inner = _SIDE - 2 * _MARGIN

    def at(one: float, other: float) -> tuple[str, str]:
        across = _MARGIN + inner * one / most
        return f"{across:.1f}", f"{_SIDE - _MARGIN - inner * other / most:.1f}"

    picture = ElementTree.SubElement(
        page.main,
        "svg",
        {"viewBox": f"0 0 {_SIDE} {_SIDE}", "role": "img", "class": "plot",
         "aria-label": words.CALIBRATION.say(page.language)},
    )  # fmt: skip
    (x1, y1), (x2, y2) = at(0, 0), at(most, most)
    ElementTree.SubElement(
        picture, "line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": "even"}
    )
    for one in table:
        x, y = at(one["expected"], one["observed"])
        ElementTree.SubElement(picture, "circle", {"cx": x, "cy": y, "r": "4"})
    axis = {"y": f"{_SIDE - 6}", "x": f"{_SIDE - _MARGIN}", "text-anchor": "end"}
    text = ElementTree.SubElement(picture, "text", axis)
    text.text = f"{words.HEADS['expected'].say(page.language)} → {most:.0%}"
    text = ElementTree.SubElement(picture, "text", {"x": f"{_MARGIN}", "y": "16"})
    text.text = f"{words.HEADS['observed'].say(page.language)} ↑ {most:.0%}"


def _drivers(page: _Page, report: Mapping[str, Any]) -> None:
    if not report["better_than_chance"]:
        return
    page.say("h2", words.DRIVERS)
    rows = [[one["column"], f"{one['mean_points']:.2f}"] for one in report["drivers"][:15]]
    page.table(("column", "points"), rows)


def _leaks(page: _Page, leaks: Sequence[Mapping[str, Any]]) -> None:
    page.say("h2", words.LEAKS)
    if not leaks:
        page.say("p", words.NO_LEAKS)
        return
    rows = []
    for leak in leaks:
        decision = words.REFUSED if leak["refused"] else words.TO_LOOK_AT
        rows.append([leak["column"], decision.say(page.language), page.told(leak["why"])])
    page.table(("column", "decision", "why"), rows)


def _columns(page: _Page, columns: Sequence[Mapping[str, Any]]) -> None:
    page.say("h2", words.COLUMNS)
    used = words.USED.say(page.language)
    rows = [
        [one["column"], page.told(one["kind_name"]), f"{one['filled']:.1%}", str(one["values"]),
         used if one["used"] else page.told(one["why"])]
        for one in columns
    ]  # fmt: skip
    page.table(("column", "column_kind", "filled", "values", "decision"), rows)
