"""What customers say in scores."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.metric import Metric

VOICES: Final = (
    Metric(
        "nps",
        Sentence("净推荐值 NPS", "Net promoter score"),
        Sentence(
            "近 90 天每位客户最近一次回答：9–10 分占比减 0–6 分占比。",
            "The latest answer of each customer in 90 days: the share of 9 and 10 less the "
            "share of 0 to 6.",
        ),
        "100 × (promoters − detractors) ÷ n",
        "points",
        golden="G12",
        slices=("survey",),
        group="voice",
    ),
    Metric(
        "csat",
        Sentence("满意度 CSAT", "Satisfaction"),
        Sentence(
            "近 90 天回答中 4、5 分的占比，每位客户取最近一次。",
            "Of the answers of 90 days, the share of 4 and 5; the latest of each customer.",
        ),
        "(4 + 5) ÷ n",
        "share",
        golden="G12",
        slices=("survey",),
        group="voice",
    ),
    Metric(
        "csat_mean",
        Sentence("满意度均分", "Mean satisfaction"),
        Sentence(
            "近 90 天回答的平均分，1–5 分。",
            "The mean of the answers of 90 days, 1 to 5.",
        ),
        "Σ score ÷ n",
        "score",
        golden="G12",
        slices=("survey",),
        group="voice",
    ),
    Metric(
        "ces",
        Sentence("省力度 CES", "Ease, CES"),
        Sentence(
            "近 90 天回答中 5–7 分的占比，7 为非常容易。",
            "Of the answers of 90 days, the share of 5 to 7; 7 is very easy.",
        ),
        "(5 + 6 + 7) ÷ n",
        "share",
        golden="G12",
        slices=("survey",),
        group="voice",
    ),
    Metric(
        "renewal_intent",
        Sentence("续费意愿", "Intent to renew"),
        Sentence(
            "近 90 天续费意愿调查中 4、5 分的占比。",
            "Of the answers on the intent to renew of 90 days, the share of 4 and 5.",
        ),
        "(4 + 5) ÷ n",
        "share",
        slices=("survey",),
        group="voice",
    ),
    Metric(
        "negative_feedback",
        Sentence("负面反馈率", "Negative feedback"),
        Sentence(
            "近 90 天全部调查回答中，按各自量表为负面的占比。",
            "Of all answers of 90 days, the share that is negative on its own scale.",
        ),
        "negative ÷ n",
        "share",
        group="voice",
        falling_is_better=True,
    ),
)
