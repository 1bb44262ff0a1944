"""The words of the page."""

from typing import Final

from tenure.kernel.failures import Sentence

TITLE: Final = Sentence(zh="不续费风险：{file}", en="Risk of not renewing: {file}")
VERDICT: Final = Sentence(zh="结论", en="Verdict")
ROWS: Final = Sentence(
    zh="读入 {read} 行，用于学习 {used} 行，其中离开 {left} 行（{share}）；无结果 {unknown} 行，"
    "列数不符而跳过 {skipped} 行。编码 {encoding}。",
    en="{read} rows read, {used} learned from, {left} of them left ({share}); {unknown} without an "
    "outcome, {skipped} skipped for another number of cells. Encoding {encoding}.",
)
COMPARED: Final = Sentence(zh="冠军与挑战者", en="Champion and challengers")
BY_FOLDS: Final = Sentence(
    zh="分层五折交叉验证的平均（{parts} 次拟合）；越小越好的是 Brier、对数损失与 ECE。",
    en="Means of stratified five-fold cross-validation ({parts} fits); for Brier, log loss and ECE "
    "less is better.",
)
BY_TIME: Final = Sentence(
    zh="按时间滚动检验：每次只用之前的数据学习（{parts} 个时段的平均）。",
    en="Judged on later times, learning only from what came before (means of {parts} times).",
)
TIMES: Final = Sentence(zh="各时段", en="Each time")
CALIBRATION: Final = Sentence(zh="校准：预期与实际", en="Calibration: expected and observed")
DRIVERS: Final = Sentence(
    zh="与风险相关最大的列（相关不等于原因）",
    en="Columns that go most with the risk (associated with, not: because of)",
)
LEAKS: Final = Sentence(zh="泄露检查", en="Leak check")
NO_LEAKS: Final = Sentence(
    zh="没有发现知道未来的列。", en="No column was found that knows the future."
)
REFUSED: Final = Sentence(zh="已拒绝", en="refused")
TO_LOOK_AT: Final = Sentence(zh="请确认", en="look at it")
DUPLICATES: Final = Sentence(zh="重复行", en="Duplicate rows")
COLUMNS: Final = Sentence(zh="每一列", en="Every column")
USED: Final = Sentence(zh="使用", en="used")
SHIFT: Final = Sentence(
    zh="表中离开的比例 {table}，真实比例 {true}：每个概率的对数几率加 {shift}。",
    en="The table holds {table} who left, in truth it is {true}: {shift} is added to each logit.",
)
SHUFFLED: Final = Sentence(
    zh="把结果打乱后同一种模型的 AUC 为 {auc}（应约为 0.5）。",
    en="With shuffled outcomes the same kind reaches an AUC of {auc} (it should be about 0.5).",
)
HASHES: Final = Sentence(
    zh="文件 SHA-256 {file}；所学矩阵 {rows}；制作于 {on}",
    en="SHA-256 of the file {file}; of the matrix {rows}; made on {on}",
)

HEADS: Final = {
    "kind": Sentence(zh="模型", en="Kind"),
    "auc": Sentence(zh="AUC", en="AUC"),
    "average_precision": Sentence(zh="PR 面积", en="PR area"),
    "brier": Sentence(zh="Brier", en="Brier"),
    "log_loss": Sentence(zh="对数损失", en="Log loss"),
    "ece": Sentence(zh="ECE", en="ECE"),
    "calibration_slope": Sentence(zh="校准斜率", en="Slope"),
    "observed_expected": Sentence(zh="实际÷预期", en="Observed ÷ expected"),
    "lift_10": Sentence(zh="前 10% 提升", en="Lift at 10 %"),
    "empc": Sentence(zh="EMPC", en="EMPC"),
    "mpc": Sentence(zh="MPC", en="MPC"),
    "part": Sentence(zh="时段", en="Time"),
    "range": Sentence(zh="概率", en="Probability"),
    "rows": Sentence(zh="行数", en="Rows"),
    "expected": Sentence(zh="预期", en="Expected"),
    "observed": Sentence(zh="实际", en="Observed"),
    "column": Sentence(zh="列", en="Column"),
    "points": Sentence(zh="平均影响（百分点）", en="Mean effect (points)"),
    "why": Sentence(zh="原因", en="Why"),
    "decision": Sentence(zh="处理", en="Decision"),
    "column_kind": Sentence(zh="看作", en="Taken for"),
    "filled": Sentence(zh="填写率", en="Filled"),
    "values": Sentence(zh="不同值", en="Values"),
}
