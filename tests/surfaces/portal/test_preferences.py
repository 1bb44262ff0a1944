"""DAT-06, R-P-034, R-P-003, R-P-005: what may be sent where and when, without a login."""

from datetime import time

import pytest
from django.test import Client

from tenure.decide.decisions.past import not_personalised
from tenure.records.customers.models import Consent, Person, TagRefusal
from tenure.records.customers.queries import choices_of
from tenure.records.jobs.models import Fill
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tenure.understand.tags.queries import tags_of
from tenure.warehouse.tables.understanding import TAG_MASKS
from tests.builders import AS_OF, AT, a_contact_point, primary_person
from tests.decide.decisions.deciding import Customer
from tests.surfaces.days import TODAY, write_scores
from tests.surfaces.portal.customers import ENGLISH, ask_code, sent, signed_in, token_for
from tests.understand.warehouses import Warehouse

KEPT = {"language": "zh-Hans", "personalised": "on"}


def said(term: Term) -> dict[tuple[str, str], bool]:
    return dict(choices_of(primary_person(term.account).pk))


def test_the_centre_opens_from_a_marketing_mail_without_a_login(term: Term) -> None:
    client = Client()
    link = client.get(f"/preferences/{token_for(term, purpose='unsubscribe')}")

    page = client.get(link["Location"].partition("?")[0])

    assert link["Location"].startswith("/my/preferences")
    assert "接收内容与渠道" in page.content.decode()
    assert client.get("/my").status_code == 302


def test_each_channel_is_allowed_apart(term: Term) -> None:
    a_contact_point(person=primary_person(term.account), channel="sms", address="13800006027")
    client = signed_in(term)

    client.post("/my/preferences", {**KEPT, "allow": ["service:email", "marketing:sms"]})

    assert said(term) == {
        ("service", "email"): True,
        ("service", "sms"): False,
        ("marketing", "email"): False,
        ("marketing", "sms"): True,
    }


def test_saving_twice_writes_nothing_more(term: Term) -> None:
    client, wish = signed_in(term), {**KEPT, "allow": ["service:email"]}
    client.post("/my/preferences", wish)
    before = (Consent.objects.count(), Entry.objects.count())

    client.post("/my/preferences", wish)

    assert (Consent.objects.count(), Entry.objects.count()) == before


def test_only_what_the_law_prescribes_refuses_everything_else(term: Term) -> None:
    client = signed_in(term)

    client.post("/my/preferences", {**KEPT, "allow": ["service:email"], "only_legal": "yes"})

    assert set(said(term).values()) == {False}
    assert Person.objects.get().personalised is False


def test_a_permission_is_never_overwritten(term: Term) -> None:
    client = signed_in(term)
    for allow in (["marketing:email"], [], ["marketing:email"]):
        client.post("/my/preferences", {**KEPT, "allow": allow})

    rows = Consent.objects.filter(purpose="marketing").order_by("pk")
    assert [one.withdrawn_at is None for one in rows] == [False, True]
    assert rows[1].evidence == "portal: preference centre"


def test_channel_hours_and_language_are_kept_with_what_they_were(term: Term) -> None:
    wish = {"channel": "email", "from": "09:00", "until": "18:30", "language": "en"}

    answer = signed_in(term).post("/my/preferences", wish)

    person = Person.objects.get()
    assert person.preferred_channels == ["email"]
    assert (person.preferred_from, person.preferred_until) == (time(9), time(18, 30))
    assert person.language == "en"
    assert answer.cookies["django_language"].value == "en"
    moves = Entry.objects.get(kind="person.preferences_set").content["changed"]
    assert moves["language"] == ["zh-Hans", "en"]


@pytest.mark.parametrize("wish", [{"from": "09:00"}, {"until": "x"}, {"language": "fr"}])
def test_what_was_not_offered_changes_nothing(term: Term, wish: dict[str, str]) -> None:
    signed_in(term).post("/my/preferences", {"personalised": "on", **wish})

    person = Person.objects.get()
    assert (person.preferred_from, person.preferred_until) == (None, None)
    assert person.language == "zh-Hans"


