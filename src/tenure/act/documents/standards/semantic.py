"""A stored document in the terms of EN 16931: business terms (BT) and their groups (BG)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from tenure.act.documents.pages import said
from tenure.kernel.money import Money
from tenure.records.documents.models import Document
from tenure.records.documents.states import DocumentKind

INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
_PIECE: Final = "C62"
_REVERSE_CHARGE: Final = "VATEX-EU-AE"

type Terms = dict[str, Any]


def terms_of(document: Document) -> Terms:
    """The document's business terms; a credit note's amounts are above zero, its type says 381."""
    content, language = document.content, document.language
    sign = -1 if document.kind == DocumentKind.CREDIT_NOTE else 1
    lines = [_line(place, one, document, sign) for place, one in enumerate(content["lines"], 1)]
    terms: Terms = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": CREDIT_NOTE if sign < 0 else INVOICE,
        "BT-5": document.currency,
        "BG-4": _seller(content["seller"], language),
        "BG-7": _buyer(content["buyer"], language),
        "BG-23": _breakdown(content["lines"], document, sign),
        "BG-25": lines,
        **_totals(document, sign),
    }
    if sign < 0:
        corrected = content["corrects"]
        issued_on = date.fromisoformat(corrected["issued_on"])
        terms["BG-3"] = [{"BT-25": corrected["number"], "BT-26": issued_on}]
    supplied = _supplied(content["lines"])
    terms["BT-72"] = supplied or document.issued_on
    return terms


def _totals(document: Document, sign: int) -> Terms:
    gross, net, tax = (
        _amount(sign * getattr(document, f"{key}_minor"), document.currency)
        for key in ("gross", "net", "tax")
    )
    return {
        "BT-106": net,
        "BT-109": net,
        "BT-110": tax,
        "BT-112": gross,
        "BT-113": gross,
        "BT-115": "0.00",
    }


def _seller(seller: Mapping[str, Any], language: str) -> Terms:
    party: Terms = {
        "name": said(seller["name"], language),
        "addr_l1": said(seller["address"], language),
        "city": said(seller["city"], language),
        "postcode": seller["post_code"],
        "country_code": seller["country"],
    }
    key = "vat_identifier" if _is_vat(seller["tax_id"], seller["country"]) else "tax_identifier"
    party[key] = seller["tax_id"]
    return _given(party)


def _buyer(buyer: Mapping[str, Any], language: str) -> Terms:
    party: Terms = {
        "name": said(buyer["name"], language),
        "city": buyer.get("region", ""),
        "country_code": buyer["country"],
        "vat_identifier": buyer.get("tax_id", ""),
    }
    return _given(party)


def _is_vat(tax_id: str, country: str) -> bool:
    """Whether an id is a VAT number: it begins with its country (Greece writes EL)."""
    return tax_id.startswith("EL" if country == "GR" else country) and "-" not in tax_id


def _given(party: Terms) -> Terms:
    return {key: value for key, value in party.items() if value}


def _line(place: int, line: Mapping[str, Any], document: Document, sign: int) -> Terms:
    net = _amount(sign * line["net_minor"], document.currency)
    quantity = str(line["quantity"])
    terms: Terms = {
        "BT-126": str(place),
        "BT-129": quantity,
        "BT-130": _PIECE,
        "BT-131": net,
        # The price is that of the whole quantity, so that it is exact.
        "BT-146": net,
        "BT-149": quantity,
        "BT-151": line["category"],
        "BT-152": _percent(line["share"]),
        "BT-153": said(line["said"], document.language),
        "BT-154": said(line["item"], document.language),
    }
    if line["category"] == "O":
        del terms["BT-152"]
    if line["period"]:
        starts_on, ends_on = (date.fromisoformat(one) for one in line["period"])
        terms["BT-134"] = starts_on
        terms["BT-135"] = max(ends_on - timedelta(days=1), starts_on)
    return terms


def _breakdown(lines: Sequence[Mapping[str, Any]], document: Document, sign: int) -> list[Terms]:
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        groups.setdefault((line["category"], line["share"]), []).append(line)
    found = []
    for (category, share), members in groups.items():
        net = sign * sum(one["net_minor"] for one in members)
        tax = sign * sum(one["tax_minor"] for one in members)
        terms: Terms = {
            "BT-116": _amount(net, document.currency),
            "BT-117": _amount(tax, document.currency),
            "BT-118": category,
            "BT-119": _percent(share),
        }
        reason = said(members[0]["reason"], document.language)
        if category == "O":
            del terms["BT-119"]
        if category not in {"S", "Z"} and reason:
            terms["BT-120"] = reason
        if category == "AE":
            terms["BT-121"] = _REVERSE_CHARGE
        found.append(terms)
    return found


def _supplied(lines: Sequence[Mapping[str, Any]]) -> date | None:
    begun = [date.fromisoformat(one["period"][0]) for one in lines if one["period"]]
    return min(begun) if begun else None


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal:f}"


def _percent(share: str) -> str:
    return f"{Decimal(share) * 100:.2f}"
