"""TOP-08: where a person and the model are far apart somebody is to look, once a term."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenure.loop.reactions import react
from tenure.records.opinions.actions import Said, give_opinion
from tenure.records.success.models import ToDo
from tests.builders import AS_OF, AT, a_term
from tests.understand.warehouses import with_strategy


@pytest.fixture(autouse=True)
def _broadband(db: None, settings: Any, tmp_path: Path) -> None:
    settings.TENURE_HOME = tmp_path
    with_strategy("broadband")


def test_a_disagreement_is_queued_once_and_agreement_is_not() -> None:
    apart, close, silent = (a_term(days_left=60) for _ in range(3))
    said = {
        apart.pk: Said(Decimal("0.9"), Decimal("0.4")),
        close.pk: Said(Decimal("0.5"), Decimal("0.4")),
        silent.pk: Said(Decimal("0.9")),
    }
    for term, one in said.items():
        give_opinion(term, one, on=AS_OF, at=AT, by="lin")
    react(at=AT)
    give_opinion(apart.pk, Said(Decimal("0.95"), Decimal("0.4")), on=AS_OF, at=AT, by="lin")
    react(at=AT)

    todo = ToDo.objects.get()
    assert todo.term_id == apart.pk
    assert todo.reasons[0]["en"].startswith("a person gives the renewal 90 %, the model 40 %")
