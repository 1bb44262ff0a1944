"""Customers of the portal, the links in their messages, and the codes in their mail."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from tenure.act.messages.actions import dispatch
from tenure.act.messages.tokens import token_of
from tenure.kernel.clock import now
from tenure.records.catalog.models import PlanVersion
from tenure.records.subscriptions.models import Term
from tests.act.posts import Postbag
from tests.builders import a_message, a_term, an_account, primary_person

EMAIL = "Wenjing.Li@example.com"
ENGLISH = {"Accept-Language": "en"}


def a_customer(**options: Any) -> Term:
    """Somebody with a term of the operator's own catalogue."""
    of_account = {
        "name": options.pop("name", "李文静"),
        "email": options.pop("email", EMAIL),
        "language": options.pop("language", "zh-Hans"),
        "external_id": options.pop("external_id", "LJ-20771234"),
    }
    account = an_account(**of_account)
    wanted = {
        "days_left": 23,
        "plan_version": PlanVersion.objects.get(plan__code="home_300"),
        **options,
    }
    return a_term(account=account, **wanted)


def token_for(term: Term, *, purpose: str = "renew", age_days: int = 1) -> str:
    """The token in a reminder that was sent some days ago."""
    sent_at = now() - timedelta(days=age_days)
    message = a_message(
        term=term, person=primary_person(term.account), planned_at=sent_at, sent_at=sent_at
    )
    return token_of(message.pk, purpose=purpose)


def by_link(term: Term, **options: Any) -> Client:
    """A browser that opened the link of a reminder."""
    client = Client(**options)
    client.get(f"/renew/{token_for(term)}")
    return client


def ask_code(client: Client, address: str = EMAIL) -> str:
    """Ask for a code; the path of the page that takes it."""
    answer = client.post("/my/sign-in", {"address": address})
    return str(answer["Location"])


def code_in(letters: Postbag) -> str:
    """The six digits of the newest mail."""
    found = re.search(r"\b\d{6}\b", str(letters.letters[-1].body))
    assert found is not None
    return found.group()


def sent() -> Postbag:
    """What the sender gives away now."""
    postbag = Postbag()
    dispatch(at=now(), post=postbag)
    return postbag


def signed_in(term: Term, **options: Any) -> Client:
    """A browser in which the term's customer is signed in, by a code."""
    from tenure.records.access.actions import Opening, open_session
    from tenure.records.access.models import CustomerSession

    opening = Opening(primary_person(term.account), CustomerSession.Door.CODE, "Chrome/1 Windows")
    at = now()
    client = Client(**options)
    client.cookies["tenure_customer"] = open_session(opening, on=at.date(), at=at, by="test")
    return client
