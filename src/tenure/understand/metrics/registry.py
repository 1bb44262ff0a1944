"""Every metric, declared once: the console, the API and exports read it from here."""

from typing import Final

from tenure.understand.metrics.declared.customers import CUSTOMERS
from tenure.understand.metrics.declared.renewals import RENEWALS
from tenure.understand.metrics.declared.revenue import REVENUE
from tenure.understand.metrics.declared.service import SERVICE
from tenure.understand.metrics.declared.value import VALUE
from tenure.understand.metrics.declared.voices import VOICES
from tenure.understand.metrics.metric import MONTH_SLICES, SLICES, Metric

__all__ = ["METRICS", "MONTH_SLICES", "SLICES", "Metric"]

METRICS: Final[dict[str, Metric]] = {
    metric.id: metric for metric in (*RENEWALS, *REVENUE, *CUSTOMERS, *SERVICE, *VOICES, *VALUE)
}