def test_whoever_switches_personalised_choices_off_is_chosen_for_by_nothing(term: Term) -> None:
    signed_in(term).post("/my/preferences", {"language": "zh-Hans"})

    assert not_personalised([term.account_id]) == {term.account_id}


@pytest.fixture
def tagged(term: Term, broadband: Warehouse) -> Term:
    """The customer carries the strategy's first two tags."""
    write_scores(broadband, Customer(term, 0.4, {}), tags=0b11)
    Fill.objects.create(entry=TAG_MASKS.name, day=TODAY, version=current().hash, filled_at=AT)
    return term


def carried(term: Term) -> list[str]:
    return [tag.id for one in tags_of(term.account_id, as_of=AS_OF) for tag in one.tags]


def test_the_tags_are_listed_and_each_can_be_deleted(tagged: Term) -> None:
    client = signed_in(tagged, headers=ENGLISH)
    before = client.get("/my/preferences").content.decode()

    client.post("/my/tags/delete", {"tag": "core_idle_7"})

    assert "Delete the tag “core feature unused for 7 days”" in before
    assert carried(tagged) == ["renewed_yesterday"]
    assert "core feature unused" not in client.get("/my/preferences").content.decode()
    assert Entry.objects.filter(kind="tag.refused").count() == 1


def test_a_tag_that_one_does_not_carry_cannot_be_deleted(tagged: Term) -> None:
    signed_in(tagged).post("/my/tags/delete", {"tag": "low_use"})

    assert TagRefusal.objects.count() == 0


def test_a_link_shows_no_tags(tagged: Term) -> None:
    client = Client()
    client.get(f"/preferences/{token_for(tagged, purpose='unsubscribe')}")

    assert "7 天未用核心功能" not in client.get("/my/preferences").content.decode()
    assert client.post("/my/tags/delete", {"tag": "core_idle_7"}).status_code == 302
    assert TagRefusal.objects.count() == 0


def test_the_refusal_of_reminders_does_not_keep_a_code_back(term: Term) -> None:
    signed_in(term).post("/my/preferences", {**KEPT, "only_legal": "yes"})
    ask_code(Client())

    assert len(sent().letters) == 1


def test_being_known_to_advertisers_is_a_tick_of_its_own_and_off_at_first(term: Term) -> None:
    """CHN-07, R-P-001: nobody is shared who did not say so here, and taking it back is as easy."""
    client = signed_in(term)
    page = client.get("/my/preferences").content.decode()
    client.post("/my/preferences", {**KEPT, "allow": ["service:email"]})
    before = said(term).get(("sharing", "email"))

    client.post("/my/preferences", {**KEPT, "allow": ["service:email"], "sharing": "on"})
    given = said(term)["sharing", "email"]
    client.post("/my/preferences", {**KEPT, "allow": ["service:email"]})

    assert 'name="sharing">' in page
    assert (before, given, said(term)["sharing", "email"]) == (None, True, False)


def test_a_person_looks_at_what_a_program_chose_when_a_customer_asks(term: Term) -> None:
    """R-P-004: one request waits however often the button is pressed, and the page says so."""
    client = signed_in(term, headers=ENGLISH)
    before = client.get("/my/preferences").content.decode()

    answers = [client.post("/my/review").status_code for _ in range(2)]

    work = ToDo.objects.get(kind="review")
    page = client.get("/my/preferences").content.decode()
    assert "Ask a person to look at it" in before
    assert answers == [302, 302]
    assert (work.account_id, work.state) == (term.account_id, "open")
    assert "wants a person to look" in work.reasons[0]["en"]
    assert "You asked for it" in page
    assert "Ask a person to look at it" not in page
    assert Client().post("/my/review").status_code == 302
    assert ToDo.objects.filter(kind="review").count() == 1
