"""The fixed words of our papers. None of them is what only the tax platform may issue (R-I-001)."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.records.documents.states import DocumentKind

TITLES: Final = {
    DocumentKind.RECEIPT: Sentence(zh="收据", en="Receipt"),
    DocumentKind.CREDIT_NOTE: Sentence(zh="退款凭证", en="Credit note"),
    DocumentKind.STATEMENT: Sentence(zh="用量账单", en="Usage statement"),
    DocumentKind.QUOTE: Sentence(zh="报价单", en="Quote"),
}

LABELS: Final = {
    "number": Sentence(zh="编号", en="Number"),
    "issued_on": Sentence(zh="出具日期", en="Issued on"),
    "seller": Sentence(zh="收款方", en="From"),
    "buyer": Sentence(zh="付款方", en="To"),
    "tax_id": Sentence(zh="税号", en="Tax id"),
    "bank": Sentence(zh="开户行及账号", en="Bank account"),
    "item": Sentence(zh="项目", en="Item"),
    "period": Sentence(zh="服务期", en="Period of service"),
    "quantity": Sentence(zh="数量", en="Quantity"),
    "rate": Sentence(zh="税率", en="Tax rate"),
    "net": Sentence(zh="不含税金额", en="Net"),
    "tax": Sentence(zh="税额", en="Tax"),
    "gross": Sentence(zh="含税金额", en="Amount"),
    "total": Sentence(zh="合计", en="Total"),
    "capitals": Sentence(zh="合计（大写）", en="In Chinese capitals"),
    "paid_on": Sentence(zh="付款日期", en="Paid on"),
    "method": Sentence(zh="付款方式", en="Paid by"),
    "payment": Sentence(zh="付款单号", en="Payment"),
    "corrects": Sentence(zh="对应收据", en="Corrects receipt"),
    "reason": Sentence(zh="退款原因", en="Reason"),
    "void": Sentence(zh="已作废", en="Void"),
    "valid_until": Sentence(zh="报价有效期至", en="Valid until"),
    "used": Sentence(zh="用量", en="Used"),
    "page": Sentence(zh="页", en="Page"),
}

NOTES: Final = {
    DocumentKind.RECEIPT: Sentence(
        zh="本收据证明款项已收到。如需税务凭证，请在“我的单据”中申请开票。",
        en="This receipt confirms that your payment arrived. Ask for a tax document, where you "
        "need one, under “My documents”.",
    ),
    DocumentKind.CREDIT_NOTE: Sentence(
        zh="本凭证证明上述款项已退还，并冲减对应收据的金额。",
        en="This note confirms that the amount above was returned; it reduces the receipt that "
        "it names.",
    ),
    DocumentKind.STATEMENT: Sentence(
        zh="本账单列明服务期内的用量与费用，与实际扣款一致。",
        en="This statement lists what was used in the period and what it cost, as charged.",
    ),
    DocumentKind.QUOTE: Sentence(
        zh="在有效期内按本报价付款，价格不变；报价不构成收款凭证。",
        en="Pay within the time stated and this price holds. A quote is no proof of payment.",
    ),
}

METHODS: Final = {
    "wechat": Sentence(zh="微信支付", en="WeChat Pay"),
    "alipay": Sentence(zh="支付宝", en="Alipay"),
    "card": Sentence(zh="银行卡", en="Card"),
    "unionpay": Sentence(zh="银联", en="UnionPay"),
    "bank": Sentence(zh="银行转账", en="Bank transfer"),
    "stripe": Sentence(zh="银行卡", en="Card"),
    "transfer": Sentence(zh="银行转账", en="Bank transfer"),
    "cash": Sentence(zh="现金", en="Cash"),
}

PLAN_LINE: Final = Sentence(zh="{plan}，{months} 个月", en="{plan}, {months} months")
OTHER_LINE: Final = Sentence(zh="服务费", en="Service fee")
REVERSE_CHARGE: Final = Sentence(
    zh="由购买方缴纳增值税（反向征收）", en="Reverse charge: the buyer accounts for the tax"
)
REFUND: Final = Sentence(zh="退款", en="Refund")
CONTRACT_LABELS: Final = {
    "customer": Sentence(zh="甲方", en="Party A"),
    "seller": Sentence(zh="乙方", en="Party B"),
    "guarantor": Sentence(zh="担保方", en="Guarantor"),
    "version": Sentence(zh="文本版本", en="Text version"),
    "page": Sentence(zh="页", en="Page"),
}
PREVAILING: Final = {
    "zh-Hans": Sentence(zh="两种文本不一致的，以中文文本为准。", en="The Chinese text prevails."),
    "en": Sentence(zh="两种文本不一致的，以英文文本为准。", en="The English text prevails."),
}
CONTRACT_NOTE: Final = Sentence(
    zh="本文件以电子签名方式签署，签署后的任何改动都可被发现。",
    en="This document is signed electronically; any later change can be found.",
)
