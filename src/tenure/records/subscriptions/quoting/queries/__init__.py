"""Quotes: what renewing, changing, growing, using or joining terms costs. Nothing is written.

The verbs charge what these say: a quote of the same day about the same rows is the same bill, down
to its digest.
"""

from tenure.records.subscriptions.quoting.queries.changing import (
    differences,
    quote_add_on,
    quote_detach,
    quote_plan_change,
    quote_seats,
    upgrade_quotes,
)
from tenure.records.subscriptions.quoting.queries.joining import quote_co_term
from tenure.records.subscriptions.quoting.queries.metering import (
    GrowthMonth,
    project_growth,
    quote_usage,
)
from tenure.records.subscriptions.quoting.queries.refunding import quote_refund
from tenure.records.subscriptions.quoting.queries.renewing import (
    quote_renewal,
    renewal_options,
    renewal_quotes,
)

__all__ = [
    "GrowthMonth",
    "differences",
    "project_growth",
    "quote_add_on",
    "quote_co_term",
    "quote_detach",
    "quote_plan_change",
    "quote_refund",
    "quote_renewal",
    "quote_seats",
    "quote_usage",
    "renewal_options",
    "renewal_quotes",
    "upgrade_quotes",
]
