"""What a customer is worth."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.metric import Metric

VALUE: Final = (
    Metric(
        "gross_margin",
        Sentence("毛利率", "Gross margin"),
        Sentence(
            "在期合约的月度经常性收入减服务成本，除以收入。",
            "Recurring revenue less the cost of service, over revenue.",
        ),
        "Σ (price − cost) ÷ Σ price",
        "share",
        slices=("plan",),
        group="value",
    ),
    Metric(
        "ltv_simple",
        Sentence("客户生命周期价值", "Lifetime value, margin ÷ churn"),
        Sentence(
            "户均月收入 × 毛利率 ÷ 月流失率；假设流失率不变、不贴现。",
            "Revenue per customer × margin ÷ monthly churn; churn stays as it is, nothing is "
            "discounted.",
        ),
        "arpu * gross_margin / logo_churn",
        "minor",
        golden="G10",
        slices=(),
        grain="day",
        group="value",
        depends_on=(
            "arpu",
            "gross_margin",
            "logo_churn",
        ),
    ),
    Metric(
        "ltv_curve",
        Sentence("生命周期价值（生存曲线）", "Lifetime value, survival curve"),
        Sentence(
            "各套餐与付费周期按历次续费决定估计的留存曲线（sBG），每期毛利按年 8% 贴现；"
            "区间为 P10–P90；价格与毛利不变。",
            "From how each renewal decision of a plan and term turned out (sBG): the margin of a "
            "term, "
            "discounted by 8 % a year; P10 to P90 beside; price and margin stay as they are.",
        ),
        "Σ S(t) × margin ÷ (1 + d)^t",
        "minor",
        golden="G10",
        slices=("plan_cycle",),
        group="value",
    ),
    Metric(
        "ltv_margin_churn",
        Sentence("生命周期价值（毛利 ÷ 流失）", "Lifetime value, margin ÷ churn, by plan"),
        Sentence(
            "每期毛利 ÷ 每期流失率，不贴现；与生存曲线并列。",
            "The margin of a term over the churn of a term, nothing discounted; beside the curve.",
        ),
        "margin ÷ (1 − renewed ÷ decided)",
        "minor",
        golden="G10",
        slices=("plan_cycle",),
        group="value",
    ),
    Metric(
        "acquisition_spend",
        Sentence("获客投入，近 12 个整月", "Spending to win customers, 12 months"),
        Sentence(
            "录入的各渠道获客投入之和。",
            "What was entered as spent to win customers, by channel.",
        ),
        "Σ amount",
        "minor",
        golden="G11",
        slices=("channel",),
        group="value",
    ),
    Metric(
        "customers_won",
        Sentence("获得的新客户，近 12 个整月", "Customers won, 12 months"),
        Sentence(
            "同期首次付费的客户数。",
            "Customers who paid for the first time in the same months.",
        ),
        "count",
        "count",
        golden="G11",
        slices=("channel",),
        group="value",
    ),
    Metric(
        "cac",
        Sentence("获客成本 CAC", "Cost of winning a customer"),
        Sentence(
            "近 12 个整月获客投入 ÷ 新客户数；没有新客户时没有数值。",
            "Spending of the last 12 whole months over customers won; without any it has no value.",
        ),
        "acquisition_spend / customers_won",
        "minor",
        golden="G11",
        slices=("channel",),
        group="value",
        depends_on=("acquisition_spend", "customers_won"),
        falling_is_better=True,
    ),
    Metric(
        "ltv_to_cac",
        Sentence("价值与获客成本之比", "Lifetime value over cost"),
        Sentence(
            "生命周期价值（毛利 ÷ 流失）除以获客成本。",
            "Lifetime value, margin ÷ churn, over the cost of winning a customer.",
        ),
        "ltv_simple / cac",
        "ratio",
        golden="G11",
        group="value",
        depends_on=("ltv_simple", "cac"),
    ),
    Metric(
        "payback_months",
        Sentence("回本月数", "Months until paid back"),
        Sentence(
            "获客成本 ÷（户均月收入 × 毛利率）。",
            "The cost of winning a customer over the margin of a month.",
        ),
        "cac / (arpu * gross_margin)",
        "months",
        golden="G11",
        group="value",
        depends_on=("cac", "arpu", "gross_margin"),
        falling_is_better=True,
    ),
)
