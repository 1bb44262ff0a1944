"""A real server on the loopback, and a reader who signs in."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page

from tenure.kernel.clock import monotonic_seconds
from tests.databases import first_one

CUSTOMERS, DAYS = "300", "4"
START_SECONDS = 60
TENURE = [sys.executable, "-c", "from tenure.surfaces.cli.main import main; main()"]
NAME, SESSION_COOKIE = "operator", "sessionid"
# A customer with a decision, so that every part of the page has something to show.
DECIDED = """
import django
django.setup()
from tenure.decide.decisions.models import Decision
from tenure.records.subscriptions.states import LIVE
made = Decision.objects.filter(term__state__in=LIVE, outcome="chosen").order_by("-pk")
print(made.values_list("account_id", flat=True)[0])
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the console is, the password of its operator, and a customer worth looking at."""

    address: str
    password: str
    customer: int
    # Of the reader who signed in first: hashing a password takes the server half a second.
    session: list[Any] = field(default_factory=list)

    def sign_in(self, page: Page, *, path: str = "/") -> None:
        """Open a page as the operator, whose first reader signs in by the form."""
        if not self.session:
            self.sign_in_by_form(page)
            self.session.append(session_of(page))
            if path == "/":
                return
        page.context.add_cookies(self.session)
        page.goto(f"{self.address}{path}")

    def sign_in_by_form(self, page: Page) -> None:
        """Give the name and the password, and arrive at what there is to do today."""
        page.goto(f"{self.address}/login")
        page.fill("#id_username", NAME)
        page.fill("#id_password", self.password)
        page.click("form button.btn-primary")
        page.wait_for_url(f"{self.address}/")

    @property
    def customer_path(self) -> str:
        return f"/customers/{self.customer}"


def session_of(page: Page) -> dict[str, Any]:
    """The cookie by which the server knows who signed in."""
    [found] = [one for one in page.context.cookies() if one["name"] == SESSION_COOKIE]
    return {"name": SESSION_COOKIE, "value": found["value"], "url": page.url}


@contextmanager
def serve(home: Path) -> Iterator[Served]:
    """Serve a copy of the business, in a home of its own, until the block ends."""
    copy_demo(home)
    environment = {**os.environ, "TENURE_HOME": str(home), "TENURE_LANG": "en"}
    customer = int(told_by_demo("decided", DECIDED))
    password = (home / "operator-password").read_text(encoding="utf-8").strip()
    port = _free_port()
    server = subprocess.Popen(
        [*TENURE, "serve", "--port", str(port), "--workers", "1"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/readyz")
        yield Served(address, password, customer)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def copy_demo(home: Path) -> None:
    """Put the business that the demo builds into a home; it is built once for a run's tests."""
    shutil.copytree(_built(), home, dirs_exist_ok=True)


def _built() -> Path:
    home = Path(os.environ["TENURE_TEST_ROOT"]) / "demo"
    environment = {**os.environ, "TENURE_HOME": str(home), "TENURE_LANG": "en"}
    demo = [*TENURE, "demo", "--customers", CUSTOMERS, "--days", DAYS, "--no-serve", "--json"]
    with first_one("demo") as mark:
        if not mark.exists():
            assert json.loads(run_command(demo, environment))["decide"]["chosen"] > 0
            mark.touch()
    return home


def told_by_demo(name: str, script: str) -> str:
    """What a script says about the business as it was built; it is asked once for a run's tests."""
    home = _built()
    with first_one(f"demo-{name}") as mark:
        if not mark.exists():
            environment = {**os.environ, "TENURE_HOME": str(home), "TENURE_LANG": "en"}
            mark.write_text(
                run_command([sys.executable, "-W", "ignore", "-c", script], environment)
            )
        return mark.read_text()


def run_command(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(address: str) -> None:
    """Until a page is there."""
    until = monotonic_seconds() + START_SECONDS
    while monotonic_seconds() < until:
        try:
            with urlopen(address, timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no server at {address}")
