"""Nobody overwrites what they never saw (RFC 9110, R-E-026).

A page that edits something names the version that it shows in `ETag`; a form says with `If-Match`,
or a hidden field of the name `if_match`, what it was made from. Where that is no longer so, the
edit is refused with 412 and nothing is changed.
"""

import hashlib
from typing import Final

from django.http import HttpRequest
from django.utils.http import parse_etags

from tenure.kernel.failures import Refusal, Sentence

PRECONDITION_FAILED: Final = 412
FIELD: Final = "if_match"


class EditedMeanwhile(Refusal):
    """An edit of something that somebody else changed since it was read."""

    code = "edited_meanwhile"
    said = Sentence(
        zh="您打开之后已有人改过，没有保存；请重新打开，在最新版本上修改。",
        en="Somebody changed it after you opened it, so nothing was saved; open it again and "
        "make your change on the newest version.",
    )


def version_tag(*parts: object) -> str:
    """A strong tag for one version of something that is edited."""
    named = "\x1f".join(map(str, parts))
    return f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'


def check_unchanged(request: HttpRequest, tag: str) -> None:
    """Refuse an edit that was made on another version; one that names none is let through.

    Raises:
        EditedMeanwhile
    """
    told = request.headers.get("If-Match") or request.POST.get(FIELD, "")
    if told and "*" not in (named := parse_etags(told)) and tag not in named:
        raise EditedMeanwhile()
