"""`tenure complaints`: a list of complaints about text messages; their numbers hear no more."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.act.messages.complaints import Complaint, take_complaints
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.observe.uploads.texts import read_texts
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, said

_ABOUT = Sentence(
    zh="导入短信投诉清单（如 12321）：名单上的号码立即不再收到营销。",
    en="Read complaints about texts (such as 12321's): their numbers get no more marketing.",
)
_FILE = Sentence(
    zh="清单：complaint（投诉编号）与 number（手机号）两列",
    en="the list: columns complaint (its number there) and number (the telephone)",
)
_TAKEN = Sentence(
    zh="{people} 人不再收到营销，{known} 条此前已处理，{unknown} 个号码不在客户中。",
    en="{people} people hear no more, {known} lines were known, {unknown} numbers are nobody's.",
)
COLUMNS: Final = ("complaint", "number")


def register(app: typer.Typer) -> None:
    """Add `tenure complaints`."""
    app.command("complaints", help=said(_ABOUT))(complaints)


def complaints(file: Annotated[Path, typer.Argument(help=said(_FILE))]) -> None:
    with records_to_look_at():
        cells = read_texts(file, COLUMNS)
        rows = zip(cells["complaint"], cells["number"], strict=True)
        listed = [Complaint(number, address) for number, address in rows if address.strip()]
        taken = take_complaints(listed, at=clock.now(), by="cli")
    counts = {"people": taken.people, "known": taken.known, "unknown": taken.unknown}
    result(said(_TAKEN.fill(**counts)))
