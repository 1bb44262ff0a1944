"""What is asked and answered about batches: names, types and units of every field."""

from datetime import date

from pydantic import Field

from tenure.records.subscriptions.batches.rules import MOST_LINES
from tenure.surfaces.api.answers import Amount, Answer, Said
from tenure.surfaces.api.renewals.schemas import Question


class RowIn(Question):
    """One contract; what is None stays as it is."""

    contract: str = Field(min_length=1, max_length=120, description="your number, or sub_…")
    cycle_months: int | None = Field(None, ge=1, le=120)
    plan: str | None = Field(None, min_length=1, max_length=60)
    seats: int | None = Field(None, ge=1, le=100_000)


class BatchIn(Question):
    """A list of contracts of one customer; the same list again is the same batch."""

    customer: str = Field(pattern=r"^cus_[0-9]{1,18}$", examples=["cus_7"])
    name: str = Field("api", min_length=1, max_length=200)
    until: date | None = Field(None, description="bring every contract to this day")
    rows: list[RowIn] = Field(min_length=1, max_length=MOST_LINES)


class PlaceIn(Question):
    """A checked batch that is to become an order."""

    seen: str = Field(max_length=64, description="digest of the batch that was looked at")
    leave_faulty_out: bool = False


class FaultOut(Answer):
    """One row that cannot be bought."""

    row: int = Field(description="1 for the first")
    contract: str
    column: str
    code: str
    said: Said
    suggestion: str


class BatchOut(Answer):
    """One batch, how far it is, and what is wrong with it."""

    id: str = Field(examples=["bat_0199a7c0"])
    state: str = Field(description="checking, checked, placing, placed, done or dropped")
    customer: str
    name: str
    until: date | None
    rows: dict[str, int] = Field(description="how many rows stand where")
    total: Amount
    digest: str = Field(description="names every row's bill; send it back as `seen`")
    order: str | None = Field(description="pay it at /orders/{id}/payments")
    faults: list[FaultOut] = Field(description="the first 1,000, by row")
