"""What stands on a paper, said in one language: from stored content to plain texts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenure.act.documents.wording import LABELS, METHODS, NOTES, TITLES
from tenure.act.messages.wording import dated, priced
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.documents.models import Document
from tenure.records.documents.rules.capitals import in_capitals
from tenure.records.documents.states import DocumentKind, DocumentState

type Content = Mapping[str, Any]


def page_of(document: Document, language: str = "") -> dict[str, Any]:
    """A stored document as its template reads it; in its own language unless another is asked."""
    chosen = language or document.language
    page = content_page(DocumentKind(document.kind), document.content, language=chosen)
    if document.state == DocumentState.VOID:
        page["void"] = LABELS["void"].say(chosen)
    return page


def content_page(kind: DocumentKind, content: Content, *, language: str) -> dict[str, Any]:
    """What a paper of a kind says in a language."""
    return {
        "title": TITLES[kind].say(language),
        "number": content["number"],
        "issuer": said(content["seller"]["name"], language),
        "lang": "zh" if language.startswith("zh") else "en",
        "region": "CN" if language.startswith("zh") else "GB",
        "void": "",
        "issued": [int(one) for one in content["issued_on"].split("-")],
        "labels": {"page": LABELS["page"].say(language)},
        "parties": [_seller(content, language), _buyer(content, language)],
        "facts": _facts(content, language),
        **_table(content, language),
        **_sums(content, language),
        "note": NOTES[kind].say(language),
    }


def said(both: Mapping[str, str] | str, language: str) -> str:
    """A stored {zh, en} in one language; a plain text is the same in both."""
    if isinstance(both, str):
        return both
    return Sentence(zh=both["zh"], en=both["en"]).say(language)


def _seller(content: Content, language: str) -> dict[str, Any]:
    seller = content["seller"]
    place = (said(seller["address"], language), said(seller["city"], language))
    where = "".join(reversed(place)) if language.startswith("zh") else ", ".join(place)
    tax_id = f"{LABELS['tax_id'].say(language)} {seller['tax_id']}"
    lines = [tax_id, where, seller.get("phone", ""), seller.get("email", "")]
    return _party("seller", said(seller["name"], language), lines, language=language)


def _buyer(content: Content, language: str) -> dict[str, Any]:
    buyer = content["buyer"]
    tax_id = f"{LABELS['tax_id'].say(language)} {buyer['tax_id']}" if buyer.get("tax_id") else ""
    lines = [tax_id, said(buyer.get("address", ""), language)]
    return _party("buyer", said(buyer["name"], language), lines, language=language)


def _party(role: str, name: str, lines: Sequence[str], *, language: str) -> dict[str, Any]:
    return {
        "label": LABELS[role].say(language),
        "name": name,
        "lines": [one for one in lines if one],
    }


def _facts(content: Content, language: str) -> list[dict[str, str]]:
    method = str(content.get("method", ""))
    known = {
        "number": content["number"],
        "issued_on": _day(content["issued_on"], language),
        "paid_on": _day(content.get("paid_on", ""), language),
        "valid_until": _day(content.get("valid_until", ""), language),
        "period": _period(content.get("period"), language),
        "method": METHODS[method].say(language) if method in METHODS else method,
        "payment": content.get("payment", ""),
        "corrects": content.get("corrects", {}).get("number", ""),
        "reason": said(content.get("reason", ""), language),
    }
    return [
        {"label": LABELS[key].say(language), "value": value}
        for key, value in known.items()
        if value
    ]


def _table(content: Content, language: str) -> dict[str, Any]:
    keys = ["item", "period", "quantity", "rate", "net", "tax", "gross"]
    currency = content["currency"]
    return {
        "columns": ["wide", *["narrow" for _ in keys[1:]]],
        "head": [LABELS[key].say(language) for key in keys],
        "lines": [_cells(line, currency=currency, language=language) for line in content["lines"]],
    }


def _cells(line: Content, *, currency: str, language: str) -> list[str]:
    return [
        said(line["said"], language),
        _period(line.get("period"), language),
        f"{line['quantity']} {said(line.get('unit', ''), language)}".strip(),
        percent(line["share"]),
        *(priced(Money(line[f"{key}_minor"], currency)) for key in ("net", "tax", "gross")),
    ]


def _sums(content: Content, language: str) -> dict[str, Any]:
    currency = content["currency"]
    gross = Money(content["gross_minor"], currency)
    capitals = in_capitals(gross) if currency == "CNY" and language.startswith("zh") else ""
    return {
        "sums": [
            {
                "label": LABELS[key].say(language),
                "value": priced(Money(content[f"{key}_minor"], currency)),
            }
            for key in ("net", "tax")
        ],
        "total": {"label": LABELS["total"].say(language), "value": priced(gross)},
        "capitals": {"label": LABELS["capitals"].say(language), "value": capitals},
    }


def percent(share: str) -> str:
    """ "0.09" is 9 %; digits that say nothing are left out."""
    value = Decimal(share) * 100
    return f"{value.normalize():f} %"


def _day(text: str, language: str) -> str:
    return dated(date.fromisoformat(text), language) if text else ""


def _period(pair: Sequence[str] | None, language: str) -> str:
    """The first and the last day of a half-open period, as people say it."""
    if not pair:
        return ""
    starts_on, ends_on = (date.fromisoformat(one) for one in pair)
    last_on = date.fromordinal(max(ends_on.toordinal() - 1, starts_on.toordinal()))
    return f"{starts_on.isoformat()} – {last_on.isoformat()}"
