"""The permanent holdout and the share of choices made at random to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tenure.kernel.buckets import BUCKETS, bucket, in_share
from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader


@dataclass(frozen=True, slots=True)
class Experiments:
    """Shares are 0 to 1; a salt fixes who is in a share for ever.

    `outcome_days` after the due date a term's outcome is counted as known.
    """

    holdout_share: Decimal
    holdout_salt: str
    exploration_share: Decimal
    exploration_salt: str
    outcome_days: int
    confidence: Decimal
    least_per_arm: int

    @property
    def holdout_below(self) -> int:
        """Accounts whose bucket (0 to 9,999) is below this number are held out."""
        return int(self.holdout_share * BUCKETS)

    def bucket_of(self, account_key: str) -> int:
        """The holdout bucket of an account, 0 to 9,999, for ever the same."""
        return bucket(self.holdout_salt, account_key)

    def is_held_out(self, account_key: str) -> bool:
        """Whether nobody persuades this account."""
        return self.bucket_of(account_key) < self.holdout_below

    def explores(self, unit: str) -> bool:
        """Whether the choice for a unit (an account and a term) is made at random."""
        return in_share(self.exploration_salt, unit, share=self.exploration_share)


_COLON = Sentence(zh="不能含冒号", en="must not hold a colon")
_FINE = Sentence(zh="比例须为 0.01 % 的整数倍", en="a share is a whole multiple of 0.01 %")


def read(reader: Reader) -> Experiments:
    """Read experiments.toml."""
    return Experiments(
        holdout_share=_share(reader, "holdout"),
        holdout_salt=_salt(reader, "holdout_salt"),
        exploration_share=_share(reader, "exploration"),
        exploration_salt=_salt(reader, "exploration_salt"),
        outcome_days=reader.whole("outcome_days", 15, most=366),
        confidence=reader.share("confidence", Decimal("0.95"), least=Decimal("0.5")),
        least_per_arm=reader.whole("least_per_arm", 200, least=1),
    )


def _share(reader: Reader, key: str) -> Decimal:
    share = reader.share(key, most=Decimal("0.5"))
    if (share * BUCKETS) % 1 != 0:
        reader.refuse(key, _FINE)
    return share


def _salt(reader: Reader, key: str) -> str:
    salt = reader.text(key)
    if ":" in salt:
        reader.refuse(key, _COLON)
    return salt
