"""`tenure invoices`: the requests for the e-tax bureau's batch import, and its results back."""

from pathlib import Path
from typing import Annotated

import typer

from tenure.act.documents import attaching
from tenure.act.documents.attaching import Upload
from tenure.act.documents.invoicing import exporting
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.invoicing.actions import requests
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.queries import waiting
from tenure.records.invoicing.states import InvoiceState
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(
    zh="开票申请：导出到电子税务局批量开票，再把结果文件传回。",
    en="Invoice requests: out to the e-tax bureau's batch import, results back in.",
)
_OUT = Sentence(zh="写到哪个文件（.csv 或 .xlsx）", en="the file to write, .csv or .xlsx")
_AGAIN = Sentence(
    zh="也包括已导出、尚未回传结果的申请", en="also those exported before and not answered"
)
_FILES = Sentence(zh="税务平台给出的 XML、OFD 或 PDF", en="XML, OFD or PDF of the tax platform")
_INVOICE = Sentence(zh="对应的申请编号（inv_…）", en="the request that it answers (inv_…)")
_NUMBER = Sentence(
    zh="20 位号码（文件里没有数据时）", en="its 20 digits, where the file has no data"
)
_DRY = Sentence(zh="只看会发生什么，不写入", en="say what would happen and write nothing")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_EXPORTED = Sentence(
    zh="已导出 {count} 份申请到 {path}；开具后用 `tenure invoices attach 文件` 传回结果。",
    en="{count} requests are in {path}; bring results back with `tenure invoices attach FILE`.",
)
_WOULD_EXPORT = Sentence(zh="将导出 {count} 份申请。", en="{count} requests would be exported.")
_NONE = Sentence(zh="没有等待开具的申请。", en="No request is waiting.")
_ATTACHED = Sentence(zh="{file} → {invoice}（{number}）", en="{file} → {invoice} ({number})")
_FITS = Sentence(zh="{file} 与 {invoice} 相符", en="{file} fits {invoice}")
_FAILED = Sentence(zh="{file}：{why}", en="{file}: {why}")


class NotASheet(Refusal):
    """An ending that no export has."""

    code = "not_a_sheet"
    said = Sentence(
        zh="不能导出为“{name}”；文件名请以 .csv 或 .xlsx 结尾。",
        en="“{name}” is no sheet; let the name end in .csv or .xlsx.",
    )


Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]
Dry = Annotated[bool, typer.Option("--dry-run", help=said(_DRY))]


def register(app: typer.Typer) -> None:
    """Add `tenure invoices`."""
    invoices = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    invoices.command("export")(export)
    invoices.command("attach")(attach)
    app.add_typer(invoices, name="invoices")


def export(
    out: Annotated[Path, typer.Argument(help=said(_OUT))],
    *,
    again: Annotated[bool, typer.Option("--again", help=said(_AGAIN))] = False,
    dry_run: Dry = False,
    as_json: Json = False,
) -> None:
    makers = {".csv": exporting.as_csv, ".xlsx": exporting.as_xlsx}
    if out.suffix not in makers:
        raise NotASheet(name=out.name)
    found = [one for one in waiting(with_submitted=again) if one.provider == "manual"]
    if found and not dry_run:
        out.write_bytes(makers[out.suffix](found))
        _mark(found)
    if as_json:
        ids = [one.public_id for one in found]
        result_json({"exported": len(found), "invoices": ids, "dry_run": dry_run})
        return
    if not found:
        result(said(_NONE))
        return
    done = _WOULD_EXPORT if dry_run else _EXPORTED
    result(said(done.fill(count=len(found), path=out)))


def _mark(found: list[Invoice]) -> None:
    """The file is written: those that waited are under way now."""
    at = clock.now()
    on = clock.today(current().business.zone, at)
    for one in found:
        if one.state == InvoiceState.REQUESTED:
            requests.submit(one.pk, on=on, at=at, by="cli")


def attach(
    files: Annotated[list[Path], typer.Argument(help=said(_FILES), exists=True, dir_okay=False)],
    *,
    invoice: Annotated[str, typer.Option(help=said(_INVOICE))] = "",
    number: Annotated[str, typer.Option(help=said(_NUMBER))] = "",
    dry_run: Dry = False,
    as_json: Json = False,
) -> None:
    rows, refused = [], False
    for path in files:
        upload = Upload(path.read_bytes(), invoice, number)
        try:
            rows.append(_attached(upload, path=path, dry_run=dry_run))
        except Refusal as refusal:
            refused = True
            rows.append({"file": path.name, "refused": refusal.as_problem()})
    if as_json:
        result_json(rows)
    else:
        for row in rows:
            result(said(_told(row)))
    if refused:
        raise typer.Exit(2)


def _attached(upload: Upload, *, path: Path, dry_run: bool) -> dict[str, object]:
    if dry_run:
        found = attaching.fit(upload).invoice
    else:
        found = attaching.attach(upload, at=clock.now(), by="cli")
    return {
        "file": path.name,
        "invoice": found.public_id,
        "number": found.number,
        "state": str(found.state),
    }


def _told(row: dict[str, object]) -> Sentence:
    problem = row.get("refused")
    if isinstance(problem, dict):
        sentence = problem["sentence"]
        why = Sentence(zh=sentence["zh"], en=sentence["en"])
        return _FAILED.fill(file=row["file"], why=why)
    if row["number"] is None:
        return _FITS.fill(file=row["file"], invoice=row["invoice"])
    return _ATTACHED.fill(file=row["file"], invoice=row["invoice"], number=row["number"])
