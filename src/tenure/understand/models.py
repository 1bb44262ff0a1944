"""Gathers the ideas' models of this stage."""

from tenure.understand.churn.models import Estimator, RiskWatch
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek
from tenure.understand.health.models import HealthStudy
from tenure.understand.metrics.models import (
    CohortMonth,
    MetricAlert,
    MetricValue,
    OwnMetric,
)
from tenure.understand.segments.models import SegmentCount
from tenure.understand.value.models import SurvivalCurve
from tenure.understand.voice.models import FoundTopic, TopicStudy

__all__ = [
    "CohortMonth",
    "Estimator",
    "ForecastMonth",
    "ForecastWeek",
    "FoundTopic",
    "HealthStudy",
    "MetricAlert",
    "MetricValue",
    "OwnMetric",
    "RiskWatch",
    "SegmentCount",
    "SurvivalCurve",
    "TopicStudy",
]
