"""The policies that bind one contract on one day, each biting where its row says (TOP-07)."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.obligations.rules import Binding, Contract, Why, bind, cancel_limits
from tenure.strategy.duties import CancelPage, Event, OfferPlace, PriceRise, ProductClass
from tenure.strategy.loading import preset
from tenure.strategy.obligations import Obligations

TODAY = date(2026, 11, 21)


@cache
def obligations() -> Obligations:
    return preset("broadband").obligations


def bound(country: str, on: date = TODAY, **contract: object) -> Binding:
    wanted = replace(Contract(country=country), **contract)  # type: ignore[arg-type]
    return bind(wanted, obligations(), on=on)


def test_american_federal_law_has_no_numbers_of_its_own() -> None:
    """R-A-031: the rule of 2024 was vacated; what stands asks for a simple way out, no days."""
    rules = [one for one in obligations().policies if one.jurisdiction == "us_fed"]

    assert [one.notices for one in rules] == [()]
    assert rules[0].acknowledgment is None
    assert rules[0].withdrawal is None
    assert bound("US", region="CA").stamps[1] == "us_fed@2010-12-29"


def test_a_reduction_counts_from_thirty_days_in_the_union_and_nowhere_else() -> None:
    """R-A-055."""
    assert bound("FR").prior_price_days == bound("DE", date(2024, 1, 1)).prior_price_days == 30
    assert bound("CN").prior_price_days is None


def test_only_digital_content_lets_the_right_to_withdraw_be_given_up() -> None:
    """R-A-053: and telecom is a service to whoever withdraws."""
    right = bound("FR").withdrawal

    assert right is not None
    assert right.waivable == {ProductClass.DIGITAL_CONTENT}
    assert ProductClass.TELECOM.contract_class is ProductClass.SERVICE
    assert {one.contract_class for one in ProductClass} == {
        ProductClass.SERVICE, ProductClass.DIGITAL_CONTENT, ProductClass.GOODS
    }  # fmt: skip


def test_the_same_european_contract_has_other_duties_a_day_later() -> None:
    """R-A-001: the withdrawal function is owed since 19 June 2026."""
    before, after = bound("FR", date(2026, 6, 18)), bound("FR", date(2026, 6, 19))

    assert before.stamps == ["house@1", "eu@2014-06-13"]
    assert after.stamps == ["house@1", "eu@2026-06-19"]
    assert before.withdrawal is not None
    assert after.withdrawal is not None
    assert (before.withdrawal.has_function, after.withdrawal.has_function) == (False, True)
    assert after.withdrawal.button is not None
    assert after.withdrawal.button.en == "withdraw from contract here"


def test_a_chinese_deduction_must_say_how_it_is_paid_since_april_2026() -> None:
    """Price conduct rules, art. 20: time, amount and how to stop, before every deduction."""
    before, after = bound("CN", date(2026, 4, 9)), bound("CN", date(2026, 4, 10))

    def needs(found: Binding) -> set[str]:
        return {
            slot
            for policy, rule in found.notices(Event.RENEWAL)
            if policy.jurisdiction == "cn"
            for slot in rule.needs
        }

    assert needs(after) - needs(before) == {"payment_method"}
    assert after.price_rise is PriceRise.CONSENT


def test_a_german_visit_shows_no_offer_and_asks_for_no_login() -> None:
    """R-A-056, R-A-057: § 312k, and the judgment of 16 July 2026."""
    before = cancel_limits(bound("DE", date(2026, 7, 15)))
    after = cancel_limits(bound("DE", date(2026, 7, 16)))

    assert before.offers_where is OfferPlace.BEFORE_BUTTON
    assert before.may_show_offers is True
    assert after.may_show_offers is False
    assert (after.offers_at_most, after.offers_where) == (0, OfferPlace.NOWHERE)
    assert after.may_require_login is False
    assert after.page is CancelPage.TWO_STEP
    assert (after.button, after.confirm) == ("Verträge hier kündigen", "jetzt kündigen")
    assert after.stamps == ("house@1", "eu@2026-06-19", "de@2026-07-16")


@pytest.mark.parametrize(
    ("country", "region", "offers", "login"),
    [("CN", "浙江", 1, True), ("US", "CA", 1, True), ("US", "TX", 1, True), ("FR", "", 1, True)],
)
def test_one_offer_beside_the_cancel_control_elsewhere(
    country: str, region: str, offers: int, login: bool
) -> None:
    limits = cancel_limits(bound(country, region=region))

    assert limits.offers_at_most == offers
    assert limits.offers_where is OfferPlace.BESIDE_CANCEL
    assert limits.may_require_login is login
    assert limits.page is CancelPage.PORTAL


def test_californian_duties_reach_californians_only() -> None:
    """R-A-032, R-A-036: acknowledgment within an hour, a voicemail answered in one day."""
    here, elsewhere = bound("US", region="US-CA"), bound("US", region="Texas")

    assert here.stamps == ["house@1", "us_fed@2010-12-29", "us_ca@2025-07-01"]
    assert elsewhere.stamps == ["house@1", "us_fed@2010-12-29"]
    assert [owed.within_hours for _, owed in here.acknowledgments] == [1]
    assert cancel_limits(here).voicemail_business_days == 1
    assert cancel_limits(elsewhere).voicemail_business_days is None


@pytest.mark.parametrize("region", ["CA", "ca", "US-CA", " California ", "加州"])
def test_a_region_is_found_however_it_is_written(region: str) -> None:
    assert "us_ca@2025-07-01" in bound("US", region=region).stamps


def test_a_company_is_outside_consumer_law_but_not_outside_the_networks() -> None:
    """R-A-004."""
    found = bound("CN", is_consumer=False, method="card")

    assert found.stamps == ["house@1", "card@2020-04-18"]


def test_a_card_brings_its_networks_rules_in_every_country() -> None:
    """R-A-074."""
    for country in ("CN", "US", "DE", "JP"):
        assert "card@2020-04-18" in bound(country, method="card").stamps
        assert "card@2020-04-18" not in bound(country, method="wechat").stamps


def test_an_unknown_place_is_held_by_every_policy_and_says_why() -> None:
    """R-A-003: the strictest of all: no offer, no login, the yearly reminder, consent."""
    found = bound("")
    limits = cancel_limits(found)

    assert found.why is Why.NO_PLACE
    jurisdictions = [one.jurisdiction for one in found.policies]
    assert jurisdictions == ["house", "cn", "us_fed", "us_ca", "us_ny", "us_ma", "eu", "de", "in"]
    assert limits.may_show_offers is False
    assert limits.may_require_login is False
    assert found.price_rise is PriceRise.CONSENT
    assert found.retries_automatically is False


def test_an_unknown_state_is_held_by_every_state_of_the_country() -> None:
    found = bound("US")

    assert found.why is Why.NO_REGION
    assert [one.jurisdiction for one in found.policies][1:] == ["us_fed", "us_ca", "us_ny", "us_ma"]


def test_without_a_table_nothing_is_taken_and_nothing_is_offered() -> None:
    found = bind(Contract("CN"), replace(obligations(), policies=()), on=TODAY)

    assert found.why is Why.NO_POLICY
    assert cancel_limits(found).may_show_offers is False
    assert cancel_limits(found).may_require_login is False
    assert found.price_rise is PriceRise.CONSENT


def test_what_a_store_sold_the_store_renews() -> None:
    """R-A-070."""
    assert bound("CN", method="apple").is_charged_by_engine is False
    assert bound("CN", method="wechat").is_charged_by_engine is True


def test_an_indian_charge_is_not_tried_again_and_needs_agreement_above_15000_rupees() -> None:
    """R-Y-049."""
    found = bound("IN")

    assert found.retries_automatically is False
    assert found.second_factor_above_minor == 1_500_000


def test_chinese_telecom_customers_are_protected_in_arrears_and_may_take_their_number() -> None:
    """R-A-018, R-A-019; companies too: the telecom rules are no consumer law."""
    telecom = bound("CN", product_class=ProductClass.TELECOM, is_consumer=False)

    assert telecom.arrears is not None
    assert telecom.arrears.suspend_after_days == 30
    assert telecom.arrears.terminate_after_suspended_days == 60
    assert str(telecom.arrears.penalty_share_per_day) == "0.003"
    assert cancel_limits(telecom).lets_porting_pass is True
    assert bound("CN").arrears is None


def test_the_british_subscription_regime_is_known_and_not_in_force() -> None:
    """R-A-061: `previews` tries it out, with its two cooling-off periods."""
    assert [one.jurisdiction for one in bound("GB").policies] == ["house"]

    tried = replace(obligations(), previews=frozenset({"uk_dmcc"}))
    found = bind(Contract("GB"), tried, on=TODAY)

    assert found.stamps == ["house@1", "uk_dmcc@preview"]
    assert [(one.after, one.days) for one in found.cooling_off] == [("trial", 14), ("renewal", 14)]


@pytest.mark.parametrize(
    ("country", "label"),
    [
        ("DE", "zahlungspflichtig bestellen"),
        ("FR", "commande avec obligation de paiement"),
        ("PT", "order with obligation to pay"),
    ],
)
def test_the_order_button_of_a_country_says_nothing_else(country: str, label: str) -> None:
    """R-A-050: where no national wording is known, the directive's own."""
    button = bound(country).order_button(country)

    assert button is not None
    assert button.label == label
    assert bound("CN").order_button("CN") is None


contracts = st.builds(
    Contract,
    country=st.sampled_from(["", "CN", "US", "DE", "FR", "GB", "IN", "JP"]),
    region=st.sampled_from(["", "CA", "NY", "MA", "TX"]),
    is_consumer=st.booleans(),
    product_class=st.sampled_from(list(ProductClass)),
    method=st.sampled_from(["", "card", "wechat", "apple"]),
)


@given(contracts, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_knowing_less_never_asks_for_less(contract: Contract, on: date) -> None:
    """R-A-003: without the place every duty of every place holds."""
    known = bind(contract, obligations(), on=on)
    unknown = bind(replace(contract, country=""), obligations(), on=on)

    assert set(known.stamps) <= set(unknown.stamps)
    assert cancel_limits(unknown).offers_at_most <= cancel_limits(known).offers_at_most


@given(contracts, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_one_version_of_a_policy_holds_at_a_time(contract: Contract, on: date) -> None:
    names = [policy.jurisdiction for policy in bind(contract, obligations(), on=on).policies]

    assert len(names) == len(set(names))
