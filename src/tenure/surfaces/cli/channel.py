"""`tenure channel`: seal the secrets of providers, and try a channel with one's own addresses."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

import typer
from django.conf import settings

from tenure.act.channels import trying
from tenure.act.channels.configuration import secrets_of
from tenure.act.channels.sealing import SEALED, seal
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import business_day
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, said

_ABOUT = Sentence(
    zh="消息渠道：密封密钥，向自有地址试发。", en="Channels: seal secrets, try them out."
)
_SEAL = Sentence(
    zh="把 channels.toml 里的明文密钥就地密封（只有本服务器能解开）。",
    en="Seal the plain secrets of channels.toml in place; only this server opens them.",
)
_VERIFY = Sentence(
    zh="验证一个自有地址：先发验证码，再用 --code 确认。",
    en="Prove an address of your own: a code is sent, then confirm it with --code.",
)
_TRY = Sentence(
    zh="向已验证的自有地址试发一条。", en="Send a text to an address of your own that was proved."
)
_NAME = Sentence(zh="渠道名", en="the channel")
_ADDRESS = Sentence(zh="自有地址", en="an address of your own")
_CODE = Sentence(zh="收到的验证码", en="the code that arrived")
_WORDS = Sentence(zh="试发的文字", en="the text to send")
_SEALED = Sentence(zh="已密封 {count} 个密钥。", en="{count} secrets are sealed.")
_ASKED = Sentence(zh="验证码已交给渠道（{outcome}）。", en="A code was handed over ({outcome}).")
_PROVED = Sentence(zh="地址已验证，可用于试发。", en="The address is proved and can be tried.")
_TRIED = Sentence(zh="渠道答复：{outcome} {code}", en="The channel says: {outcome} {code}")
_PLAIN: Final = re.compile(r'^(\s*)([a-z_]+)(\s*=\s*)"((?:[^"\\]|\\.)*)"(.*)$')
_SECTION: Final = re.compile(r"^\s*\[+\s*([a-z_]+)")


def register(app: typer.Typer) -> None:
    """Add `tenure channel`."""
    channel = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    channel.command("seal", help=said(_SEAL))(seal_file)
    channel.command("verify", help=said(_VERIFY))(verify)
    channel.command("try", help=said(_TRY))(try_out)
    app.add_typer(channel, name="channel")


def seal_file() -> None:
    path = Path(settings.TENURE_CHANNELS)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    written, count = sealed_text(text)
    if count:
        tomllib.loads(written)
        beside = path.with_suffix(".sealed")
        beside.touch(mode=0o600)
        beside.write_text(written, encoding="utf-8")
        beside.rename(path)
    result(said(_SEALED.fill(count=count)))


def sealed_text(text: str) -> tuple[str, int]:
    """The file with each plain secret sealed where it stands, and how many there were."""
    section, lines, count = "", [], 0
    for line in text.splitlines():
        if heading := _SECTION.match(line):
            section = heading[1]
        found = _PLAIN.match(line)
        is_plain = found and not found[4].startswith((SEALED, "file:"))
        if found and is_plain and found[2] in secrets_of(section):
            plain = tomllib.loads(f'value = "{found[4]}"')["value"]
            line = f'{found[1]}{found[2]}{found[3]}"{seal(plain)}"{found[5]}'
            count += 1
        lines.append(line)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else ""), count


def verify(
    name: Annotated[str, typer.Argument(help=said(_NAME))],
    address: Annotated[str, typer.Argument(help=said(_ADDRESS))],
    *,
    code: Annotated[str, typer.Option("--code", help=said(_CODE))] = "",
) -> None:
    with records_to_look_at():
        at = clock.now()
        on, own = business_day(at), trying.Own(name, address)
        if not code:
            told = trying.ask_code(own, on=on, at=at, by="cli")
            result(said(_ASKED.fill(outcome=str(told.outcome))))
            return
        try:
            trying.prove(own, code=code, on=on, at=at, by="cli")
        except trying.WrongCode:
            trying.note_wrong(own, on=on, at=at, by="cli")
            raise
        result(said(_PROVED))


def try_out(
    name: Annotated[str, typer.Argument(help=said(_NAME))],
    address: Annotated[str, typer.Argument(help=said(_ADDRESS))],
    *,
    text: Annotated[str, typer.Option("--text", help=said(_WORDS))],
) -> None:
    with records_to_look_at():
        at = clock.now()
        told = trying.try_out(trying.Own(name, address), text, on=business_day(at), at=at, by="cli")
        result(said(_TRIED.fill(outcome=str(told.outcome), code=told.code)))
