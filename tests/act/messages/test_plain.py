"""Plain templates are filled as Liquid fills them, whatever stands in them and whatever is known.

The oracle is python-liquid itself, in the sandbox of the product.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError, UndefinedError

from tenure.act.messages.plain import fill, plan_of
from tenure.act.messages.rendering import _SANDBOX, MissingSlot, render

_NAMES = ("plan_name", "price", "days_left", "lapse_effect", "unknown")
_WORDS = st.sampled_from(
    ["您的", " renews ", "\n", "  ", "{", "}", "%", "100%", "<b>", "&amp;", "。"]
)
_SLOT = st.sampled_from(_NAMES).map(lambda name: f"{{{{ {name} }}}}")
_ODD = st.sampled_from(
    ["{{ price | upcase }}", "{{- price -}}", "{% if price and days_left %}x{% endif %}",
     "{% for one in many %}{{ one }}{% endfor %}", "{{ true }}", "{{ 'x' }}", "{{ a.b }}"]
)  # fmt: skip
_TEXT = st.recursive(
    _WORDS | _SLOT | _ODD,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, st.sampled_from(_NAMES), inner),
        st.builds(
            "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format,
            st.sampled_from(_NAMES), inner, inner,
        ),
    ),
    max_leaves=12,
)  # fmt: skip
_SLOTS = st.dictionaries(
    st.sampled_from(_NAMES[:-1]),
    st.one_of(
        st.text(min_size=1, max_size=8), st.integers(-5, 5), st.booleans(), st.floats(0, 9),
        st.lists(st.text(min_size=1, max_size=3), max_size=2),
    ),
)  # fmt: skip


@given(_TEXT, _SLOTS)
def test_what_is_filled_plainly_is_what_liquid_writes(text: str, slots: dict[str, object]) -> None:
    filled = fill(plan_of(text), slots)

    if filled is not None:
        assert filled == _SANDBOX.from_string(text).render(**slots)


@pytest.mark.parametrize(
    "text",
    ["{{ price | upcase }}", "{{- price }}", "{% for x in y %}{{ x }}{% endfor %}", "{{ a.b }}",
     "{% if a == b %}c{% endif %}", "{% if a %}b{% elsif c %}d{% endif %}", "{% if a %}b",
     "{% endif %}", "{{ true }}", "{% if a %}  {% endif %}", "{{ open", "{% raw %}x{% endraw %}"],
)  # fmt: skip
def test_whatever_is_more_than_plain_is_left_to_liquid(text: str) -> None:
    assert plan_of(text) is None


def test_zero_is_known_and_nothing_is_not() -> None:
    text = "{% if days_left %}{{ days_left }} days{% else %}over{% endif %}"

    assert fill(plan_of(text), {"days_left": 0}) == "0 days"
    assert fill(plan_of(text), {}) == "over"


def test_a_hole_is_named_by_liquid() -> None:
    text = "{{ plan_name }} ends on {{ ends_on }}"

    assert fill(plan_of(text), {"plan_name": "300M"}) is None
    with pytest.raises(MissingSlot) as refused:
        render("", text, template="t", slots={"plan_name": "300M"})
    assert refused.value.data["slot"] == "ends_on"
    assert issubclass(UndefinedError, LiquidError)


def test_a_text_too_long_to_be_plain_is_left_to_liquid() -> None:
    assert plan_of("x" * 4_001) is None
    assert fill(plan_of("{{ name }}"), {"name": "x" * 401}) is None
