"""The contracts that may be offered: bilingual templates with versions, signers and variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.reading import Reader

# 电子签名法 art. 3: electronic documents do not serve for these.
EXCLUDED: Final[Mapping[str, Sentence]] = {
    "personal_status": Sentence(
        zh="涉及婚姻、收养、继承等人身关系", en="marriage, adoption, inheritance: personal status"
    ),
    "utility_stop": Sentence(
        zh="停止供水、供热、供气等公用事业服务", en="ending the supply of water, heat or gas"
    ),
}


class Role(StrEnum):
    """Who signs."""

    CUSTOMER = "customer"
    SELLER = "seller"
    GUARANTOR = "guarantor"


@dataclass(frozen=True, slots=True)
class ContractTemplate:
    """One contract. `signers` sign in this order; `prevailing` is the text that decides."""

    id: str
    version: int
    kind: str
    name: Sentence
    prevailing: str
    signers: tuple[Role, ...]
    consent: Sentence
    text: Sentence


_NOT_ELECTRONIC = Sentence(
    zh="“{what}”依《电子签名法》第三条不适用电子签名",
    en="{what} may not be signed electronically (Electronic Signature Law, art. 3)",
)
_NO_TEXT = Sentence(zh="缺少正文文件 {zh} 和 {en}", en="the texts {zh} and {en} are missing")
_TWICE = Sentence(zh="同一角色只能签一次", en="a role signs once")


def read(reader: Reader, texts: Mapping[str, str]) -> Mapping[str, ContractTemplate]:
    """Read contracts.toml, with the texts that stand in contracts/<id>.<language>.liquid."""
    found = (_template(one, texts) for one in reader.each("contract", unique="id"))
    return {one.id: one for one in found}


def _template(reader: Reader, texts: Mapping[str, str]) -> ContractTemplate:
    name, kind = reader.name("id"), reader.name("kind")
    if kind in EXCLUDED:
        reader.refuse("kind", _NOT_ELECTRONIC.fill(what=EXCLUDED[kind]))
    files = [f"contracts/{name}.{language}.liquid" for language in LANGUAGES]
    if not texts.keys() >= set(files):
        reader.refuse("id", _NO_TEXT.fill(zh=files[0], en=files[1]))
    signers = tuple(Role(one) for one in reader.names("signers", list(Role)))
    if len(set(signers)) != len(signers) or not signers:
        reader.refuse("signers", _TWICE)
    return ContractTemplate(
        id=name,
        version=reader.whole("version", 1, least=1),
        kind=kind,
        name=reader.sentence("name"),
        prevailing=reader.known("prevailing", LANGUAGES),
        signers=signers,
        consent=reader.sentence("consent"),
        text=Sentence(zh=texts[files[0]], en=texts[files[1]]),
    )
