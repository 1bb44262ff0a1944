"""R-C-035: letters on paper, from the sender to the printer, the post, and back."""

import io
import zipfile
from datetime import timedelta

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.channels import postal
from tenure.act.channels.models import Carriage
from tenure.act.journeys.failures import CURABLE
from tenure.act.letters.actions import hand_over, print_waiting, take_back
from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.letters.printing import LETTERS_FILE, LIST_FILE, batch_pdf, batch_zip
from tenure.act.letters.rules import (
    LETTER,
    LetterVerb,
    NoSuchLetter,
    NothingToPrint,
    letter_number,
    parts_of,
)
from tenure.act.letters.states import LetterState
from tenure.act.messages.actions import dispatch
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, a_contact_point, a_message, a_term, at_on, primary_person

MORNING = at_on(AS_OF, 10)
HOME = "浙江省杭州市滨江区望澜路 88 号 3 幢 502 室; 310051"
pytestmark = pytest.mark.django_db


def a_letter(*, address: str = HOME, name: str = "王小明") -> Message:
    """A reminder on paper that waits at ten in the morning."""
    term = a_term(days_left=7)
    person = primary_person(term.account)
    person.name = name
    person.save(update_fields=["name"])
    a_contact_point(person=person, channel="letter", address=address)
    return a_message(
        term=term,
        person=person,
        channel="letter",
        address=address,
        template="ends_soon",
        journey="annual_renewal",
        step="t7",
        message_class=Message.Class.TRANSACTIONAL,
        planned_at=MORNING,
        expires_at=MORNING + timedelta(days=6),
    )


def printed(*letters: Message) -> LetterBatch:
    dispatch(at=MORNING)
    batch = print_waiting(on=AS_OF, at=MORNING + timedelta(hours=4), by="user:1")
    assert PrintedLetter.objects.filter(batch=batch).count() == len(letters)
    return batch


def stands(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


@pytest.mark.usefixtures("either_database", "strategy")
def test_a_letter_waits_for_a_person_and_is_printed_once() -> None:
    letter = a_letter()

    dispatch(at=MORNING)
    queued = stands(letter)
    batch = print_waiting(on=AS_OF, at=MORNING, by="user:1")

    assert queued == (MessageState.SENT, "awaits_confirming")
    assert Carriage.objects.get().provider_id == f"letter:{letter.pk}"
    assert (batch.number, batch.letters.get().state) == ("20260615-1", LetterState.PRINTED)
    with pytest.raises(NothingToPrint):
        print_waiting(on=AS_OF, at=MORNING, by="user:1")
    assert Entry.objects.filter(kind="letters.printed", content__letters=1).count() == 1


@pytest.mark.usefixtures("strategy")
def test_the_file_holds_each_letter_with_its_address_and_the_same_bytes() -> None:
    """Chinese is embedded, a name runs neither as a formula nor as typst."""
    batch = printed(a_letter(), a_letter(name='=cmd|"#read(\\"/etc/passwd\\")'))

    archive = zipfile.ZipFile(io.BytesIO(batch_zip(batch)))
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(batch_pdf(batch))).pages]
    rows = archive.read(LIST_FILE).decode("utf-8-sig").splitlines()

    assert archive.namelist() == [LETTERS_FILE, LIST_FILE]
    assert batch_zip(batch) == batch_zip(batch)
    assert len(pages) == 2
    for said in ("王小明", "望澜路 88 号 3 幢 502 室", "L20260615-1-1", "2026年6月15日"):
        assert said.replace(" ", "") in pages[0].replace(" ", "")
    assert '#read("/etc/passwd")'.replace('"', "") in pages[1].replace("\\", "").replace('"', "")
    assert rows[1].startswith("L20260615-1-1,王小明,310051,")
    assert rows[2].split(",")[1].lstrip('"').startswith("'=cmd")


