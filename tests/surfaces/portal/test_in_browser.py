"""The portal on a telephone: renewed, paid, chosen and exported, in both languages (R-U-020)."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import OpenPage

if TYPE_CHECKING:
    from tenure.records.subscriptions.models import Term
    from tests.act.payments.memory import MemoryProvider

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOCALES = {"zh-Hans": "zh-CN", "en": "en-US"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DONE = {"zh-Hans": "续费成功", "en": "Renewal complete"}
MAKE = {"zh-Hans": "生成副本", "en": "Make a copy"}
FETCH = {"zh-Hans": "下载 ZIP 文件", "en": "Download the ZIP file"}


@dataclass(frozen=True)
class Shop:
    """A served portal, a customer who speaks a language, and where the money comes in."""

    address: str
    term: "Term"
    wechat: "MemoryProvider"

    def path(self, path: str) -> str:
        return f"{self.address}{path}"

    def link(self) -> str:
        from tests.surfaces.portal.customers import token_for

        return self.path(f"/renew/{token_for(self.term)}")

    def sign_in(self, page: Page) -> None:
        from tests.surfaces.portal.customers import signed_in

        token = signed_in(self.term).cookies["tenure_customer"].value
        page.context.add_cookies([{"name": "tenure_customer", "value": token, "url": self.address}])

    def pay(self) -> None:
        from tenure.kernel.clock import now
        from tenure.records.billing.models import Payment

        payment = Payment.objects.get(order__isnull=False)
        assert payment.number is not None
        self.wechat.pay(payment.number, at=now())


@pytest.fixture
def shop(
    transactional_db: None, settings: Any, tmp_path: Path, live_server: Any, request: Any
) -> Iterator[Shop]:
    from tenure.act.payments import registry
    from tenure.kernel.clock import now
    from tests.act.payments.memory import MemoryProvider
    from tests.surfaces.portal.customers import a_customer
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    with_strategy("broadband")
    ends_on = now().date() + timedelta(days=22)
    term = a_customer(ends_on=ends_on, language=getattr(request, "param", "zh-Hans"))
    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield Shop(live_server.url, term, provider)


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def look(page: Page, name: str, *, folder: Path) -> list[str]:
    """Keep a picture, and what is wrong with the page."""
    page.screenshot(path=folder / f"portal-{name}.png", full_page=True)
    sideways = page.evaluate(OVERFLOW)
    return [f"{name}: {fault}" for fault in serious(page)] + [f"{name}: wide"] * bool(sideways)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_a_customer_renews_and_pays_from_the_link(
    shop: Shop, open_page: OpenPage, screenshots: Path, theme: str
) -> None:
    """PAY-01, PAY-03: the link, one tap, the payment; the page goes on by itself.

    Back after paying, the same page says what was paid, and nothing is sold twice.
    """
    language = _language(shop)
    page = open_page(locale=LOCALES[language], color_scheme=theme, **PHONE)
    page.goto(shop.link())
    name = f"{language}.{theme}"
    faults = look(page, f"renew.{name}", folder=screenshots)
    expect(page.locator("#auto")).not_to_be_checked()
    before = page.locator("#amount").inner_text()

    page.locator("label[for=m24]").click()
    expect(page.locator("#amount")).not_to_have_text(before)
    page.locator("label[for=m12]").click()
    expect(page.locator("#amount")).to_have_text(before)
    expect(page.locator("#auto")).not_to_be_checked()
    page.locator("button[form=renew]").click()
    expect(page.locator(".tn-p__qr")).to_be_visible()
    faults += look(page, f"pay.{name}", folder=screenshots)
    shop.pay()
    expect(page.locator("h1")).to_have_text(DONE[language], timeout=20_000)
    faults += look(page, f"done.{name}", folder=screenshots)
    page.go_back()
    expect(page.locator("h1")).to_have_text(DONE[language])

    assert faults == []
    shop.term.refresh_from_db()
    assert shop.term.state == "renewed"


def _language(shop: Shop) -> str:
    from tests.builders import primary_person

    return primary_person(shop.term.account).language


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_every_page_can_be_read_by_everybody(
    shop: Shop, open_page: OpenPage, screenshots: Path, theme: str
) -> None:
    """R-U-020 … R-U-022: nothing serious, and nothing reaches out of a telephone's screen."""
    language = _language(shop)
    page = open_page(locale=LOCALES[language], color_scheme=theme, **PHONE)
    page.goto(shop.path("/my/sign-in"))
    faults = look(page, f"sign-in.{language}.{theme}", folder=screenshots)
    shop.sign_in(page)
    paths = [
        "",
        "/account",
        "/preferences",
        "/data",
        "/data/erasure",
        "/papers",
        "/methods",
        "/points",
    ]
    for path in [*paths, "/change", "/change/plan/home_1000", "/change/plan/home_100"]:
        page.goto(shop.path(f"/my{path}"))
        name = path.strip("/").replace("/", "-") or "home"
        faults += look(page, f"{name}.{language}.{theme}", folder=screenshots)

    assert faults == []


