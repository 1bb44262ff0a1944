"""What may be said, in both languages, with slots that exist (VAL-01, TOP-04, STD-09)."""

from typing import Any

import pytest

from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.messages import SLOTS, Channel, MessageClass, Purpose, slots_of
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, files_of

SOLD = {"body": {"zh": "优惠 拒收请回复R", "en": "An offer, reply STOP"}}


def a_message(**fields: Any) -> dict[str, Any]:
    sms = fields.pop("sms", {"body": {"zh": "你好", "en": "Hello"}})
    return {
        "id": "greeting",
        "name": {"zh": "问候", "en": "Greeting"},
        "class": "transactional",
        "purpose": "reminder",
        "sms": sms,
        **fields,
    }


def refused(message: dict[str, Any]) -> StrategyError:
    document = a_document()
    files_of(document)["messages.toml"]["message"].append(message)
    with pytest.raises(StrategyError) as found:
        build(document)
    return found.value


def test_slots_are_found_in_outputs_branches_and_loops_without_own_names() -> None:
    text = "{{ a }}{% if b %}{{- c | upcase -}}{% endif %}{% for one in d %}{{ one.x }}{% endfor %}"

    assert slots_of(text) == {"a", "b", "c", "d"}
    assert slots_of("{% assign e = 1 %}{{ e }}{% unless f %}{% endunless %}") == {"f"}


def test_unknown_slot_is_refused_with_the_nearest() -> None:
    body = {"zh": "{{ plan_nam }}", "en": "Hello"}

    refusal = refused(a_message(sms={"body": body}))

    assert refusal.data["path"] == "message[greeting].sms.body.zh-Hans"
    assert "the nearest is “plan_name”" in str(refusal)
    assert "最接近的是“plan_name”" in refusal.sentence("zh")


@pytest.mark.parametrize("message_class", ["transactional", "legal_notice"])
def test_offer_may_stand_only_in_marketing(message_class: str) -> None:
    """R-P-021: no marketing in service templates."""
    body = {"zh": "只要 {{ offer_price }}", "en": "only {{ offer_price }}"}

    refusal = refused(a_message(**{"class": message_class, "sms": {"body": body}}))

    assert "“offer_price” persuades" in str(refusal)


def test_marketing_must_say_how_to_refuse_it() -> None:
    """R-P-020: a convenient free way to refuse in every commercial message."""
    body = {"zh": "优惠 拒收请回复R", "en": "An offer"}

    refusal = refused(a_message(**{"class": "marketing", "sms": {"body": body}}))

    assert refusal.data["path"] == "message[greeting].sms.body.en"
    assert "marketing must say how to refuse it" in str(refusal)


def test_marketing_mail_says_where_the_business_is() -> None:
    """R-P-030: an address block beside the way to refuse."""
    way_out = "{{ unsubscribe_url }}"
    whole = f"{way_out} {{{{ postal_address }}}}"
    email = {"subject": {"zh": "好", "en": "Hi"}, "body": {"zh": whole, "en": way_out}}

    refusal = refused(a_message(**{"class": "marketing", "email": email, "sms": SOLD}))

    assert refusal.data["path"] == "message[greeting].email.body.en"
    assert "says where the business is" in str(refusal)


def test_generated_text_says_that_a_machine_made_it() -> None:
    """R-P-035: a label that is read, in both languages, and the mark stays with the message."""
    plain = {"zh": "你好", "en": "Hello"}
    half = {"zh": "你好（AI 生成）", "en": "Hello"}
    for body, language in ((plain, "zh-Hans"), (half, "en")):
        refusal = refused(a_message(generated=True, sms={"body": body}))
        assert refusal.data["path"] == f"message[greeting].sms.body.{language}"
    document = a_document()
    labelled = {"zh": "你好（AI 生成）", "en": "Hello (AI-generated)"}
    files_of(document)["messages.toml"]["message"].append(
        a_message(generated=True, sms={"body": labelled})
    )
    messages = build(document).messages
    assert messages["greeting"].is_generated
    assert not any(one.is_generated for name, one in messages.items() if name != "greeting")


def test_body_is_needed_in_both_languages() -> None:
    refusal = refused(a_message(email={"subject": {"zh": "好", "en": "Hi"}}))

    assert "messages/greeting.email.zh-Hans.liquid" in str(refusal)
    assert "messages/greeting.email.en.liquid" in str(refusal)


def test_message_without_a_channel_is_refused() -> None:
    message = a_message()
    del message["sms"]

    assert "give at least one of email, sms, push, phone" in str(refused(message))


@pytest.mark.parametrize("name", preset_names())
def test_templates_of_the_presets_keep_their_promises(name: str) -> None:
    """VAL-01: a slot that may be missing stands only behind a question."""
    for template in preset(name).messages.values():
        for rendering in template.renderings.values():
            for text in (rendering.body.zh, rendering.body.en):
                asked = {slot for slot in slots_of(text) if f"if {slot}" in text}
                optional = {slot for slot in slots_of(text) if "missing" in SLOTS[slot].en}
                assert optional <= asked, (template.id, optional - asked)


@pytest.mark.parametrize("name", preset_names())
def test_same_slots_in_both_languages(name: str) -> None:
    for template in preset(name).messages.values():
        for rendering in template.renderings.values():
            assert slots_of(rendering.body.zh) == slots_of(rendering.body.en), template.id
            assert slots_of(rendering.subject.zh) == slots_of(rendering.subject.en), template.id


def test_holdout_receives_legal_notices_and_receipts_only() -> None:
    """TOP-04: nothing that persuades, and nothing that reminds."""
    messages = preset("broadband").messages

    assert {one.id for one in messages.values() if one.reaches_holdout} == {
        "best_tariff",
        "deduction_notice",
        "payment_failed",
        "payment_failed_last",
        "renewal_receipt",
        "renewal_terms",
        "yearly_reminder",
    }
    assert all(
        one.message_class is not MessageClass.MARKETING
        for one in messages.values()
        if one.purpose is Purpose.RECEIPT
    )


def test_long_bodies_come_from_files_beside_the_table() -> None:
    body = preset("broadband").messages["value_review"].renderings[Channel.EMAIL].body

    assert body.zh.startswith("{{ customer_name }}，您好：")
    assert body.en.startswith("Dear {{ customer_name }},")
