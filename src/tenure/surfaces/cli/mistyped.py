"""What was written wrongly on the command line, as one sentence in the reader's language.

The library that reads it tells such mistakes in English, in a frame; here each becomes a sentence
with what was given, what is wanted and where the rest is told.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import typer

from tenure.kernel.failures import Sentence

_WHOLE = Sentence(zh="整数，如 12", en="a whole number, such as 12")
_NUMBER = Sentence(zh="数字，如 0.12", en="a number, such as 0.12")
_AT_LEAST = Sentence(zh="不小于 {bound} 的数", en="a number of at least {bound}")
_AT_MOST = Sentence(zh="不大于 {bound} 的数", en="a number of at most {bound}")
_ONE_OF = Sentence(zh="下列之一：{values}", en="one of {values}")
_ANOTHER = Sentence(zh="另一种值（{message}）", en="something else ({message})")
_WRONG = Sentence(
    zh="{option} 应是{wanted}；给的是“{given}”。它的含义：{meaning}。",
    en="{option} is {wanted}; “{given}” was given. What it means: {meaning}.",
)
_MISSING = Sentence(zh="缺少 {option}：{meaning}。", en="{option} is missing: {meaning}.")
_NO_VALUE = Sentence(zh="{option} 后面缺少它的值。", en="{option} needs a value after it.")
_TAKES_NONE = Sentence(zh="{option} 不带值。", en="{option} takes no value.")
_NO_OPTION = Sentence(zh="没有选项 {option}。{near}", en="There is no option {option}. {near}")
_NO_COMMAND = Sentence(zh="没有命令“{name}”。{near}", en="There is no command “{name}”. {near}")
_NEAR = Sentence(zh="是否指：{names}？", en="Did you mean {names}?")
_NOTHING = Sentence(zh="", en="")
_TOO_MANY = Sentence(
    zh="多写了：{words}（含空格的值请加引号）。",
    en="Too much was written: {words} (a value with spaces needs quotes).",
)
_COMMAND_MISSING = Sentence(zh="少了一个命令。", en="A command is missing.")
_OTHERWISE = Sentence(
    zh="这条命令读不懂：{message}", en="The command cannot be understood: {message}"
)
_MORE = Sentence(
    zh="{sentence} 用法见 `{command} --help`。", en="{sentence} See `{command} --help`."
)

# The kinds of mistakes by which a value is told wrong → what is wanted.
_WANTED: Final = {
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "float_type": _NUMBER,
}
_BOUNDS: Final = {"ge": _AT_LEAST, "gt": _AT_LEAST, "le": _AT_MOST, "lt": _AT_MOST}
_QUOTED: Final = re.compile(r"'([^']*)'")


def is_bare(error: typer.TyperException) -> bool:
    """Whether nothing was written after a group of commands: its help is the answer."""
    return type(error).__name__ == "NoArgsIsHelpError"


def sentence_of(error: typer.TyperException) -> Sentence:
    """What is wrong with what was written, and where its help stands."""
    tellers = {
        "BadParameter": _value,
        "MissingParameter": _missing,
        "NoSuchOption": _option,
        "BadOptionUsage": _usage,
        "UsageError": _words,
    }
    told = tellers.get(type(error).__name__, _otherwise)(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tenure"
    return _MORE.fill(sentence=told, command=command)


def _value(error: Any) -> Sentence:
    if error.param is None:
        return _otherwise(error)
    problem = _problem(error)
    return _WRONG.fill(
        option=_named(error.param),
        wanted=_wanted(problem, error.message),
        given=problem.get("input", ""),
        meaning=_meaning(error.param),
    )


def _problem(error: Any) -> Mapping[str, Any]:
    """The first thing that the check of a value found; nothing where it was another check."""
    errors = getattr(error.__cause__, "errors", None)
    return errors()[0] if errors is not None else {}


def _wanted(problem: Mapping[str, Any], message: str) -> Sentence:
    kind, said = problem.get("type", ""), problem.get("ctx", {})
    if kind in _WANTED:
        return _WANTED[kind]
    for name, bound in _BOUNDS.items():
        if name in said:
            return bound.fill(bound=said[name])
    if "expected" in said:
        return _ONE_OF.fill(values=said["expected"])
    return _ANOTHER.fill(message=message)


def _missing(error: Any) -> Sentence:
    return _MISSING.fill(option=_named(error.param), meaning=_meaning(error.param))


def _option(error: Any) -> Sentence:
    return _NO_OPTION.fill(option=error.option_name, near=_near(error.possibilities or []))


def _usage(error: Any) -> Sentence:
    told = _TAKES_NONE if "does not take" in error.message else _NO_VALUE
    return told.fill(option=error.option_name)


def _words(error: Any) -> Sentence:
    """Of commands and spare words only the message tells."""
    message, quoted = str(error.message), _QUOTED.findall(str(error.message))
    if message.startswith("No such command") and quoted:
        return _NO_COMMAND.fill(name=quoted[0], near=_near(quoted[1:]))
    if message.startswith("Missing command"):
        return _COMMAND_MISSING
    spare = re.search(r"unexpected extra arguments?\(?s?\)? \((.*)\)", message)
    return _TOO_MANY.fill(words=spare.group(1)) if spare else _otherwise(error)


def _otherwise(error: Any) -> Sentence:
    return _OTHERWISE.fill(message=error.format_message())


def _near(names: list[str]) -> Sentence:
    return _NEAR.fill(names=names) if names else _NOTHING


def _named(param: Any) -> str:
    """An option by its longest spelling, an argument by the word that its help shows."""
    if param.param_type_name == "argument":
        return str(param.name).upper()
    return str(max(param.opts, key=len))


def _meaning(param: Any) -> str:
    return str(getattr(param, "help", None) or param.name).rstrip("。.")
