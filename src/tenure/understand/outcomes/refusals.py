"""Why a table cannot be learned from or scored, and what would be needed."""

from tenure.kernel.failures import Refusal, Sentence


class NoRows(Refusal):
    """A table without rows."""

    code = "no_rows"
    said = Sentence(
        zh="{path} 里没有数据行；至少需要 {need} 行，两种结果各 {each} 行。",
        en="{path} holds no rows; at least {need} are needed, {each} of either outcome.",
    )


class NoRowsToScore(Refusal):
    """A table to score without rows."""

    code = "no_rows_to_score"
    said = Sentence(
        zh="{path} 里没有可评分的数据行；至少需要 1 行。",
        en="{path} holds no rows to score; at least one is needed.",
    )


class NothingKnown(Refusal):
    """A table to score in which nothing that the model reads is filled in."""

    code = "nothing_known"
    said = Sentence(
        zh="{path} 的 {rows} 行里，模型需要的列（{columns}）全部为空或读不出来，"
        "给出的分数对每个人都一样，因此不给；请填写其中至少一列。",
        en="In all {rows} rows of {path} the columns that the model reads ({columns}) are empty or "
        "cannot be read, so everybody would get the same number and none is given; fill in at "
        "least one of them.",
    )


class NoSuchColumn(Refusal):
    """A column that the table does not have."""

    code = "no_such_column"
    said = Sentence(
        zh="表里没有列“{column}”。{near}",
        en="The table has no column “{column}”. {near}",
    )


NEAR = Sentence(zh="是否指：{names}？", en="Did you mean: {names}?")
THERE = Sentence(zh="它的列有：{names}。", en="Its columns are: {names}.")


class OutcomeUnknown(Refusal):
    """An outcome that is nowhere filled."""

    code = "outcome_unknown"
    said = Sentence(
        zh="列“{column}”全部为空，没有结果可学；至少需要 {need} 行有结果，两种结果各 {each} 行。",
        en="The column “{column}” is empty throughout, so there is no outcome to learn; at least "
        "{need} rows with one are needed, {each} of either.",
    )


class OneOutcome(Refusal):
    """A column in which only one thing ever happened."""

    code = "one_outcome"
    said = Sentence(
        zh="列“{column}”在 {rows} 行里只有一种结果（{value}），学不到两者的区别；"
        "至少需要 {need} 行，两种结果各 {each} 行。",
        en="In {rows} rows the column “{column}” has one outcome only ({value}), so nothing tells "
        "who leaves; at least {need} rows are needed, {each} of either outcome.",
    )


class TooFewRows(Refusal):
    """Too few rows, or too few of one outcome."""

    code = "too_few_rows"
    said = Sentence(
        zh="可用 {rows} 行，其中发生 {happened} 行、未发生 {others} 行；"
        "至少需要 {need} 行，两种结果各 {each} 行。不给出分数。",
        en="There are {rows} usable rows, {happened} where it happened and {others} where it did "
        "not; at least {need} are needed, {each} of either outcome. No score is given.",
    )


class ManyOutcomes(Refusal):
    """A column with more than two values."""

    code = "many_outcomes"
    said = Sentence(
        zh="列“{column}”有 {count} 种值（如 {values}），结果只能有两种；"
        "请用 --positive 指明哪个值算离开{more}。",
        en="The column “{column}” has {count} values (such as {values}) and an outcome has two; "
        "name the one that counts as leaving with --positive{more}.",
    )


DURATION_TOO = Sentence(
    zh="，或者如果它是时长，请改用 --duration",
    en=", or, where it is a length of time, give it as --duration",
)
NOTHING = Sentence(zh="", en="")


class NoSuchOutcome(Refusal):
    """A value that the outcome never takes."""

    code = "no_such_outcome"
    said = Sentence(
        zh="列“{column}”里没有值“{value}”；它的值有：{values}。",
        en="The column “{column}” never says “{value}”; it says: {values}.",
    )


class NotATime(Refusal):
    """A time column in which no dates can be read."""

    code = "not_a_time"
    said = Sentence(
        zh="列“{column}”读不出日期（如“{example}”）；请写成 2026-03-11 或 2026-03 的样子。",
        en="No dates can be read in the column “{column}” (it says “{example}”); write them like "
        "2026-03-11 or 2026-03.",
    )


