"""What somebody does for a customer: one verb, one sentence, one entry of the journal."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tenure.records.billing.models import Payment
from tenure.records.customers.models import Consent, ConsentRequest
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tests.act.scripts import script_of
from tests.builders import AS_OF, a_todo, day, primary_person
from tests.decide.decisions.deciding import YEAR_MINOR, Customer, a_customer, the_decision
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client

TODAY = AS_OF + timedelta(days=1)
ENGLISH = {"Accept-Language": "en"}


def do(client: "Client", one: Customer, deed: str, **form: object) -> str:
    """Post a deed and read the sentence that it leaves on the page."""
    address = f"/customers/{one.term.account_id}/{deed}"
    answer = client.post(address, {"term": one.term.pk, **form}, follow=True, headers=ENGLISH)
    html = answer.content.decode()
    note = html.partition('role="status">')[2].partition("</p>")[0]
    return note.partition("<span>")[2].partition("</span>")[0]


def test_a_call_is_put_on_the_list_once_a_day(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)
    client = sign_in("operator")

    first = do(client, one, "todo")
    second = do(client, one, "todo")

    assert first == "A call is on your list; its script is with the to-do."
    assert second == "A call was put on the list today already; nothing was added."
    todo = ToDo.objects.get()
    assert (todo.kind, todo.term_id, todo.owner_name[:8]) == ("call", one.term.pk, "operator")
    first_line = script_of(todo, on=TODAY)["zh-Hans"].splitlines()[0]
    assert f'hx-get="/todos/{todo.pk}/script"' in client.get("/todos").content.decode()
    assert first_line in client.get(f"/todos/{todo.pk}/script").content.decode()
    assert Entry.objects.get(kind="todo.opened").actor.startswith("user:")


def test_a_term_is_extended_once(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)
    client = sign_in("operator")

    first = do(client, one, "days", days="7")
    second = do(client, one, "days", days="7")

    assert first == "The term now ends on 22 July 2026; what was planned moves along."
    assert second.startswith("This term was extended by 7 days already")
    term = Term.objects.get(pk=one.term.pk)
    assert (term.ends_on, term.extended_days) == (day(37), 7)
    assert Entry.objects.filter(kind="term.extended").count() == 1


@pytest.mark.parametrize("days", ["0", "15", "-1", "many", ""])
def test_an_odd_number_of_days_extends_nothing(
    broadband: Warehouse, sign_in: SignIn, days: str
) -> None:
    one = a_customer()
    finish_day(broadband, one)

    said = do(sign_in("operator"), one, "days", days=days)

    assert said == "Nothing was extended: give 1 to 14 days."
    assert Term.objects.get(pk=one.term.pk).ends_on == one.term.ends_on


def test_a_consent_is_withdrawn_on_every_channel_at_once(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    one = a_customer()
    finish_day(broadband, one)

    said = do(sign_in("operator"), one, "consent", do="withdraw")

    assert said == "Marketing stops on every channel from this moment; service goes on."
    live = Consent.objects.filter(withdrawn_at=None)
    assert set(live.values_list("purpose", flat=True)) == {"service"}


def test_r_p_032_a_consent_told_on_the_phone_waits_for_its_click_where_the_law_asks(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """Pressed twice one mail is written, and by text nothing has to be confirmed."""
    one = a_customer(account={"consents": (), "country": "DE"})
    finish_day(broadband, one)
    client, told = sign_in("operator"), {"do": "give", "evidence": "by phone, 16 June"}

    said = [do(client, one, "consent", channel="email", **told) for _ in range(2)]
    by_text = do(client, one, "consent", channel="sms", **told)

    assert {one_said.startswith("The law there asks for a click") for one_said in said} == {True}
    assert by_text.startswith("Noted")
    assert [consent.channel for consent in Consent.objects.all()] == ["sms"]
    assert ConsentRequest.objects.count() == 1


def test_a_consent_needs_evidence(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer(account={"consents": ()})
    finish_day(broadband, one)
    client = sign_in("operator")

    bare = do(client, one, "consent", do="give", channel="email", evidence=" ")
    odd = do(client, one, "consent", do="give", channel="pigeon", evidence="told me")
    good = do(client, one, "consent", do="give", channel="email", evidence="by phone, 16 June")

    assert bare.startswith("The consent was not noted: say when and how")
    assert odd.startswith("Unknown channel: pigeon")
    assert good == "Noted: marketing by E-mail is allowed."
    consent = Consent.objects.get()
    assert (consent.person, consent.purpose, consent.evidence) == (
        primary_person(one.term.account),
        "marketing",
        "by phone, 16 June",
    )


def renewal_form(client: "Client", one: Customer) -> str:
    address = f"/customers/{one.term.account_id}/renewal?term={one.term.pk}"
    html: str = client.get(address, headers=ENGLISH).content.decode()
    return html


def test_the_confirmation_shows_prices_and_days_and_changes_nothing(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    one = a_customer()
    finish_day(broadband, one)

    html = renewal_form(sign_in("operator"), one)

    assert 'value="list-12" required checked' in html
    assert "¥828.00" in html
    assert "2026-07-15 to 2027-07-15" in html
    assert "this records it and takes no money itself" in html
    assert Term.objects.filter(subscription=one.term.subscription).count() == 1


def test_renewing_adds_the_term_and_its_payment_once(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)
    client = sign_in("operator")
    form = {"option": "list-12", "price-list-12": str(YEAR_MINOR), "method": "cash"}

    said = do(client, one, "renewal", **form)
    address = f"/customers/{one.term.account_id}/renewal"
    again = client.post(address, {"term": one.term.pk, **form}, headers=ENGLISH)

    assert said == "Renewed until 15 July 2027 for ¥828.00. Nothing more is due now."
    assert again.status_code == 404  # that term is no longer live
    old, new = Term.objects.filter(subscription=one.term.subscription).order_by("number")
    assert (old.state, old.renewed_on) == (TermState.RENEWED, TODAY)
    assert (new.price_minor, new.starts_on) == (YEAR_MINOR, one.term.ends_on)
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.method, payment.source) == (YEAR_MINOR, "cash", "console")


def test_an_offer_that_holds_can_be_taken_at_its_price(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    one = a_customer(p_lapse=0.4)
    finish_day(broadband, one)
    decision = the_decision(one)
    assert (decision.action, decision.discount_minor > 0) == ("term_2y", True)
    key, price = f"offer-{decision.pk}", decision.price_minor

    html = renewal_form(sign_in("operator"), one)
    do(sign_in("owner"), one, "renewal", **{"option": key, f"price-{key}": str(price)})

    assert f'value="{key}"' in html
    new = Term.objects.get(subscription=one.term.subscription, number=2)
    assert (new.price_minor, new.cycle_months) == (price, 24)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"option": "list-12", "price-list-12": "1"}, "The price changed meanwhile"),
        ({"option": "list-7", "price-list-7": "1"}, "This choice can no longer be bought"),
        ({}, "This choice can no longer be bought"),
    ],
)
def test_another_price_or_choice_than_the_page_showed_buys_nothing(
    broadband: Warehouse, sign_in: SignIn, form: dict[str, str], sentence: str
) -> None:
    one = a_customer()
    finish_day(broadband, one)

    said = do(sign_in("operator"), one, "renewal", **form)

    assert said.startswith(sentence)
    assert Term.objects.filter(subscription=one.term.subscription).count() == 1
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("deed", ["todo", "days", "consent", "renewal"])
@pytest.mark.parametrize("role", ["support", "analyst", "auditor"])
def test_who_may_only_read_changes_nothing(
    broadband: Warehouse, sign_in: SignIn, role: str, deed: str
) -> None:
    one = a_customer()
    finish_day(broadband, one)
    written = Entry.objects.count()

    answer = sign_in(role).post(
        f"/customers/{one.term.account_id}/{deed}", {"term": one.term.pk, "days": "7"}
    )

    assert answer.status_code == 403
    assert Entry.objects.count() == written


def test_a_deed_belongs_to_the_customers_own_term(broadband: Warehouse, sign_in: SignIn) -> None:
    one, other = a_customer(), a_customer()
    finish_day(broadband, one, other)

    answer = sign_in("operator").post(
        f"/customers/{one.term.account_id}/days", {"term": other.term.pk, "days": "7"}
    )

    assert answer.status_code == 404
    assert Term.objects.get(pk=other.term.pk).extended_days == 0


def test_an_attempt_closes_the_to_do_or_makes_it_due_again(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    todo = a_todo()
    client = sign_in("operator")
    address = f"/todos/{todo.pk}/attempt"

    later = client.post(address, {"outcome": "no_answer"}, follow=True, headers=ENGLISH)
    done = client.post(address, {"outcome": "reached"}, follow=True, headers=ENGLISH)
    again = client.post(address, {"outcome": "reached"}, follow=True, headers=ENGLISH)

    assert "Noted; it is due again on 18 June." in later.content.decode()
    assert "Noted; this to-do is done." in done.content.decode()
    assert "tn-note--bad" in again.content.decode()
    todo.refresh_from_db()
    assert (todo.state, todo.attempts, todo.outcome) == (ToDo.State.DONE, 2, "reached")


def test_an_outcome_that_is_not_known_is_refused(broadband: Warehouse, sign_in: SignIn) -> None:
    todo = a_todo()

    answer = sign_in("operator").post(f"/todos/{todo.pk}/attempt", {"outcome": "moon"})

    assert answer.status_code == 400
    assert ToDo.objects.get().attempts == 0
