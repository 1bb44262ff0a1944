"""AI-03: what is wrong is found by questions, without any model, and handed to a person."""

from django.test import Client

from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tests.surfaces.portal.customers import ENGLISH, signed_in


def answer(client: Client, way: str, number: int) -> str:
    """Where an answer leads: the way in the address of the next page."""
    told = client.post("/my/guide", {"way": way, "answer": str(number)}, headers=ENGLISH)
    assert told.status_code == 302
    return told["Location"].partition("way=")[2]


def page(client: Client, way: str = "", **more: object) -> str:
    return client.get("/my/guide", {"way": way} if way else {}, headers=ENGLISH).content.decode()


def test_a_red_lamp_brings_a_person_with_what_was_tried(term: Term) -> None:
    """Sent twice, one ticket: it says what was answered, in the customer's language."""
    client = signed_in(term)

    way = answer(client, "", 0)
    assert "is the lamp LOS red?" in page(client, way)
    end = answer(client, way, 0)
    answer(client, way, 0)

    assert "somebody will call you about a visit" in page(client, end)
    (ticket,) = Ticket.objects.filter(account=term.account, source="guide")
    assert (ticket.kind, ticket.subject) == ("fault", "上不了网 · 是红色")
    (entry,) = Entry.objects.filter(kind="guide.ended")
    assert entry.content["outcome"] == "handed_over"
    assert entry.content["steps"] == ["what", "lamp"]


def test_what_is_solved_opens_no_ticket_and_is_kept(term: Term) -> None:
    client = signed_in(term)

    end = answer(client, answer(client, answer(client, "", 0), 1), 0)

    assert "Begin again" in page(client, end)
    assert "很好" in client.get("/my/guide", {"way": end}).content.decode()
    assert not Ticket.objects.filter(source="guide").exists()
    assert Entry.objects.get(kind="guide.ended").content["outcome"] == "solved"


def test_own_words_lead_on_and_what_fits_nowhere_is_said(term: Term) -> None:
    client = signed_in(term)

    by_words = client.post("/my/guide", {"way": "", "text": "网速好慢"})
    lost = client.post("/my/guide", {"way": "", "text": "hello"}, follow=True, headers=ENGLISH)

    assert by_words["Location"].endswith("way=1")
    assert "No answer fits these words" in lost.content.decode()
    assert Entry.objects.filter(kind="guide.ended").count() == 0


def test_a_way_that_nobody_walked_begins_again(term: Term) -> None:
    client = signed_in(term)

    for way in ("9", "0.0.0", "x", "1.1.1.1.1.1", "-1"):
        assert client.get("/my/guide", {"way": way}).status_code in {200, 302}
    assert client.post("/my/guide", {"way": "0", "answer": "77"})["Location"] == "/my/guide"
    assert Entry.objects.filter(kind="guide.ended").count() == 0


def test_whoever_is_not_signed_in_is_asked_to(term: Term) -> None:
    assert "sign-in" in Client().get("/my/guide")["Location"]


def test_the_first_page_leads_there(term: Term) -> None:
    assert 'href="/my/guide"' in signed_in(term).get("/my").content.decode()
