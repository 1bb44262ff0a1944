"""The pages on which a person pays and signs, in both languages, with nothing else allowed."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tenure.world.gateways.book import Contract, Deal, Signed, Standing
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.stripe import StripeGateway


@pytest.fixture
def gateway() -> Iterator[StripeGateway]:
    one = StripeGateway(pace=0.001)
    yield one
    one.close()


def a_deal(gateway: StripeGateway, *, title: str = "家庭宽带 12 个月") -> Deal:
    deal = Deal(
        number="R1",
        provider_id="pi_1",
        amount_minor=9_990,
        currency="CNY",
        title=title,
        way="card",
        notify_url="",
        return_url="http://127.0.0.1:9/done",
    )
    deal.noted = {"session": "cs_1", "created": "0"}
    gateway.book.deals[deal.number] = deal
    return deal


def a_contract(gateway: StripeGateway) -> Contract:
    contract = Contract(
        number="A1", contract_id="seti_1", title="自动续费", notify_url="", return_url=""
    )
    contract.noted = {"account": "张* 8812", "limit": "100.00 CNY", "customer": "c", "created": "0"}
    gateway.book.contracts[contract.number] = contract
    return contract


def ask(
    gateway: StripeGateway, path: str, *, deed: str = "", language: str = "zh-CN"
) -> tuple[int, dict[str, str], str]:
    parts = urlsplit(gateway.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    body = urlencode({"deed": deed}) if deed else None
    headers = {"Accept-Language": language}
    if deed:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if deed else "GET", path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text


def test_a_page_says_to_whom_what_and_how_much_and_offers_three_deeds(
    gateway: StripeGateway,
) -> None:
    status, headers, text = ask(gateway, f"/pay/{a_deal(gateway).token}")

    assert status == 200
    assert "99.90 CNY" in text
    assert gateway.merchant_name in text
    assert [deed for deed in ("pay", "fail", "cancel") if f'value="{deed}"' in text] == [
        "pay", "fail", "cancel"
    ]  # fmt: skip
    assert "确认支付" in text
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert "<script" not in text
    assert "style=" not in text


def test_a_page_speaks_the_readers_language_or_the_one_asked_for(gateway: StripeGateway) -> None:
    token = a_deal(gateway).token

    by_browser = ask(gateway, f"/pay/{token}", language="en-GB")[2]
    by_address = ask(gateway, f"/pay/{token}?lang=en")[2]

    assert 'lang="en"' in by_browser
    assert ">Pay</button>" in by_address
    assert "?lang=zh" in by_address


def test_what_the_merchant_wrote_is_text_and_no_markup(gateway: StripeGateway) -> None:
    text = ask(gateway, f"/pay/{a_deal(gateway, title='<script>alert(1)</script>').token}")[2]

    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("deed", "standing"),
    [("pay", Standing.PAID), ("fail", Standing.FAILED), ("cancel", Standing.OPEN)],
)
def test_each_button_does_what_it_says(
    gateway: StripeGateway, deed: str, standing: Standing
) -> None:
    deal = a_deal(gateway)

    status, headers, _ = ask(gateway, f"/pay/{deal.token}", deed=deed)
    after = ask(gateway, headers["Location"])[2]

    assert (status, deal.standing) == (303, standing)
    assert 'href="http://127.0.0.1:9/done"' in after
    assert ('http-equiv="refresh"' in after) is (standing is not Standing.OPEN)


def test_paying_twice_pays_once(gateway: StripeGateway) -> None:
    deal = a_deal(gateway)
    ask(gateway, f"/pay/{deal.token}", deed="pay")
    paid_at = deal.paid_at

    ask(gateway, f"/pay/{deal.token}", deed="pay")

    assert deal.paid_at == paid_at


def test_a_closed_order_offers_nothing_but_under_its_fault(gateway: StripeGateway) -> None:
    deal = a_deal(gateway)
    deal.standing = Standing.CLOSED

    before = ask(gateway, f"/pay/{deal.token}")[2]
    ask(gateway, f"/pay/{deal.token}", deed="pay")
    closed = deal.standing
    gateway.faults.arm(Fault.PAID_WHEN_CLOSED)
    ask(gateway, f"/pay/{deal.token}", deed="pay")

    assert 'value="pay"' not in before
    assert (closed, deal.standing) == (Standing.CLOSED, Standing.PAID)


def test_a_mandate_is_signed_declined_and_ended_on_its_page(gateway: StripeGateway) -> None:
    contract = a_contract(gateway)
    page = f"/sign/{contract.token}"

    text = ask(gateway, page)[2]
    ask(gateway, page, deed="decline")
    declined = contract.standing
    ask(gateway, page, deed="sign")
    signed = contract.standing
    ask(gateway, page, deed="release")

    assert "100.00 CNY" in text
    assert "张* 8812" in text
    assert (declined, signed, contract.standing) == (Signed.OPEN, Signed.ACTIVE, Signed.ENDED)


def test_an_unknown_page_is_404(gateway: StripeGateway) -> None:
    assert ask(gateway, "/pay/nothing")[0] == 404
    assert ask(gateway, "/sign/nothing")[0] == 404


def test_the_switches_can_be_set_from_outside(gateway: StripeGateway) -> None:
    parts = urlsplit(gateway.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request(
        "POST", "/faults", body=b'{"fault": "duplicate", "times": null, "share": 0.5}'
    )
    told = connection.getresponse().read()
    connection.request("DELETE", "/faults")
    after = connection.getresponse().read()
    connection.close()

    assert told == b'{"duplicate": {"times": null, "share": 0.5}}'
    assert after == b"{}"
