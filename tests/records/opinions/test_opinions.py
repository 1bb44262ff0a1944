"""TOP-08: a person's call is kept apart from the model's, disagreement is listed, both scored."""

from decimal import Decimal

import pytest

from tenure.records.journal.models import Entry
from tenure.records.opinions.actions import Said, give_opinion
from tenure.records.opinions.models import Opinion
from tenure.records.opinions.queries import came_true, disagreements
from tenure.records.opinions.rules import Came, NoChance, TermDecided, contest, share_of
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_term, day


@pytest.mark.parametrize(
    ("text", "share"), [("70", "0.7"), (" 62.5% ", "0.625"), ("0", "0"), ("100％", "1")]
)
def test_a_chance_is_read_as_people_write_it(text: str, share: str) -> None:
    assert share_of(text) == Decimal(share)


@pytest.mark.parametrize("text", ["", "much", "101", "-1", "nan", "inf"])
def test_what_is_no_chance_is_refused(text: str) -> None:
    with pytest.raises(NoChance):
        share_of(text)


def test_the_better_of_two_has_the_lower_brier_score() -> None:
    """Losses 0.01, 0.09 and 0.25 against 0.16, 0.36 and 0.04, by hand."""
    told = contest([Came(0.9, 0.6, True), Came(0.3, 0.6, False), Came(0.5, 0.8, True)])

    assert contest([]) is None
    assert told is not None
    assert (told.n, round(told.person, 6), round(told.model, 6)) == (3, 0.116667, 0.186667)
    # Differences −0.15, −0.27, 0.21: mean −0.07, deviation 0.24980, ÷ √3, × 1.959964.
    assert told.low == pytest.approx(-0.07 - 0.28264, abs=1e-4)
    assert told.high == pytest.approx(-0.07 + 0.28264, abs=1e-4)


@pytest.mark.django_db
def test_an_opinion_is_kept_once_a_day_and_listed_where_it_disagrees() -> None:
    far, near = a_term(days_left=40), a_term(days_left=40)
    said = Said(Decimal("0.9"), Decimal("0.4"), note="signed the letter of intent")

    first = give_opinion(far.pk, said, on=AS_OF, at=AT, by="user:1")
    again = give_opinion(far.pk, said, on=AS_OF, at=AT, by="user:1")
    give_opinion(near.pk, Said(Decimal("0.5"), Decimal("0.6")), on=AS_OF, at=AT, by="user:1")

    assert first == again
    assert Opinion.objects.count() == 2
    entries = Entry.objects.filter(kind="opinion.given", term_id=far.pk)
    assert [one.content for one in entries] == [{"renews": "0.9", "model": "0.4"}]
    (apart,) = disagreements()
    assert (apart.opinion.term_id, apart.gap) == (far.pk, Decimal("0.5"))


@pytest.mark.django_db
def test_nobody_predicts_what_is_decided_and_decided_terms_are_scored() -> None:
    renewed, lapsed = a_term(days_left=5), a_term(days_left=5)
    for term, share in ((renewed, "0.9"), (lapsed, "0.8")):
        give_opinion(term.pk, Said(Decimal(share), Decimal("0.5")), on=day(-2), at=AT, by="user:1")
    Term.objects.filter(pk=renewed.pk).update(state=TermState.RENEWED, renewed_on=day(3))
    Term.objects.filter(pk=lapsed.pk).update(state=TermState.LAPSED, closed_on=day(20))

    with pytest.raises(TermDecided):
        give_opinion(renewed.pk, Said(Decimal("0.1")), on=day(6), at=AT, by="user:1")

    assert Opinion.objects.count() == 2
    assert came_true(as_of=day(10), grace_days=15) is None
    told = came_true(as_of=day(20), grace_days=15)
    assert told is not None
    # (0.1² + 0.8²) ÷ 2 and (0.5² + 0.5²) ÷ 2
    assert told.person == pytest.approx(0.325)
    assert told.model == pytest.approx(0.25)
