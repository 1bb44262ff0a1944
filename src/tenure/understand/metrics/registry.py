"""Every metric, declared once: the console, the API and exports read it from here."""

from dataclasses import dataclass

from tenure.kernel.failures import Sentence


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of the business."""

    id: str
    name: Sentence
    definition: Sentence
    formula: str
    unit: str  # share | minor | count
    golden: str = ""
    version: int = 1
    slices: tuple[str, ...] = ()


SLICES = ("plan", "region", "channel", "cycle", "first_term", "owner")

METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        Metric(
            "renewal_rate",
            Sentence("续费率", "Renewal rate"),
            Sentence(
                "宽限期已过的最近 30 天窗口内到期的合约期，按期或宽限期内续费的占比；"
                "未到期的不计。",
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
            Sentence(
                "到期日当天或之前续费的占比。", "The share renewed on or before the due date."
            ),
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
            "logo_churn",
            Sentence("月流失率", "Monthly churn"),
            Sentence(
                "30 天前在网的客户中，今天已不在网的占比；期间新入网的不计。",
                "Of the customers 30 days ago, the share that is gone today; who joined in "
                "between is in neither part.",
            ),
            "lost ÷ customers at the start",
            "share",
            golden="G04",
        ),
        Metric(
            "grr",
            Sentence("毛收入留存 GRR", "Gross revenue retention"),
            Sentence(
                "12 个月前有收入的客户，逐户取今日与当时月度经常性收入的较小者求和，除以当时之和。",
                "Customers with recurring revenue 12 months ago: the smaller of then and now per "
                "customer, over then. Point to point; pauses count as loss.",
            ),
            "Σ min(end, start) ÷ Σ start",
            "share",
            golden="G04",
        ),
        Metric(
            "nrr",
            Sentence("净收入留存 NRR", "Net revenue retention"),
            Sentence(
                "12 个月前有收入的客户，今日月度经常性收入之和除以当时之和；新客户不计。",
                "Customers with recurring revenue 12 months ago: their revenue now over their "
                "revenue then. New customers are in neither part.",
            ),
            "Σ end ÷ Σ start",
            "share",
            golden="G04",
        ),
        Metric(
            "mrr",
            Sentence("月度经常性收入", "Monthly recurring revenue"),
            Sentence(
                "在期合约期的价格折算到每月之和，不含税费与一次性费用。",
                "The price of every running term per month, summed; without one-off fees.",
            ),
            "Σ price ÷ months",
            "minor",
            golden="G06",
        ),
        Metric(
            "customers",
            Sentence("在网客户", "Customers"),
            Sentence("今日至少有一个在期合约期的客户数。", "Customers with a running term today."),
            "count",
            "count",
        ),
    )
}
