"""The words for stored codes, in both languages through the message catalogue."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

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
    "portal": _("Portal"),
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
    "individual": _("Individual"),
}
ARMS: Words = {"treated": _("Worked on"), "holdout": _("Left alone")}
TIMELINE_SOURCES: Words = {
    "changes": _("Changes"),
    "tickets": _("Tickets"),
    "messages": _("Messages"),
    "payments": _("Payments"),
    "answers": _("Surveys"),
}
PAYMENT_METHODS: Words = {
    "cash": _("Cash"),
    "card": _("Card"),
    "bank_transfer": _("Bank transfer"),
    "wechat": _("WeChat Pay"),
    "alipay": _("Alipay"),
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
}


def word(words: Words, code: str) -> str | Promise:
    """The word for a code; an unknown code is shown as it is stored."""
    return words.get(code, code)
