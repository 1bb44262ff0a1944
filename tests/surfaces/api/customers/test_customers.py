"""`GET /api/v1/customers/…`: the 360° view at one point in time (DAT-02)."""

import json

from tenure.records.contacts.states import MessageState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import (
    AS_OF,
    a_message,
    a_payment,
    a_term,
    a_ticket,
    an_account,
    an_answer,
    at_on,
    day,
)
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.api.conftest import WithKey
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


def test_one_call_answers_the_whole_customer(broadband: Warehouse, with_key: WithKey) -> None:
    """Profile, subscriptions, timeline, tags, health, risk, offers, next renewal, open tickets."""
    one = a_customer(p_lapse=0.4, marketing_consent=0)
    account, term = one.term.account, one.term
    a_payment(term=term, paid_on=day(-335), amount_minor=82_800)
    a_ticket(account=account, external_id="T-1", kind="billing")
    finish_day(broadband, one)

    found = with_key().get(f"/api/v1/customers/cus_{account.pk}").json()

    assert found["id"] == f"cus_{account.pk}"
    assert found["as_of"] == {
        "read_at": "2026-06-16T01:40:00Z",
        "counted_until": "2026-06-15",
        "strategy": found["as_of"]["strategy"],
    }
    assert found["profile"]["external_id"] == account.external_id
    assert found["next_renewal"] == {
        "subscription": f"sub_{term.subscription_id}",
        "term": f"trm_{term.pk}",
        "ends_on": "2026-07-15",
        "days_left": 29,
        "state": "running",
        "auto_renew": False,
        "cycle_months": 12,
        "price": {"amount": 82_800, "currency": "CNY"},
    }
    assert found["paid_in_all"] == {"amount": 82_800, "currency": "CNY"}
    assert (found["health"]["score"], found["health"]["score_30_days_ago"]) == (58.0, 74.0)
    assert (found["risk"]["probability"], found["risk"]["band"]) == (0.4, 3)
    assert found["risk"]["reasons"][0]["feature"] == "slow_evenings_30"
    assert [tag["id"] for tag in found["tags"]] != []
    assert found["decisions"][0]["action"] == "care_call"
    assert {one["action"] for one in found["decisions"][0]["alternatives"]} >= {
        "nothing",
        "term_1y",
    }
    assert found["open_tickets"] == [
        {
            "id": found["open_tickets"][0]["id"],
            "external_id": "T-1",
            "kind": "billing",
            "subject": "上网很慢",
            "opened_at": "2026-06-12T04:00:00Z",
        }
    ]
    assert [one["group"] for one in found["timeline"]["items"]] == ["tickets", "payments"]


def test_a_renewal_that_was_undone_stands_behind_the_term_that_runs(
    broadband: Warehouse, with_key: WithKey
) -> None:
    """It says so itself, and what is shown of the contract is what runs."""
    one = a_customer()
    undone = a_term(subscription=one.term.subscription, starts_on=one.term.ends_on,
                    state=TermState.CANCELLED, closed_on=day(-1))  # fmt: skip
    Term.objects.filter(pk=undone.pk).update(reversed_on=day(-1), sold_before_on=day(-1))
    finish_day(broadband, one)

    found = with_key().get(f"/api/v1/customers/cus_{one.term.account_id}").json()

    [contract] = found["subscriptions"]
    assert [(term["id"], term["reversed_on"]) for term in contract["terms"]] == [
        (f"trm_{one.term.pk}", None), (f"trm_{undone.pk}", str(day(-1))),
    ]  # fmt: skip


def test_both_languages_stand_in_every_answer(broadband: Warehouse, with_key: WithKey) -> None:
    one = a_customer(p_lapse=0.4, marketing_consent=0)
    finish_day(broadband, one)

    found = with_key().get(f"/api/v1/customers/cus_{one.term.account_id}").json()

    assert found["decisions"][0]["name"] == {"zh": "专席电话关怀", "en": "Call by a specialist"}


def test_a_masked_key_reads_no_person(broadband: Warehouse, with_key: WithKey) -> None:
    one = a_customer(account={"name": "欧阳静文", "phone": "13912345678"})
    account = one.term.account
    a_ticket(account=account, subject="欧阳静文家里断网")
    an_answer(account=account, text="我叫欧阳静文")
    a_message(
        term=one.term, state=MessageState.SENT, sent_at=at_on(day(-1)), subject="欧阳静文，您好"
    )
    finish_day(broadband, one)
    client = with_key("customers_masked")

    whole = client.get(f"/api/v1/customers/cus_{account.pk}").json()
    timeline = client.get(f"/api/v1/customers/cus_{account.pk}/timeline").json()

    text = json.dumps([whole, timeline], ensure_ascii=False)
    for word in ("欧阳静文", "静文", "13912345678", "断网", "@example.com"):
        assert word not in text
    assert whole["profile"]["is_masked"]
    assert whole["risk"]["probability"] == 0.4


def test_a_customer_is_found_by_the_number_of_another_system(
    broadband: Warehouse, with_key: WithKey
) -> None:
    mine = an_account(external_id="LJ-1", source="crm")
    other = an_account(external_id="LJ-1", source="billing")
    client = with_key()

    both = client.get("/api/v1/customers", {"external_id": "LJ-1"}).json()
    one = client.get("/api/v1/customers", {"external_id": "LJ-1", "source": "crm"}).json()

    assert [found["id"] for found in both["items"]] == [f"cus_{mine.pk}", f"cus_{other.pk}"]
    assert one["items"] == [
        {
            "id": f"cus_{mine.pk}",
            "source": "crm",
            "external_id": "LJ-1",
            "href": f"http://testserver/api/v1/customers/cus_{mine.pk}",
        }
    ]
    assert client.get(one["items"][0]["href"]).status_code == 200


def test_the_timeline_is_read_on_by_its_cursor_and_its_link(
    broadband: Warehouse, with_key: WithKey
) -> None:
    """R-E-022: no row is skipped or shown twice, whatever is added between two pages."""
    account = an_account()
    for days in range(5):
        a_payment(account=account, paid_on=day(-days), amount_minor=100 + days)
    client = with_key()

    first = client.get(f"/api/v1/customers/cus_{account.pk}/timeline", {"limit": 3})
    a_payment(account=account, paid_on=AS_OF, amount_minor=999)
    link = first.headers["Link"]
    rest = client.get(link[1 : link.index(">")])

    amounts = [one["title"]["en"] for answer in (first, rest) for one in answer.json()["items"]]
    assert amounts == [f"Paid ¥1.0{days}" for days in range(5)]
    assert link.endswith('; rel="next"')
    assert rest.json()["next_cursor"] is None
    assert "Link" not in rest.headers


def test_an_answer_that_somebody_has_is_not_sent_again(
    broadband: Warehouse, with_key: WithKey
) -> None:
    """DAT-02: a tag stands for what an answer says, whenever it was read."""
    one = a_customer()
    finish_day(broadband, one)
    client, address = with_key(), f"/api/v1/customers/cus_{one.term.account_id}"
    first = client.get(address)
    etag = first.headers["ETag"]

    again = client.get(address, headers={"If-None-Match": etag})
    a_ticket(account=one.term.account)
    changed = client.get(address, headers={"If-None-Match": etag})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["ETag"] == etag
    assert (changed.status_code, len(changed.json()["open_tickets"])) == (200, 1)
    assert changed.headers["ETag"] != etag
