"""Problem details (RFC 9457): what went wrong, in the caller's language, with a stable code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from tenure.kernel.failures import Sentence
from tenure.kernel.tracing import current_trace
from tenure.surfaces import wording

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its name, and what a caller does about it."""

    status: int
    title: Sentence
    advice: Sentence


KINDS: Final[Mapping[str, Kind]] = {
    "unauthenticated": Kind(
        401,
        Sentence(zh="没有有效的密钥", en="No valid key"),
        Sentence(
            zh="请在 Authorization 头中以 Bearer 方式提供密钥；密钥由 tenure key create 生成。",
            en="Send a key as Bearer in the Authorization header; tenure key create makes one.",
        ),
    ),
    "wrong_scope": Kind(
        403,
        Sentence(zh="密钥的权限范围不含此内容", en="The key does not open this"),
        Sentence(
            zh="请使用权限范围包含此内容的密钥。", en="Use a key whose scope includes what you ask."
        ),
    ),
    "not_found": Kind(
        404,
        Sentence(zh="没有这个客户或地址", en="No such customer or address"),
        Sentence(
            zh="请核对编号；以您自己的编号查找时，用 external_id 与 source 查询。",
            en="Check the id; to look up by your own number, query external_id and source.",
        ),
    ),
    "method_not_allowed": Kind(
        405,
        Sentence(zh="此地址不支持这种请求方法", en="This address does not take that method"),
        Sentence(zh="请改用文档所列的方法。", en="Use one of the methods in the document."),
    ),
    "refused": Kind(
        409,
        Sentence(zh="业务规则不允许", en="A rule of the business says no"),
        Sentence(
            zh="请看 detail 与 code：它们说明原因和可以怎么做；重试不会改变结果。",
            en="Read detail and code: they say why, and what to do; a retry changes nothing.",
        ),
    ),
    "invalid": Kind(
        422,
        Sentence(zh="请求的内容不正确", en="The request is not correct"),
        Sentence(
            zh="errors 列出了每一处错误及其位置。",
            en="errors lists each mistake and where it stands.",
        ),
    ),
    "idempotency_key_missing": Kind(
        400,
        Sentence(zh="缺少 Idempotency-Key", en="No Idempotency-Key"),
        Sentence(
            zh="会改变数据的请求须带 Idempotency-Key 头（最多 255 个字符）；"
            "重试时用同一个键，便只会执行一次。",
            en="A request that changes something needs the header Idempotency-Key, at most 255 "
            "characters; with the same key a retry is done once.",
        ),
    ),
    "idempotency_in_progress": Kind(
        409,
        Sentence(zh="同一请求正在处理", en="The same request is under way"),
        Sentence(
            zh="请稍后用同样的键和内容重试。",
            en="Repeat it in a moment, with the same key and content.",
        ),
    ),
    "idempotency_key_reused": Kind(
        422,
        Sentence(zh="Idempotency-Key 已用于另一个请求", en="The Idempotency-Key stood for another"),
        Sentence(zh="请为每个新请求使用新的键。", en="Take a new key for each new request."),
    ),
    "too_many_requests": Kind(
        429,
        Sentence(zh="请求过于频繁", en="Too many requests"),
        Sentence(
            zh="请等待 Retry-After 所示的秒数再试。",
            en="Wait as many seconds as Retry-After says, then go on.",
        ),
    ),
    "unavailable": Kind(
        503,
        Sentence(zh="依赖的系统暂时不可用", en="Something this needs does not answer"),
        Sentence(zh="请稍后重试。", en="Try again later."),
    ),
}


def problem(
    request: HttpRequest,
    kind: str,
    *,
    detail: Sentence | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    **extensions: Any,
) -> HttpResponse:
    """The answer that tells one problem; `code` in `extensions` names it more precisely."""
    known = KINDS[kind]
    language = wording.reader_language()
    content: dict[str, Any] = {
        "type": request.build_absolute_uri(reverse("problem", args=[kind])),
        "title": known.title.say(language),
        "status": known.status,
        "detail": (detail or known.advice).say(language),
        "instance": request.path,
        "code": kind,
        **extensions,
    }
    if (trace := current_trace()) is not None:
        content["trace_id"] = trace.trace_id
    if errors:
        content["errors"] = list(errors)
    response = JsonResponse(content, status=known.status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = "zh-Hans" if wording.is_chinese(language) else "en"
    if known.status == KINDS["unauthenticated"].status:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tenure"'
    return response


def page(request: HttpRequest, kind: str) -> HttpResponse:
    """What a problem's `type` address shows to whoever opens it."""
    if kind not in KINDS:
        raise Http404
    language = wording.reader_language()
    known = KINDS[kind]
    return render(
        request,
        "problem.html",
        {"kind": kind, "title": known.title.say(language), "advice": known.advice.say(language)},
    )
