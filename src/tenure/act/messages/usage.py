"""What customers use most and how much, for the sentences that tell them so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.vocabulary import FEATURE_USES
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS

WINDOW_DAYS = 30
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Used:
    """One customer's use in the last 30 days; None where nothing is known."""

    most: tuple[str, ...] = ()  # codes of entitlements, most used first
    usage_gb: float | None = None
    active_days: int | None = None
    usage_before_gb: float | None = None  # a month, in the 60 days before
    active_before_days: int | None = None


NOTHING_KNOWN = Used()
# Traffic and active days of 30 days, then of 90.
type Measured = tuple[float | None, int | None, float | None, int | None]
_UNKNOWN: Measured = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of those who are written to in one round: by account, and by term."""

    most: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    measured: Mapping[int, Measured] = field(default_factory=dict)

    def of(self, *, account_id: int, term_id: int) -> Used:
        """What is known about one customer."""
        if not self.measured and not self.most:
            return NOTHING_KNOWN
        usage_gb, active_days, all_gb, all_days = self.measured.get(term_id, _UNKNOWN)
        before_gb = None if all_gb is None or usage_gb is None else (all_gb - usage_gb) / 2
        before = None if all_days is None or active_days is None else (all_days - active_days) // 2
        return Used(self.most.get(account_id, ()), usage_gb, active_days, before_gb, before)


def usage_of(accounts: Collection[int], *, on: date) -> Usage:
    """The use of these accounts in the 30 days that end with `on`, as far as it is stored."""
    if not accounts:
        return Usage()
    with open_engine(settings.TENURE_ENGINE) as engine:
        return Usage(
            most=_most(accounts, day=day_number(on), engine=engine),
            measured=_measured(accounts, day=day_number(on), engine=engine),
        )


def _most(accounts: Collection[int], *, day: int, engine: Engine) -> Mapping[int, tuple[str, ...]]:
    import narwhals.stable.v2 as nw

    events = current_store().read(EVENTS, engine=engine, from_day=day - WINDOW_DAYS + 1, to_day=day)
    used = events.filter(nw.col("name").is_in(FEATURE_USES), ~nw.col("feature").is_null())
    per_feature = (
        _only(used, accounts, engine=engine)
        .group_by("account_id", "feature")
        .agg(nw.len().alias("times"))
        .sort("account_id", "times", "feature", descending=[False, True, False])
    )
    found: dict[int, list[str]] = {}
    for batch in engine.batches(per_feature):
        for account, feature in zip(
            batch["account_id"].to_pylist(), batch["feature"].to_pylist(), strict=True
        ):
            found.setdefault(account, []).append(feature)
    return {account: tuple(codes[:MOST_NAMED]) for account, codes in found.items()}


def _measured(accounts: Collection[int], *, day: int, engine: Engine) -> Mapping[int, Measured]:
    features = current_store().read_latest(FEATURES, on_or_before=day, engine=engine)
    columns = ("term_id", "usage_gb_30", "active_days_30", "usage_gb_90", "active_days_90")
    rows = engine.collect(_only(features, accounts, engine=engine).select(*columns)).to_pydict()
    return {
        term: (usage_gb, active_days, all_gb, all_days)
        for term, usage_gb, active_days, all_gb, all_days in zip(
            *(rows[one] for one in columns), strict=True
        )
    }


def _only(frame: Frame, accounts: Collection[int], *, engine: Engine) -> Frame:
    wanted = engine.literal([(account,) for account in sorted(accounts)], columns=["account_id"])
    return frame.join(wanted, on="account_id", how="semi")
