"""The terms that face a choice, as arrays: from here on there are only those of one day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.decide.offers.prices import Floats, Ints, Sold

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from tenure.warehouse.engines import Frame


def in_memory(table: pa.Table) -> Frame:
    """A small table as a frame of its own, for the same expressions as everywhere."""
    import narwhals.stable.v2 as nw

    frame: Frame = nw.from_native(table, eager_only=True).lazy()
    return frame


def computed(frame: Frame) -> pa.Table:
    """What a frame in memory comes to."""
    return frame.collect().to_native()


@dataclass(frozen=True)
class Points:
    """N choices, one row each; the same term may stand at several steps."""

    rows: pa.Table

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def floats(self, name: str) -> Floats:
        """A column as floats, not a number where it is null."""
        column = self.rows[name].cast("float64").combine_chunks()
        found: Floats = column.to_numpy(zero_copy_only=False)
        return found

    def whole(self, name: str, *, missing: int = 0) -> Ints:
        """A column as whole numbers, `missing` where it is null."""
        import pyarrow.compute as pc

        filled = pc.fill_null(self.rows[name].cast("int64"), missing)
        found: Ints = filled.combine_chunks().to_numpy(zero_copy_only=False)
        return found

    def words(self, name: str) -> npt.NDArray[np.object_]:
        """A column as text, None where it is null."""
        return np.array(self.rows[name].to_pylist(), dtype=object)

    def listed(self, name: str) -> list[Any]:
        """A column as plain values."""
        found: list[Any] = self.rows[name].to_pylist()
        return found

    @cached_property
    def p_renew(self) -> Floats:
        """The probability of renewing without any action."""
        return 1.0 - self.floats("p_lapse")

    @cached_property
    def sold(self) -> Sold:
        """The running terms as they were sold."""
        return Sold(
            plan=self.words("plan_code"),
            cycle_months=self.whole("cycle_months"),
            price=self.whole("price_minor"),
            list_price=self.whole("list_price_minor"),
            cost_per_month=self.whole("cost_minor_per_month"),
            currency=self.words("currency"),
        )
