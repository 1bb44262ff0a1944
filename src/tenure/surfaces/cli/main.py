"""The `tenure` command: gathers the verbs, and tells each failure in one sentence.

Exit codes: 0 done · 2 refused, or the command was written wrongly · 3 another system failed ·
130 stopped by Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

import django
import typer
from django.db import DatabaseError

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.surfaces import cli
from tenure.surfaces.cli.mistyped import is_bare, sentence_of
from tenure.surfaces.cli.terminal import language, note, said

REFUSED, OUTAGE, STOPPED = 2, 3, 130

_ABOUT = Sentence(
    zh="续航：自托管的续费引擎。谁快到期、谁可能离开、为什么、该做什么，以及做了有没有用。",
    en="Tenure, a self-hosted renewal engine: who is about to leave, why, what to do, "
    "and what it changed.",
)
_STOPPED = Sentence(
    zh="已停止；已完成的部分都保存着，再运行一次即可继续。",
    en="Stopped. Whatever was finished is kept; run it again to go on.",
)
_OPTIMISED = Sentence(
    zh="不能在 python -O 下运行：断言是本程序的安全绳。请去掉 -O 或 PYTHONOPTIMIZE。",
    en="Not under python -O: the asserts are this program's safety line. "
    "Drop -O or PYTHONOPTIMIZE.",
)
_NOTHING_YET = Sentence(
    zh="这里还没有任何数据；请先运行 `tenure demo`，或 `tenure import 目录` 导入自己的业务。",
    en="There is nothing here yet; run `tenure demo`, or `tenure import DIRECTORY` for your own "
    "business.",
)


def application(*, verb: str = "") -> typer.Typer:
    """The verbs of the command; Django must be set up before.

    A verb that stands in a module of its name is read alone, everything else with all the others:
    reading what every verb uses takes seconds.
    """
    modules = [one.name for one in iter_modules(cli.__path__)]
    for own in (verb.replace("-", "_"), f"{verb}s"):
        if own in modules and verb in _verbs(app := _gathered([own])):
            return app
    return _gathered(modules)


def _gathered(modules: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        name="tenure",
        help=said(_ABOUT),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing_first)
    for name in modules:
        register = getattr(import_module(f"{cli.__name__}.{name}"), "register", None)
        if register is not None:
            register(app)
    return app


def _verbs(app: typer.Typer) -> set[str]:
    """What is registered: commands by their names or their functions', and groups."""
    commands = {
        one.name or getattr(one.callback, "__name__", "").replace("_", "-")
        for one in app.registered_commands
    }
    return commands | {str(one.name) for one in app.registered_groups}


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if not __debug__:
        note(said(_OPTIMISED))
        return REFUSED
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.project.settings")
    try:
        django.setup()
        given = list(sys.argv[1:] if arguments is None else arguments)
        return _run(application(verb=given[0] if given else ""), given)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except Refusal as refusal:
        return _told(refusal, REFUSED)
    except Outage as outage:
        return _told(outage, OUTAGE)
    except DatabaseError as error:
        if not _has_no_tables(error):
            raise
        note(said(_NOTHING_YET))
        return REFUSED
    except (KeyboardInterrupt, typer.Abort):
        note(said(_STOPPED))
        return STOPPED


def _run(app: typer.Typer, given: list[str]) -> int:
    """Do what was asked; what was written wrongly is told in one sentence."""
    try:
        ended = app(args=given, prog_name="tenure", standalone_mode=False)
    except typer.TyperException as error:
        if not is_bare(error):
            note(said(sentence_of(error)))
        return REFUSED
    # Verbs return nothing; a number is the code with which one ended early.
    code = ended if isinstance(ended, int) else 0
    if code == STOPPED:
        note(said(_STOPPED))
    return code


def main() -> None:
    """The console script."""
    sys.exit(run())


def _told(failure: Refusal | Outage, code: int) -> int:
    note(failure.sentence(language()))
    return code


def _has_no_tables(error: DatabaseError) -> bool:
    """Whether this is the first verb in an empty home."""
    return any(one in str(error) for one in ("no such table", "does not exist"))


def _nothing_first() -> None:
    """Keeps one verb a verb: with a callback, Typer never makes it the whole command."""
    return None
