"""`tenure audit`: everything that was recorded about a list of customers, as one file (R-P-013)."""

from itertools import batched
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import business_day
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, said
from tenure.surfaces.journal_files import lines_of

_ABOUT = Sentence(
    zh="导出一组客户的全部审计记录（个人信息泄露通知、监管查询用）。",
    en="Write everything that was recorded about a list of customers, as for a breach.",
)
_FILE = Sentence(
    zh="客户名单：文本文件，每行一个客户编号", en="the list: a text with one customer number a line"
)
_OUT = Sentence(zh="写入的 CSV 文件", en="the CSV file to write")
_DONE = Sentence(
    zh="{customers} 位客户的 {entries} 条记录已写入 {out}；{unknown} 个编号不认识。",
    en="{entries} entries about {customers} customers are in {out}; {unknown} numbers are "
    "nobody's.",
)
_HEADING: Final = "customer"
_AT_ONCE: Final = 500


class UnreadableList(Refusal):
    """A list of customers that is no text."""

    code = "unreadable_list"
    said = Sentence(
        zh="读不了名单 {file}；需要 UTF-8 文本文件，每行一个客户编号。没有写任何文件。",
        en="The list {file} cannot be read; it is a text in UTF-8 with one customer number a "
        "line. Nothing was written.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure audit`."""
    app.command("audit", help=said(_ABOUT))(audit)


def audit(
    file: Annotated[Path, typer.Argument(help=said(_FILE))],
    out: Annotated[Path, typer.Option("--out", help=said(_OUT))],
) -> None:
    with records_to_look_at():
        listed = _numbers(file)
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        known, written = _write(listed, out, last=last)
        at = clock.now()
        content = {"customers": known, "entries": written, "through": last}
        append(Fact("journal.exported", on=business_day(at), content=content), at=at, by="cli")
    counts = {"customers": known, "entries": written, "unknown": len(listed) - known}
    result(said(_DONE.fill(**counts, out=out)))


def _numbers(file: Path) -> list[str]:
    """The numbers of a list, each once; a heading is no number."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableList(file=file.name) from error
    found = dict.fromkeys(one.strip().strip(',;"') for one in text.splitlines())
    return [one for one in found if one and one != _HEADING]


def _write(numbers: list[str], out: Path, *, last: int) -> tuple[int, int]:
    """Write the entries, customer after customer; how many customers are known, and entries."""
    known = written = 0
    with out.open("wb") as file:
        for place, some in enumerate(batched(numbers, _AT_ONCE)):
            accounts = Account.objects.filter(external_id__in=some)
            known += accounts.values("external_id").distinct().count()
            rows = Entry.objects.filter(account__in=accounts, pk__lte=last)
            lines = lines_of(
                rows.select_related("account").order_by("account_id", "pk"), sees_people=True
            )
            heading = next(lines)
            file.write(b"" if place else heading)
            for line in lines:
                file.write(line)
                written += 1
        if not numbers:
            file.write(next(lines_of(Entry.objects.none(), sees_people=True)))
    return known, written
