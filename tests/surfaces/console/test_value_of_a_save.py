"""B4 on the console: what keeping a customer is worth, and what of it comes in this term."""

from tests.decide.decisions.deciding import a_customer
from tests.decide.decisions.test_value_of_a_save import a_curve
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_customer import page
from tests.surfaces.console.test_today import text_of
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


def test_the_customer_s_page_says_what_keeping_them_is_worth(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """432.00 × 4.6243 terms; the call adds 8.0 points for 12.00, 148.55 in all, 22.72 of it now."""
    a_curve()
    one = a_customer(p_lapse=0.4, marketing_consent=0, term_number=2)
    finish_day(broadband, one)

    english = text_of(page(sign_in("operator"), one.term.account_id))
    chinese = text_of(page(sign_in("owner"), one.term.account_id, language="zh-Hans"))

    assert "Keeping this customer is worth 1997.70 CNY: 432.00 CNY a term × 4.6 terms" in english
    assert "changes the chance of renewing by +8.0 points and costs 12.00 CNY." in english
    assert "¥148.55" in english
    assert "of that in this term ¥22.72" in english
    assert "留住这位客户值 1997.70 CNY：每期毛利 432.00 CNY × 预计还有 4.6 期" in chinese
    assert "其中本期 ¥22.72" in chinese
    assert "Terms still expected, this one included, discounted 4.6243" in english


def test_the_sums_of_a_day_say_what_comes_in_the_terms_at_stake(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    a_curve()
    finish_day(broadband, a_customer(p_lapse=0.4, marketing_consent=0, term_number=2))

    client = sign_in("analyst")

    pages = [
        text_of(client.get(path, headers={"Accept-Language": "en"}).content.decode())
        for path in ("/decisions", "/")
    ]

    for text in pages:
        assert "¥148" in text
        assert "of that in this term ¥22" in text
