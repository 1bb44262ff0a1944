"""What stands for an answer, so that whoever has it already need not be sent it again."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_etags


def etag_of(content: dict[str, Any]) -> str:
    """A weak tag: equal for answers that say the same, whenever they were given."""
    text = json.dumps(content, sort_keys=True, default=str)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether whoever asks says that they have this answer."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in known or etag.removeprefix("W/") in known
