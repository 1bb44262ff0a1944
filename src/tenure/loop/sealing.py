"""Seal what was entered into the journal since the last time (R-U-038)."""

from datetime import datetime

from tenure.loop.followers import follow
from tenure.records.journal.sealing import seal

FOLLOWER = "seals"


def seal_journal(*, at: datetime, by: str = "loop") -> int:
    """Seal all entries that none can overtake any more, a thousand by a thousand; how many."""
    return follow(FOLLOWER, lambda entries, then: seal(entries, at=then), at=at, by=by)
