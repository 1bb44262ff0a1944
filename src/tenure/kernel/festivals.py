"""The days of festivals, those of the Chinese lunar calendar included.

The lunar days were computed by ICU's Chinese calendar and agree with the tables that the Hong Kong
Observatory publishes; a test holds some of them against the published ones.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

# year | Spring Festival | Lantern | Dragon Boat | Qixi | Mid-Autumn | Double Ninth, as MMDD
_LUNAR: Final = """
2020 0125 0208 0625 0825 1001 1025
2021 0212 0226 0614 0814 0921 1014
2022 0201 0215 0603 0804 0910 1004
2023 0122 0205 0622 0822 0929 1023
2024 0210 0224 0610 0810 0917 1011
2025 0129 0212 0531 0829 1006 1029
2026 0217 0303 0619 0819 0925 1018
2027 0207 0221 0609 0808 0915 1008
2028 0126 0209 0528 0826 1003 1026
2029 0213 0227 0616 0816 0922 1016
2030 0202 0216 0605 0805 0912 1005
2031 0123 0206 0624 0824 1001 1024
2032 0211 0225 0612 0812 0919 1012
2033 0131 0214 0601 0801 0908 1001
2034 0219 0305 0620 0820 0927 1020
2035 0208 0222 0610 0810 0916 1009
2036 0128 0211 0530 0828 1004 1027
2037 0215 0301 0618 0817 0924 1017
2038 0204 0218 0607 0807 0913 1007
2039 0124 0207 0527 0826 1002 1026
2040 0212 0226 0614 0814 0920 1014
2041 0201 0215 0603 0803 0910 1003
2042 0122 0205 0622 0822 0928 1022
2043 0210 0224 0611 0811 0917 1011
2044 0130 0213 0531 0731 1005 1029
2045 0217 0303 0619 0819 0925 1018
2046 0206 0220 0608 0808 0915 1008
2047 0126 0209 0529 0827 1004 1027
2048 0214 0228 0615 0816 0922 1016
2049 0202 0216 0604 0805 0911 1005
2050 0123 0206 0623 0823 0930 1024
2051 0211 0225 0613 0812 0919 1013
2052 0201 0215 0601 0801 0907 1030
2053 0219 0305 0620 0820 0926 1020
2054 0208 0222 0610 0810 0916 1009
2055 0128 0211 0530 0829 1005 1028
2056 0215 0229 0617 0817 0924 1017
2057 0204 0218 0606 0806 0913 1007
2058 0124 0207 0625 0825 1002 1025
2059 0212 0226 0614 0814 0921 1014
2060 0202 0216 0603 0802 0909 1002
"""
_NAMES: Final = (
    "spring_festival", "lantern_festival", "dragon_boat", "qixi", "mid_autumn", "double_ninth",
)  # fmt: skip
_SOLAR: Final[dict[str, tuple[int, int]]] = {
    "new_year": (1, 1),
    "labour_day": (5, 1),
    "national_day": (10, 1),
}
FESTIVALS: Final[dict[str, Sentence]] = {
    "new_year": Sentence(zh="元旦", en="New Year"),
    "spring_festival": Sentence(zh="春节", en="Spring Festival"),
    "lantern_festival": Sentence(zh="元宵节", en="Lantern Festival"),
    "labour_day": Sentence(zh="劳动节", en="Labour Day"),
    "dragon_boat": Sentence(zh="端午节", en="Dragon Boat Festival"),
    "qixi": Sentence(zh="七夕", en="Qixi"),
    "mid_autumn": Sentence(zh="中秋节", en="Mid-Autumn Festival"),
    "double_ninth": Sentence(zh="重阳节", en="Double Ninth Festival"),
    "national_day": Sentence(zh="国庆节", en="National Day"),
}


class FestivalUnknown(Refusal):
    """A year for which the lunar days are not in the table."""

    code = "festival_year"
    said = Sentence(
        zh="{year} 年的农历节日不在表内（{first} 到 {last}）；请升级。",
        en="The lunar days of {year} are not in the table ({first} to {last}); upgrade.",
    )


def _table() -> Mapping[int, Mapping[str, date]]:
    found = {}
    for line in _LUNAR.split("\n"):
        if line:
            year, *days = line.split()
            found[int(year)] = {
                name: date(int(year), int(day[:2]), int(day[2:]))
                for name, day in zip(_NAMES, days, strict=True)
            }
    return found


_DAYS: Final = _table()


def festival_on(name: str, *, year: int) -> date:
    """The day of a festival in a year.

    Raises:
        FestivalUnknown: a lunar one of a year outside the table.
    """
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    if year not in _DAYS:
        raise FestivalUnknown(year=year, first=min(_DAYS), last=max(_DAYS))
    return _DAYS[year][name]


def next_festival(name: str, *, on: date) -> date:
    """The first day of a festival on or after a day."""
    found = festival_on(name, year=on.year)
    return found if found >= on else festival_on(name, year=on.year + 1)
