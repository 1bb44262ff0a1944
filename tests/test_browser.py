"""What the tests call an unclean page, and that nothing of it is ever loaded."""

import pytest
from playwright.sync_api import Browser, Request

from tests.browser import watched_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ELSEWHERE = ("https://elsewhere.example/a.js", "http://192.0.2.1/a.png")
UNCLEAN = """<meta http-equiv="Content-Security-Policy" content="style-src 'none'">
<script src="https://elsewhere.example/a.js"></script><img src="http://192.0.2.1/a.png">
<style>p { color: red }</style><script>throw new Error("broken")</script>"""


def test_what_comes_from_elsewhere_is_noted_and_never_arrives(chromium: Browser) -> None:
    faults: list[str] = []
    failed: list[str] = []
    with chromium.new_context() as context:
        page = watched_page(context, faults)

        def note(request: Request) -> None:
            assert request.failure == "net::ERR_NAME_NOT_RESOLVED"
            failed.append(request.url)

        page.on("requestfailed", note)
        page.set_content(UNCLEAN)

    assert sorted(failed) == sorted(ELSEWHERE)
    assert {f"loads {one}" for one in ELSEWHERE} <= {*faults}
    assert "error in a script: broken" in faults
    assert any("Content Security Policy" in one for one in faults)
    assert len(faults) == 4
