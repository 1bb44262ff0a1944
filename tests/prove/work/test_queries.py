"""TEAM-04, HLT-01: what work changed is read against those whom the lot held out, or not at all."""

import pytest

from tenure.prove.work.queries import LEAST, Became, Done, Side, became, done_by_kind
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_term, a_todo, an_account, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database")]


def rung(
    *, renewed: bool, held_out: bool = False, days_left: int = 10, state: TermState | None = None
) -> Term:
    """A term for which the alarm rang so many days before its end."""
    account = an_account(in_holdout=held_out)
    over = {"renewed_on": day(-1)} if renewed else {"closed_on": day(-1), "end_kind": "natural"}
    given = state or (TermState.RENEWED if renewed else TermState.LAPSED)
    term = a_term(account=account, ends_on=day(-1), state=given, **(over if state is None else {}))
    on = day(-1 - days_left)
    append(Fact("health.fell", on=on, account_id=account.pk, term_id=term.pk,
                once_key=f"x:{term.pk}"), at=AT, by="test")  # fmt: skip
    return term


def fell(rows: list[Became]) -> Became:
    return next(one for one in rows if one.alarm == "health.fell")


def test_everybody_for_whom_it_rang_is_counted_and_too_few_say_nothing() -> None:
    rung(renewed=True)
    rung(renewed=False)
    rung(renewed=True, held_out=True)
    rung(renewed=False, days_left=90)  # nobody worked on it at once
    rung(renewed=False, state=TermState.RUNNING)  # not over yet

    found = fell(became(as_of=AS_OF, held_out_below=1_000))

    assert (found.worked, found.held_out) == (Side(2, 1), Side(1, 1))
    assert found.difference is None
    assert found.missing == LEAST - 1


def test_enough_on_both_sides_give_a_difference_with_its_interval() -> None:
    """Arithmetic: 0.6 − 0.5, and 1.96 × √(0.6·0.4/100 + 0.5·0.5/100) on either side."""
    found = Became("health.fell", Side(100, 60), Side(100, 50))

    assert found.difference is not None
    assert found.difference.effect == pytest.approx(0.1)
    assert found.difference.low == pytest.approx(0.1 - 1.959964 * 0.07, abs=1e-4)
    assert Became("health.fell", Side(LEAST - 1, 9), Side(500, 90)).missing == 1


def test_work_is_counted_by_kind() -> None:
    a_todo(kind="health", term=rung(renewed=True), state="done", closed_at=AT)
    a_todo(kind="health", term=rung(renewed=False), state="done", closed_at=AT)
    a_todo(kind="health", term=rung(renewed=False))
    a_todo(kind="call")

    assert done_by_kind(as_of=AS_OF) == [Done("call", 1, 0, 0, 0), Done("health", 3, 2, 2, 1)]
