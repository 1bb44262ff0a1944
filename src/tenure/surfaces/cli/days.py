"""Days as they are written on the command line."""

from datetime import date

from tenure.kernel.failures import Refusal, Sentence


class NotADay(Refusal):
    """A text that is no date."""

    code = "not_a_day"
    said = Sentence(
        zh="“{text}”不是日期；请写成 2026-03-11 的样子。",
        en="“{text}” is not a date; write it like 2026-03-11.",
    )


def day_of(text: str) -> date:
    """The date of a text like 2026-03-11.

    Raises:
        NotADay: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text) from None
