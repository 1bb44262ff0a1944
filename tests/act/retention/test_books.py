"""R-I-012: papers and the ledger stay ten years, in China thirty, and no balance moves then."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.retention.actions import enforce
from tenure.act.retention.books import _netted
from tenure.kernel.money import Money
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.models import Booking, BookingLine
from tenure.records.billing.ledger.queries import balances, credit_of
from tenure.records.billing.ledger.rules import Line
from tenure.records.customers.models import Account
from tenure.records.documents.actions import NewDocument, issue
from tenure.records.documents.models import Document
from tenure.records.documents.rules.taxes import Totals
from tenure.records.documents.states import DocumentKind
from tenure.records.retention.actions import place_hold
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tests.builders import AT, an_account, at_on

OLD, YOUNG = date(2029, 12, 31), date(2030, 1, 1)
IN_2040, IN_2060 = date(2040, 6, 15), date(2060, 6, 15)


@pytest.fixture
def saas(strategy: object) -> None:
    """The entities of this operator stand in the United States and in Germany."""
    apply_strategy(preset("saas"), by="test", at=AT)


def booked(account: Account | None, on: date, *lines: tuple[str, str, int], key: str) -> None:
    event = Event(key, "sold", on, account_id=account.pk if account else None)
    given_ = [Line(debit, credit, Money(minor, "USD")) for debit, credit, minor in lines]
    book(event, given_, at=at_on(on), by="test")


def a_paper(
    account: Account, on: date, *, corrects: Document | None = None, entity: str
) -> Document:
    kind = DocumentKind.CREDIT_NOTE if corrects else DocumentKind.RECEIPT
    sign = -1 if corrects else 1
    new = NewDocument(
        account_id=account.pk,
        kind=kind,
        entity=entity,
        on=on,
        language="en",
        prefix="",
        totals=Totals(*(Money(sign * minor, "USD") for minor in (1190, 1000, 190))),
        content={"lines": []},
        corrects_id=corrects.pk if corrects else None,
        once_key=f"{entity}:{on}:{kind}:{account.pk}",
    )
    return issue(new, at=at_on(on), by="test")


@pytest.mark.usefixtures("either_database")
def test_the_ledger_is_cut_at_the_end_of_a_year_and_every_balance_stays(saas: None) -> None:
    """R-I-012, R-P-036."""
    first, second = an_account(), an_account()
    booked(first, OLD, ("receivable", "deferred", 900), ("cash:stripe", "receivable", 700), key="a")
    booked(first, OLD, ("deferred", "credit_balance", 50), key="b")
    booked(second, OLD, ("cash:stripe", "owed_back", 30), key="c")
    booked(None, OLD, ("fees:stripe", "cash:stripe", 20), key="d")
    booked(second, YOUNG, ("owed_back", "cash:stripe", 30), key="e")
    before, credit = balances(currency="USD"), credit_of(first.pk, currency="USD")

    night = enforce(as_of=IN_2040, at=at_on(IN_2040))
    again = enforce(as_of=IN_2040 + timedelta(days=1), at=at_on(IN_2040 + timedelta(days=1)))

    assert (night.counts["bookings"], again.counts) == (4, {})
    assert not Booking.objects.filter(on__lt=YOUNG).exists()
    assert balances(currency="USD") == before
    assert credit_of(first.pk, currency="USD") == credit
    forward = Booking.objects.filter(kind="brought_forward")
    assert {one.on for one in forward} == {YOUNG}
    assert forward.count() == 3


def test_vouchers_of_china_stay_thirty_years(strategy: object) -> None:
    """R-I-012: 会计档案管理办法."""
    account = an_account()
    booked(account, OLD, ("receivable", "deferred", 900), key="a")
    paper = a_paper(account, OLD, entity="lanjiang")

    enforce(as_of=date(2059, 12, 31), at=at_on(date(2059, 12, 31)))
    stays = Booking.objects.filter(once_key="a").exists(), Document.objects.count()
    night = enforce(as_of=IN_2060, at=at_on(IN_2060))

    assert stays == (True, 1)
    assert night.counts["bookings"] == night.counts["documents"] == 1
    assert not Document.objects.filter(pk=paper.pk).exists()


@pytest.mark.usefixtures("either_database")
def test_papers_go_with_what_corrects_them_and_held_ones_stay(saas: None) -> None:
    """R-I-012: the flag of a paper and a hold of its customer are both passed by."""
    free, held = an_account(), an_account()
    gone = a_paper(free, OLD, entity="yunfan_us")
    a_paper(free, OLD, corrects=gone, entity="yunfan_us")
    corrected_later = a_paper(free, OLD - timedelta(days=1), entity="yunfan_us")
    a_paper(free, YOUNG, corrects=corrected_later, entity="yunfan_us")
    flagged = a_paper(free, OLD - timedelta(days=2), entity="yunfan_us")
    Document.objects.filter(pk=flagged.pk).update(is_held=True)
    a_paper(held, OLD, entity="yunfan_us")
    place_hold(held.pk, "a lawsuit", on=YOUNG, at=at_on(YOUNG), by="user:1")

    night = enforce(as_of=IN_2040, at=at_on(IN_2040))

    assert night.counts["documents"] == 2
    assert not Document.objects.filter(pk=gone.pk).exists()
    assert Document.objects.count() == 4


def test_the_number_after_papers_that_went_is_still_the_next_one(saas: None) -> None:
    account = an_account()
    a_paper(account, OLD, entity="yunfan_us")
    enforce(as_of=IN_2040, at=at_on(IN_2040))

    late = a_paper(an_account(), OLD, entity="yunfan_us")

    assert late.sequence == 2


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(1, 10**9)),
        max_size=30,
    )
)
def test_what_is_brought_forward_leaves_the_same_on_each_account(
    lines: list[tuple[str, str, int]],
) -> None:
    def sums(given_: list[tuple[str, str, int]]) -> dict[str, int]:
        found: dict[str, int] = {}
        for debit, credit, minor in given_:
            found[debit] = found.get(debit, 0) + minor
            found[credit] = found.get(credit, 0) - minor
        return {name: minor for name, minor in found.items() if minor}

    netted = [
        (one.debit, one.credit, one.amount.amount_minor)
        for one in _netted(Counter(sums(lines)), "USD")
    ]

    assert sums(netted) == sums(lines)
    assert len(netted) <= 4
    assert all(debit != credit and minor > 0 for debit, credit, minor in netted)


def test_lines_of_the_ledger_never_outlive_their_booking(saas: None) -> None:
    booked(an_account(), OLD, ("receivable", "deferred", 900), key="a")
    booked(None, OLD, ("deferred", "receivable", 900), key="b")

    enforce(as_of=IN_2040, at=at_on(IN_2040))

    assert BookingLine.objects.count() == 2
    assert balances(currency="USD") == {"deferred": Money(0, "USD"), "receivable": Money(0, "USD")}
