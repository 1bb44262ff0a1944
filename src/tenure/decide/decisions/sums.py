"""What choices are expected to give, as sums that a database makes."""

from __future__ import annotations

from django.db.models import ExpressionWrapper, F, FloatField
from django.db.models.expressions import CombinedExpression


def discount(share: str) -> ExpressionWrapper[CombinedExpression]:
    """A probability times what the offer takes off."""
    off = F("list_price_minor") - F("price_minor")
    return ExpressionWrapper(F(share) * off, output_field=FloatField())


def handed_cost(*, to_whom: str = "p_with") -> ExpressionWrapper[CombinedExpression]:
    """What handing something over is expected to cost, and of that the part of some customers."""
    cost = F("cost_minor") - F("contact_cost_minor")
    return ExpressionWrapper(cost * F(to_whom) / F("p_with"), output_field=FloatField())
