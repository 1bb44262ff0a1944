"""Refusals and outages: a stable code, data, and one sentence in both languages (STD-09)."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Outage, Refusal, Sentence


class OfferExpired(Refusal):
    code = "offer_expired"
    said = Sentence(
        zh="优惠 {offer} 已于 {ended_on} 结束；请选{others}。",
        en="The offer {offer} ended on {ended_on}; choose {others}.",
    )


class GatewayDown(Outage):
    code = "gateway_down"
    said = Sentence(zh="{gateway} 没有应答。", en="{gateway} does not answer.")


def test_refusal_says_what_and_what_to_do_in_both_languages() -> None:
    refusal = OfferExpired(offer="coupon", ended_on="2026-03-01", others=["call", "recap"])

    assert str(refusal) == "The offer coupon ended on 2026-03-01; choose call, recap."
    assert refusal.sentence("zh-Hans") == "优惠 coupon 已于 2026-03-01 结束；请选call、recap。"
    assert refusal.sentence("zh") == refusal.sentence("zh-Hant-TW")
    assert refusal.sentence("fr") == refusal.sentence("en")


def test_problem_holds_code_data_and_sentences_and_is_json() -> None:
    problem = OfferExpired(offer="a", ended_on=Sentence(zh="昨天", en="yesterday"), others={"b"})

    assert json.loads(json.dumps(problem.as_problem())) == {
        "code": "offer_expired",
        "data": {"offer": "a", "ended_on": {"zh": "昨天", "en": "yesterday"}, "others": ["b"]},
        "sentence": {
            "zh": "优惠 a 已于 昨天 结束；请选b。",
            "en": "The offer a ended on yesterday; choose b.",
        },
    }


def test_outage_carries_when_to_retry() -> None:
    outage = GatewayDown(gateway="SMTP", retry_after_s=30)

    assert outage.retry_after_s == 30
    assert outage.as_problem()["retry_after_s"] == 30
    assert GatewayDown(gateway="SMTP").retry_after_s is None
    assert not isinstance(outage, Refusal)


@pytest.mark.parametrize(
    "failure",
    [
        OfferExpired(offer="a", ended_on="b", others=("c",)),
        GatewayDown(gateway="SMTP", retry_after_s=5),
    ],
)
def test_failures_survive_the_way_between_processes(failure: Refusal | Outage) -> None:
    copy = pickle.loads(pickle.dumps(failure))

    assert type(copy) is type(failure)
    assert copy.as_problem() == failure.as_problem()


def test_empty_slot_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="ended_on"):
        OfferExpired(offer="a", others=[])


@given(value=st.text())
def test_values_are_never_read_as_slots(value: str) -> None:
    said = Sentence(zh="“{value}”", en="“{value}”").fill(value=value)

    assert said == Sentence(zh=f"“{value}”", en=f"“{value}”")
