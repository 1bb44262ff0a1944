"""What goes into a log goes through the scrubber first (R-Y-048)."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from tenure.kernel.scrubbing import scrubbed, scrubbed_value
from tenure.kernel.tracing import current_trace


class Scrubber(logging.Filter):
    """Hides secrets in records of the standard library, ours and everybody's."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the message out, so that no argument is left to be written later."""
        record.msg, record.args = scrubbed(record.getMessage()), ()
        return True


def scrub(*given: Any) -> MutableMapping[str, Any]:
    """The same for lines of structlog, which gives a logger, a method and the event."""
    _logger, _method, event = given
    if (trace := current_trace()) is not None:
        event = {**event, "trace_id": trace.trace_id}
    return {name: scrubbed_value(name, value) for name, value in event.items()}


def configure() -> None:
    """Put the scrubber before whatever writes structlog's lines; doing it again changes nothing."""
    processors = list(structlog.get_config()["processors"])
    if scrub not in processors:
        structlog.configure(processors=[*processors[:-1], scrub, processors[-1]])
