"""What the engine says of each live term as of a day."""

from tenure.warehouse.tables.declaration import Column, Table

# The columns of FEATURES come from the entries declared in `understand/features`.

TAG_MASKS = Table(
    name="tag_masks",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("subscription_id", "int64"),
        Column("account_id", "int64"),
        Column("mask", "int64", "one bit per tag, in the order of the strategy"),
    ),
)

SEGMENT_MASKS = Table(
    name="segment_masks",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("subscription_id", "int64"),
        Column("account_id", "int64"),
        Column("mask", "int64", "one bit per segment; SegmentCount says which bit on which day"),
    ),
)

HEALTH = Table(
    name="health",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("subscription_id", "int64"),
        Column("account_id", "int64"),
        Column("score", "float64", "0 to 100"),
        Column("parts", "string", "JSON: component → 0 to 100, null where nothing is known"),
        Column("below_since_day", "int32", "days since 1970; null while at or above the line"),
    ),
)

RISKS = Table(
    name="risks",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("subscription_id", "int64"),
        Column("account_id", "int64"),
        Column("days_left", "int64", "days"),
        Column("p_lapse", "float64", "0 to 1: this term is not renewed"),
        Column("band", "int64", "1 to 4"),
        # The three strongest upward reasons: feature id and its additive share of the probability.
        Column("reason_1", "string"),
        Column("share_1", "float64", "0 to 1"),
        Column("reason_2", "string"),
        Column("share_2", "float64", "0 to 1"),
        Column("reason_3", "string"),
        Column("share_3", "float64", "0 to 1"),
        Column("estimator_id", "int64"),
    ),
)

RISK_ENDS = Table(
    name="risk_ends",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("subscription_id", "int64"),
        Column("account_id", "int64"),
        # The ways to end that compete; with renewing they add up to 1.
        Column("p_voluntary", "float64", "0 to 1: the customer says so"),
        Column("p_involuntary", "float64", "0 to 1: the payment fails for the last time"),
        Column("p_natural", "float64", "0 to 1: nobody renews"),
    ),
)
