"""What customers did."""

from tenure.warehouse.tables.declaration import Column, Table

EVENTS = Table(
    name="events",
    grain="one row per event; the day is the day it happened in the business's zone",
    key=("source", "message_id"),
    columns=(
        Column("account_id", "int64"),
        Column("subscription_id", "int64"),  # null where the event names none
        Column("day", "int32", "days since 1970"),
        Column("at_us", "int64", "microseconds, UTC"),
        Column("known_us", "int64", "microseconds, UTC, when we first had it"),
        Column("source", "string"),
        Column("message_id", "string"),
        # Login, Feature Used, Usage Recorded, Speed Test, Outage, Page Viewed, Data Exported, …
        Column("name", "string"),
        Column("feature", "string"),  # the module, page or meter; null where there is none
        # minutes of use, GB of usage, measured ÷ plan speed, minutes of outage
        Column("amount", "float64", "by name"),
        Column("content", "string", "JSON"),
    ),
    sorted_by=("account_id", "at_us", "message_id"),
)
