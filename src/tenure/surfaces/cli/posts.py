"""`tenure posts`: bring the posts of a community in, linked to the customers who wrote them."""

from pathlib import Path
from typing import Annotated

import typer

from tenure.kernel.clock import SystemClock
from tenure.kernel.failures import Sentence
from tenure.observe.uploads.texts import dates_of, read_texts
from tenure.records.customers.models import Account
from tenure.records.feedback.asking import Written, record_post
from tenure.records.feedback.models import Post
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.terminal import result, result_json, said

_HELP = Sentence(
    zh="导入社区帖子：进入“客户之声”，与客户关联；同样的帖子再导一次不会重复。",
    en="Bring posts of a community into the voice of the customer, linked to customers; the same "
    "posts again change nothing.",
)
_FILE = Sentence(zh="CSV、XLSX 或 Parquet 文件", en="a CSV, XLSX or Parquet file")
_SOURCE = Sentence(zh="来自哪里，如 forum", en="where they come from, such as forum")
_ID = Sentence(zh="帖子编号所在的列", en="the column of the post's own id")
_TEXT = Sentence(zh="内容所在的列", en="the column of the words")
_TIME = Sentence(zh="日期所在的列", en="the column of the dates")
_CUSTOMER = Sentence(
    zh="客户编号所在的列；没有这个编号的帖子不关联客户",
    en="the column of the customer number; a post of nobody whom we know is kept without one",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_DONE = Sentence(
    zh="读取 {read} 条，新增 {new} 条，关联到客户 {linked} 条",
    en="{read} read, {new} new, {linked} linked to a customer",
)


def register(app: typer.Typer) -> None:
    """Add `posts`."""

    @app.command(help=said(_HELP))
    def posts(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        source: Annotated[str, typer.Option(help=said(_SOURCE))],
        post_id: Annotated[str, typer.Option("--id", help=said(_ID))],
        text: Annotated[str, typer.Option(help=said(_TEXT))],
        time: Annotated[str, typer.Option(help=said(_TIME))],
        customer: Annotated[str, typer.Option(help=said(_CUSTOMER))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        read = read_texts(file, [one for one in (post_id, text, time, customer) if one])
        days = dates_of(read[time], column=time)
        numbers = read[customer] if customer else [""] * len(days)
        make_records()
        found = dict(
            Account.objects.filter(external_id__in={one for one in numbers if one})
            .order_by("-pk")
            .values_list("external_id", "pk")
        )
        before, at = Post.objects.count(), SystemClock().now()
        for number, name, words, day in zip(numbers, read[post_id], read[text], days, strict=True):
            if day is not None and name and words:
                post = Written(source, name, words, day, account_id=found.get(number))
                record_post(post, at=at, by="cli")
        counts = {
            "read": len(days),
            "new": Post.objects.count() - before,
            "linked": sum(1 for one in numbers if one in found),
        }
        if as_json:
            result_json(counts)
        else:
            result(said(_DONE.fill(**counts)))
