"""What may be saved as a segment."""

import re
from collections.abc import Collection

from tenure.kernel.failures import Refusal, Sentence

# Ready segments and saved ones share the 63 bits of a mask.
MOST_SAVED = 23
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class BadSegmentName(Refusal):
    """An id that rules could not name."""

    code = "bad_segment_name"
    said = Sentence(
        zh="人群编号“{name}”只能用小写字母、数字和下划线，以字母开头；请改写。",
        en="The id “{name}” may hold lower-case letters, digits and underscores and begins with "
        "a letter; write another.",
    )


class NameOfStrategy(Refusal):
    """A ready segment of the strategy has this id."""

    code = "segment_of_the_strategy"
    said = Sentence(
        zh="“{name}”是策略里的人群，要在 segments.toml 里修改；请换一个编号另存。",
        en="“{name}” is a segment of the strategy and is changed in segments.toml; save yours "
        "under another id.",
    )


class TooManySegments(Refusal):
    """There is no room for one more."""

    code = "too_many_segments"
    said = Sentence(
        zh="已保存 {most} 个人群，到了上限；请先归档一个。",
        en="{most} segments are saved, which is the most; archive one first.",
    )


def check_name(name: str, *, ready: Collection[str]) -> None:
    """Refuse an id that cannot be one, or that the strategy uses.

    Raises:
        BadSegmentName, NameOfStrategy.
    """
    if not _NAME.fullmatch(name):
        raise BadSegmentName(name=name)
    if name in ready:
        raise NameOfStrategy(name=name)
