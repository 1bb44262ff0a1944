"""When texts are too few or too alike to say anything about them."""

from tenure.kernel.failures import Refusal, Sentence


class TooFewLabels(Refusal):
    """Labelled texts of which one side is missing or too small."""

    code = "too_few_labels"
    said = Sentence(
        zh="正面 {good} 条、负面 {bad} 条；每一类至少要 {least} 条有文字的标注，请补充。",
        en="There are {good} positive and {bad} negative texts; each side needs at least {least} "
        "labelled texts that are not empty. Label more of them.",
    )


class NotTwoLabels(Refusal):
    """A column of labels in which good and bad cannot be told apart."""

    code = "not_two_labels"
    said = Sentence(
        zh="“{column}”列应有两种值（如 1/0、正面/负面、positive/negative）或 1–5 分，"
        "却有：{found}。请换一列，或先把它改成两种值。",
        en="The column “{column}” should hold two values (1/0, positive/negative) or scores from 1 "
        "to 5, but holds: {found}. Choose another column, or turn it into two values.",
    )


class TooFewTexts(Refusal):
    """Too few texts to find topics in."""

    code = "too_few_texts"
    said = Sentence(
        zh="可读的文本只有 {count} 条，发现主题至少需要 {least} 条；请收集更多，或合并几周的文本。",
        en="Only {count} texts can be read; finding topics needs at least {least}. Collect more, "
        "or put several weeks together.",
    )


class NoSentimentModel(Refusal):
    """A file that holds no fitted sentiment."""

    code = "no_sentiment_model"
    said = Sentence(
        zh="{path} 不是情感模型文件；请先用 `tenure voice sentiment fit` 训练一个。",
        en="{path} holds no fitted sentiment; make one with `tenure voice sentiment fit`.",
    )


class TooFewDifferent(Refusal):
    """Texts that repeat a few sentences, such as the kinds of a form."""

    code = "too_few_different_texts"
    said = Sentence(
        zh="这 {count} 条文本里只有 {different} 条不同的，发现主题至少需要 {least} 条不同的文本；"
        "在此之前按 topics.toml 的词表归类。",
        en="Of these {count} texts only {different} differ; finding topics needs at least {least} "
        "different ones. Until then texts are sorted by the words of topics.toml.",
    )
