"""What cannot be estimated, and how much would be needed."""

from tenure.kernel.failures import Refusal, Sentence


class TooFewPeriods(Refusal):
    """A cohort that is too young."""

    code = "too_few_periods"
    said = Sentence(
        zh="这批客户只经历了 {seen} 次续费；至少需要 {least} 次才能估计留存曲线。",
        en="This cohort has seen {seen} renewals; at least {least} are needed for its curve.",
    )


class NothingWasLost(Refusal):
    """A cohort of which nobody left."""

    code = "nothing_was_lost"
    said = Sentence(
        zh="{customers} 位客户中没有人离开，无法估计流失；请等到有人离开，或合并更多批次。",
        en="None of {customers} customers left, so churn cannot be estimated; "
        "wait until some do, or join cohorts.",
    )


class NobodyReturned(Refusal):
    """Purchases without a single repetition."""

    code = "nobody_returned"
    said = Sentence(
        zh="{customers} 位客户中没有人再次购买，无法估计；至少需要一些重复购买。",
        en="None of {customers} customers bought again, so nothing can be estimated; "
        "some must have.",
    )


class NotSettled(Refusal):
    """A search for the maximum that did not end."""

    code = "not_settled"
    said = Sentence(
        zh="模型“{model}”没有收敛（{customers} 位客户）；请检查数据，或提供更多客户。",
        en="The model “{model}” did not settle on {customers} customers; "
        "check the table, or bring more of them.",
    )


class TooFewBuyers(Refusal):
    """A table of purchases by too few customers."""

    code = "too_few_buyers"
    said = Sentence(
        zh="只有 {customers} 位客户，其中 {again} 位再次购买；"
        "至少需要 {least} 位，其中 {least_again} 位再次购买。",
        en="There are {customers} customers, {again} of whom bought again; at least {least} are "
        "needed, {least_again} of whom did.",
    )


class SurvivorsRise(Refusal):
    """A cohort that grows again."""

    code = "survivors_rise"
    said = Sentence(
        zh="第 {renewal} 次续费后的留存（{after}）多于之前（{before}）；"
        "留存只会减少，请按次序排列。",
        en="After renewal {renewal} more are left ({after}) than before ({before}); survivors "
        "never become more: bring the rows in their order.",
    )
