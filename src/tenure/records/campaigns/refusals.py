"""Why something cannot be done with a campaign."""

from tenure.kernel.failures import Refusal, Sentence


class BadCampaign(Refusal):
    """A plan that cannot be one."""

    code = "bad_campaign"
    said = Sentence(zh="活动没有保存：{why}。", en="The campaign was not saved: {why}.")


class NegativeAmount(Refusal):
    """A cost or a budget below zero."""

    code = "negative_amount"
    said = Sentence(
        zh="“{what}”不能是负数（{amount}）；没有保存，请填写 0 或更大的金额。",
        en="“{what}” cannot be below zero ({amount}); nothing was saved. Give zero or more.",
    )


class NoBudget(Refusal):
    """A line that could pay nothing."""

    code = "campaign_no_budget"
    said = Sentence(
        zh="预算科目“{line}”为 0，什么也付不了；没有保存，请填写金额，或不设这一科目。",
        en="The budget line “{line}” is zero and could pay for nothing; it was not saved. Give an "
        "amount, or leave the line out.",
    )


class LineSpent(Refusal):
    """The cap of a line is reached."""

    code = "campaign_line_spent"
    said = Sentence(
        zh="科目“{line}”还剩 {left}，不够支付 {asked}；没有支出。请先增加这一科目的预算。",
        en="The line “{line}” has {left} left, not {asked}; nothing was spent. Raise the line's "
        "budget first.",
    )


class LineBelowSpent(Refusal):
    """A budget lowered below what is spent."""

    code = "campaign_line_below_spent"
    said = Sentence(
        zh="科目“{line}”已用 {used}，预算不能降到 {asked}；请填写不小于已用金额的数。",
        en="{used} of the line “{line}” is spent, so its budget cannot become {asked}; give at "
        "least what is spent.",
    )


class NotEditable(Refusal):
    """A plan that is no draft any more."""

    code = "campaign_not_editable"
    said = Sentence(
        zh="活动“{name}”已是“{state}”，计划不能再改；可以复制一份新的。",
        en="“{name}” is {state}, so its plan cannot change; copy it instead.",
    )


class NotReady(Refusal):
    """A launch while something of the checklist is red."""

    code = "campaign_not_ready"
    said = Sentence(
        zh="活动没有启动，检查清单还有未通过的项：{missing}。",
        en="The campaign was not launched; still open on its list: {missing}.",
    )


class SecondPersonNeeded(Refusal):
    """Whoever asked cannot be the one who approves."""

    code = "campaign_second_person"
    said = Sentence(
        zh="“{name}”由您提交，预计花费超过 {limit}，必须由另一位同事批准；没有启动。",
        en="You asked for “{name}”, which may cost more than {limit}, so somebody else must "
        "approve it; it was not launched.",
    )


class AudienceChanged(Refusal):
    """The dry run that a person approved is no longer what would happen."""

    code = "campaign_audience_changed"
    said = Sentence(
        zh="提交后影响范围变大：原为 {before} 户、{cost_before}，现为 {after} 户、{cost_after}；"
        "没有启动，请重新提交。",
        en="Since it was asked for, the reach grew from {before} customers and {cost_before} to "
        "{after} and {cost_after}; it was not launched. Ask again.",
    )


class NotRunning(Refusal):
    """Money is spent by campaigns that run."""

    code = "campaign_not_running"
    said = Sentence(
        zh="活动“{name}”没有在进行（{state}），不能支出。",
        en="“{name}” does not run ({state}), so nothing can be spent.",
    )


class NoLessons(Refusal):
    """A campaign is closed with what was learned."""

    code = "campaign_no_lessons"
    said = Sentence(
        zh="没有归档：请写下学到了什么，以及下一步做什么。",
        en="It was not closed: write down what was learned, and what follows.",
    )
