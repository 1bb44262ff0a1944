"""How each state of a payment, and each way to pay, is called on a timeline."""

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.records.billing.states import PaymentState

PAID: Final[Mapping[str, tuple[str, Sentence]]] = {
    PaymentState.CREATED: ("", Sentence(zh="准备付款 {amount}", en="Began to pay {amount}")),
    PaymentState.PENDING: (
        "", Sentence(zh="付款处理中 {amount}", en="A payment of {amount} is under way")
    ),
    PaymentState.UNKNOWN: (
        "", Sentence(zh="付款结果查询中 {amount}", en="Asking what became of a payment of {amount}")
    ),
    PaymentState.SUCCEEDED: ("good", Sentence(zh="付款 {amount}", en="Paid {amount}")),
    PaymentState.FAILED: (
        "bad", Sentence(zh="付款失败 {amount}", en="A payment of {amount} failed")
    ),
    PaymentState.CLOSED: (
        "", Sentence(zh="付款已关闭 {amount}", en="A payment of {amount} was closed unpaid")
    ),
    PaymentState.EXPIRED: (
        "", Sentence(zh="付款超时 {amount}", en="A payment of {amount} ran out of time")
    ),
    PaymentState.DISPUTED_AMOUNT: (
        "bad",
        Sentence(
            zh="付款金额不符，应付 {amount}", en="Paid, but not the {amount} that was asked for"
        ),
    ),
    PaymentState.PARTIALLY_REFUNDED: (
        "", Sentence(zh="付款 {amount}，部分已退", en="Paid {amount}; a part was refunded")
    ),
    PaymentState.REFUNDED: ("", Sentence(zh="退款 {amount}", en="Refunded {amount}")),
    PaymentState.CHARGED_BACK: (
        "bad", Sentence(zh="银行撤回付款 {amount}", en="The bank took {amount} back")
    ),
    PaymentState.WON: (
        "good", Sentence(zh="撤款争议胜诉 {amount}", en="A charge-back of {amount} was won")
    ),
    PaymentState.LOST: (
        "bad", Sentence(zh="撤款争议败诉 {amount}", en="A charge-back of {amount} was lost")
    ),
}  # fmt: skip
METHODS: Final = {
    "wechat": Sentence(zh="微信支付", en="WeChat Pay"),
    "alipay": Sentence(zh="支付宝", en="Alipay"),
    "bank_transfer": Sentence(zh="银行转账", en="bank transfer"),
    "card": Sentence(zh="银行卡", en="card"),
    "cash": Sentence(zh="现金", en="cash"),
    "direct_debit": Sentence(zh="银行代扣", en="direct debit"),
}