class NotALength(Refusal):
    """A duration that is no number."""

    code = "not_a_length"
    said = Sentence(
        zh="列“{column}”（如“{example}”）不是时长；--duration 需要一列数字，如在网月数。",
        en="The column “{column}” (it says “{example}”) is no length of time; --duration needs a "
        "column of numbers, such as months.",
    )


class SameColumn(Refusal):
    """The outcome, asked for as something else as well."""

    code = "same_column"
    said = Sentence(
        zh="--outcome 与 --{option} 都指向列“{column}”；请给 --{option} 另一列，或去掉它。",
        en="--outcome and --{option} both name the column “{column}”; give --{option} another one, "
        "or leave it out.",
    )


class TimeInTheFuture(Refusal):
    """A moment of observation that has not come yet."""

    code = "time_in_the_future"
    said = Sentence(
        zh="列“{column}”有 {rows} 行的日期晚于今天（{today}），如 {example}；"
        "观察时间不可能在将来，请更正。",
        en="In {rows} rows the column “{column}” lies after today ({today}), such as {example}; "
        "nothing can have been observed then. Correct the dates.",
    )


class NothingToLearnFrom(Refusal):
    """No column is left once those that say nothing are gone."""

    code = "nothing_to_learn_from"
    said = Sentence(
        zh="去掉全空、恒定、编号和泄露结果的列之后，没有列可学（{dropped}）；"
        "至少需要一列在不同客户间有差别的数据。",
        en="No column is left to learn from once those that are empty, constant, mere numbers of "
        "rows, or know the outcome are gone ({dropped}); at least one that differs between "
        "customers is needed.",
    )


class HeldTogether(Refusal):
    """Rows of one customer that cannot be torn apart, and hardly any others."""

    code = "held_together"
    said = Sentence(
        zh="{rows} 行里有 {largest} 行属于同一个客户，不能拆开，分不出 {need} 份都含两种结果的"
        "数据，无法检验；请增加不同客户的行，或去掉标识客户的列后重试。",
        en="{largest} of {rows} rows belong to one customer and must not be torn apart, so they "
        "cannot be parted into {need} that each hold either outcome, and nothing can be judged; "
        "add rows of other customers, or leave out the column that names them.",
    )


class TooWide(Refusal):
    """Many columns, few rows, and no column that stands out from what luck brings."""

    code = "too_wide"
    said = Sentence(
        zh="{columns} 列对 {rows} 行太多：毫无关系的列里最碰巧的一列也会与结果相关到 {luck}，"
        "而表中最高的只有 {best}，分不出哪列真有关系，因此不给出分数；"
        "约需 {need} 行，或先去掉与结果无关的列。",
        en="{columns} columns are too many for {rows} rows: of columns that say nothing the "
        "luckiest follows the outcome with a correlation of {luck}, and none here reaches more "
        "than {best}, so no score is given. About {need} rows are needed, or fewer columns: leave "
        "out those that have nothing to do with the outcome.",
    )


class WrongShare(Refusal):
    """A share outside 0 to 1."""

    code = "wrong_share"
    said = Sentence(
        zh="--base-rate 应是 0 与 1 之间的比例，如 0.12；给的是 {value}。",
        en="--base-rate is a share between 0 and 1, such as 0.12; {value} was given.",
    )


class NotAModel(Refusal):
    """A folder that holds no stored estimator, or one that was changed."""

    code = "not_a_model"
    said = Sentence(
        zh="{path} 不是 `tenure model fit` 存下的模型：{why}。",
        en="{path} is no model that `tenure model fit` stored: {why}.",
    )


class NotBetterThanChance(Refusal):
    """An estimator that offers no score."""

    code = "not_better_than_chance"
    said = Sentence(
        zh="这个模型不比猜测更好（AUC {auc}，n = {rows}），因此不给出分数；"
        "请换有信息的列，或收集更多结果后重新训练。",
        en="This model is not better than chance (AUC {auc}, n = {rows}), so no score is given; "
        "fit again with columns that tell something, or with more outcomes.",
    )


class ColumnsMissing(Refusal):
    """A table to score that lacks columns of the one learned from."""

    code = "columns_missing"
    said = Sentence(
        zh="要评分的表缺少模型需要的列：{columns}。",
        en="The table to score lacks columns that the model needs: {columns}.",
    )
