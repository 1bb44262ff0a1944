"""Chromium for the tests that look at pages as a person does.

A page that loads anything from elsewhere, breaks the content security policy or throws an error
in a script fails its test, whatever the test looks at.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Nothing is found elsewhere. Holding back each request would tell Chromium to keep nothing,
    # and every page would load and compile its styles and scripts anew.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
OURS = {"127.0.0.1", "localhost", ""}
TIMEOUT_MS = 15_000

type OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of a module.

    It ends with the module: a thread in which Playwright's loop runs can start no other, and the
    modules that follow in the same worker sign contracts and send mails with loops of their own.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("missing chromium")
    # Playwright's loop runs in this thread, and Django would refuse its database calls beside it.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def watched_page(context: BrowserContext, faults: list[str]) -> Page:
    """A page of a context; what is not clean about it is added to `faults` as it happens."""

    def note_message(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def note_request(request: Request) -> None:
        if urlsplit(request.url).hostname not in OURS and urlsplit(request.url).scheme != "data":
            faults.append(f"loads {request.url}")

    context.on("request", note_request)
    page = context.new_page()
    page.on("console", note_message)
    page.on("pageerror", lambda error: faults.append(f"error in a script: {error}"))
    return page


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages in fresh contexts: `open_page(locale="en", color_scheme="dark")`.

    Any option of Playwright's `new_context` may be given; the default is a Chinese reader at
    1440 by 900. After the test every page opened must have been clean.
    """
    faults: list[str] = []
    contexts = []

    def open_one(**options: object) -> Page:
        defaults: dict[str, object] = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1440, "height": 900},
        }
        context = chromium.new_context(**{**defaults, **options})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        return watched_page(context, faults)

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page with the defaults of `open_page`."""
    return open_page()


@pytest.fixture
def screenshots(pytestconfig: pytest.Config) -> Path:
    """Where pictures of pages are kept; git ignores it."""
    folder = pytestconfig.rootpath / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
