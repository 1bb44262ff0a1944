"""Where a customer goes to pay, as the page shows it."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from tenure.act.payments.values import HandOffKind


@dataclass(frozen=True, slots=True)
class Handing:
    """A hand-over in the shape in which a template draws it."""

    kind: str
    url: str
    fields: tuple[tuple[str, str], ...]

    @property
    def picture(self) -> str:
        """The QR code as a picture that needs no request of its own; empty where there is none."""
        if self.kind != HandOffKind.QR:
            return ""
        import segno

        drawn = BytesIO()
        segno.make(self.url, error="m").save(drawn, kind="svg", scale=5, border=3, light="#fff")
        return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()

    @property
    def verb(self) -> str:
        """How a form is sent. It goes to the provider, who must not get our token with it."""
        return "post"

    @property
    def origin(self) -> str:
        """Where a form is sent to, for the policy of the page."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def handing_of(stored: dict[str, Any]) -> Handing | None:
    """What was stored with the attempt; None where nothing is left to be done by the customer."""
    if not stored or not stored.get("kind"):
        return None
    fields = tuple((str(name), str(value)) for name, value in stored.get("fields", {}).items())
    return Handing(str(stored["kind"]), str(stored.get("url", "")), fields)
