"""What `make demo` serves: a customer opens the link, pays at a gateway, and is renewed by it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenure.kernel.clock import monotonic_seconds
from tests.browser import OpenPage
from tests.surfaces.console.serving import CUSTOMERS, DAYS, copy_demo, run_command, wait_for
from tests.surfaces.portal.serving import Portal, links

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/149.0 Mobile Safari",
}
ENTRY = "from tenure.surfaces.cli.main import main; main()"
START_SECONDS = 180
# What the customer would scan, of the newest attempt; and what became of it.
NEWEST = """
import json, django
django.setup()
from tenure.records.billing.models import Payment
from tenure.records.journal.models import Entry
made = Payment.objects.filter(order__isnull=False).select_related("order").order_by("pk").last()
told = Entry.objects.filter(kind="order.fulfilled").count()
print(json.dumps([made.handoff, made.state, made.order.state, told] if made else [told]))
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, dict[str, str]]]:
    """The demo as its command serves it the second time, with the gateways that it opens."""
    home = tmp_path_factory.mktemp("demo")
    copy_demo(home)
    environment = {**os.environ, "TENURE_HOME": str(home), "TENURE_LANG": "en"}
    said = home.with_name(f"{home.name}.said")
    command = [sys.executable, "-c", ENTRY, "demo", "--customers", CUSTOMERS, "--days", DAYS]
    with said.open("w") as file:
        server = subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        address = _address(said, server)
        yield Portal(address, links()), environment
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def _address(said: Path, server: "subprocess.Popen[bytes]") -> str:
    until = monotonic_seconds() + START_SECONDS
    while monotonic_seconds() < until and server.poll() is None:
        found = re.search(r"Console: (http://127\.0\.0\.1:\d+)", said.read_text(encoding="utf-8"))
        if found:
            wait_for(f"{found.group(1)}/login")
            return found.group(1)
        time.sleep(0.2)
    raise AssertionError(said.read_text(encoding="utf-8"))


def newest(environment: dict[str, str]) -> Any:
    return json.loads(run_command([sys.executable, "-W", "ignore", "-c", NEWEST], environment))


def chosen(page: Page, portal: Portal, method: str) -> None:
    """From the link to the way of paying."""
    page.goto(portal.link("renew"))
    page.locator(f"label[for$='{method}']").first.click()
    page.locator("button[form=renew]").click()


def test_a_customer_scans_a_code_and_is_renewed(
    demo: tuple[Portal, dict[str, str]], open_page: OpenPage, screenshots: Path
) -> None:
    """PAY-01, PAY-02, R-U-044: the code leads to the gateway's page, whose notification renews.

    The demo's own data, its sandbox and a renewal end to end, without any account elsewhere.
    """
    portal, environment = demo
    before = newest(environment)[-1]
    desk = open_page(locale="en-US")
    chosen(desk, portal, "wechat_native")
    expect(desk.locator(".tn-p__qr")).to_be_visible()
    handoff, *_ = newest(environment)

    telephone = open_page(locale="zh-CN", **PHONE)
    telephone.goto(handoff["url"])
    telephone.screenshot(path=screenshots / "demo-gateway.png", full_page=True)
    telephone.locator("button.main").click()

    expect(desk.locator("h1")).to_have_text("续费成功", timeout=30_000)
    desk.screenshot(path=screenshots / "demo-done.png", full_page=True)
    assert newest(environment)[1:] == ["succeeded", "fulfilled", before + 1]


def test_a_customer_pays_on_the_telephone_and_comes_back(
    demo: tuple[Portal, dict[str, str]], open_page: OpenPage
) -> None:
    portal, environment = demo
    telephone = open_page(locale="zh-CN", **PHONE)
    before = newest(environment)[-1]
    chosen(telephone, portal, "alipay_wap")
    telephone.locator("#waiting .btn-primary").click()
    telephone.locator("button.main").click()

    expect(telephone.locator("h1")).to_have_text("续费成功", timeout=30_000)
    assert newest(environment)[1:] == ["succeeded", "fulfilled", before + 1]
