"""Words that praise and words that complain, for as long as nobody has labelled a text.

Our own list, short on purpose: it starts a new installation, and a model fitted on the operator's
own labels replaces it.
"""

from __future__ import annotations

import re
from typing import Final

from tenure.understand.voice.grams import plain

# Words between spaces.
GOOD_ZH: Final = (
    "好用 很好 不错 满意 喜欢 推荐 方便 快捷 稳定 流畅 清晰 耐心 专业 及时 热情 "
    "周到 划算 实惠 便宜 优秀 完美 值得 感谢 谢谢 放心 给力 赞 好评 顺利 贴心 负责 "
    "省心 舒服 舒适 干净 开心 惊喜 物超所值 好吃 新鲜 "
)
BAD_ZH: Final = (
    "差 慢 卡 垃圾 失望 骗 坑 贵 断网 掉线 不好 不行 不满 难用 投诉 退款 退货 "
    "后悔 糟糕 敷衍 推诿 乱扣 扣费 没用 麻烦 态度恶劣 不稳定 不耐烦 没人 无语 坏 "
    "故障 破 假货 延迟 拖延 欺骗 霸王 黑心 差评 太贵 涨价 生气 忍无可忍 打不通 没法 "
    "无法 不能 不给 不理 漏 臭 脏 烂 死机 "
)
GOOD_EN: Final = (
    "amazing awesome best cheap clear easy excellent fantastic fast fair friendly glad good "
    "great happy helpful love lovely nice patient perfect pleasant pleased polite "
    "professional prompt quick recommend reliable resolved satisfied smooth solved stable "
    "super thank thanks wonderful worth "
)
BAD_EN: Final = (
    "angry annoying awful bad bait broken bug cancel cheated complaint crash deceptive denied "
    "disappointed disconnect disconnects dishonest down drops error expensive fail failed "
    "failure false fraud frustrating horrible hidden ignored illegal impossible inconsistent "
    "issue issues lie lied liar limit monopoly never nobody outage outages overcharge "
    "overcharged overcharging overpriced poor problem problems refuse refused refuses "
    "ridiculous rude scam slow slower stolen switch terrible throttled throttling trouble "
    "unable unacceptable unauthorized unfair unhappy unreasonable unreliable useless "
    "violation waste worst worse wrong "
)
NOT_EN: Final = "no not never without isn't wasn't don't doesn't didn't can't "
_GOOD_ZH, _BAD_ZH = frozenset(GOOD_ZH.split()), frozenset(BAD_ZH.split())
_GOOD_EN, _BAD_EN = frozenset(GOOD_EN.split()), frozenset(BAD_EN.split())
_NOT_EN = frozenset(NOT_EN.split())
_NOT_ZH: Final = ("不", "没", "没有", "并不", "不太", "未", "毫不", "不够")
_WORD = re.compile(r"[a-z][a-z']*")
# Longest first: “不好” is one word of complaint, never a denial and a praise.
_ZH = re.compile("|".join(sorted(_GOOD_ZH | _BAD_ZH, key=len, reverse=True)))


def leaning(text: str) -> float:
    """How a text leans, −1 (complains) to 1 (praises); 0 where no word of the list stands in it."""
    text = plain(text)
    good, bad = _chinese(text)
    for said in _english(text):
        good, bad = good + (said > 0), bad + (said < 0)
    told = good + bad
    return (good - bad) / (told + 1) if told else 0.0


def _chinese(text: str) -> tuple[int, int]:
    good = bad = 0
    for found in _ZH.finditer(text):
        praises = found[0] in _GOOD_ZH
        denied = text[: found.start()].endswith(_NOT_ZH)
        good, bad = good + (praises != denied), bad + (praises == denied)
    return good, bad


def _english(text: str) -> list[int]:
    words = _WORD.findall(text)
    said = []
    for place, word in enumerate(words):
        sign = (word in _GOOD_EN) - (word in _BAD_EN)
        denied = bool(_NOT_EN.intersection(words[max(0, place - 3) : place]))
        if sign:
            said.append(-sign if denied else sign)
    return said
