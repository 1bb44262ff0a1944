"""Why a line of a batch, or a whole batch, is refused: each says what to do."""

from tenure.kernel.failures import Refusal, Sentence


class UnknownContract(Refusal):
    """A line that names no contract of this customer."""

    code = "unknown_contract"
    said = Sentence(
        zh="这位客户没有合同“{contract}”{nearest}；请更正编号，或移除此行。",
        en="this customer has no contract “{contract}”{nearest}; correct the number or take the "
        "row out.",
    )


class NoContract(Refusal):
    """A line without a contract."""

    code = "no_contract"
    said = Sentence(
        zh="没有填写合同编号；请补上，或移除此行。",
        en="names no contract; fill it in or take the row out.",
    )


class NamedTwice(Refusal):
    """One contract on two lines."""

    code = "named_twice"
    said = Sentence(
        zh="合同“{contract}”与第 {first} 行重复；请移除其中一行。",
        en="contract “{contract}” stands in row {first} already; take one of the two out.",
    )


class ContractEnded(Refusal):
    """A contract that ended, or is going to by the customer's wish."""

    code = "contract_ended"
    said = Sentence(
        zh="合同“{contract}”已于或将于 {on} 终止；请先撤回终止，或移除此行。",
        en="contract “{contract}” ended or ends on {on}; take the cancellation back first, or take "
        "the row out.",
    )


class RenewedAhead(Refusal):
    """The next term of a contract is bought already."""

    code = "renewed_ahead"
    said = Sentence(
        zh="合同“{contract}”已经续到 {until}；请移除此行。",
        en="contract “{contract}” is renewed until {until} already; take the row out.",
    )


class InAnotherBatch(Refusal):
    """A contract that another batch has ordered."""

    code = "in_another_batch"
    said = Sentence(
        zh="合同“{contract}”已在批次 {batch} 中下单；请移除此行，或先撤销那个批次。",
        en="contract “{contract}” is ordered by batch {batch}; take the row out, or drop that "
        "batch first.",
    )


class PaidAlready(Refusal):
    """A contract whose renewal was paid by itself."""

    code = "paid_already"
    said = Sentence(
        zh="合同“{contract}”的续费已单独付款（订单 {order}）；请移除此行。",
        en="the renewal of contract “{contract}” was paid by itself (order {order}); take the row "
        "out.",
    )


class RenewedMeanwhile(Refusal):
    """Paid by a batch, and renewed otherwise before it was given."""

    code = "renewed_meanwhile"
    said = Sentence(
        zh="合同“{contract}”已由别的方式续费；这一行的 {amount} 会退回，其余各行不受影响。",
        en="contract “{contract}” was renewed by another way meanwhile; the {amount} of this line "
        "goes back, and no other line is touched.",
    )


class EndedMeanwhile(Refusal):
    """Paid by a batch, and over before it was given."""

    code = "ended_meanwhile"
    said = Sentence(
        zh="合同“{contract}”在付款前已终止；这一行的 {amount} 会退回，其余各行不受影响。",
        en="contract “{contract}” ended before the money came; the {amount} of this line goes "
        "back, and no other line is touched.",
    )


class OtherCurrency(Refusal):
    """A contract in another currency than its customer's."""

    code = "other_currency"
    said = Sentence(
        zh="合同“{contract}”以 {currency} 计价，与本批次的 {wanted} 不同；请移除此行，单独续费。",
        en="contract “{contract}” is priced in {currency}, this batch in {wanted}; take the row "
        "out and renew it by itself.",
    )


class StaysAsItIs(Refusal):
    """A line that changes something while it is brought to a common date."""

    code = "stays_as_it_is"
    said = Sentence(
        zh="统一到期日时，周期、套餐和席位保持不变；请清空这一格，或不选统一到期日。",
        en="with a common end date cycle, plan and seats stay as they are; clear the cell, or "
        "renew without a common date.",
    )


class NotReady(Refusal):
    """A batch that cannot be placed as it stands."""

    code = "batch_not_ready"
    said = Sentence(
        zh="批次 {batch} 还有 {faulty} 行需要修正；请修正，或选择只续其余各行。没有产生扣款。",
        en="Batch {batch} still has {faulty} rows to correct; correct them, or choose to leave "
        "them out. Nothing was charged.",
    )


class NothingLeft(Refusal):
    """A batch without a line that can be bought."""

    code = "nothing_left"
    said = Sentence(
        zh="批次 {batch} 没有可续费的行；请修正后再试。没有产生扣款。",
        en="Batch {batch} has no row that can be renewed; correct some first. Nothing was charged.",
    )


class TooManyLines(Refusal):
    """A list that is longer than a batch may be."""

    code = "too_many_lines"
    said = Sentence(
        zh="共 {count} 行，一个批次最多 {most} 行；请分成几个文件。",
        en="There are {count} rows and a batch holds at most {most}; split the file.",
    )


class NoLines(Refusal):
    """A list with nothing on it."""

    code = "no_lines"
    said = Sentence(
        zh="名单里没有任何合同；请填写后再上传，或放宽筛选条件。",
        en="The list names no contract; fill it in and upload again, or choose more widely.",
    )


class UnknownBatch(Refusal):
    """No batch has this name."""

    code = "unknown_batch"
    said = Sentence(
        zh="没有批次“{batch}”；请从批量续费页面重新开始。",
        en="There is no batch “{batch}”; start again from the page of batches.",
    )


class Moved(Refusal):
    """A batch that is not where this can be done any more."""

    code = "batch_moved"
    said = Sentence(
        zh="批次 {batch} 现为“{state}”，不能这样做；请刷新页面查看。没有产生扣款。",
        en="Batch {batch} is {state} now, so this cannot be done; reload the page. Nothing was "
        "charged by this.",
    )
