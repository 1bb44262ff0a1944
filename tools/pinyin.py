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
# What names are read as beside the first reading of a dictionary: every reading would find 立 by
# wei, which nobody says; without these nobody would find a 单, 曾 or 仇.
_ALSO = """
单shan 曾zeng 仇qiu 区ou 解xie 盖ge 查zha 朴piao 覃qin 乐yue 翟zhai 尉yu 任ren 华hua 纪ji
宁ning 冼xian 折she 员yun 祭zhai 缪miao 秘bi 种chong 黑he 逄pang 洗xian 召shao 那na 莘shen
盛sheng 长chang 重zhong 行hang 茜xi 朝zhao 柏bo 都dou 车ju 晟cheng 藏zang 露lou 颉jie
谌shen 郗chi 隗kui 贾gu 叶xie 强jiang 参shen 适kuo 乘sheng 弹tan 调tiao 将jiang 降xiang
角jue 量liang 率lv 蔓man
"""
ALSO = {word[0]: word[1:] for word in _ALSO.split()}
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
    """(syllable, character): each by its first reading, and by what names are read as."""
    for code, told in table.items():
        if not FIRST <= int(code) <= LAST:
            continue
        character = chr(int(code))
        first = plain(told.partition(",")[0])
        for syllable in sorted({first, ALSO.get(character, first)}):
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
