"""`tenure voice`: what a file of texts is about, and how its writers feel."""

import csv
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from django.db import DatabaseError

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.rules.faults import guarded
from tenure.observe.uploads.texts import amounts_of, dates_of, read_texts
from tenure.records.strategies.queries import current
from tenure.strategy.loading import preset
from tenure.surfaces.cli.terminal import language, note, result, result_json, said
from tenure.understand.voice.estimator.sentiment import fit_sentiment
from tenure.understand.voice.estimator.storing import load, store
from tenure.understand.voice.labels import is_praise
from tenure.understand.voice.lexicon import leaning
from tenure.understand.voice.studying import Known, Said, Study, study
from tenure.understand.voice.taxonomy import Taxonomy

_HELP = Sentence(
    zh="客户之声：任意文件里的文本在说什么、情绪如何；不下载任何东西。",
    en="The voice of the customer: what the texts of any file are about and how they feel; "
    "nothing is downloaded.",
)
_TOPICS = Sentence(
    zh="自动发现中英文短文本的主题，命名、排序，并指出最近一周新冒出的话题。",
    en="Find the topics of short Chinese and English texts, name and rank them, and point out what "
    "is new in the last week.",
)
_SENTIMENT = Sentence(zh="文本的情绪：训练与打分。", en="How texts feel: fit and score.")
_FIT = Sentence(
    zh="用自己标注过的文本训练；报告留出五分之一的效果。",
    en="Fit on your own labelled texts; reports what it is worth on the fifth held back.",
)
_SCORE = Sentence(
    zh="给每条文本打分；没有模型时用内置的小词表。",
    en="Score every text; without a model by the small list of words that is built in.",
)
_FILE = Sentence(
    zh="CSV（可为 .gz）、XLSX 或 Parquet 文件", en="a CSV (or .gz), XLSX or Parquet file"
)
_TEXT = Sentence(zh="文本所在的列", en="the column of the texts")
_TIME = Sentence(
    zh="日期所在的列，用于每周趋势和新话题", en="the column of the dates, for weeks and what is new"
)
_REVENUE = Sentence(
    zh="每条文本所属客户的收入列，用于“收入 × 频次”排序",
    en="the column of the writer's revenue, to rank by revenue times frequency",
)
_LABEL = Sentence(
    zh="标签列：两种值（如 1/0、正面/负面）或 1–5 分",
    en="the column of the labels: two values (1/0, positive/negative) or scores from 1 to 5",
)
_MODEL = Sentence(zh="模型文件（.npz）", en="the model's file (.npz)")
_TO_MODEL = Sentence(zh="把模型写到哪里", en="where to write the model")
_TO_ROWS = Sentence(zh="把每条文本的结果写成 CSV", en="write the result of every text as CSV")
_BEFORE = Sentence(
    zh="上次 --json 的输出；相同的主题沿用原编号",
    en="the --json of the last time; topics keep their ids",
)
_SEED = Sentence(zh="随机种子", en="seed of the lot")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_FOUND = Sentence(
    zh="{texts} 条文本，{topics} 个主题；{unassigned} 条没有归类。按“影响收入 × 频次”排序：",
    en="{texts} texts, {topics} topics; {unassigned} could not be assigned. Ranked by affected "
    "revenue times frequency:",
)
_FOUND_PLAIN = Sentence(
    zh="{texts} 条文本，{topics} 个主题；{unassigned} 条没有归类。没有收入列，按条数排序：",
    en="{texts} texts, {topics} topics; {unassigned} could not be assigned. Without a column of "
    "revenue, ranked by texts:",
)
_EMERGING = Sentence(
    zh="{week} 这一周新冒出：{phrases}（{texts} 条，预期 {expected} 条）",
    en="New in the week of {week}: {phrases} ({texts} texts, {expected} expected)",
)
_NOTHING_NEW = Sentence(
    zh="{week} 这一周没有新冒出的话题。", en="Nothing is new in the week of {week}."
)
_WORTH = Sentence(
    zh="留出的 {texts} 条上：AUC {auc}，准确率 {accuracy}，Brier {brier}。",
    en="On {texts} texts held back: AUC {auc}, accuracy {accuracy}, Brier {brier}.",
)
_STORED = Sentence(zh="模型已写入 {path}", en="Model written to {path}")
_SHARES = Sentence(
    zh="{texts} 条：正面 {good}，负面 {bad}，看不出 {neither}。",
    en="{texts} texts: {good} positive, {bad} negative, {neither} neither.",
)
_SHOWN_PHRASES: Final = 6


class NoStudy(Refusal):
    """A file that is no earlier output of `tenure voice topics --json`."""

    code = "no_study"
    said = Sentence(
        zh="{path} 不是 `tenure voice topics --json` 的输出；请换一个文件。",
        en="{path} is no output of `tenure voice topics --json`; name another file.",
    )


class _KnownTopic(msgspec.Struct):
    id: str
    grams: dict[str, float]


class _KnownStudy(msgspec.Struct):
    topics: list[_KnownTopic]


def register(app: typer.Typer) -> None:
    """Add `voice`."""
    voice = typer.Typer(help=said(_HELP), no_args_is_help=True)
    _add_topics(voice)
    sentiment = typer.Typer(help=said(_SENTIMENT), no_args_is_help=True)
    _add_sentiment(sentiment)
    voice.add_typer(sentiment, name="sentiment")
    app.add_typer(voice, name="voice")


