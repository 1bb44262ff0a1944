"""`tenure mail`: what has to stand in the DNS so that letters are believed, and does it."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.act.messages.domains import Finding, Mark, check, read, wanted
from tenure.act.messages.post import own_signer
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.terminal import result, result_json, said

MOST_BYTES: Final = 1_000_000
_ABOUT = Sentence(zh="发信域名的 SPF、DKIM 与 DMARC。", en="SPF, DKIM and DMARC of our domain.")
_DNS = Sentence(zh="应当添加的 DNS 记录", en="the DNS records that should stand")
_CHECK = Sentence(
    zh="检查给出的 DNS 记录（区域文件或 dig 的输出）；不联网",
    en="check records that are given (a zone file or what dig prints); asks no network",
)
_FILE = Sentence(zh="记录所在的文件；- 表示标准输入", en="the file with records; - is the input")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_SIGNS: Final = {Mark.GOOD: "✓", Mark.WEAK: "!", Mark.BAD: "✗"}

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


class NoSuchFile(Refusal):
    """A file that cannot be read."""

    code = "no_such_file"
    said = Sentence(zh="读不到文件 {path}。", en="The file {path} cannot be read.")


def register(app: typer.Typer) -> None:
    """Add `tenure mail`."""
    mail = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    mail.command("dns", help=said(_DNS))(dns)
    mail.command("check", help=said(_CHECK))(checked)
    app.add_typer(mail, name="mail")


def dns(as_json: Json = False) -> None:
    domain = _domain()
    found = wanted(domain, signer=own_signer(domain))
    if as_json:
        result_json([{"name": one.name, "type": one.kind, "value": one.value} for one in found])
        return
    for one in found:
        result(f"{one.name}. IN {one.kind} {one.value}")


def checked(
    file: Annotated[str, typer.Argument(help=said(_FILE))], *, as_json: Json = False
) -> None:
    domain = _domain()
    found = check(domain, read(_text(file)), signer=own_signer(domain))
    if as_json:
        result_json([_row(one) for one in found])
    else:
        for one in found:
            result(f"{_SIGNS[one.mark]} {said(one.said)}")
    if any(one.mark is Mark.BAD for one in found):
        raise typer.Exit(1)


def _row(one: Finding) -> dict[str, str]:
    return {"about": one.about, "mark": str(one.mark), "said": said(one.said)}


def _domain() -> str:
    return current().business.sender_email.rpartition("@")[2].lower()


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read(MOST_BYTES)
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")[:MOST_BYTES]
    except OSError as error:
        raise NoSuchFile(path=file) from error
