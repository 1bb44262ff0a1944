"""R-C-035, R-C-033: the operator's pages of letters on paper and of the sending domain."""

import io
import zipfile

import pytest

from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.models import Message
from tests.act.letters.test_letters import MORNING, a_letter
from tests.surfaces.conftest import SignIn
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(broadband: Warehouse) -> Message:
    found = a_letter()
    dispatch(at=MORNING)
    return found


def test_a_letter_goes_from_the_queue_to_the_post_and_back(
    letter: Message, sign_in: SignIn
) -> None:
    client = sign_in("operator")

    queue = client.get("/letters", headers=ENGLISH).content.decode()
    client.post("/letters/print", headers=ENGLISH)
    batch = LetterBatch.objects.get()
    file = client.get(f"/letters/{batch.pk}/file")
    client.post(f"/letters/{batch.pk}/handed-over", {"carrier": "EMS"}, headers=ENGLISH)
    wrong = {"numbers": f"L{batch.number}-1 L{batch.number}-9", "reason": "moved"}
    page = client.post("/letters/returned", wrong, follow=True, headers=ENGLISH).content.decode()

    assert "Make a batch of 1 letter" in queue
    assert letter.address in queue
    assert zipfile.ZipFile(io.BytesIO(file.content)).namelist() == ["letters.pdf", "letters.csv"]
    assert "1 letter came back" in page
    assert f"There is no letter “L{batch.number}-9”" in page
    assert "moved away" in page
    assert "EMS" in page


@pytest.mark.parametrize("role", ["analyst", "support"])
def test_who_may_not_act_prints_nothing(letter: Message, sign_in: SignIn, role: str) -> None:
    client = sign_in(role)

    answers = [
        client.post("/letters/print").status_code,
        client.post("/letters/returned", {"numbers": "L1", "reason": "moved"}).status_code,
    ]

    assert answers == [403, 403]
    assert PrintedLetter.objects.count() == 0


def test_a_reason_of_nobody_is_refused(letter: Message, sign_in: SignIn) -> None:
    answer = sign_in("operator").post("/letters/returned", {"numbers": "L1", "reason": "x"})

    assert answer.status_code == 400


def test_the_domain_says_what_should_stand_and_what_does(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    client = sign_in("analyst")

    page = client.get("/domain", headers=ENGLISH).content.decode()
    zone = 'lanjiang.example. IN TXT "v=spf1 +all"'
    told = client.post("/domain", {"records": zone}, headers=ENGLISH).content.decode()

    assert "_dmarc.lanjiang.example" in page
    assert "anybody may send as you" in told
    assert "No signing key is set" in told
