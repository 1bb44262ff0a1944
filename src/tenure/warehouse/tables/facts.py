"""Records, copied into columns once a night by `snapshots.py`. Full history, dated.

Files lie in the order of the records' ids, in which they are read.
"""

from tenure.warehouse.tables.declaration import Column, Table

ACCOUNTS = Table(
    name="accounts",
    grain="one row per account with its primary person",
    key=("account_id",),
    columns=(
        Column("account_id", "int64"),
        Column("person_id", "int64"),
        Column("kind", "string"),
        Column("region", "string"),
        Column("country", "string"),
        Column("zone", "string"),
        Column("currency", "string"),
        Column("sales_channel", "string"),
        Column("started_day", "int32", "days since 1970"),
        Column("holdout_bucket", "int64", "0 to 9999"),
        Column("language", "string"),
        Column("born_year", "int64"),
        Column("has_email", "int64", "0 or 1"),
        Column("has_phone", "int64", "0 or 1"),
        Column("marketing_consent", "int64", "0 or 1, on any channel"),
        Column("known_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("account_id",),
)

TERMS = Table(
    name="terms",
    grain="one row per term that ever was; renewals that were undone are not among them",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("account_id", "int64"),
        Column("subscription_id", "int64"),
        Column("subscription_started_day", "int32", "days since 1970"),
        Column("auto_renew", "int64", "0 or 1"),
        Column("owner_name", "string"),
        Column("number", "int64"),
        Column("plan_code", "string"),
        Column("tier_rank", "int64"),
        Column("speed_mbps", "int64", "Mbit/s"),
        Column("cost_minor_per_month", "int64", "minor units"),
        Column("cycle_months", "int64", "months"),
        Column("starts_day", "int32", "days since 1970"),
        Column("ends_day", "int32", "days since 1970, exclusive"),
        Column("price_minor", "int64", "minor units"),
        Column("list_price_minor", "int64", "minor units"),
        Column("tax_minor", "int64", "minor units, inside the price"),
        Column("currency", "string"),
        Column("state", "string"),
        Column("renewed_day", "int32", "days since 1970"),
        Column("closed_day", "int32", "days since 1970"),
        Column("end_kind", "string"),
        Column("extended_days", "int64", "days"),
        Column("free_days", "int64", "days at the end, not paid for"),
        Column("node_id", "int64"),
        Column("known_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("term_id",),
)

PAYMENTS = Table(
    name="payments",
    grain="one row per attempt to pay",
    key=("payment_id",),
    columns=(
        Column("payment_id", "int64"),
        Column("account_id", "int64"),
        Column("term_id", "int64"),
        Column("amount_minor", "int64", "minor units"),
        Column("currency", "string"),
        Column("state", "string"),
        Column("day", "int32", "days since 1970"),
        Column("known_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("payment_id",),
)

TICKETS = Table(
    name="tickets",
    grain="one row per ticket",
    key=("ticket_id",),
    columns=(
        Column("ticket_id", "int64"),
        Column("account_id", "int64"),
        Column("kind", "string"),
        Column("opened_us", "int64", "microseconds, UTC"),
        Column("opened_day", "int32", "days since 1970"),
        Column("resolved_us", "int64", "microseconds, UTC"),
        Column("sla_missed", "int64", "0 or 1"),
        Column("known_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("ticket_id",),
)

ANSWERS = Table(
    name="answers",
    grain="one row per survey answer",
    key=("answer_id",),
    columns=(
        Column("answer_id", "int64"),
        Column("account_id", "int64"),
        Column("survey", "string"),
        Column("score", "int64", "points"),
        Column("day", "int32", "days since 1970"),
        Column("known_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("answer_id",),
)

CONTACTS = Table(
    name="contacts",
    grain="one row per message that was sent",
    key=("message_id",),
    columns=(
        Column("message_id", "int64"),
        Column("account_id", "int64"),
        Column("term_id", "int64"),
        Column("message_class", "string"),
        Column("channel", "string"),
        Column("state", "string"),
        Column("sent_us", "int64", "microseconds, UTC"),
        Column("day", "int32", "days since 1970"),
    ),
    sorted_by=("message_id",),
)

INCIDENTS = Table(
    name="incidents",
    grain="one row per fault of a node",
    key=("incident_id",),
    columns=(
        Column("incident_id", "int64"),
        Column("node_id", "int64"),
        Column("started_us", "int64", "microseconds, UTC"),
        Column("ended_us", "int64", "microseconds, UTC"),
    ),
    sorted_by=("incident_id",),
)

# The largest first: they are copied side by side.
FACTS = (TERMS, PAYMENTS, CONTACTS, ACCOUNTS, TICKETS, ANSWERS, INCIDENTS)
FACTS_BY_NAME = {table.name: table for table in FACTS}
