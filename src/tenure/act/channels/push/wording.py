"""A message as a notification shows it: a line, a few words, and where a tap leads."""

import re
from collections.abc import Mapping
from typing import Final

from tenure.act.channels.channel import Parcel

#: Every push service takes about four kilobytes (R-C-029, R-C-030, R-C-031).
MOST_BYTES: Final = 4_096
MOST_SEALED: Final = 3_993  # what of them is left when a browser's message is sealed
_LINK: Final = re.compile(r"https?://[^\s<>\"'，。；）)]+")
_SPACES: Final = re.compile(r"[ \t]{2,}")


def notification(parcel: Parcel) -> Mapping[str, str]:
    """Title, words without their link, the link, and the tag that two copies share."""
    found = _LINK.search(parcel.body)
    words = _SPACES.sub(" ", parcel.body.replace(found.group(), "") if found else parcel.body)
    return {
        "title": parcel.subject,
        "body": words.strip(" ：:\n"),
        "url": found.group() if found else "",
        "tag": parcel.key,
        "lang": parcel.language,
    }
