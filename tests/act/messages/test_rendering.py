"""VAL-01: missing data never yields an empty slot."""

import pytest

from tenure.act.messages.rendering import BadTemplate, MissingSlot, render, slots_of


def test_every_slot_is_filled() -> None:
    said = render(
        "{{ plan_name }}：还有 {{ days_left }} 天",
        "您好，{{ customer_name }}：{% for one in benefits %}\n· {{ one.name }}{% endfor %}",
        template="t_30",
        slots={
            "plan_name": "畅享 300M",
            "days_left": 30,
            "customer_name": "李文静",
            "benefits": [{"name": "学习专属带宽"}, {"name": "云存储"}],
        },
    )

    assert said.subject == "畅享 300M：还有 30 天"
    assert said.body == "您好，李文静：\n· 学习专属带宽\n· 云存储"


@pytest.mark.parametrize(
    ("body", "slots"),
    [
        ("{{ days_left }} days", {}),
        ("{{ days_left }} days", {"days_left": None}),
        ("{{ plan_name }} ends", {"plan_name": "  "}),
        ("{% for one in benefits %}{{ one }}{% endfor %}", {}),
        ("{% for one in benefits %}{{ one }}{% endfor %}", {"benefits": None}),
        ("{{ offer.price }}", {"offer": {"name": "9 折"}}),
        ("{{ plan_name | upcase }}", {}),
    ],
)
def test_a_missing_slot_blocks_the_message(body: str, slots: dict[str, object]) -> None:
    with pytest.raises(MissingSlot) as refused:
        render("s", body, template="t_30", slots=slots)

    assert refused.value.code == "missing_slot"
    assert refused.value.data["template"] == "t_30"


def test_an_optional_part_is_left_out_whole() -> None:
    body = (
        "Renew now.{% if offer_price %} It costs {{ offer_price }}.{% endif %}"
        "{% for one in benefits %} Used: {{ one }}.{% endfor %}"
    )

    none = {"benefits": ["", None]}
    assert render("s", body, template="t", slots=none).body == "Renew now."
    some = {"benefits": ["Cloud"], "offer_price": "¥745.20"}
    assert render("s", body, template="t", slots=some).body == (
        "Renew now. It costs ¥745.20. Used: Cloud."
    )


@pytest.mark.parametrize(
    "body",
    [
        "{% include 'secrets' %}",
        "{% render 'secrets' %}",
        "{% for i in (1..100000) %}x{% endfor %}",
        "{{ plan_name",
        "{{ plan_name | no_such_filter }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(body: str) -> None:
    with pytest.raises(BadTemplate):
        render("s", body, template="t", slots={"plan_name": "p"})


def test_a_subject_is_one_line() -> None:
    said = render("{{ a }}\r\nBcc: x@example.com", "b", template="t", slots={"a": "Hi"})

    assert said.subject == "Hi Bcc: x@example.com"


def test_the_page_escapes_what_customers_typed_and_links_addresses() -> None:
    said = render(
        "s",
        "{{ customer_name }}\n\nRenew: {{ renew_url }}",
        template="t",
        slots={"customer_name": "<b>Eve</b>", "renew_url": "https://example.com/r?a=1&b=2"},
    )

    assert said.html == (
        "<p>&lt;b&gt;Eve&lt;/b&gt;</p>\n"
        '<p>Renew: <a href="https://example.com/r?a=1&amp;b=2">'
        "https://example.com/r?a=1&amp;b=2</a></p>"
    )


def test_slots_of_names_what_comes_from_outside() -> None:
    body = "{% for one in benefits %}{{ one.name }}{% endfor %}{% if offer_price %}{% endif %}"

    assert slots_of(body, template="t") == {"benefits", "offer_price"}
