"""Chinese names by the letters in which they are typed: 张伟 is meant by zhangwei, zhangw and zw.

The table beside this module holds the characters of each syllable; those that names read in
their own way stand there twice: who types shan or dan finds 单 (decision 0151).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

# Names of more characters are found by the first so many.
MOST_CHARACTERS = 4
MOST_WAYS = 8
_LONGEST_SYLLABLE = 6
_TABLE = Path(__file__).with_suffix(".txt")

# The characters that may stand at each place of a name.
type Reading = tuple[frozenset[str], ...]


def readings_of(typed: str) -> Sequence[Reading]:
    """Every way in which typed letters may mean the beginning of a Chinese name; none for others.

    The letters are syllables, the last of which may be begun only ("zhangw"), or the first letter
    of each character ("zw"). Blanks and apostrophes part syllables ("xi'an").
    """
    words = typed.lower().replace("ü", "v").replace("'", " ").replace("’", " ").split()
    if not words or not all(one.isascii() and one.isalpha() for one in words):
        return ()
    joined = "".join(words)
    if len(joined) < 2 or len(joined) > MOST_CHARACTERS * _LONGEST_SYLLABLE:
        return ()
    parts = {tuple(one) for one in _parted(words)}
    if len(joined) <= MOST_CHARACTERS:
        parts.add(tuple(joined))
    known = _beginnings()
    meant = [one for one in parts if known.keys() >= {*one}]
    # The fewer parts, the likelier: a database takes so many characters and no more.
    likeliest = sorted(meant, key=lambda one: (len(one), one))[:MOST_WAYS]
    return tuple(dict.fromkeys(tuple(known[each] for each in one) for one in likeliest))


def _parted(words: Sequence[str]) -> Iterator[list[str]]:
    """The words as syllables in every way, the last of which may be begun only."""
    syllables = _syllables()

    def of(rest: str, *, is_last: bool) -> Iterator[list[str]]:
        if rest in syllables or (is_last and rest in _beginnings()):
            yield [rest]
        for size in range(1, min(len(rest), _LONGEST_SYLLABLE + 1)):
            if rest[:size] in syllables:
                for more in of(rest[size:], is_last=is_last):
                    yield [rest[:size], *more]

    ways: list[list[str]] = [[]]
    for place, word in enumerate(words, start=1):
        ways = [
            [*before, *found]
            for found in of(word, is_last=place == len(words))
            for before in ways
            if len(before) + len(found) <= MOST_CHARACTERS
        ]
    yield from ways


@cache
def _syllables() -> Mapping[str, frozenset[str]]:
    """Syllable → its characters."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(" ") for line in lines if not line.startswith("#"))
    return {syllable: frozenset(characters) for syllable, characters in rows}


@cache
def _beginnings() -> Mapping[str, frozenset[str]]:
    """The first letters of syllables, whole ones too → the characters of all that begin so."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for syllable, characters in _syllables().items():
        for size in range(1, len(syllable) + 1):
            found[syllable[:size]].update(characters)
    return {begun: frozenset(characters) for begun, characters in found.items()}
