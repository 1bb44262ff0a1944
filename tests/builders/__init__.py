"""Builders: each makes one row and defaults everything that a test does not name.

`a_term(days_left=30)` is a whole customer: an account with a primary person who can be reached by
e-mail and agreed to service and marketing messages, a plan with prices, a subscription and its
running term. Whatever a test cares about it names.
"""

from tests.builders.agreements import a_subscription, a_term
from tests.builders.baskets import a_bill, a_discount, an_item
from tests.builders.catalogs import a_plan, a_plan_version, a_price
from tests.builders.mandates import a_deduction, a_mandate, a_renewal_consent, shown
from tests.builders.moments import AS_OF, AT, ZONE, at_on, day
from tests.builders.people import a_consent, a_contact_point, a_person, an_account, primary_person
from tests.builders.voices import (
    a_loss_reason,
    a_message,
    a_node,
    a_payment,
    a_ticket,
    a_todo,
    an_answer,
    an_incident,
)

__all__ = [
    "AS_OF",
    "AT",
    "ZONE",
    "a_bill",
    "a_consent",
    "a_contact_point",
    "a_deduction",
    "a_discount",
    "a_loss_reason",
    "a_mandate",
    "a_message",
    "a_node",
    "a_payment",
    "a_person",
    "a_plan",
    "a_plan_version",
    "a_price",
    "a_renewal_consent",
    "a_subscription",
    "a_term",
    "a_ticket",
    "a_todo",
    "an_account",
    "an_answer",
    "an_incident",
    "an_item",
    "at_on",
    "day",
    "primary_person",
    "shown",
]