def _add_topics(voice: typer.Typer) -> None:
    @voice.command(help=said(_TOPICS))
    def topics(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        text: Annotated[str, typer.Option(help=said(_TEXT))],
        time: Annotated[str, typer.Option(help=said(_TIME))] = "",
        revenue: Annotated[str, typer.Option(help=said(_REVENUE))] = "",
        before: Annotated[Path | None, typer.Option(help=said(_BEFORE))] = None,
        to: Annotated[Path | None, typer.Option(help=said(_TO_ROWS))] = None,
        seed: Annotated[int, typer.Option(help=said(_SEED))] = 0,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        read = read_texts(file, [one for one in (text, time, revenue) if one])
        count = len(read[text])
        days = dates_of(read[time], column=time) if time else [None] * count
        amounts = amounts_of(read[revenue], column=revenue) if revenue else [None] * count
        told = [Said(*one) for one in zip(read[text], days, amounts, strict=True)]
        found = study(told, taxonomy=_taxonomy(), before=_known(before), seed=seed)
        if to is not None:
            _write(to, ("row", "topic"), [(n, one) for n, one in enumerate(found.of_text, start=1)])
        if as_json:
            result_json(as_plain(found))
        else:
            _tell(found, has_revenue=bool(revenue))


def _add_sentiment(sentiment: typer.Typer) -> None:
    @sentiment.command(help=said(_FIT))
    def fit(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        text: Annotated[str, typer.Option(help=said(_TEXT))],
        label: Annotated[str, typer.Option(help=said(_LABEL))],
        to: Annotated[Path, typer.Option(help=said(_TO_MODEL))] = Path("sentiment.npz"),
        seed: Annotated[int, typer.Option(help=said(_SEED))] = 0,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        read = read_texts(file, (text, label))
        praise = is_praise(read[label], column=label)
        kept = [n for n, one in enumerate(praise) if one is not None]
        outcome = [bool(praise[n]) for n in kept]
        model, quality = fit_sentiment([read[text][n] for n in kept], outcome, seed=seed)
        store(model, to)
        if as_json:
            result_json({"model": str(to), **msgspec.to_builtins(quality)})
            return
        worth = {name: f"{getattr(quality, name):.4f}" for name in ("auc", "accuracy", "brier")}
        result(said(_WORTH.fill(texts=quality.texts, **worth)))
        result(said(_STORED.fill(path=to)))

    @sentiment.command(help=said(_SCORE))
    def score(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        text: Annotated[str, typer.Option(help=said(_TEXT))],
        model: Annotated[Path | None, typer.Option(help=said(_MODEL))] = None,
        to: Annotated[Path | None, typer.Option(help=said(_TO_ROWS))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        texts = read_texts(file, (text,))[text]
        scores = scored(texts, model=model)
        shares = Counter(_side(one) for one in scores)
        if to is not None:
            _write(to, ("row", "positive"), [(n, f"{one:.4f}") for n, one in enumerate(scores, 1)])
        if as_json:
            rows = [{"row": n, "positive": round(one, 4)} for n, one in enumerate(scores, start=1)]
            result_json({"texts": len(texts), **shares, "scores": rows})
            return
        counts = {side: shares.get(side, 0) for side in ("good", "bad", "neither")}
        result(said(_SHARES.fill(texts=len(texts), **counts)))


def scored(texts: list[str], *, model: Path | None) -> list[float]:
    """The probability of praise of each text; 0.5 where nothing of it is known."""
    if model is None:
        return [(1 + leaning(one)) / 2 for one in texts]
    return [float(one) for one in load(model).probability(texts)]


def as_plain(found: Study) -> dict[str, Any]:
    """The study as JSON carries it."""
    plain: dict[str, Any] = msgspec.to_builtins(found, str_keys=True)
    for topic in plain["topics"]:
        topic["name"]["said"] = topic["name"]["zh" if language().startswith("zh") else "en"]
    return plain


def _side(positive: float) -> str:
    if positive == 0.5:
        return "neither"
    return "good" if positive > 0.5 else "bad"


def _tell(found: Study, *, has_revenue: bool) -> None:
    head = _FOUND if has_revenue else _FOUND_PLAIN
    counts = {"texts": found.texts, "topics": len(found.topics), "unassigned": found.unassigned}
    result(said(head.fill(**counts)))
    for topic in found.topics:
        worth = f"{topic.revenue:>14,.2f}" if topic.revenue is not None else ""
        result(
            f"{topic.rank:>3}  {topic.id:<4} {topic.texts:>7,} {topic.share:>6.1%} {worth}  "
            f"{said(topic.name)}"
        )
        result(f"{'':>8} {' · '.join(topic.phrases[:_SHOWN_PHRASES])}")
    for one in found.emerging:
        facts = {"week": one.week, "phrases": list(one.phrases), "texts": one.texts}
        result(said(_EMERGING.fill(**facts, expected=f"{one.expected:.1f}")))
    weeks = [week for topic in found.topics for week in topic.weeks]
    if weeks and not found.emerging:
        result(said(_NOTHING_NEW.fill(week=max(weeks))))


def _taxonomy() -> Taxonomy:
    """The operator's own topics; those of the broadband strategy where none is applied yet."""
    try:
        return Taxonomy(current().topics)
    except (DatabaseError, Refusal):
        return Taxonomy(preset("broadband").topics)


def _known(path: Path | None) -> list[Known]:
    if path is None:
        return []
    try:
        earlier = msgspec.json.decode(path.read_bytes(), type=_KnownStudy)
    except (OSError, msgspec.MsgspecError):
        raise NoStudy(path=path) from None
    return [Known(one.id, one.grams) for one in earlier.topics]


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([guarded(str(cell)) for cell in row] for row in rows)
    note(str(path))
