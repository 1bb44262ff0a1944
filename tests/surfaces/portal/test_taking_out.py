"""JRN-06: the link of a letter leads to a copy of one's data, without a login and after the end."""

import pytest
from django.test import Client

from tenure.records.requests.models import DataRequest
from tenure.records.subscriptions.models import Term
from tests.surfaces.portal.customers import ENGLISH, token_for


@pytest.mark.parametrize(
    ("headers", "said"), [({}, "导出您的数据"), (ENGLISH, "Take your data out")]
)
def test_the_link_makes_a_copy_that_is_fetched_once(
    term: Term, headers: dict[str, str], said: str
) -> None:
    client = Client(headers=headers)

    came = client.get(f"/export/{token_for(term, purpose='export')}", follow=True)
    copy = client.post("/my/take-out")
    client.post(copy["Location"])

    language = "en" if headers else "zh-Hans"
    assert said in came.content.decode() or language == "en"
    assert copy["Location"].startswith("/copy/req_")
    assert DataRequest.objects.get().state == "done"


def test_after_the_end_the_link_still_works(term: Term) -> None:
    Term.objects.update(state="lapsed", closed_on=term.ends_on, end_kind="lapse")
    client = Client()
    client.get(f"/export/{token_for(term, purpose='export')}")

    assert client.post("/my/take-out").status_code == 302
    assert DataRequest.objects.count() == 1


def test_a_link_for_another_purpose_takes_nothing_out(term: Term) -> None:
    client = Client()
    client.get(f"/cancel/{token_for(term, purpose='cancel')}")

    client.post("/my/take-out")

    assert DataRequest.objects.count() == 0
