"""What customers write in tickets: made of many small pieces, the same for the same ticket.

A ticket is about one matter of its kind; each matter is told in several ways, and the pieces in
braces differ from customer to customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tenure.world.chance import Wholes

type Matters = tuple[tuple[str, ...], ...]

_MIXED: Final = 0x9E3779B97F4A7C15
_WORD: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Speech:
    """How the customers of one kind of business write: kind of ticket → its matters."""

    zh: Mapping[str, Matters]
    en: Mapping[str, Matters]


_ZH_PIECES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "place": ("客厅", "主卧", "书房", "二楼", "阳台", "儿童房", "餐厅", "店里"),
        "hour": ("晚上八点", "晚高峰", "周末晚上", "下班后", "每天九点左右", "一到中午", "半夜"),
        "app": ("视频会议", "打游戏", "看直播", "孩子上网课", "传文件", "刷视频", "远程办公"),
        "days": ("两天", "三天", "一周", "半个月", "十天"),
        "money": ("30 元", "50 元", "79 元", "128 元", "200 元"),
        "month": ("上个月", "这个月", "三月份", "去年底", "续费那个月"),
        "speed": ("十几兆", "不到 50M", "只有 80M", "不到一半"),
    }
)
_EN_PIECES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "place": ("living room", "bedroom", "home office", "upstairs", "kitchen", "shop"),
        "hour": ("every evening", "at peak hours", "on weekends", "after work", "around noon"),
        "app": ("video calls", "gaming", "streaming", "online classes", "uploads"),
        "days": ("two days", "three days", "a week", "two weeks"),
        "money": ("$12", "$35", "$59", "$120", "$240"),
        "month": ("last month", "this month", "in March", "since the renewal"),
        "seats": ("3 seats", "5 seats", "12 users", "our new team", "two contractors"),
        "tool": ("Slack", "Salesforce", "Google Sheets", "our data warehouse", "Teams", "Jira"),
        "page": ("the dashboard", "the report page", "search", "the export", "the mobile app"),
    }
)

_BROADBAND: Final = Speech(
    zh={
        "fault": (
            (
                "{hour}网速很慢，{app}一直卡",
                "测速{speed}，办的是千兆",
                "{hour}带宽跑不满，{app}延迟高",
                "{place}网速慢，{app}转圈",
            ),
            (
                "家里断网{days}了，没人处理",
                "{hour}经常掉线，要重启才好",
                "网络时断时续，{days}都这样",
                "早上起来没网，光猫亮红灯",
            ),
            (
                "{place} WiFi 信号差，穿一堵墙就没了",
                "路由器老化，{place}连不上 WiFi",
                "光猫发热，{hour}自己重启",
            ),
            ("{place}的电视看直播黑屏", "IPTV 频道打不开，提示鉴权失败", "机顶盒开机卡在欢迎页"),
            ("{app}延迟跳到三百多", "连海外服务器{app}丢包严重", "{hour}{app}老是被踢下线"),
        ),
        "complaint": (
            ("师傅约了{days}没上门", "装机师傅迟到，打电话不接", "移机申请{days}没有回音"),
            (
                "客服电话等了二十分钟没人接",
                "同一个问题打了三次客服，每次都要从头说",
                "客服态度敷衍，答应回电没有回",
            ),
            (
                "新用户比老用户便宜{money}，老用户不划算",
                "涨价{money}没有提前通知",
                "续费反而比办新的贵",
            ),
            ("同行同样千兆便宜{money}，考虑换到那边", "别家送路由器还免安装费，你们什么都没有"),
            ("修了又坏，{days}内报修第三次", "故障说好当天修好，拖了{days}"),
        ),
        "billing": (
            (
                "{month}账单多扣了{money}",
                "{month}扣费两次，请退{money}",
                "账单里有{money}的增值业务没有办过",
            ),
            ("发票抬头开错了，要重开", "{month}的电子发票收不到"),
            ("自动扣费没有提醒，扣了{money}", "想取消自动续费，找不到地方"),
            ("退款{money}{days}还没到账", "押金{money}什么时候退"),
        ),
        "question": (
            ("套餐里包含几个路由器", "千兆和五百兆实际差别大吗", "升级到千兆要不要换光猫"),
            ("搬家到{place}另一个区，怎么移机", "移机要多久，收费吗"),
            ("能不能暂停{days}，家里没人", "出国半年，可以停机保号吗"),
            ("亲情网还能再加一个号码吗", "合约期还剩多久，能换套餐吗"),
            ("会员内容怎么领取", "积分能换什么"),
        ),
        "renewal": (
            ("快到期了，续费有什么优惠", "续两年能便宜多少", "老用户续费送不送路由器"),
            ("想续费但觉得贵，有没有低一档的", "续费可以分期吗"),
        ),
    },
    en={
        "fault": (
            ("Slow internet {hour}, {app} keep buffering", "Speed test far below the plan {hour}"),
            ("No internet for {days}", "Connection drops {hour}, restart needed"),
            ("No wifi signal in the {place}", "Router restarts by itself {hour}"),
        ),
        "complaint": (
            ("Technician did not show up for {days}", "Waited twenty minutes on the phone"),
            ("New customers pay {money} less than we do", "Another provider offers a better deal"),
        ),
        "billing": (
            ("Charged twice {month}, please refund {money}", "Overcharged {money} {month}"),
            ("Invoice has the wrong company name", "How do I turn off autopay"),
        ),
        "question": (
            ("Do I need a new modem for gigabit", "How to move the line to a new flat"),
            ("Can I pause while abroad",),
        ),
        "renewal": (("Any discount for renewing two years", "Renewal price is too high"),),
    },
)
_SAAS: Final = Speech(
    zh={
        "fault": (("{hour}页面打开很慢", "导出报表一直转圈"), ("接口超时，数据同步中断{days}",)),
        "complaint": (("工单{days}没有人回复",), ("涨价{money}没有提前通知",)),
        "billing": (("发票抬头要改成公司全称",), ("席位多收了{money}",)),
        "question": (("怎么和企业微信打通",), ("能不能按部门设置权限",)),
        "renewal": (("续约可以谈折扣吗", "想减少席位再续"),),
    },
    en={
        "fault": (
            ("{page} takes a minute to load {hour}", "{page} times out {hour}"),
            ("Sync with {tool} stopped {days} ago", "{tool} integration returns an error"),
            ("Users cannot log in with single sign-on", "Invited users get no e-mail"),
            ("Numbers in {page} differ from {tool}", "Duplicate rows after the import"),
            ("API calls fail with 429 {hour}", "Webhooks arrive late {hour}"),
        ),
        "complaint": (
            ("Support has not answered for {days}", "Third ticket about {page}, still open"),
            ("Price went up by {money} without notice", "We pay for features nobody here uses"),
            ("We may switch to a competitor that has this", "Onboarding was left to ourselves"),
            ("{page} changed overnight and nobody told us",),
        ),
        "billing": (
            ("Invoice needs our purchase order number", "Billed for {seats} we removed"),
            ("Card was charged twice {month}", "Please refund {money} from {month}"),
            ("VAT number missing on the invoice",),
        ),
        "question": (
            ("How do we connect {tool}", "Is there an API for {page}"),
            ("Can we add {seats} before the renewal", "How are seats counted"),
            ("How to set permissions for {seats}", "Where is the audit log"),
            ("Can {page} be scheduled by e-mail",),
        ),
        "renewal": (
            ("Can we renew for two years at a discount", "We want to renew with fewer seats"),
            ("Who approves the renewal quote", "Please send the renewal quote"),
        ),
    },
)
_MEMBERSHIP: Final = Speech(
    zh={
        "fault": (
            ("{hour}会员页打不开，一直转圈", "{hour}播放卡顿", "{app}时提示不是会员"),
            ("{money}的优惠券显示不可用", "领取的权益{days}没有到账", "{month}的兑换码提示已使用"),
            ("登录收不到验证码", "换手机后会员不见了"),
            ("运费券下单时没有抵扣", "积分兑换失败"),
        ),
        "complaint": (
            ("会员权益越来越少，不值{money}", "专属客服等了{days}没有回复"),
            ("会员价和普通价一样", "券的门槛太高用不上"),
            ("快递{days}没有动静", "收到的商品有破损"),
            ("别家会员送得更多",),
        ),
        "billing": (
            ("自动续费没有提醒就扣了{money}", "怎么关闭自动续费"),
            ("重复扣款{money}，请退", "退款{days}没有到账"),
            ("发票在哪里开",),
        ),
        "question": (
            ("家人能一起用会员吗", "权益可以转给别人吗", "{place}的电视能登录几台"),
            ("生日礼什么时候发", "升级黑金要多少积分", "{month}的积分怎么没有到"),
            ("券过期了能补吗", "权益每个月几号更新"),
        ),
        "renewal": (
            ("年卡续费有没有优惠", "到期前续费会累计时间吗"),
            ("想从月卡换年卡，差价怎么算",),
        ),
    },
    en={
        "fault": (("The coupon cannot be used",), ("No code arrives when I log in",)),
        "complaint": (("Not worth {money} any more",), ("Parcel has not moved for {days}",)),
        "billing": (("Renewed without a reminder, please refund {money}",),),
        "question": (("Can my family share the membership",),),
        "renewal": (("Any discount on the yearly card",),),
    },
)  # fmt: skip
SPEECH: Final[Mapping[str, Speech]] = MappingProxyType(
    {"broadband": _BROADBAND, "saas": _SAAS, "membership": _MEMBERSHIP}
)


def subjects(
    code: str, kinds: list[str], *, who: Wholes, opened: Wholes, english_share: float
) -> Iterator[str]:
    """One line for each ticket.

    Args:
        code: of the business.
        kinds: of the tickets; `who` and `opened` tell one ticket from another.
        english_share: of the customers who write English.
    """
    speech = SPEECH[code]
    for kind, customer, second in zip(kinds, who.tolist(), opened.tolist(), strict=True):
        lot = _mixed(customer * 1_000_003 + second)
        is_english = _mixed(customer) % 1_000 < english_share * 1_000
        matters = (speech.en if is_english else speech.zh)[kind]
        # The first matters of a kind are the frequent ones: the smaller of two draws.
        matter = matters[min(lot % len(matters), (lot >> 8) % len(matters))]
        told = matter[(lot >> 16) % len(matter)]
        pieces = _EN_PIECES if is_english else _ZH_PIECES
        yield told.format_map({name: of[(lot >> 24) % len(of)] for name, of in pieces.items()})


def _mixed(number: int) -> int:
    """A whole number as lots: a step of SplitMix64."""
    mixed = (number * _MIXED + _MIXED) & _WORD
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
    return mixed ^ (mixed >> 31)
