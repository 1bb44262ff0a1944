"""The worked example behind each definition, in a sentence; the tests compute them in full."""

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence

GOLDEN: Final[Mapping[str, Sentence]] = {
    "G01": Sentence(
        "6 月到期 10 个：提前 2、当日 2、宽限期内 2 续费，其余未续或退款：按期 40%，续费率 60%，"
        "金额毛 62.5%、净 87.5%。",
        "10 due in June: 2 renewed early, 2 on the day, 2 in grace, the others not or refunded: "
        "on time 40 %, renewed 60 %, by value 62.5 % gross and 87.5 % net.",
    ),
    "G03": Sentence(
        "月初 1,060.00；新增 90、回流 70、升级 180、降级 30、流失 150、暂停 60：月末 1,160.00。",
        "1,060.00 at the start; new 90, back 70, expansion 180, contraction 30, churn 150, paused "
        "60: 1,160.00 at the end.",
    ),
    "G04": Sentence(
        "同一月：GRR 820 ÷ 1,060 = 77.4%，NRR 1,000 ÷ 1,060 = 94.3%，流失 1 ÷ 7 = 14.3%，"
        "速动比 340 ÷ 240 = 1.42。",
        "The same month: GRR 820 ÷ 1,060 = 77.4 %, NRR 1,000 ÷ 1,060 = 94.3 %, churn 1 ÷ 7 = "
        "14.3 %, quick ratio 340 ÷ 240 = 1.42.",
    ),
    "G06": Sentence(
        "年付 999.00 = 每月 83.25；季付 270.00 = 每月 90.00；"
        "含 9% 税的年付 1,199.00 = 每月 91.67。",
        "999.00 a year = 83.25 a month; 270.00 a quarter = 90.00; 1,199.00 a year with 9 % tax "
        "inside = 91.67.",
    ),
    "G07": Sentence(
        "年付至 12 月 31 日、6 月 15 日点了取消：12 月 31 日主动流失；"
        "6 月 10 日到期、扣款 6 月 24 日最终失败：当日被动流失。",
        "Paid until 31 December, cancelled on 15 June: lost on 31 December by choice. Paid until "
        "10 June, payment failed for good on 24 June: lost that day.",
    ),
    "G08": Sentence(
        "6 位客户，3 位在第 1 天活跃：第 1 天留存 50%。",
        "Of 6 customers 3 were active on day 1: 50 %.",
    ),
    "G10": Sentence(
        "月收入 88.00 × 毛利 70% ÷ 月流失 2.5% = 2,464.00。",
        "88.00 a month × 70 % margin ÷ 2.5 % churn = 2,464.00.",
    ),
    "G11": Sentence(
        "投入 30,000.00、新客 100：CAC 300.00；月收入 50.00、毛利 80%：7.5 个月回本。",
        "30,000.00 spent, 100 won: CAC 300.00; 50.00 a month at 80 %: paid back in 7.5 months.",
    ),
    "G12": Sentence(
        "13 个回答，5 个推荐者、4 个贬损者：NPS 8，标准误 23.0 分。",
        "13 answers, 5 promoters and 4 detractors: NPS 8, standard error 23.0 points.",
    ),
    "G13": Sentence(
        "10 位流失客户中 3 位因扣款失败：30%。",
        "Of 10 customers lost 3 left by a failed payment: 30 %.",
    ),
    "G24": Sentence(
        "6 月计划内停 2 小时、故障停 8 小时：可用率 355 ÷ 359 = 98.89%；月费 88.00 "
        "抵扣 25% = 22.00，大于停用退费 0.98，给 22.00。",
        "In June 2 hours planned and 8 hours of faults: 355 ÷ 359 = 98.89 %. Of a fee of 88.00 "
        "the credit of 25 % is 22.00, more than the rebate of 0.98, and is given.",
    ),
    "G31": Sentence(
        "年付 360 户中当月 50 户到期、10 户未续：可续流失 20%，按全部客户只有 2.8%。",
        "Of 360 yearly customers 50 were due and 10 did not renew: 20 % of those who could, only "
        "2.8 % of all.",
    ),
}
