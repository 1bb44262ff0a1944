"""The life of a request, what makes a title, and what is refused."""

from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.tax_ids import is_credit_code, normalised
from tenure.records.invoicing.states import InvoiceState, TitleKind


class InvoiceVerb(StrEnum):
    """What may happen to a request."""

    SUBMIT = "be handed over"
    ISSUE = "be issued"
    FAIL = "fail"
    RETRY = "be tried again"
    DELIVER = "be delivered"
    ASK_RED = "be taken back"
    REVERSE = "be reversed"
    KEEP = "stay for the rest"
    WITHDRAW = "be withdrawn"


INVOICE = Lifecycle(
    {
        (InvoiceState.REQUESTED, InvoiceVerb.SUBMIT): InvoiceState.ISSUING,
        (InvoiceState.REQUESTED, InvoiceVerb.WITHDRAW): InvoiceState.WITHDRAWN,
        (InvoiceState.ISSUING, InvoiceVerb.ISSUE): InvoiceState.ISSUED,
        (InvoiceState.ISSUING, InvoiceVerb.FAIL): InvoiceState.FAILED,
        (InvoiceState.FAILED, InvoiceVerb.RETRY): InvoiceState.REQUESTED,
        (InvoiceState.FAILED, InvoiceVerb.WITHDRAW): InvoiceState.WITHDRAWN,
        (InvoiceState.ISSUED, InvoiceVerb.DELIVER): InvoiceState.DELIVERED,
        (InvoiceState.ISSUED, InvoiceVerb.ASK_RED): InvoiceState.RED_REQUESTED,
        (InvoiceState.DELIVERED, InvoiceVerb.ASK_RED): InvoiceState.RED_REQUESTED,
        (InvoiceState.RED_REQUESTED, InvoiceVerb.REVERSE): InvoiceState.REVERSED,
        (InvoiceState.RED_REQUESTED, InvoiceVerb.KEEP): InvoiceState.ISSUED,
    },
    name="invoice request",
    start=InvoiceState.REQUESTED,
)


class BadTitle(Refusal):
    """A title that the tax platform would not take."""

    code = "bad_title"
    said = Sentence(zh="开票抬头有误：{why}。", en="The title for the invoice is wrong: {why}.")


class AlreadyRequested(Refusal):
    """A second request for one payment."""

    code = "already_requested"
    said = Sentence(
        zh="付款 {payment} 已有开票申请 {invoice}；如需更改抬头，请在该申请上选择“换开”。",
        en="Payment {payment} has the request {invoice} already; to change its title, reissue it.",
    )


class NothingToInvoice(Refusal):
    """A payment of which nothing is left."""

    code = "nothing_to_invoice"
    said = Sentence(
        zh="付款 {payment} 已全部退款，没有可开票的金额。",
        en="Payment {payment} was returned in full: there is nothing to invoice.",
    )


NO_NAME = Sentence(zh="缺少名称", en="the name is missing")
NO_TAX_ID = Sentence(zh="企业抬头须填写税号", en="a company needs its tax id")
WRONG_TAX_ID = Sentence(
    zh="税号 {found} 不是有效的统一社会信用代码，请核对 18 位代码",
    en="{found} is not a valid unified social credit code; check its 18 signs",
)
NO_TAX_ID_WANTED = Sentence(
    zh="个人抬头只填姓名，不填税号", en="an individual gives a name alone, no tax id"
)
MORE_FOR_SPECIAL = Sentence(
    zh="专用票须填写企业的地址、电话、开户行和账号",
    en="a special one needs the company's address, telephone, bank and account",
)


@dataclass(frozen=True, slots=True)
class TitleText:
    """Whom an invoice is made out to, as it will be printed."""

    kind: TitleKind
    name: str
    tax_id: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bank_account: str = ""
    email: str = ""


def checked_title(text: TitleText) -> TitleText:
    """The title with its code in capitals; a company has a code, an individual has none (R-I-006).

    Raises:
        BadTitle
    """
    name, tax_id = text.name.strip(), normalised(text.tax_id)
    if not name:
        raise BadTitle(why=NO_NAME)
    if text.kind == TitleKind.INDIVIDUAL and tax_id:
        raise BadTitle(why=NO_TAX_ID_WANTED)
    if text.kind == TitleKind.COMPANY and not tax_id:
        raise BadTitle(why=NO_TAX_ID)
    if tax_id and not is_credit_code(tax_id):
        raise BadTitle(why=WRONG_TAX_ID.fill(found=tax_id))
    rest = (text.address.strip(), text.phone.strip(), text.bank.strip(), text.bank_account.strip())
    return TitleText(text.kind, name, tax_id, *rest, text.email.strip())


def check_special(text: TitleText) -> None:
    """A special invoice names a company with everything about it.

    Raises:
        BadTitle
    """
    wanted = (text.tax_id, text.address, text.phone, text.bank, text.bank_account)
    if text.kind != TitleKind.COMPANY or not all(wanted):
        raise BadTitle(why=MORE_FOR_SPECIAL)
