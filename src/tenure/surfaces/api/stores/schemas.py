"""What is asked and answered about contracts that a store sold."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from tenure.surfaces.api.answers import Answer
from tenure.surfaces.api.renewals.schemas import Question


class NoticeIn(Question):
    """One server notification of a store, which your server has verified."""

    contract: str = Field(pattern=r"^sub_[0-9]{1,18}$", examples=["sub_7"])
    event_id: str = Field(min_length=1, max_length=120, description="the store's own id of it")
    kind: str = Field(
        min_length=1,
        max_length=60,
        description="notificationType (Apple), the number (Google) or the state (Huawei)",
    )
    subtype: str = Field("", max_length=60, description="subtype (Apple)")
    sent_at: AwareDatetime = Field(description="when the store signed it")


class StoreContractOut(Answer):
    """How a contract of a store stands."""

    contract: str
    store: str
    state: str = Field(
        description="active, will_end, in_grace, on_hold, paused, expired or revoked"
    )
    price_rise: str = Field(description="none, needs_consent, agreed or announced")
    told_at: datetime