@pytest.mark.usefixtures("strategy")
def test_whoever_renewed_before_the_printer_gets_no_letter() -> None:
    late, still = a_letter(), a_letter()
    dispatch(at=MORNING)
    Term.objects.filter(pk=late.term_id).update(state="cancelling")

    batch = print_waiting(on=AS_OF, at=MORNING, by="user:1")

    states = {one.message_id: (one.state, one.reason) for one in batch.letters.all()}
    assert states[late.pk] == (LetterState.DROPPED, "cancelling")
    assert states[still.pk] == (LetterState.PRINTED, "")
    assert (stands(late)[0], stands(still)[0]) == (MessageState.FAILED, MessageState.SENT)
    assert len(pypdf.PdfReader(io.BytesIO(batch_pdf(batch))).pages) == 1


@pytest.mark.usefixtures("either_database", "strategy")
def test_a_letter_that_comes_back_ends_its_address_and_its_step_goes_on() -> None:
    letter, refused = a_letter(), a_letter()
    batch = printed(letter, refused)
    number = letter_number(batch.number, 1)
    with pytest.raises(NoSuchLetter):  # it never went to the post
        take_back(number, "moved", on=AS_OF, at=MORNING, by="user:1")
    for _ in range(2):
        hand_over(batch.pk, carrier="EMS", on=AS_OF, at=MORNING, by="user:1")
    gone = stands(letter)

    for _ in range(2):
        take_back(number.lower(), "moved", on=AS_OF, at=MORNING, by="user:1")
    take_back(letter_number(batch.number, 2), "refused", on=AS_OF, at=MORNING, by="user:1")

    assert gone == (MessageState.SENT, "")
    assert stands(letter) == (MessageState.FAILED, "bounced")
    assert stands(refused) == (MessageState.FAILED, "undelivered")
    assert {"bounced", "undelivered"} <= set(CURABLE)
    points = ContactPoint.objects.filter(channel="letter").order_by("pk")
    assert [one.bounced_at is None for one in points] == [False, True]
    assert Entry.objects.filter(kind="letter.returned").count() == 2
    assert Entry.objects.filter(kind="letters.handed_over").count() == 1
    with pytest.raises(NoSuchLetter):
        take_back("L20260615-1-99", "moved", on=AS_OF, at=MORNING, by="user:1")


@pytest.mark.usefixtures("strategy")
def test_an_address_on_which_no_letter_arrives_fails_on_its_own() -> None:
    bad, good = a_letter(address="在家"), a_letter()

    dispatch(at=MORNING)

    assert stands(bad) == (MessageState.FAILED, "bounced")
    assert stands(good)[0] == MessageState.SENT


@pytest.mark.parametrize(
    ("text", "lines", "code"),
    [
        (HOME, ("浙江省杭州市滨江区望澜路 88 号 3 幢 502 室", "310051"), "310051"),
        ("湖南省湘潭县石潭镇古城村七组", ("湖南省湘潭县石潭镇古城村七组",), ""),
        ("12 Long Street|Leeds LS1 4AB", ("12 Long Street", "Leeds LS1 4AB"), ""),
        ("12 Long Street, Leeds", ("12 Long Street, Leeds",), ""),
        ("杭州", None, ""),
        ("浙江省杭州市滨江区望澜路", None, ""),
        ("12", None, ""),
        ("Long Street, Leeds", None, ""),
        ("", None, ""),
        ("12 Long Street, Leeds\x00", None, ""),
        ("1 号 浙江省杭州市\u202e滨江区", None, ""),
        ("浙江省杭州市滨江区望澜路 88 号;a;b;c;d", None, ""),
    ],
)
def test_what_can_stand_on_an_envelope(text: str, lines: tuple[str, ...] | None, code: str) -> None:
    found = postal.read(text)

    assert (found.lines if found else None) == lines
    assert (found.post_code if found else "") == code


@given(st.text(max_size=300))
def test_whatever_is_read_fits_the_window(text: str) -> None:
    found = postal.read(text)

    assert found is None or (
        1 <= len(found.lines) <= postal.MOST_LINES
        and all(postal.wrapped(one) == [one] for one in found.lines)
    )


@given(st.integers(1, 999), st.integers(1, 9_999))
def test_the_number_at_the_foot_names_its_letter(batch: int, place: int) -> None:
    assert parts_of(letter_number(f"20260615-{batch}", place)) == (f"20260615-{batch}", place)
    assert parts_of(f"20260615-{batch}") is None
    with pytest.raises(IllegalMove):
        LETTER.after(LetterState.RETURNED, LetterVerb.HAND_OVER)
