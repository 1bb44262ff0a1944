"""How the service itself does."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.metric import Metric

SERVICE: Final = (
    Metric(
        "availability",
        Sentence("网络可用率", "Availability of the lines"),
        Sentence(
            "近 30 天在网线路可用时间的占比：重叠的故障合并，故障按节点计、按其线路数加权。",
            "Of the time of the lines that run, the share in which they worked in 30 days: faults "
            "of a node that overlap count once, and weigh by its lines.",
        ),
        "Σ lines × (minutes − minutes down) ÷ Σ lines × minutes",
        "share",
        golden="G24",
        slices=("region",),
        group="customers",
    ),
    Metric(
        "credit_due",
        Sentence("故障应赔付金额", "Owed for faults"),
        Sentence(
            "按近 30 天的可用率：每条线路的抵扣与停用退费取大者，合计。",
            "By the availability of 30 days: of each line the larger of credit and rebate.",
        ),
        "Σ max(credit, rebate)",
        "minor",
        golden="G24",
        group="customers",
        falling_is_better=True,
    ),
)
