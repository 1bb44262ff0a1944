"""What an answer's link opens."""

from tenure.act.messages.tokens import message_of
from tenure.records.feedback.models import Invitation


def invitation_of(token: str) -> Invitation | None:
    """The invitation whose message holds this link; None where it is not one of ours."""
    message_id = message_of(token, purpose="survey")
    if message_id is None:
        return None
    asked = Invitation.objects.select_related("wave", "person")
    return asked.filter(message_id=message_id).first()
