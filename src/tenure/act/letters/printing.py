"""The file of a batch: all its letters as one PDF, and the list for franking, in a ZIP."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tenure.act.channels import postal
from tenure.act.documents.typesetting import pdf
from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.letters.queries import letters_of
from tenure.act.letters.rules import letter_number
from tenure.act.messages.wording import dated
from tenure.observe.imports.rules.faults import guarded
from tenure.records.strategies.queries import current
from tenure.strategy.business import Business

LETTERS_FILE: Final = "letters.pdf"
LIST_FILE: Final = "letters.csv"
#: A ZIP keeps the hour of its files; a fixed one, so that a batch fetched twice is one file.
_EPOCH: Final = (2000, 1, 1, 0, 0, 0)


def batch_pdf(batch: LetterBatch) -> bytes:
    """Every letter of a batch in one file, in order, each on pages of its own."""
    business = current().at(batch.on).business
    letters = [
        _page(one, address, batch=batch, business=business) for one, address in _readable(batch)
    ]
    return pdf("letter", {"title": batch.number, "letters": letters})


def batch_zip(batch: LetterBatch) -> bytes:
    """The PDF and the list, the same bytes each time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((LETTERS_FILE, batch_pdf(batch)), (LIST_FILE, batch_list(batch))):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return file.getvalue()


def batch_list(batch: LetterBatch) -> bytes:
    """Number, reader and address of each letter, as a sheet that runs no formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(["number", "name", "post_code", "address"])
    for one, address in _readable(batch):
        told = (one.message.person.name, address.post_code, " ".join(address.lines))
        writer.writerow([letter_number(batch.number, one.place), *map(guarded, told)])
    return sheet.getvalue().encode("utf-8-sig")


def _readable(batch: LetterBatch) -> Iterator[tuple[PrintedLetter, postal.PostalAddress]]:
    """Letters with their addresses; of whoever was erased since, neither is known any more."""
    for one in letters_of(batch):
        if (address := postal.read(one.message.address)) is not None:
            yield one, address


def _page(
    letter: PrintedLetter,
    address: postal.PostalAddress,
    *,
    batch: LetterBatch,
    business: Business,
) -> dict[str, Any]:
    message = letter.message
    language = message.language
    return {
        "number": letter_number(batch.number, letter.place),
        "lang": "zh" if language.startswith("zh") else "en",
        "sender": business.name.say(language),
        "sender_address": business.postal_address.say(language),
        "phone": business.support_phone,
        "to": [message.person.name, *address.lines],
        "dated": dated(batch.on, language),
        "subject": message.subject,
        "paragraphs": _paragraphs(message.body),
    }


def _paragraphs(body: str) -> Sequence[Sequence[str]]:
    """Paragraphs of lines: an empty line parts them."""
    return [one.splitlines() for one in body.strip().split("\n\n")]
