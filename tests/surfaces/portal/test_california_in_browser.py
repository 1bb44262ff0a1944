"""R-A-034, R-A-035: a Californian leaves online at will; beside an offer the control is equal."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.portal.fairness import dark_patterns
from tests.surfaces.portal.test_in_browser import PHONE, Shop, look

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def californian(
    transactional_db: None, settings: Any, tmp_path: Path, live_server: Any
) -> Iterator[Shop]:
    """Somebody in California whom the lot keeps no offer from."""
    from tenure.act.payments import registry
    from tenure.kernel.clock import now
    from tenure.records.catalog.models import PlanVersion
    from tests.act.payments.memory import MemoryProvider
    from tests.act.self_service.leavers import a_leaver
    from tests.builders import a_term
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    with_strategy("broadband")
    account = a_leaver(country="US", region="CA", language="en", email="ann@example.com")
    term = a_term(
        account=account,
        plan_version=PlanVersion.objects.get(plan__code="home_300"),
        ends_on=now().date() + timedelta(days=40),
    )
    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield Shop(live_server.url, term, provider)


def test_the_control_stands_beside_the_offer_and_leaving_needs_nothing_else(
    californian: Shop, open_page: OpenPage, screenshots: Path
) -> None:
    from tenure.records.cancellations.models import Cancellation

    page = open_page(locale="en-US", **PHONE)
    californian.sign_in(page)
    page.goto(californian.path("/my"))
    page.locator("[data-cancel]").click()
    expect(page.locator("#h-o")).to_be_visible()
    wrong: list[str] = []
    wrong += dark_patterns(
        page, meanwhile=lambda: wrong.extend(look(page, "california-offer", folder=screenshots))
    )

    page.locator("[data-cancel]").first.click()
    expect(page.locator(".tn-p__done")).to_be_visible()

    assert wrong == []
    attempt = Cancellation.objects.get()
    assert attempt.state == "confirmed"
    assert "us_ca" in attempt.jurisdiction
    assert "us_ca@2025-07-01" in attempt.policy_version
