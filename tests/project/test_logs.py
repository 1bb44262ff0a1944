"""R-Y-048: the scrubber stands before every log that this program writes."""

import io
import logging
from typing import Any

import structlog
from django.conf import settings

from tenure.project import logs


def test_a_record_of_any_library_is_scrubbed() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(logs.Scrubber())
    logger = logging.getLogger("some.library")
    logger.addHandler(handler)
    try:
        logger.warning("card %s, key %s", "4242424242424242", "sk_test_abcdefghijk")
    finally:
        logger.removeHandler(handler)

    assert out.getvalue() == "card [hidden] 4242, key [hidden]\n"


def test_the_handler_of_the_settings_has_the_scrubber() -> None:
    handlers: Any = settings.LOGGING["handlers"]

    assert handlers["console"]["filters"] == ["scrubber"]


def test_a_line_of_structlog_is_scrubbed_before_it_is_written() -> None:
    processors = structlog.get_config()["processors"]

    assert logs.scrub in processors[:-1]
    event = {"event": "paid 4242424242424242", "signature": "x"}
    assert logs.scrub(None, "info", event) == {
        "event": "paid [hidden] 4242",
        "signature": "[hidden]",
    }


def test_configuring_again_changes_nothing() -> None:
    before = structlog.get_config()["processors"]

    logs.configure()

    assert structlog.get_config()["processors"] == before
