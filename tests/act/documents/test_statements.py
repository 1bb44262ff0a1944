"""Quotes and usage statements say what the bill says."""

from tenure.act.documents.receipts import print_document
from tenure.act.documents.statements import Billed, issue_quote, issue_statement
from tenure.strategy.sections import Strategy
from tests.act.documents.test_receipts import text_of
from tests.builders import AS_OF, AT, an_account, day


def a_bill() -> dict[str, object]:
    """A renewal of 1,000.00 and 150 units of use: 100 at 0.50 and 50 at 0.40."""
    dates = {"starts_on": str(AS_OF), "ends_on": str(day(365))}
    plan = {"ref": "x", "said": {"zh": "年付", "en": "One year"}, "quantity": 1, **dates}
    use = {"ref": "y", "said": {"zh": "流量", "en": "Traffic"}, "quantity": 150, **dates}
    tiers = [{"units": 100, "amount_minor": 5_000}, {"units": 50, "amount_minor": 2_000}]
    lines = [
        {**plan, "amount_minor": 100_000, "statement": []},
        {**use, "amount_minor": 7_000, "statement": tiers},
    ]
    return {"currency": "CNY", "total_minor": 107_000, "lines": lines}


def test_a_quote_holds_the_bill_until_its_day(strategy: Strategy) -> None:
    billed = Billed(an_account().pk, a_bill(), "quote:1", valid_until=day(14))

    quote = issue_quote(billed, at=AT, by="user:1")
    again = issue_quote(billed, at=AT, by="user:1")

    assert quote.pk == again.pk
    assert (quote.number, quote.gross_minor) == ("QU-2026-000001", 107_000)
    text = text_of(print_document(quote))
    assert "报价单" in text
    assert "2026年6月29日" in text.replace(" ", "")


def test_a_statement_lists_use_tier_by_tier(strategy: Strategy) -> None:
    """BIL-06."""
    billed = Billed(an_account().pk, a_bill(), "statement:1", period=(AS_OF, day(30)))

    statement = issue_statement(billed, at=AT, by="loop")

    lines = statement.content["lines"]
    assert [(one["quantity"], one["gross_minor"]) for one in lines] == [
        (1, 100_000),
        (100, 5_000),
        (50, 2_000),
    ]
    assert "用量账单" in text_of(print_document(statement))
