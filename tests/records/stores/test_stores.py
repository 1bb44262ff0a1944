"""R-A-070 to R-A-073: what an app store sold, the store renews, and we keep what it tells."""

from datetime import timedelta

import pytest

from tenure.act.batches.actions import begin, go_on_to_the_end
from tenure.act.collecting.planning import plan_deductions
from tenure.act.collecting.store_prices import tell_of_price_rises
from tenure.act.messages.actions import dispatch
from tenure.act.payments.ordering import order_renewal, order_seats
from tenure.act.self_service.cancelling import Visit, start
from tenure.decide.obligations.queries import bindings
from tenure.loop.reactions import react
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.stores.actions import hear
from tenure.records.stores.models import StoreContract
from tenure.records.stores.queries import check_ours
from tenure.records.stores.rules import Meaning, Notice, SoldByStore, UnknownNotice, meaning_of
from tenure.records.stores.states import PriceRise, Store, StoreState
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.batches.models import BatchLine
from tenure.records.subscriptions.batches.rules import NewBatch, Wish
from tenure.records.subscriptions.batches.states import LineState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import PRESETS
from tests.act.posts import Postbag
from tests.builders import AS_OF, AT, a_mandate, a_message, a_term

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def strategy(db: None) -> None:
    """The rules of a broadband operator."""
    apply(PRESETS / "broadband", by="test", at=AT)


def notice(kind: str, subtype: str = "", **given: object) -> Notice:
    plain = {"store": Store.APPLE, "event_id": f"{kind}/{subtype}", "sent_at": AT}
    return Notice(kind=kind, subtype=subtype, **(plain | given))  # type: ignore[arg-type]


def told(term: Term, one: Notice) -> StoreContract:
    return hear(term.subscription_id, one, at=AT, by="api")


@pytest.mark.parametrize(
    ("store", "kind", "subtype", "expected"),
    [
        ("apple", "DID_FAIL_TO_RENEW", "GRACE_PERIOD", StoreState.IN_GRACE),
        ("apple", "GRACE_PERIOD_EXPIRED", "", StoreState.ON_HOLD),
        ("apple", "DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_DISABLED", StoreState.WILL_END),
        ("apple", "EXPIRED", "VOLUNTARY", StoreState.EXPIRED),
        ("google", "6", "", StoreState.IN_GRACE),
        ("google", "5", "", StoreState.ON_HOLD),
        ("google", "3", "", StoreState.WILL_END),
        ("huawei", "续期", "", StoreState.ACTIVE),
        ("huawei", "将到期", "", StoreState.WILL_END),
        ("huawei", "已到期", "", StoreState.EXPIRED),
        ("huawei", "尝试扣费", "", StoreState.IN_GRACE),
        ("huawei", "撤销", "", StoreState.REVOKED),
    ],
)
def test_each_store_is_read_into_the_same_states(
    store: str, kind: str, subtype: str, expected: StoreState
) -> None:
    """R-A-072: grace, then hold. R-A-073: all five of AppGallery's states."""
    assert meaning_of(notice(kind, subtype, store=Store(store))).state is expected


@pytest.mark.parametrize(
    ("store", "kind", "subtype", "expected"),
    [
        ("apple", "PRICE_INCREASE", "PENDING", PriceRise.NEEDS_CONSENT),
        ("apple", "PRICE_INCREASE", "ACCEPTED", PriceRise.AGREED),
        ("apple", "PRICE_INCREASE", "", PriceRise.ANNOUNCED),
        ("google", "19", "", PriceRise.NEEDS_CONSENT),
        ("google", "8", "", PriceRise.AGREED),
    ],
)
def test_a_higher_price_is_one_that_needs_consent_or_one_that_does_not(
    store: str, kind: str, subtype: str, expected: PriceRise
) -> None:
    """R-A-071."""
    assert meaning_of(notice(kind, subtype, store=Store(store))) == Meaning(price=expected)


def test_a_kind_that_nobody_knows_changes_nothing(db: None) -> None:
    term = a_term()

    with pytest.raises(UnknownNotice, match="SOMETHING_NEW"):
        told(term, notice("SOMETHING_NEW"))

    assert (
        StoreContract.objects.count(),
        Entry.objects.filter(kind__startswith="store").count(),
    ) == (0, 0)


def test_a_notice_counts_once_and_an_older_one_moves_nothing(db: None) -> None:
    term = a_term()

    told(term, notice("DID_FAIL_TO_RENEW", "GRACE_PERIOD", sent_at=AT))
    told(term, notice("SUBSCRIBED", sent_at=AT - HOUR))
    row = told(term, notice("DID_FAIL_TO_RENEW", "GRACE_PERIOD", sent_at=AT + HOUR))

    assert (row.store, row.standing, row.told_at) == ("apple", "in_grace", AT)
    assert Entry.objects.filter(kind="store.told").count() == 2


