"""Where a request and a contract stand, in the customer's words."""

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.surfaces import wording

INVOICES: Final[Mapping[str, Sentence]] = {
    "requested": Sentence(zh="已申请", en="asked for"),
    "issuing": Sentence(zh="开具中", en="being issued"),
    "issued": Sentence(zh="已开具", en="issued"),
    "failed": Sentence(zh="未能开具，我们会与您联系", en="not issued; we will contact you"),
    "delivered": Sentence(zh="已交付", en="delivered"),
    "red_requested": Sentence(zh="红冲中", en="being taken back"),
    "reversed": Sentence(zh="已红冲", en="taken back"),
    "withdrawn": Sentence(zh="已撤回", en="withdrawn"),
}
CONTRACTS: Final[Mapping[str, Sentence]] = {
    "draft": Sentence(zh="草稿", en="draft"),
    "sent": Sentence(zh="待签署", en="waiting for signatures"),
    "viewed": Sentence(zh="待签署", en="waiting for signatures"),
    "signed": Sentence(zh="已签署，尚未生效", en="signed, not yet in effect"),
    "effective": Sentence(zh="生效中", en="in effect"),
    "expired": Sentence(zh="已到期", en="expired"),
    "terminated": Sentence(zh="已终止", en="ended"),
}
SIGNATURES: Final[Mapping[str, Sentence]] = {
    "waiting": Sentence(zh="未打开", en="not opened"),
    "viewed": Sentence(zh="已阅读，未签署", en="read, not signed"),
    "signed": Sentence(zh="已签署", en="signed"),
}


def said(words: Mapping[str, Sentence], state: str) -> str:
    """The word for a state in the page's language."""
    return words[state].say(wording.reader_language())
