"""Write `src/tenure/kernel/pinyin.txt`, the characters of each syllable, from pypinyin's table.

Run `.venv/bin/python -m tools.pinyin FOLDER` where FOLDER holds an unpacked release of pypinyin
(MIT). The product ships the table and does not need the library.
"""

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

TABLE = Path(__file__).parent.parent / "src" / "tenure" / "kernel" / "pinyin.txt"
FIRST, LAST = 0x4E00, 0x9FA5
# A common character keeps so many readings, a rare one its first.
MOST_READINGS = 4
HEAD = """\
# The readings of Chinese characters without tones, made by `python -m tools.pinyin` from
# pypinyin 0.55.0, (c) 2016 mozillazg and contributors, under the MIT licence:
# https://github.com/mozillazg/python-pinyin/blob/master/LICENSE.txt
"""


def plain(reading: str) -> str:
    """A syllable as people type it: without its tone, and v for ü."""
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(one for one in marked if not unicodedata.combining(one))


def readings(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(syllable, character) of every character that GBK knows, the common ones as all are read."""
    for code, told in table.items():
        if not FIRST <= int(code) <= LAST:
            continue
        character = chr(int(code))
        is_common = character.encode("gb2312", "ignore") != b""
        known = dict.fromkeys(plain(one) for one in told.split(","))
        for syllable in list(known)[: MOST_READINGS if is_common else 1]:
            if syllable.isascii() and syllable.isalpha():
                yield syllable, character


def main(folder: Path) -> None:
    """Write the table: a line for each syllable."""
    told = json.loads((folder / "pypinyin" / "pinyin_dict.json").read_text(encoding="utf-8"))
    found: defaultdict[str, str] = defaultdict(str)
    for syllable, character in readings(told):
        found[syllable] += character
    lines = [f"{syllable} {found[syllable]}\n" for syllable in sorted(found)]
    TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
