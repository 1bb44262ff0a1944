"""The verbs of payments, as the rest of the product calls them."""

from tenure.act.payments.asking import ask_provider, look_up, poll_due
from tenure.act.payments.disputing import (
    Case,
    accept_disputed,
    charge_back,
    decide_charge_back,
)
from tenure.act.payments.fulfilment import retry_effect, run_effects
from tenure.act.payments.notices import Answer, take_notice
from tenure.act.payments.opening import How, Opened, open_attempt
from tenure.act.payments.ordering import (
    Wanted,
    cancel_order,
    order,
    order_add_on,
    order_co_term,
    order_plan_change,
    order_renewal,
    order_seats,
)
from tenure.act.payments.refunding import paid_out, refund_due
from tenure.records.billing.refunds.actions import approve as approve_refund
from tenure.records.billing.refunds.actions import reject as reject_refund
from tenure.records.billing.refunds.actions import request as request_refund

__all__ = [
    "Answer",
    "Case",
    "How",
    "Opened",
    "Wanted",
    "accept_disputed",
    "approve_refund",
    "ask_provider",
    "cancel_order",
    "charge_back",
    "decide_charge_back",
    "look_up",
    "open_attempt",
    "order",
    "order_add_on",
    "order_co_term",
    "order_plan_change",
    "order_renewal",
    "order_seats",
    "paid_out",
    "poll_due",
    "refund_due",
    "reject_refund",
    "request_refund",
    "retry_effect",
    "run_effects",
    "take_notice",
]
