"""The words for stored codes, in both languages through the message catalogue."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

CUSTOMER_ORDERS: Words = {
    "newest": _("Newest"),
    "ending": _("Ending next"),
    "risk": _("Highest risk"),
}
MESSAGE_STATES: Words = {
    "planned": _("Planned"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "suppressed": _("Held back"),
    "failed": _("Failed"),
    "expired": _("Expired"),
}
MESSAGE_TONES = {
    "sent": "good",
    "delivered": "good",
    "read": "good",
    "suppressed": "warn",
    "expired": "warn",
    "failed": "bad",
}
MESSAGE_CLASSES: Words = {
    "transactional": _("Service"),
    "legal_notice": _("Legal notice"),
    "marketing": _("Marketing"),
}
CHANNELS: Words = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    "sms": _("SMS"),
    "push": _("App push"),
    "wechat": _("WeChat"),
    "wecom": _("WeCom"),
    "banner": _("Portal banner"),
    "letter": _("Letter"),
    "portal": _("Portal"),
    "webhook": _("Webhook"),
}
CARRIAGES: Words = {
    "open": _("Being handed over"),
    "returned": _("Not reached"),
    "accepted": _("Accepted"),
    "later": _("Asked to wait"),
    "refused": _("Refused"),
    "in_doubt": _("Not answered"),
    "delivered": _("Delivered"),
    "failed": _("Not delivered"),
}
TERM_STATES: Words = {
    "running": _("Running"),
    "cancelling": _("Ends at term end"),
    "grace": _("Overdue, in grace"),
    "renewed": _("Renewed"),
    "lapsed": _("Lapsed"),
    "cancelled": _("Cancelled"),
}
ACCOUNT_KINDS: Words = {
    "household": _("Household"),
    "business": _("Business"),
    "enterprise": _("Enterprise"),
    "individual": _("Individual"),
}
ARMS: Words = {
    "treated": _("Worked on"),
    "holdout": _("Left alone"),
    "control": _("Left out by lot"),
}
TIMELINE_SOURCES: Words = {
    "changes": _("Changes"),
    "tickets": _("Tickets"),
    "messages": _("Messages"),
    "payments": _("Payments"),
    "answers": _("Surveys"),
}
STAGES: Words = {
    "lead": _("Lead"),
    "contract": _("Contract"),
    "invoice": _("Invoice"),
    "payment": _("Payment"),
    "renewal": _("Renewal"),
}
PAYMENT_METHODS: Words = {
    "cash": _("Cash"),
    "card": _("Card"),
    "bank_transfer": _("Bank transfer"),
    "wechat": _("WeChat Pay"),
    "alipay": _("Alipay"),
}
PAYMENT_STATES: Words = {
    "created": _("Begun"),
    "pending": _("Waiting for the payer"),
    "unknown": _("Not answered yet"),
    "succeeded": _("Paid"),
    "failed": _("Declined"),
    "closed": _("Closed"),
    "expired": _("Ran out"),
    "disputed_amount": _("Wrong amount"),
    "partially_refunded": _("Partly refunded"),
    "refunded": _("Refunded"),
    "charged_back": _("Charged back"),
    "won": _("Dispute won"),
    "lost": _("Dispute lost"),
}
REFUND_STATES: Words = {
    "requested": _("Asked for"),
    "processing": _("On its way"),
    "succeeded": _("Returned"),
    "failed": _("Refused by the provider"),
    "abnormal": _("Could not go back"),
    "rejected": _("Rejected"),
}
REFUND_REASONS: Words = {
    "customer_request": _("The customer asks"),
    "withdrawal": _("Withdrawal"),
    "cancellation": _("Cancellation"),
    "goodwill": _("Goodwill"),
    "service_failure": _("Service failed"),
    "our_mistake": _("Our mistake"),
    "double_payment": _("Paid twice"),
    "late_payment": _("Paid too late"),
    "wrong_amount": _("Wrong amount"),
    "not_fulfilled": _("Could not be given"),
}
REFUND_EFFECTS: Words = {
    "none": _("The customer keeps what was bought"),
    "end": _("The term ends today"),
    "reverse": _("The renewal is undone"),
}
DEDUCTION_STATES: Words = {
    "planned": _("To be announced"),
    "notified": _("Announced"),
    "charging": _("Being taken"),
    "retrying": _("Declined, tried again"),
    "collected": _("Collected"),
    "held": _("Held: nothing was delivered"),
    "manual": _("By hand"),
    "stopped": _("Stopped"),
    "failed": _("Declined for good"),
}
MONEY_TONES = {
    "succeeded": "good",
    "collected": "good",
    "won": "good",
    "unknown": "warn",
    "retrying": "warn",
    "held": "warn",
    "requested": "warn",
    "failed": "bad",
    "disputed_amount": "bad",
    "abnormal": "bad",
    "charged_back": "bad",
    "lost": "bad",
}
FINDINGS: Words = {
    "matched": _("Agrees"),
    "missing_local": _("Not known here"),
    "missing_provider": _("Not on the bill"),
    "amount_diff": _("Amounts differ"),
    "status_diff": _("States differ"),
    "fee_diff": _("Fees differ"),
    "refund_diff": _("Refunds differ"),
}
STATEMENT_LINES: Words = {
    "paid": _("Paid"),
    "amount_differs": _("Names a payment, with another amount"),
    "again": _("A second transfer for one payment"),
    "unknown": _("Names no payment that waits"),
}
CANCELLATION_STATES: Words = {
    "started": _("Begun"),
    "offer_shown": _("Saw an offer"),
    "confirmed": _("Left"),
    "kept": _("Stayed"),
    "abandoned": _("Went away"),
}
DATA_REQUESTS: Words = {"export": _("A copy"), "erasure": _("Erasure")}
DATA_STATES: Words = {"open": _("Open"), "done": _("Done"), "expired": _("Not fetched in time")}
INVOICE_KINDS: Words = {"blue": _("Invoice"), "red": _("Red letter")}
INVOICE_STATES: Words = {
    "requested": _("Asked for"),
    "issuing": _("Handed over"),
    "issued": _("Issued"),
    "failed": _("Refused"),
    "delivered": _("Delivered"),
    "red_requested": _("Being taken back"),
    "reversed": _("Taken back"),
    "withdrawn": _("Withdrawn"),
}
CONTRACT_STATES: Words = {
    "draft": _("Draft"),
    "sent": _("Sent"),
    "viewed": _("Read"),
    "signed": _("Signed"),
    "effective": _("In force"),
    "expired": _("Expired"),
    "terminated": _("Ended"),
}
DOCUMENT_KINDS: Words = {
    "receipt": _("Receipt"),
    "credit_note": _("Credit note"),
    "statement": _("Statement"),
    "quote": _("Quote"),
}
TICKET_KINDS: Words = {
    "fault": _("Fault"),
    "complaint": _("Complaint"),
    "billing": _("Billing"),
    "renewal": _("Renewal"),
    "question": _("Question"),
}
OUTCOMES: Words = {
    "reached": _("Reached"),
    "refused": _("Wants nothing more"),
    "call_back": _("Call back on"),
    "no_answer": _("No answer"),
    "wrong_number": _("Wrong number"),
    "opt_out": _("Wants no marketing"),
}
TODO_KINDS: Words = {
    "call": _("Call"),
    "options": _("Prepare renewal options"),
    "health": _("Look after"),
    "risk": _("Risk rose"),
    "question": _("Answer a question about renewing"),
    "fulfil": _("Hand over a promise"),
    "review": _("Look at an automatic choice"),
}
DEPARTMENTS: Words = {
    "service": _("Service"),
    "product": _("Product"),
    "operations": _("Operations"),
    "finance": _("Finance"),
    "sales": _("Sales"),
}
PROMISE_STATES: Words = {
    "held": _("set aside"),
    "owed": _("to be handed over"),
    "done": _("handed over"),
    "failed": _("failed"),
    "released": _("given back"),
}
PROMISE_ENDS: Words = {
    "expired": _("not taken up in time"),
    "refused": _("the customer said no"),
    "lapsed": _("the term lapsed"),
    "cancelled": _("the term was cancelled"),
    "renewal_undone": _("the renewal was undone"),
    "withdrawn": _("the offer was withdrawn"),
    "by_hand": _("by hand"),
    "nobody_home": _("nobody was at home"),
    "no_term": _("no running term to give it with"),
    "periods_overlap": _("something else holds on these days"),
    "not_approved": _("nobody approved it"),
}
OFFER_KINDS: Words = {
    "reminder": _("reminder"),
    "value_recap": _("recap of the value"),
    "term_discount": _("longer term for less"),
    "coupon": _("coupon"),
    "extension": _("free days"),
    "call": _("call"),
    "benefit": _("rights for some days"),
    "goods": _("a thing"),
    "expert": _("hours of an expert"),
    "credit": _("credit on the balance"),
    "make_up": _("a forgiven gap"),
}
OF_PROMISES = {
    "promise": PROMISE_STATES,
    "promise_end": PROMISE_ENDS,
    "offer_kind": OFFER_KINDS,
}

BATCH_STATES: Words = {
    "checking": _("Being checked"),
    "checked": _("Checked"),
    "placing": _("Being placed"),
    "placed": _("Placed"),
    "done": _("Done"),
    "dropped": _("Dropped"),
}
BATCH_LINE_STATES: Words = {
    "waiting": _("To be checked"),
    "ready": _("Can be renewed"),
    "faulty": _("To correct"),
    "left_out": _("Left out"),
    "ordered": _("Waiting for payment"),
    "given": _("Renewed"),
    "stuck": _("To look at"),
    "failed": _("Paid back"),
    "returned": _("Given back"),
}
SEGMENT_GROUPS: Words = {
    "value": _("By value"),
    "activity": _("By activity"),
    "life": _("By time as a customer"),
    "person": _("By who they are"),
    "terms": _("By how they pay"),
    "own": _("Your own"),
}
CAMPAIGN_STATES: Words = {
    "draft": _("draft"),
    "asked": _("waits for a second person"),
    "running": _("under way"),
    "stopped": _("stopped"),
    "ended": _("ended"),
    "closed": _("closed"),
    "dropped": _("dropped"),
}
GOODWILL_STATES: Words = {
    "asked": _("waits for a second person"),
    "given": _("given"),
    "rejected": _("rejected"),
}
PLAN_STATES: Words = {
    "proposed": _("waits for approval"),
    "approved": _("approved"),
    "dropped": _("dropped"),
}
CAMPAIGN_STAGES: Words = {"short": _("soon"), "mid": _("in the middle run"), "long": _("lasting")}
TASK_KINDS: Words = {
    "prepare": _("Preparing"),
    "reach": _("Reaching"),
    "meet": _("In person"),
    "assess": _("Assessing"),
}
PLATFORMS: Words = {
    "google": _("Google Customer Match"),
    "meta": _("Meta Custom Audiences"),
    "mainland": _("Platforms of the mainland (telephone number)"),
}
NOT_SHARED: Words = {
    "no_consent": _("did not agree to it"),
    "minor": _("minor"),
    "holdout": _("control group"),
    "not_personalised": _("switched personalised choices off"),
    "cross_border": _("may not leave the mainland"),
    "no_identifier": _("no address of this kind"),
}
OF_AUDIENCES = {"platform": PLATFORMS, "left_out": NOT_SHARED}
OF_MEETINGS: dict[str, Words] = {
    "guest": {"invited": _("invited"), "came": _("came"), "absent": _("stayed away")},
    "card": {
        "issued": _("in the drawer"),
        "handed": _("handed over"),
        "redeemed": _("redeemed"),
        "void": _("void"),
    },
}
OF_REFUNDS = {
    "refund": REFUND_STATES,
    "refund_reason": REFUND_REASONS,
    "refund_effect": REFUND_EFFECTS,
}


def word(words: Words, code: str) -> str | Promise:
    """The word for a code; an unknown code is shown as it is stored."""
    return words.get(code, code)
