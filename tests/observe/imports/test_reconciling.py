"""What must change in a stored chain so that it says what its source says now."""

from datetime import date

import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.rules.chains import Agreement, Link, Today, expand
from tenure.observe.imports.rules.reconciling import Difference, StoredTerm, difference
from tenure.records.subscriptions.rules import TermVerb
from tenure.records.subscriptions.states import TermState


def d(text: str) -> date:
    return date.fromisoformat(text)


def told_on(
    as_of: str, *, ended_on: date | None = None, paid_until: date | None = None
) -> list[Link]:
    """A monthly agreement since 15 October 2024, as told on a day."""
    told = Agreement(d("2024-10-15"), 1, ended_on=ended_on, paid_until=paid_until)
    return expand(told, today=Today(d(as_of), 15))


def stored(links: list[Link], **last: TermState) -> list[StoredTerm]:
    """The records after those links were stored; the last term's state may have moved on."""
    rows = [
        StoredTerm(100 + number, number, link.starts_on, link.ends_on, link.state)
        for number, link in enumerate(links, start=1)
    ]
    if last:
        end = rows.pop()
        rows.append(StoredTerm(end.pk, end.number, end.starts_on, end.ends_on, last["state"]))
    return rows


def verbs(found: Difference) -> list[tuple[int, tuple[TermVerb, ...]]]:
    return [(move.pk, move.verbs) for move in found.moves]


def test_a_new_subscription_is_its_whole_chain() -> None:
    found = difference(told_on("2024-12-31"), [])

    assert [(number, str(link.starts_on)) for number, link in found.added] == [
        (1, "2024-10-15"),
        (2, "2024-11-15"),
        (3, "2024-12-15"),
    ]


def test_the_same_again_changes_nothing() -> None:
    told = told_on("2024-12-31")

    assert difference(told, stored(told)) == Difference(moves=[], added=[])


@pytest.mark.parametrize("state", [TermState.RUNNING, TermState.GRACE, TermState.LAPSED])
def test_a_month_later_the_live_term_was_renewed_whatever_we_had_made_of_it(
    state: TermState,
) -> None:
    before = stored(told_on("2024-12-31"), state=state)

    found = difference(told_on("2025-01-31"), before)

    assert verbs(found) == [(103, (TermVerb.RENEW,))]
    assert [(number, str(link.starts_on)) for number, link in found.added] == [(4, "2025-01-15")]


def test_a_renewal_that_was_bought_here_is_not_taken_back() -> None:
    here = stored(told_on("2025-01-31"))

    assert difference(told_on("2024-12-31"), here) == Difference(moves=[], added=[])


def test_an_end_that_is_told_now_cancels_the_live_term() -> None:
    before = stored(told_on("2024-12-31"))

    found = difference(told_on("2025-01-05", ended_on=d("2025-01-03")), before)

    assert verbs(found) == [(103, (TermVerb.CANCEL,))]
    assert found.moves[0].link.closed_on == d("2025-01-03")


def test_an_end_before_the_live_term_closes_it_on_its_first_day() -> None:
    before = stored(told_on("2024-12-31"))

    found = difference(told_on("2025-01-05", ended_on=d("2024-12-01")), before)

    assert verbs(found) == [(103, (TermVerb.CANCEL,))]
    assert found.moves[0].link.closed_on == d("2024-12-15")


def test_an_end_to_come_asks_for_the_cancellation() -> None:
    before = stored(told_on("2024-12-31"))

    found = difference(told_on("2025-01-05", ended_on=d("2025-01-10")), before)

    assert verbs(found) == [(103, (TermVerb.ASK_TO_CANCEL,))]


def test_a_paid_day_that_passed_takes_the_term_through_grace_to_its_lapse() -> None:
    before = stored(told_on("2024-12-31", paid_until=d("2025-01-15")))

    found = difference(told_on("2025-02-15", paid_until=d("2025-01-15")), before)

    assert verbs(found) == [(103, (TermVerb.OVERRUN, TermVerb.LAPSE))]


def test_another_start_is_another_history_and_refused() -> None:
    before = stored(told_on("2024-12-31"))
    other = expand(Agreement(d("2024-10-20"), 1), today=Today(d("2024-12-31"), 15))

    with pytest.raises(Refusal) as caught:
        difference(other, before)

    assert caught.value.code == "history_changed"
