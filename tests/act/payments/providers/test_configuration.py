"""SYS-19: who the merchant is, from a file and from the environment; secrets never shown."""

from pathlib import Path

import pytest
from django.test import override_settings

from tenure.act.payments import registry
from tenure.act.payments.configuration import BadPaymentSettings, accounts
from tenure.act.payments.providers.bank.provider import BankTransfer
from tenure.act.payments.registry import METHODS, NoSuchProvider
from tenure.world.gateways.alipay import AlipayGateway
from tenure.world.gateways.desk import settings_of, started
from tenure.world.gateways.stripe import StripeGateway
from tenure.world.gateways.unionpay import UnionpayGateway
from tenure.world.gateways.wechat import WechatGateway

BANK = '[bank]\nholder = "A"\nbank = "B"\nnumber = "1"\n'
STRIPE = {
    "TENURE_PAY_STRIPE_ACCOUNT_ID": "acct_1",
    "TENURE_PAY_STRIPE_SECRET_KEY": "sk_live_secret",
    "TENURE_PAY_STRIPE_WEBHOOK_SECRETS": "whsec_1",
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "payments.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_is_configured_where_nothing_is_said() -> None:
    assert accounts(None, environ={}) == {}


def test_a_file_and_the_environment_say_it_together(tmp_path: Path) -> None:
    environ = STRIPE | {"TENURE_PAY_BANK_NUMBER": "2"}

    found = accounts(written(tmp_path, BANK), environ=environ)

    assert (found["bank"].holder, found["bank"].number) == ("A", "2")
    assert found["stripe"].account_id == "acct_1"


def test_no_secret_is_in_an_accounts_text(tmp_path: Path) -> None:
    found = accounts(None, environ=STRIPE)

    assert "secret" not in repr(found["stripe"]).replace("webhook_secrets", "")
    assert "sk_live" not in repr(found)
    assert "whsec_1" not in repr(found)


def test_a_key_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("sk_from_file", encoding="utf-8")
    environ = STRIPE | {"TENURE_PAY_STRIPE_SECRET_KEY": f"file:{key}"}

    assert accounts(None, environ=environ)["stripe"].secret_key == "sk_from_file"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[paypal]\nid = "1"\n', "paypal"),
        ('[bank]\nholder = "A"\n', "number"),
        (BANK + 'iban = "1"\n', "iban"),
        ("[bank\n", "TOML"),
        (BANK.replace('"1"', '"file:/nowhere/at/all"'), "number"),
    ],
)
def test_settings_that_cannot_be_used_say_why(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadPaymentSettings, match=told):
        accounts(written(tmp_path, text), environ={})


def test_a_number_that_is_none_is_refused() -> None:
    environ = {
        "TENURE_PAY_WECHAT_MCHID": "1", "TENURE_PAY_WECHAT_APPID": "1",
        "TENURE_PAY_WECHAT_CERTIFICATE_SERIAL": "1", "TENURE_PAY_WECHAT_PUBLIC_KEY_ID": "1",
        "TENURE_PAY_WECHAT_PUBLIC_KEY": "1", "TENURE_PAY_WECHAT_PRIVATE_KEY": "1",
        "TENURE_PAY_WECHAT_API_V3_KEY": "1", "TENURE_PAY_WECHAT_DEDUCT_DAYS": "seven",
    }  # fmt: skip

    with pytest.raises(BadPaymentSettings, match="deduct_days"):
        accounts(None, environ=environ)


def test_production_talks_to_no_gateway_without_tls() -> None:
    environ = STRIPE | {
        "TENURE_ENV": "production",
        "TENURE_PAY_STRIPE_GATEWAY": "http://127.0.0.1:1",
    }

    with pytest.raises(BadPaymentSettings, match="https"):
        accounts(None, environ=environ)


def test_production_fetches_no_file_without_tls() -> None:
    unionpay = {
        "MERCHANT_ID": "1", "CERTIFICATE_ID": "1", "ROOT_CERTIFICATE": "1", "PRIVATE_KEY": "1",
        "FILE_GATEWAY": "http://127.0.0.1:1",
    }  # fmt: skip
    environ = {f"TENURE_PAY_UNIONPAY_{name}": value for name, value in unionpay.items()}

    with pytest.raises(BadPaymentSettings, match="https"):
        accounts(None, environ=environ | {"TENURE_ENV": "production"})


def test_every_method_finds_its_provider_behind_the_fakes(tmp_path: Path) -> None:
    """The settings that `tenure fakes` writes are the whole configuration."""
    gateways = started(home="http://127.0.0.1:1")
    try:
        path = written(tmp_path, settings_of(gateways))
        with override_settings(TENURE_PAYMENTS=path):
            offered = registry.methods_offered()
            found = {method: registry.provider_of(method) for method in METHODS}
            ways = {method: registry.way_of(method) for method in METHODS}
    finally:
        for gateway in gateways:
            gateway.close()

    assert offered == tuple(METHODS)
    assert all(ways[method] in found[method].ways for method in METHODS)
    assert [gateway.name for gateway in gateways] == ["wechat", "alipay", "stripe", "unionpay"]
    assert [type(one) for one in gateways] == [
        WechatGateway, AlipayGateway, StripeGateway, UnionpayGateway
    ]  # fmt: skip


def test_what_is_not_configured_is_refused_with_what_is(tmp_path: Path) -> None:
    with override_settings(TENURE_PAYMENTS=written(tmp_path, BANK)):
        assert registry.names_offered() == ("bank",)
        assert isinstance(registry.provider_of("bank_transfer"), BankTransfer)
        with pytest.raises(NoSuchProvider, match="bank"):
            registry.provider_of("card")
    with pytest.raises(NoSuchProvider):
        registry.way_of("cheque")
