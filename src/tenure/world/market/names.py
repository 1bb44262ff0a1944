"""Names, addresses and numbers that belong to nobody."""

from typing import Final

import numpy as np

from tenure.world.chance import Chance, Flags, Wholes

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_FIRST: Final = "文志建国明晓海玉春秀丽家雨子佳一思俊嘉浩宇梓若安心清远静立永新德正庆瑞云雪梦诗书怀"
_SECOND: Final = (
    "强华军平芳敏静磊洋勇艳杰娟涛超霞辉鹏飞婷宁轩怡涵然琪睿阳晨悦彤瑶峰林成兰清月航凯欣妍"
)
_STREETS: Final = (
    "望澜苑",
    "江桥里",
    "云和花园",
    "锦帆小区",
    "松涛居",
    "北岸新村",
    "青石巷",
    "听雨轩",
)
_FIRMS: Final = (
    "远帆",
    "精澜",
    "恒岸",
    "拓川",
    "汇禾",
    "明渡",
    "青屿",
    "元澈",
    "百川",
    "沐和",
    "立方",
    "凌云",
)
_LATIN_TRADES: Final = ("Logistics", "Design", "Foods", "Trading", "Software", "Clinics", "Media")
_TRADES: Final = (
    "物流",
    "精密制造",
    "设计",
    "餐饮",
    "教育",
    "贸易",
    "软件",
    "医疗器械",
    "建材",
    "文化传媒",
)
_LATIN_FIRST: Final = (
    "Ada",
    "Ben",
    "Clara",
    "Daniel",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
)
_LATIN_LAST: Final = (
    "Almond",
    "Brook",
    "Calder",
    "Dune",
    "Ember",
    "Fern",
    "Garnet",
    "Hollow",
    "Islet",
    "Juniper",
)


def people(chance: Chance, who: Wholes, *, english: Flags) -> list[str]:
    """A person's name each."""
    chinese = _joined(
        _letters(chance, "surname", who, letters=_SURNAMES, lean=1.6),
        _letters(chance, "given-1", who, letters=_FIRST),
        _second_letters(chance, who),
    )
    latin = _joined(
        _words(chance, "first", who, words=_LATIN_FIRST),
        np.full(len(who), " ", dtype=object),
        _words(chance, "last", who, words=_LATIN_LAST),
    )
    chosen: list[str] = np.where(english, latin, chinese).tolist()
    return chosen


def firms(chance: Chance, who: Wholes, *, english: Flags) -> list[str]:
    """A company's name each."""
    chinese = _joined(
        _words(chance, "firm", who, words=_FIRMS),
        _letters(chance, "firm-2", who, letters=_FIRST),
        _words(chance, "trade", who, words=_TRADES),
    )
    latin = _joined(
        _words(chance, "last", who, words=_LATIN_LAST),
        np.full(len(who), " ", dtype=object),
        _words(chance, "trade", who, words=_LATIN_TRADES),
    )
    named: list[str] = np.where(english, latin, chinese).tolist()
    return named


def addresses(chance: Chance, who: Wholes) -> list[str]:
    """A street and a building each."""
    street = _words(chance, "street", who, words=_STREETS)
    building = (chance.uniform("building", who) * 28).astype(np.int64) + 1
    room = (chance.uniform("floor", who) * 17).astype(np.int64) * 100 + 101
    parts = zip(street.tolist(), building.tolist(), room.tolist(), strict=True)
    return [f"{one} {two} 栋 {three}" for one, two, three in parts]


def telephones(who: Wholes, *, country: str) -> list[str]:
    """A number each, from a range that no operator gives out."""
    start = {"CN": "+86100", "US": "+1555"}.get(country, "+999")
    return [f"{start}{number:07d}" for number in who.tolist()]


def _letters(
    chance: Chance, what: str, who: Wholes, *, letters: str, lean: float = 1.0
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """A letter each; `lean` above 1 prefers the first ones, as surnames do."""
    known = np.array(list(letters), dtype=object)
    return known[(chance.uniform(what, who) ** lean * len(known)).astype(np.int64)]


def _second_letters(
    chance: Chance, who: Wholes
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    drawn = _letters(chance, "given-2", who, letters=_SECOND)
    one_letter = chance.uniform("short", who) < 0.18
    return np.where(one_letter, "", drawn)


def _words(
    chance: Chance, what: str, who: Wholes, *, words: tuple[str, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    known = np.array(words, dtype=object)
    return known[(chance.uniform(what, who) * len(known)).astype(np.int64)]


def _joined(
    *parts: np.ndarray[tuple[int, ...], np.dtype[np.object_]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + part
    return joined
