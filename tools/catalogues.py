"""Compile the gettext catalogues; with `--extract`, first bring them up to date with the sources.

Compiling needs polib alone; extracting needs Babel. Neither needs the system's gettext.
"""

import io
import re
import sys
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
SURFACES = ROOT / "src" / "tenure" / "surfaces"
LOCALE = SURFACES / "locale"
PLURALS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
LANGUAGES = tuple(PLURALS)
# A name and which arguments are text; `1c` is a context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HAN = re.compile(r"[\u3400-\u9fff]")


def compile_all() -> int:
    """Write a .mo beside each .po and return how many there are."""
    catalogues = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    for path in catalogues:
        polib.pofile(str(path), encoding="utf-8").save_as_mofile(str(path.with_suffix(".mo")))
    return len(catalogues)


def messages_of(source: Path) -> Iterator[polib.POEntry]:
    """Every text that a Python file or a template marks for translation."""
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        text = templatize(text, origin=str(source))
    python = io.BytesIO(text.encode())
    where = source.relative_to(ROOT).as_posix()
    for _line, message, _comments, context in extract("python", python, keywords=KEYWORDS):
        singular, *plural = (message,) if isinstance(message, str) else message
        entry = polib.POEntry(msgid=singular, msgctxt=context, occurrences=[(where, "")])
        if plural:
            entry.msgid_plural = plural[0]
        yield entry


def messages_of_sources() -> dict[tuple[str, str | None], polib.POEntry]:
    """One entry for each text, with every file that holds it, in the order of the files."""
    found: dict[tuple[str, str | None], polib.POEntry] = {}
    sources = [*sorted(SURFACES.rglob("*.py")), *sorted(SURFACES.rglob("templates/**/*.*"))]
    for source in sources:
        for entry in messages_of(source):
            known = found.setdefault((entry.msgid, entry.msgctxt), entry)
            known.occurrences = sorted({*known.occurrences, *entry.occurrences})
    return found


def catalogue_of(language: str) -> polib.POFile:
    """A language's catalogue; a new one where none is written yet."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), encoding="utf-8")
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.fpath = str(path)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def needs_text(msgid: str, *, language: str) -> bool:
    """Whether a text is foreign to a catalogue's language, so that the msgid cannot stand in."""
    is_chinese = HAN.search(msgid) is not None
    return is_chinese if language == "en" else not is_chinese


def blank(entry: polib.POEntry, *, language: str) -> polib.POEntry:
    """An entry of one catalogue for a text of the sources, with room for its plural forms."""
    fresh = copy(entry)
    if fresh.msgid_plural:
        forms = 1 if language == "zh_Hans" else 2
        fresh.msgstr_plural = dict.fromkeys(range(forms), "")
    return fresh


def without_twins(catalogue: polib.POFile) -> dict[tuple[str, str | None], polib.POEntry]:
    """The entries by their text; of two for one text the later that says something stays."""
    known: dict[tuple[str, str | None], polib.POEntry] = {}
    for entry in list(catalogue):
        key = (entry.msgid, entry.msgctxt)
        twin = known.get(key)
        if twin is None:
            known[key] = entry
            continue
        says_more = entry.translated() or not twin.translated()
        catalogue.remove(twin if says_more else entry)
        known[key] = entry if says_more else twin
    return known


def extract_all() -> list[str]:
    """Add new texts, mark vanished ones, and return what still wants a translation."""
    found = messages_of_sources()
    missing = []
    for language in LANGUAGES:
        catalogue = catalogue_of(language)
        known = without_twins(catalogue)
        for key, entry in found.items():
            if key in known:
                known[key].occurrences = entry.occurrences
                known[key].obsolete = False
            else:
                catalogue.append(blank(entry, language=language))
        for key, entry in known.items():
            entry.obsolete = key not in found
        Path(catalogue.fpath).parent.mkdir(parents=True, exist_ok=True)
        catalogue.save()
        missing += [
            f"{language}: {entry.msgid}"
            for entry in catalogue
            if not entry.obsolete
            and not entry.translated()
            and needs_text(entry.msgid, language=language)
        ]
    return missing


def main(arguments: list[str]) -> None:
    if "--extract" in arguments:
        for line in extract_all():
            print(line)
    print(f"{compile_all()} catalogues compiled")


if __name__ == "__main__":
    main(sys.argv[1:])
