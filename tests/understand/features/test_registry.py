"""The declared features and the names that people read are one list."""

from tenure.strategy.features import OBSERVED
from tenure.understand.features.concepts import TOPICS, Concept
from tenure.understand.features.expressions.together import RESTS_ON
from tenure.understand.features.registry import FEATURES, KEYS, LEARNED, REGISTRY
from tests.understand.features.literal import TABLES


def test_every_name_that_rules_may_use_is_computed() -> None:
    assert list(REGISTRY) == list(OBSERVED)
    assert FEATURES.column_names == (*KEYS, *OBSERVED)


def test_every_feature_reads_tables_and_belongs_to_a_topic_with_both_names() -> None:
    assert {table for one in REGISTRY.values() for table in one.reads} <= TABLES.keys()
    assert set(TOPICS) == set(Concept)
    assert all(topic.name.zh and topic.name.en for topic in TOPICS.values())
    assert {one.concept for one in REGISTRY.values()} == set(Concept)


def test_nothing_undated_and_no_word_is_learned_from() -> None:
    """PRD-01: no leakage of what is only known as it is now."""
    left_out = set(REGISTRY) - set(LEARNED)

    assert left_out == {"plan_code", "auto_renew", "has_email", "has_phone", "marketing_consent"}


def test_what_a_business_may_not_record_at_all_rests_on_what_it_records() -> None:
    resting = {name for names in RESTS_ON.values() for name in names}

    reading = {
        one.id for one in REGISTRY.values() if {"events", "tickets", "payments"} & {*one.reads}
    }
    # Without a test there is no speed and without a ticket no time, whoever else had one.
    alone = {"speed_ratio_30", "days_since_ticket", "resolution_hours_90"}
    assert resting == reading - alone
