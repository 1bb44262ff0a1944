"""Tags enter and leave by themselves, and the journal says so once."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.understand.features.registry import FEATURES
from tenure.understand.tags.actions import fill
from tenure.understand.tags.queries import tags_of
from tenure.understand.tags.rules import Masks, without_refused
from tenure.warehouse.fills import reopen
from tenure.warehouse.tables.understanding import TAG_MASKS
from tests.builders import AS_OF, AT, a_term
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse

YESTERDAY = AS_OF - timedelta(days=1)


@pytest.fixture
def terms(broadband: Warehouse) -> list[Any]:
    return [a_term(), a_term()]


@pytest.fixture
def day_before(broadband: Warehouse) -> None:
    """A first day on which nobody carried anything."""
    broadband.put(FEATURES, on=TODAY - 1)
    fill(as_of=YESTERDAY, at=AT)


def of(term: Any, **features: Any) -> dict[str, Any]:
    return {
        "term_id": term.pk,
        "subscription_id": term.subscription_id,
        "account_id": term.account_id,
        **features,
    }


def entries() -> list[tuple[str, str, int]]:
    rows = Entry.objects.filter(kind__startswith="tag.").order_by("on", "kind", "pk")
    return [(row.kind, row.content["tag"], row.account_id or 0) for row in rows]


def test_seven_days_without_the_core_feature_enter_a_tag_and_use_leaves_it(
    broadband: Warehouse, terms: list[Any]
) -> None:
    """TAG-01: entering and leaving write an entry with the rule's version."""
    first, second = terms
    broadband.put(
        FEATURES, of(first, days_since_core=6), of(second, days_since_core=7), on=TODAY - 1
    )
    broadband.put(FEATURES, of(first, days_since_core=7), of(second, days_since_core=0))

    day_one = fill(as_of=YESTERDAY, at=AT)
    day_two = fill(as_of=AS_OF, at=AT)

    assert day_one == {"rows": 2, "entered": 0, "left": 0}  # the first day finds, it moves nobody
    assert day_two == {"rows": 2, "entered": 1, "left": 1}
    assert entries() == [
        ("tag.entered", "core_idle_7", first.account_id),
        ("tag.left", "core_idle_7", second.account_id),
    ]
    entry = Entry.objects.get(kind="tag.left")
    assert entry.content["rule_version"] == current().tags["core_idle_7"].version
    assert (entry.on, entry.term_id) == (AS_OF, second.pk)
    assert entry.once_key == f"tag:{second.subscription_id}:core_idle_7:left:{AS_OF}"


def test_a_new_term_after_a_renewal_carries_renewed_yesterday(
    broadband: Warehouse, terms: list[Any], day_before: None
) -> None:
    """TAG-01: "renewed yesterday" is a rule on days, not a timer."""
    broadband.put(
        FEATURES,
        of(terms[0], term_age_days=1, renewals_count=1),
        of(terms[1], term_age_days=2, renewals_count=1),
    )

    fill(as_of=AS_OF, at=AT)

    assert entries() == [("tag.entered", "renewed_yesterday", terms[0].account_id)]


def test_filling_again_writes_no_entry_even_when_the_day_is_reopened(
    broadband: Warehouse, terms: list[Any], day_before: None
) -> None:
    """TAG-02: a tag change starts the bound play once, so its entry exists once."""
    broadband.put(FEATURES, of(terms[0], open_tickets=2), of(terms[1]))

    first = fill(as_of=AS_OF, at=AT)
    second = fill(as_of=AS_OF, at=AT)
    reopen("tag_masks", from_day=TODAY)
    third = fill(as_of=AS_OF, at=AT)

    assert first == {"rows": 2, "entered": 1, "left": 0}
    assert second == third == {"rows": 2, "entered": 0, "left": 0}
    assert entries() == [("tag.entered", "open_ticket", terms[0].account_id)]


def test_the_screens_read_the_tags_of_an_account(broadband: Warehouse, terms: list[Any]) -> None:
    broadband.put(FEATURES, of(terms[0], open_tickets=1, is_elderly=1, days_left=20), of(terms[1]))
    fill(as_of=AS_OF, at=AT)

    (mine,) = tags_of(terms[0].account_id, as_of=AS_OF + timedelta(days=3))

    assert [tag.id for tag in mine.tags] == ["expiring_30", "open_ticket", "elderly"]
    assert (mine.on, mine.term_id) == (AS_OF, terms[0].pk)
    assert tags_of(terms[0].account_id, as_of=YESTERDAY) == []


def test_masks_hold_a_bit_per_tag_in_the_order_of_the_strategy(
    broadband: Warehouse, terms: list[Any]
) -> None:
    broadband.put(FEATURES, of(terms[0], nps_last=9), of(terms[1], nps_last=6))
    order = list(current().tags)

    fill(as_of=AS_OF, at=AT)

    masks = [row["mask"] for row in broadband.rows(TAG_MASKS)]
    assert masks == [1 << order.index("promoter"), 1 << order.index("detractor")]


def test_a_tag_that_a_customer_deleted_is_not_put_on_again() -> None:
    """R-P-005: the other tags of the account stay, and so does the tag on other accounts."""
    masks = Masks(
        ("first", "second"),
        subscription_id=np.array([1, 2, 3]),
        account_id=np.array([10, 20, 10]),
        term_id=np.array([1, 2, 3]),
        mask=np.array([0b11, 0b11, 0b10]),
    )

    cleared = without_refused(masks, {"second": {10}})

    assert cleared.tolist() == [0b01, 0b11, 0b00]
    assert masks.mask.tolist() == [0b11, 0b11, 0b10]
