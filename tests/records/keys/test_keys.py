"""Keys of programs: shown once, kept as a hash, closed for good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.journal.models import Entry
from tenure.records.keys.actions import UnknownKey, UnknownScope, Wish, close, create
from tenure.records.keys.models import ApiKey
from tenure.records.keys.queries import every, find
from tenure.records.keys.rules import PUBLIC_BYTES, SECRET_BYTES, KeyText
from tests.builders import AS_OF, AT

ENTROPY = bytes(range(PUBLIC_BYTES + SECRET_BYTES))
TEXT = KeyText.made_of(ENTROPY)


def a_key(scope: str = "customers") -> ApiKey:
    return create(Wish("crm", scope), text=TEXT, on=AS_OF, at=AT, by="test")


@given(st.binary(min_size=PUBLIC_BYTES + SECRET_BYTES, max_size=PUBLIC_BYTES + SECRET_BYTES))
def test_a_key_is_read_as_it_was_written(entropy: bytes) -> None:
    text = KeyText.made_of(entropy)

    assert KeyText.parse(str(text)) == text


@pytest.mark.parametrize("text", ["", "tnr", "tnr_", "tnr_a", "tnr__b", "abc_a_b", "_a_b"])
def test_what_is_no_key_is_not_read(text: str) -> None:
    assert KeyText.parse(text) is None


def test_only_a_hash_of_the_secret_is_kept(db: None) -> None:
    key = a_key()

    stored = "".join(str(value) for value in ApiKey.objects.filter(pk=key.pk).values()[0].values())
    assert TEXT.secret not in stored
    assert TEXT.secret not in str(Entry.objects.get().content)
    assert len(key.secret_hash) == 64


def test_a_key_is_found_by_its_whole_text_alone(db: None) -> None:
    key = a_key()
    other = KeyText(TEXT.public_id, TEXT.secret[::-1])

    assert find(str(TEXT)) == key
    assert find(str(other)) is None
    assert find(str(KeyText("nobody", TEXT.secret))) is None


def test_a_closed_key_opens_nothing_and_is_still_listed(db: None) -> None:
    key = a_key()

    close(key.public_id, on=AS_OF, at=AT, by="test")

    assert find(str(TEXT)) is None
    assert [one.closed_at for one in every()] == [AT]
    assert [one.kind for one in Entry.objects.order_by("pk")] == ["key.created", "key.closed"]


def test_a_key_is_closed_once(db: None) -> None:
    key = a_key()
    close(key.public_id, on=AS_OF, at=AT, by="test")

    with pytest.raises(UnknownKey):
        close(key.public_id, on=AS_OF, at=AT, by="test")

    assert Entry.objects.filter(kind="key.closed").count() == 1


def test_a_key_for_something_unknown_is_refused(db: None) -> None:
    with pytest.raises(UnknownScope):
        a_key("everything")

    assert ApiKey.objects.count() == 0