def test_a_renewal_at_the_store_renews_the_term_once_with_the_stores_payment(db: None) -> None:
    term = a_term(days_left=3)
    renewal = notice("DID_RENEW", event_id="2000001")

    for _ in range(2):
        told(term, renewal)

    term.refresh_from_db()
    assert term.state == TermState.RENEWED
    assert Term.objects.filter(subscription=term.subscription).count() == 2
    payment = Payment.objects.get()
    assert (payment.source, payment.external_id) == ("apple", "2000001")


def test_nothing_of_a_store_is_sold_charged_or_ended_here(db: None) -> None:
    """R-A-070: the engine never charges, and whoever asks is sent to the store."""
    term, ours = a_term(days_left=3), a_term(days_left=3)
    told(term, notice("SUBSCRIBED"))

    for ask in (
        lambda: order_renewal(term.pk, at=AT, by="customer"),
        lambda: order_seats(term.pk, 1, at=AT, by="customer"),
        lambda: start(Visit(term.pk, channel="portal", language="en"), at=AT, by="customer"),
        lambda: check_ours(term.subscription_id),
    ):
        with pytest.raises(SoldByStore, match=r"apps\.apple\.com"):
            ask()

    bound = bindings([term.subscription_id, ours.subscription_id], on=AS_OF)
    assert bound[term.subscription_id].is_charged_by_engine is False
    assert bound[ours.subscription_id].is_charged_by_engine is True


def test_a_higher_price_is_told_by_us_as_well_and_once(db: None) -> None:
    """R-A-071: send own notice as well."""
    term = a_term(days_left=40)
    told(term, notice("PRICE_INCREASE", "PENDING"))

    react(at=AT)
    tell_of_price_rises(list(Entry.objects.filter(kind="store.price_rise")), at=AT)
    row = told(term, notice("PRICE_INCREASE", "ACCEPTED", sent_at=AT + HOUR))

    assert row.price_rise == PriceRise.AGREED
    (letter,) = Message.objects.filter(term=term, step__startswith="store_price_")
    assert letter.template == "deduction_notice"


def sold_by_apple(term: Term) -> None:
    told(term, notice("SUBSCRIBED"))


def test_a_line_of_a_batch_with_a_contract_of_a_store_is_refused_by_name() -> None:
    """R-A-070: the other lines of the company are not touched."""
    theirs = a_term(external_id="S-1", days_left=20)
    ours = a_term(account=theirs.account, external_id="S-2", days_left=20)
    sold_by_apple(theirs)
    wishes = tuple(Wish(place, name) for place, name in ((2, "S-1"), (3, "S-2")))
    new = NewBatch(theirs.account_id, "march.csv", wishes)

    batch = begin(new, at=AT, by="user:1")
    go_on_to_the_end(batch, at=AT, by="user:1")

    lines = {one.contract: one for one in BatchLine.objects.filter(batch=batch)}
    assert lines["S-1"].state == LineState.FAULTY
    assert lines["S-1"].fault["code"] == "sold_by_store"
    assert lines["S-2"].state == LineState.READY
    assert ours.pk == lines["S-2"].term_id


def test_a_mandate_from_before_is_not_used_for_what_a_store_renews() -> None:
    """R-A-070: neither deducted nor left to be paid by hand, so that nobody is dunned."""
    theirs, ours = (a_term(days_left=3, auto_renew=True) for _ in range(2))
    for one in (theirs, ours):
        a_mandate(subscription=one.subscription)
    sold_by_apple(theirs)

    plan_deductions(at=AT)

    assert list(Deduction.objects.values_list("term_id", flat=True)) == [ours.pk]


def test_the_sender_reminds_nobody_of_what_a_store_renews() -> None:
    """R-A-070: planned before the store told of it, or by a play, a campaign or a plan."""
    theirs, ours = a_term(), a_term()
    reminders = [a_message(term=one, template="ends_soon", message_class="transactional",
                           step="t7", planned_at=AT) for one in (theirs, ours)]  # fmt: skip
    sold_by_apple(theirs)

    dispatch(at=AT + timedelta(hours=10), post=Postbag())

    found = [Message.objects.get(pk=one.pk) for one in reminders]
    assert [(one.state, one.reason) for one in found] == [
        ("suppressed", "sold_by_store"),
        ("sent", ""),
    ]
