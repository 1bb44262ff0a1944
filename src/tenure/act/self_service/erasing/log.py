"""Who was erased, in a file beside the database: a backup that comes back must forget again."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

FILE: Final = "erasures.jsonl"


def path() -> Path:
    """Where the log stands."""
    return Path(settings.TENURE_HOME) / FILE


def note(account_id: int, *, at: datetime) -> None:
    """Add one line, on the disk before this returns; numbers only, for the names are gone."""
    line = json.dumps({"account": account_id, "at": at.isoformat()})
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
        stream.flush()
        os.fsync(stream.fileno())


def noted() -> list[int]:
    """The accounts in the log, each once, in order."""
    if not path().exists():
        return []
    lines = path().read_text(encoding="utf-8").splitlines()
    return sorted({int(json.loads(line)["account"]) for line in lines if line.strip()})
