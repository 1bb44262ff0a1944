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
)
