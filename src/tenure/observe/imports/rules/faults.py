"""What can be wrong with one line of a file. Each says what to do, in both languages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

_NEAREST = Sentence(zh="，最接近的是“{name}”", en=", the nearest is “{name}”")
_NOTHING: Final = Sentence(zh="", en="")
_SHOWN = 60
# Spreadsheets run a cell that begins with one of these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one line is turned away; `line` is the physical line on which the row begins."""

    line: int
    column: str
    refusal: Refusal
    raw: str = ""

    @property
    def code(self) -> str:
        """The stable name of what is wrong."""
        return self.refusal.code

    def told(self, file: str) -> Sentence:
        """One sentence with the file, the line, the column and what to do."""
        what = self.refusal.told
        if not self.column:
            return Sentence(
                zh=f"{file} 第 {self.line} 行：{what.zh}", en=f"{file}, line {self.line}: {what.en}"
            )
        return Sentence(
            zh=f"{file} 第 {self.line} 行，“{self.column}”列：{what.zh}",
            en=f"{file}, line {self.line}, column “{self.column}”: {what.en}",
        )


def guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula; everything else stays as it is."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def shown(text: object) -> str:
    """A value short enough to stand in a sentence."""
    written = str(text).replace("\n", " ")
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def nearest_of(name: str, known: Collection[str]) -> Sentence:
    """ "the nearest is …" as the tail of a sentence; nothing where nothing is near."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return _NEAREST.fill(name=close[0]) if close else _NOTHING


class Missing(Refusal):
    """A cell that must hold something is empty."""

    code = "missing"
    said = Sentence(
        zh="不能为空；请补上，或在映射里给出 default。",
        en="is empty and must not be; fill it in, or give a default in the mapping.",
    )


class TooLong(Refusal):
    """A text that its column in the records cannot hold."""

    code = "too_long"
    said = Sentence(
        zh="有 {length} 个字符，最多 {limit} 个；请缩短。",
        en="has {length} characters and at most {limit} fit; shorten it.",
    )


class BadDate(Refusal):
    """A text that is no date of the expected form."""

    code = "bad_date"
    said = Sentence(
        zh="“{text}”不是 {form} 形式的日期；请更正，或在映射里写明 date 格式。",
        en="“{text}” is no date like {form}; correct it, or name the date format in the mapping.",
    )


class SpreadsheetDate(Refusal):
    """A date that a spreadsheet turned into its day number."""

    code = "spreadsheet_date"
    said = Sentence(
        zh="“{text}”是电子表格的日期序号（即 {day}）；请把该列设为 yyyy-mm-dd 文本后重新导出，"
        '或在映射里写 date = "excel"。',
        en="“{text}” is a spreadsheet's day number ({day}); format the column as yyyy-mm-dd and "
        'export again, or write date = "excel" in the mapping.',
    )


class AmbiguousDate(Refusal):
    """A date whose day and month could be swapped, or whose order nobody has named."""

    code = "ambiguous_date"
    said = Sentence(
        zh='“{text}”的日、月顺序不明；请在映射里写明，例如 date = "dd/mm/yyyy" 或 "mm/dd/yyyy"。',
        en="“{text}” does not say which is the day and which the month; name the order in the "
        'mapping, like date = "dd/mm/yyyy" or "mm/dd/yyyy".',
    )


class HashedCell(Refusal):
    """A column that was too narrow when the spreadsheet was exported."""

    code = "hashed_cell"
    said = Sentence(
        zh="只剩“{text}”：导出时列太窄，值已丢失；请拉宽该列后重新导出。",
        en="holds only “{text}”: the column was too narrow when it was exported and the value is "
        "lost; widen it and export again.",
    )


class ImplausibleDay(Refusal):
    """A day on which this cannot have happened."""

    code = "implausible_time"
    said = Sentence(
        zh="{on} 不在可信的 {first} 至 {last} 之间；请更正日期，或核对映射里的 as_of。",
        en="{on} is not between {first} and {last}, which can be believed; correct the date, "
        "or check as_of in the mapping.",
    )


class BadNumber(Refusal):
    """A text that is no number."""

    code = "bad_number"
    said = Sentence(zh="“{text}”不是{wanted}；请更正。", en="“{text}” is not {wanted}; correct it.")


class UnclearNumber(Refusal):
    """Points and commas that do not fit the way of writing numbers that the mapping names."""

    code = "unclear_number"
    said = Sentence(
        zh='“{text}”的小数点和千分位看不明白；若逗号是小数点，请在映射里写 decimal = ","，'
        "否则请更正。",
        en="the points and commas of “{text}” do not fit; where the comma is the decimal sign, "
        'write decimal = "," in the mapping, otherwise correct it.',
    )


class TooFine(Refusal):
    """More decimals than the currency has."""

    code = "too_fine"
    said = Sentence(
        zh="“{text}”的小数位多于 {currency} 允许的 {exponent} 位；请四舍五入后再导入。",
        en="“{text}” has more than the {exponent} decimals of {currency}; round it first.",
    )


class UnknownCurrency(Refusal):
    """A code that no currency has."""

    code = "unknown_currency"
    said = Sentence(
        zh="“{text}”不是 ISO 4217 币种代码{nearest}；请更正，例如 CNY。",
        en="“{text}” is no ISO 4217 currency code{nearest}; correct it, for example USD.",
    )


class TwoCurrencies(Refusal):
    """An account pays in one currency."""

    code = "two_currencies"
    said = Sentence(
        zh="账户 {account} 以 {known} 计价，这里却是 {currency}；一个账户只能有一种币种，"
        "请更正，或拆成两个账户。",
        en="account {account} pays in {known}, but this is in {currency}; an account has one "
        "currency, correct it or make two accounts.",
    )


class UnknownWord(Refusal):
    """A value that is not among those that are known."""

    code = "unknown_value"
    said = Sentence(
        zh="不认识“{text}”{nearest}；可用的有：{known}。请更正，或在映射的 values 里对应它。",
        en="“{text}” is not known{nearest}; known are: {known}. Correct it, or map it under "
        "values.",
    )


class UnknownAccount(Refusal):
    """A line about an account that nobody imported."""

    code = "unknown_account"
    said = Sentence(
        zh="没有账户“{text}”；请先导入账户文件，或更正编号。",
        en="there is no account “{text}”; import the accounts first, or correct the id.",
    )


class UnknownPerson(Refusal):
    """A line about somebody whom nobody imported."""

    code = "unknown_person"
    said = Sentence(
        zh="账户“{account}”下没有联系人“{text}”；请先导入联系人，或更正编号。",
        en="account “{account}” has no person “{text}”; import the people first, or correct the "
        "id.",
    )


class UnknownSubscription(Refusal):
    """A line about a subscription that nobody imported."""

    code = "unknown_subscription"
    said = Sentence(
        zh="没有订阅“{text}”；请先导入订阅文件，或更正编号。",
        en="there is no subscription “{text}”; import the subscriptions first, or correct the id.",
    )


class NobodyNamed(Refusal):
    """A line that names neither an account nor a subscription."""

    code = "nobody_named"
    said = Sentence(
        zh="既没有账户也没有订阅；请至少写明一个。",
        en="names neither an account nor a subscription; give one of them.",
    )


class OtherAccount(Refusal):
    """A subscription that belongs to another account than the line says."""

    code = "other_account"
    said = Sentence(
        zh="订阅“{subscription}”属于账户“{owner}”，不是“{account}”；请更正其中之一。",
        en="subscription “{subscription}” belongs to account “{owner}”, not to “{account}”; "
        "correct one of them.",
    )


class UnknownPlanCode(Refusal):
    """A plan that neither the strategy nor an import put on sale."""

    code = "unknown_plan"
    said = Sentence(
        zh="目录中没有套餐“{text}”{nearest}；请在映射的 values 里对应它，或用 [[plan]] 加入它。",
        en="the catalogue has no plan “{text}”{nearest}; map it under values, or add it with "
        "[[plan]].",
    )


class EndsBeforeStart(Refusal):
    """A period that is over before it begins."""

    code = "ends_before_start"
    said = Sentence(
        zh="于 {ends_on} 结束，早于开始日 {starts_on}；请更正其中之一。",
        en="ends on {ends_on}, before it starts on {starts_on}; correct one of the two.",
    )


class EndsAsItStarts(Refusal):
    """A term without a single day in it."""

    code = "ends_as_it_starts"
    said = Sentence(
        zh="开始日和结束日同为 {starts_on}，一天也没有；结束日应是不再付费的第一天，请更正。",
        en="starts and ends on {starts_on} and has no day in it; the end is the first day that is "
        "not paid, correct it.",
    )


class ToldTwice(Refusal):
    """One id with two different contents in one file."""

    code = "told_twice"
    said = Sentence(
        zh="编号“{text}”在本文件中出现过，内容却不同；请只保留正确的一行，或换一个编号。",
        en="the id “{text}” stands in this file already with other contents; keep the right line, "
        "or use another id.",
    )


class ChangedEvent(Refusal):
    """An event is what happened; it cannot become another one."""

    code = "changed_event"
    said = Sentence(
        zh="事件“{text}”先前导入过，内容不同；事件不能更改，请用新编号。",
        en="event “{text}” was imported before with other contents; events do not change, use a "
        "new id.",
    )


class TooManyCells(Refusal):
    """A line with another number of cells than the header."""

    code = "cell_count"
    said = Sentence(
        zh="有 {count} 个单元格，表头有 {expected} 个；含逗号的值请加引号。",
        en="has {count} cells and the header {expected}; put values with a comma into quotes.",
    )


class BrokenText(Refusal):
    """Bytes that are no text in the file's encoding."""

    code = "broken_text"
    said = Sentence(
        zh="不是有效的 {encoding} 文字；请从原系统以 UTF-8 重新导出该行。",
        en="is not valid {encoding}; export this line again from its system as UTF-8.",
    )


class BrokenQuotes(Refusal):
    """Quotes that do not close, or close in the middle of a value."""

    code = "broken_quotes"
    said = Sentence(
        zh="引号不成对（{why}）；值中的引号请写两遍。",
        en="has quotes that do not match ({why}); write a quote inside a value twice.",
    )


class BadTimeZone(Refusal):
    """A name that no time zone has."""

    code = "unknown_zone"
    said = Sentence(
        zh="“{text}”不是时区名；请写成 Asia/Shanghai 的样子。",
        en="“{text}” is no time zone; write it like America/New_York.",
    )


class BadAddress(Refusal):
    """An e-mail address or number that nothing can be sent to."""

    code = "bad_address"
    said = Sentence(
        zh="“{text}”不是{channel}地址；请更正，没有就留空。",
        en="“{text}” is no address for {channel}; correct it, or leave it empty.",
    )
