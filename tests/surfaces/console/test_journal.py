"""Of R-U-038: the journal answers who, what, before and after, when; it is filtered and leaves as
a file. Its chain of hashes: tests/records/journal/test_sealing.py.
"""

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, AT, an_account, day
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def busy(broadband: Warehouse) -> None:
    """Three entries: a price that changed, a contact with an address, and an old one."""
    account = an_account(external_id="LJ-7")
    changed = {"items": 2, "before": 100, "after": 120}
    append(Fact("price.changed", on=AS_OF, content=changed), at=AT, by="user:7")
    reached = {"address": "zhou@example.com", "note": "=1+1"}
    append(
        Fact("contact.added", on=AS_OF, account_id=account.pk, content=reached), at=AT, by="loop"
    )
    append(Fact("contact.added", on=day(-9), content={}), at=AT, by="import:crm")


def rows_of(client: "Client", query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/journal.csv{query}")
    body = b"".join(answer).decode()
    assert body.startswith("\ufeffnumber")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


def test_entries_are_found_by_kind_person_customer_and_day(busy: None, sign_in: SignIn) -> None:
    client = sign_in("owner")

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in rows_of(client, query)]

    assert kinds("?by=user:7") == ["price.changed"]
    assert kinds("?customer=LJ-7") == ["contact.added"]
    assert kinds("?customer=nobody,LJ-7") == ["contact.added"]  # R-P-013: a set of subjects
    assert kinds(f"?kind=contact.added&until={day(-1)}") == ["contact.added"]
    assert kinds(f"?kind=contact.added&since={day(-1)}&by=import:crm") == []
    page = client.get("/journal?by=user:7", headers=ENGLISH).content.decode()
    assert '<dt class="t2">before</dt><dd>100</dd>' in page
    assert '<dt class="t2">items</dt><dd>2</dd>' in page
    assert "contact.added" not in page
    nothing = client.get("/journal?kind=nothing&since=yesterday", headers=ENGLISH)
    assert "No entry is of this kind" in nothing.content.decode()


def test_the_file_holds_no_formula_and_taking_it_is_an_entry(busy: None, sign_in: SignIn) -> None:
    rows = rows_of(sign_in("owner"), "?kind=contact.added")

    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    taken = Entry.objects.get(kind="journal.exported")
    assert taken.content["asked"] == {"kind": "contact.added"}
    assert taken.actor.startswith("user:")


def test_an_auditor_reads_what_changed_and_no_address(busy: None, sign_in: SignIn) -> None:
    client = sign_in("auditor")

    page = client.get("/journal").content.decode()
    file = "".join(row["content"] for row in rows_of(client))

    assert "zhou@example.com" not in page + file
    assert "120" in page
    assert sign_in("operator").get("/journal.csv").status_code == 403


def test_instants_stand_in_the_zone_of_the_business_and_in_utc_beside(
    busy: None, sign_in: SignIn
) -> None:
    """R-U-046: the page names the zone, and who points at an instant reads it in UTC."""
    client = sign_in("owner")

    page = client.get("/journal", headers=ENGLISH).content.decode()

    assert "Times in Asia/Shanghai" in page
    assert f'title="{AT:%Y-%m-%d %H:%M} UTC"' in page
    assert "业务时区" in client.get("/journal").content.decode()


def test_an_entry_names_the_request_that_it_was_written_in(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-U-038: the answer says the same, a proxy's own is kept, and one asks for it."""
    client = sign_in("owner")

    first = client.post("/notices/mute", {"kind": "metric.alerted"})
    ours = first.headers["X-Request-ID"]
    client.post(
        "/notices/mute",
        {"kind": "risk.drifted"},
        headers={"X-Request-ID": "edge-7f3a9c01"},
    )
    forged = client.get("/notices", headers={"X-Request-ID": "a b<script>"})
    muted = Entry.objects.filter(kind="notice.muted").order_by("pk")
    page = client.get(f"/journal?request={ours}").content.decode()
    append(Fact("sending.stopped", on=AS_OF), at=AT, by="loop")

    assert [one.request_id for one in muted] == [ours, "edge-7f3a9c01"]
    assert re.fullmatch(r"[0-9a-f]{32}", ours)
    assert re.fullmatch(r"[0-9a-f]{32}", forged.headers["X-Request-ID"])
    assert page.count('href="?kind=notice.muted"') == 1
    assert f'href="?request={ours}"' in page
    assert Entry.objects.get(kind="sending.stopped").request_id == ""
