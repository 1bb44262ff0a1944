"""Renewals of terms that fell due."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.metric import MONTH_SLICES, SLICES, Metric

RENEWALS: Final = (
    Metric(
        "renewal_rate",
        Sentence("续费率", "Renewal rate"),
        Sentence(
            "宽限期已过的最近 30 天窗口内到期的合约期，按期或宽限期内续费的占比；未到期的不计。",
            "Of the terms that fell due in the last 30-day window whose grace days are over, "
            "the share renewed early, on time or in grace. Terms not yet due never enter.",
        ),
        "renewed ÷ due",
        "share",
        golden="G01",
        slices=SLICES,
    ),
    Metric(
        "renewal_rate_recent",
        Sentence("续费率，近 30 天到期", "Renewal rate, due in 30 days"),
        Sentence(
            "近 30 天到期的合约期中已续费的占比；宽限期未过，为暂定值。",
            "Of the terms that fell due in the last 30 days, the share renewed so far; "
            "provisional while grace days run.",
        ),
        "renewed so far ÷ due",
        "share",
        golden="G01",
    ),
    Metric(
        "on_time_rate",
        Sentence("按期续费率", "On-time renewal rate"),
        Sentence("到期日当天或之前续费的占比。", "The share renewed on or before the due date."),
        "(early + on the due date) ÷ due",
        "share",
        golden="G01",
    ),
    Metric(
        "renewal_value_gross",
        Sentence("续费率（金额，毛）", "Renewal rate by value, gross"),
        Sentence(
            "续费部分取新旧年化金额的较小者，除以到期的年化金额；不超过 100%。",
            "The smaller of old and new annualised value over renewed terms, over the "
            "annualised value due; never above 100 %.",
        ),
        "Σ min(old, new) over renewed ÷ Σ old over due",
        "share",
        golden="G01",
        slices=SLICES,
    ),
    Metric(
        "renewal_value_net",
        Sentence("续费率（金额，净）", "Renewal rate by value, net"),
        Sentence(
            "续费后的年化金额除以到期的年化金额；可以超过 100%。",
            "Annualised value after renewal over the annualised value due; may exceed 100 %.",
        ),
        "Σ new over renewed ÷ Σ old over due",
        "share",
        golden="G01",
        slices=SLICES,
    ),
    Metric(
        "renewal_rate_month",
        Sentence("续费率，按到期月", "Renewal rate by due month"),
        Sentence(
            "当月到期的合约期中，提前、按期或宽限期内续费的占比；宽限期未满的月份为暂定值。",
            "Of the terms that fell due in the month, the share renewed early, on time or in "
            "grace; provisional until the last grace day is over.",
        ),
        "renewed ÷ due",
        "share",
        golden="G01",
        slices=MONTH_SLICES[:-1],
        grain="month",
    ),
    Metric(
        "renewal_value_gross_month",
        Sentence("续费率（金额，毛），按到期月", "Renewal rate by value, gross, by due month"),
        Sentence(
            "续费部分取新旧年化金额的较小者，除以当月到期的年化金额。",
            "The smaller of old and new annualised value over renewed terms, over the "
            "annualised value due in the month.",
        ),
        "Σ min(old, new) over renewed ÷ Σ old over due",
        "share",
        golden="G01",
        slices=MONTH_SLICES[:-1],
        grain="month",
    ),
    Metric(
        "renewal_value_net_month",
        Sentence("续费率（金额，净），按到期月", "Renewal rate by value, net, by due month"),
        Sentence(
            "续费后的年化金额除以当月到期的年化金额；可以超过 100%。",
            "Annualised value after renewal over the annualised value due in the month; may "
            "exceed 100 %.",
        ),
        "Σ new over renewed ÷ Σ old over due",
        "share",
        golden="G01",
        slices=MONTH_SLICES[:-1],
        grain="month",
    ),
)
