"""Wording that presses instead of telling: refused wherever a strategy speaks to a customer.

A dated fact is allowed (“ends on 30 June”), pressure without one is not. Patterns follow what
regulators and researchers call dark patterns: false scarcity and urgency, shaming, threats,
invented crowds, superlatives that the advertising law forbids, consent by silence, and ways out
that are harder than the way in (R-A-082; docs/algorithms/wording.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tenure.kernel.failures import Sentence


class Pressure(StrEnum):
    """What is wrong with a phrase."""

    SCARCITY = "scarcity"
    URGENCY = "urgency"
    SHAMING = "shaming"
    THREAT = "threat"
    CROWD = "crowd"
    SUPERLATIVE = "superlative"
    SILENCE = "silence"
    OBSTRUCTION = "obstruction"


WHY: Final = {
    Pressure.SCARCITY: Sentence(zh="制造稀缺", en="it claims that little is left"),
    Pressure.URGENCY: Sentence(zh="制造紧迫", en="it hurries without a date"),
    Pressure.SHAMING: Sentence(zh="让人难堪", en="it shames whoever says no"),
    Pressure.THREAT: Sentence(zh="威胁或夸大损失", en="it threatens or exaggerates a loss"),
    Pressure.CROWD: Sentence(zh="编造他人选择", en="it invents what others do"),
    Pressure.SUPERLATIVE: Sentence(zh="绝对化用语", en="it claims to be the very best"),
    Pressure.SILENCE: Sentence(zh="以沉默当同意", en="it takes silence for consent"),
    Pressure.OBSTRUCTION: Sentence(zh="给退订设障", en="it makes leaving harder than joining"),
}
SAID: Final = Sentence(
    zh="“{phrase}”不能对客户说：{why}；请改为可核实、带日期的事实",
    en="“{phrase}” may not be said to a customer: {why}; state a fact with its date instead",
)

_PATTERNS: Final[dict[Pressure, str]] = {
    Pressure.SCARCITY: r"""
        (仅|只|最后)剩?(下|余)?\s*\d+\s*(个|名|席|份|位|套|件|张)(名额|席位|机会)?
        |名额(有限|告急|不多|即将)|数量有限|手慢(则)?无|先到先得|即将(售罄|抢光|抢完)|所剩无几|库存告急
        |\bonly\s+\d+\s+(left|remaining|spots?|seats?|places?)|(spots?|seats?|places)\s+(are\s+)?(limited|filling)
        |limited\s+(spots?|seats?|places|quantit\w+|availability)|selling\s+(out\s+)?fast|almost\s+(gone|sold\s+out)
        |while\s+(they|supplies)\s+last|first\s+come,?\s+first\s+served
    """,
    Pressure.URGENCY: r"""
        限时|限量|最后(的)?(一次)?机会|最后\s*\d*\s*(小时|分钟)|倒计时|(立即|立刻|马上|赶紧|赶快|火速)(抢|下手|行动|续)
        |(就|仅限|只限|只有)今(天|日)|今(天|日)(截止|最后)|错过(今天|不再|就没|再等|后悔)|过时不候|机不可失|不容错过|抓紧
        |\bhurry\b|\bact\s+(now|fast|today)\b|last\s+chance|final\s+(hours?|call|notice\s+offer)|(ends|expires)\s+(soon|tonight|in\s+\d+\s+(minutes?|hours?))
        |(only|just)\s+today|today\s+only|limited[\s-]time|before\s+it['’]?s\s+too\s+late|don['’]?t\s+(miss|wait)|clock\s+is\s+ticking|now\s+or\s+never
        |time\s+is\s+running\s+out|once[\s-]in[\s-]a[\s-]lifetime
    """,
    Pressure.SHAMING: r"""
        狠心|忍心|舍得(离开|我们|抛)|舍不得|残忍|真的要(走|离开|放弃|取消)|确定(要)?(放弃|错过|离开)|别走|再想想|(残忍|无情)(地)?(离开|拒绝)
        |我(就是)?(不(想|要|需要)|拒绝|放弃)(省钱|优惠|福利|这(个|份)(优惠|福利))|我(愿意|喜欢)(多付|付全价|花冤枉|原价)|(会|将)(很)?(伤心|难过|失望)|后悔
        |are\s+you\s+(really\s+)?sure\s+you\s+want\s+to|(really|truly)\s+want\s+to\s+(leave|go|cancel|give)|no\s+thanks?,?\s+i\b|no,?\s+i\s+(don['’]?t|prefer|hate|like|enjoy|would\s+rather)
        |i\s+don['’]?t\s+(want|like|need)\s+(to\s+save|savings|discounts?|a\s+better)|i['’]?d\s+rather\s+pay|(sorry|sad|hate)\s+to\s+(see|lose)\s+you|we['’]?(ll|\s+will)\s+miss\s+you
        |(you['’]?ll|you\s+will|live\s+to)\s+regret|please\s+don['’]?t\s+(go|leave)|think\s+again|break(ing)?\s+our\s+hearts?|(will|be)\s+(so\s+)?disappointed
    """,
    Pressure.THREAT: r"""
        (马上|立刻|瞬间|永远|永久|全部)(都)?(会|将)?(失去|清零|消失|删光)(一切|所有)?|失去一切|后果自负|否则(将|会)?(无法|再也|永远|立即)|再也(无法|不能|没有|回不)
        |影响(您|你)的?(征信|信用)|家人(会|将|的安全)
        |lose\s+everything|(gone|lost)\s+forever|never\s+(be\s+able|again|get\s+this)|or\s+else\b|at\s+your\s+own\s+risk|everything\s+(will\s+be|you\s+built)\s+(deleted|destroyed|lost|gone)
        |hurt\s+your\s+credit|your\s+family\s+(will|may)
    """,
    Pressure.CROWD: r"""
        \d+\s*[%％]\s*(的)?(用户|客户|邻居|家庭|人)(都)?(选择|已|续|在)|(其他人|别人|大家|邻居(们)?|所有人)(都)?(已|已经|在)?(续费|续了|选择|抢)|\d+\s*人(正在|刚刚)(查看|浏览|抢购|续费|下单)
        |every(one|body)\s+(else\s+)?(is|has|renew\w*|choos\w*)|\d+\s*(%|percent)\s+of\s+(our\s+)?(users|customers|people|neighbou?rs)\s+(have|choose|renew\w*|already|stay)
        |\d+\s+(people|others|customers|users)\s+(are\s+)?(viewing|looking|watching|just\s+(bought|renewed))|(9|nine)\s+(out\s+of|in)\s+(10|ten)\s+(customers|people|users)
    """,
    Pressure.SUPERLATIVE: r"""
        (史上|全网|历史|全市|全国)最(低|好|优|强|便宜)|最(低价|优惠的?价格)|绝无仅有|独一无二的?(优惠|机会)|国家级|顶级优惠
        |(lowest|best|cheapest)\s+(price|deal|offer)\s+(ever|anywhere|in\s+(the\s+)?(history|world|country))|unbeatable|never\s+(been\s+)?cheaper
    """,
    Pressure.SILENCE: r"""
        (不|未)(回复|操作|反对)(即|则|就)?(视为|视作|代表|表示|默认|等于|算)?(您|你)?(已)?(同意|接受|续费|开通)|默认(为您)?(勾选|同意|开通|续费)|继续(使用|浏览)即(视为|表示)?(同意|续费)|已(自动)?(为您|帮您|替您)(自动)?(开通|升级|续费|勾选)
        |(if\s+)?you\s+do(n['’]?t|\s+not|ing\s+nothing)\s+(reply|respond|object|opt\s+out|nothing).{0,40}(renew|agree|accept|consent|charge|enrol)|silence\s+(means|counts)|pre-?(checked|selected|ticked)|unless\s+you\s+(object|opt\s+out|tell\s+us)
        |(we['’]?ve|we\s+have)\s+(already\s+)?(upgraded|renewed|enrolled|extended|signed)\s+you\s+(up\s+)?(for|automatically|to)
    """,
    Pressure.OBSTRUCTION: r"""
        (取消|退订|解约|关闭|注销)(服务|业务|续费|套餐)?(需|须|必须|只能|请|要)(先)?(致电|拨打|联系|前往|到|去|携带|本人|提前|审核)|(必须|只能|须|需)(到|前往|致电|拨打|本人).{0,12}(取消|退订|解约|办理注销)|不(支持|能|可)(在线|网上|线上)(取消|退订|解约)
        |(cancel\w*|leav\w+|unsubscrib\w+)\s+(only\s+)?(by|requires?|needs?|must|over)\s+.{0,20}(phone|calling|call|letter|mail|writing|visit|person|store|fax)|(call|phone|visit|write\s+to)\s+(us|our\s+\w+|the\s+\w+)\s+(\w+\s+)?to\s+(cancel|unsubscribe|leave)|cannot\s+(be\s+)?cancel\w*\s+online|no\s+online\s+cancel\w*
    """,
}
_COMPILED: Final = {
    kind: re.compile(re.sub(r"\n\s*", "", pattern.strip()), re.IGNORECASE)
    for kind, pattern in _PATTERNS.items()
}


@dataclass(frozen=True, slots=True)
class Pressing:
    """One phrase that presses."""

    kind: Pressure
    phrase: str

    @property
    def said(self) -> Sentence:
        """What is wrong, and what to do."""
        return SAID.fill(phrase=self.phrase, why=WHY[self.kind])


@lru_cache(maxsize=1024)
def pressing(text: str) -> tuple[Pressing, ...]:
    """The first pressing phrase of each kind in a text, in the order of kinds; none in a fair one.

    References:
        R-A-082; Mathur et al. (2019) for the kinds.
    """
    found = ((kind, pattern.search(text)) for kind, pattern in _COMPILED.items())
    return tuple(Pressing(kind, match.group()) for kind, match in found if match)
