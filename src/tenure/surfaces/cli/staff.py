"""`tenure staff`: who may sign in to the console, and as what."""

import secrets
from typing import Annotated

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.terminal import result, result_json, said
from tenure.surfaces.console.access import ROLES
from tenure.surfaces.console.staff import ensure_member

_ABOUT = Sentence(zh="谁可以登录控制台，以什么角色。", en="Who may sign in, and as what.")
_ADD = Sentence(
    zh="添加一人，或给已有的人新密码与角色；密码只显示一次。",
    en="Add somebody, or give somebody a new password and role; the password is shown once.",
)
_NAME = Sentence(zh="用户名", en="the name to sign in with")
_ROLE = Sentence(
    zh="owner、operator、finance、support、analyst 或 auditor",
    en="owner, operator, finance, support, analyst or auditor",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_ADDED = Sentence(
    zh="{name}（{role}）的密码，只显示这一次：",
    en="The password of {name} ({role}), shown this once:",
)
_SECRET_BYTES = 12


def register(app: typer.Typer) -> None:
    """Add `staff`."""
    staff = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    staff.callback()(_nothing_first)
    app.add_typer(staff, name="staff", help=said(_ABOUT))

    @staff.command(help=said(_ADD))
    def add(
        name: Annotated[str, typer.Argument(help=said(_NAME))],
        role: Annotated[str, typer.Option(help=said(_ROLE))] = next(iter(ROLES)),
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        at, zone = clock.now(), current().business.zone
        password = secrets.token_urlsafe(_SECRET_BYTES)
        is_new = ensure_member(name, password, role=role, at=at, zone=zone)
        if as_json:
            result_json({"name": name, "role": role, "password": password, "is_new": is_new})
            return
        result(said(_ADDED.fill(name=name, role=role)))
        result(password)


def _nothing_first() -> None:
    """Keeps one verb a verb: with a callback, Typer never makes it the whole command."""
    return None