@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_a_customer_exports_everything(shop: Shop, open_page: OpenPage, tmp_path: Path) -> None:
    language = _language(shop)
    page = open_page(locale=LOCALES[language], accept_downloads=True, **PHONE)
    shop.sign_in(page)
    page.goto(shop.path("/my/data"))
    page.get_by_role("button", name=MAKE[language]).click()

    with page.expect_download() as downloading:
        page.get_by_role("button", name=FETCH[language]).click()
    saved = tmp_path / "copy.zip"
    downloading.value.save_as(saved)

    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        assert "data.json" in archive.namelist()


@pytest.mark.parametrize("shop", ["en"], indirect=True)
def test_a_customer_chooses_by_keys_alone(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(locale="en-US", **PHONE)
    shop.sign_in(page)
    page.goto(shop.path("/my/preferences"))

    page.locator("input[value='marketing:email']").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    expect(page.locator("input[value='marketing:email']")).not_to_be_checked()


@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_a_customer_changes_plan_and_rests(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(locale=LOCALES[_language(shop)], **PHONE)
    shop.sign_in(page)
    page.goto(shop.path("/my/change/plan/home_1000"))

    page.locator("button[form=change]").click()
    expect(page.locator(".tn-p__qr")).to_be_visible()
    shop.pay()
    expect(page.locator(".tn-p__done > .icon")).to_be_visible(timeout=20_000)
    page.goto(shop.path("/my/change"))
    page.locator("form:has(#days) button").click()

    expect(page.get_by_role("status").first).to_be_visible()
    shop.term.refresh_from_db()
    assert shop.term.plan_version.plan.code == "home_1000"
    assert shop.term.subscription.state == "paused"


COUNT = """addEventListener("click", () => {
  sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks") || 0) + 1));
}, true);"""


@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_leaving_takes_no_more_clicks_than_renewing(shop: Shop, open_page: OpenPage) -> None:
    """R-A-083: both ways begin on the account page, and the browser counts the clicks of each."""
    page = open_page(locale=LOCALES[_language(shop)], **PHONE)
    page.add_init_script(COUNT)
    shop.sign_in(page)

    def clicks() -> int:
        counted = page.evaluate("Number(sessionStorage.getItem('clicks') || 0)")
        page.evaluate("sessionStorage.removeItem('clicks')")
        return int(counted)

    page.goto(shop.path("/my"))
    page.locator("a.btn-primary").click()
    page.locator("button[form=renew]").click()
    expect(page.locator(".tn-p__qr")).to_be_visible()
    of_renewing = clicks()
    page.goto(shop.path("/my"))
    page.locator("[data-cancel]").click()
    page.locator("[data-cancel]").first.click()
    expect(page.locator(".tn-p__done")).to_be_visible()
    of_leaving = clicks()

    assert of_renewing == 2
    assert of_leaving <= of_renewing
