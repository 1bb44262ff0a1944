"""A signing service of this machine, with a certificate of its own; it refuses production."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tenure.act.documents.signing.remote import signature
from tenure.world.gateways.serving import Answer, Request, Server
from tenure.world.tax_platform.service import NotInProduction


class SigningDesk:
    """Started on a port of the loopback; `close` ends it."""

    def __init__(self, app_id: str, app_secret: str, *, signer: Any, port: int = 0) -> None:
        if settings.TENURE_ENV == "production":
            raise NotInProduction()
        self._app_id, self._app_secret, self._signer = app_id, app_secret, signer
        self.calls: list[str] = []
        self.gives_another_file = False
        self._server = Server(self._answer, port=port)

    @property
    def url(self) -> str:
        """Where its calls go."""
        return self._server.address

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _answer(self, request: Request) -> Answer:
        headers = request.headers
        signed = signature(
            self._app_secret, timestamp=headers.get("x-timestamp", ""), body=request.body
        )
        right = hmac.compare_digest(signed, headers.get("x-signature", ""))
        if headers.get("x-app-id") != self._app_id or not right:
            return Answer(401, b"{}")
        told = request.content
        pdf = base64.b64decode(told["file"])
        if hashlib.sha256(pdf).hexdigest() != told["sha256"]:
            return Answer(400, b"{}")
        self.calls.append(told["request_id"])
        sealed = b"%PDF-1.7 other" if self.gives_another_file else self._sealed(pdf, told)
        content = json.dumps({"file": base64.b64encode(sealed).decode()})
        return Answer(200, content.encode())

    def _sealed(self, pdf: bytes, told: Mapping[str, Any]) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import SigSeedSubFilter

        metadata = signers.PdfSignatureMetadata(
            field_name=told["field"], subfilter=SigSeedSubFilter.PADES, name=told["signer"]
        )
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signers.sign_pdf(writer, metadata, signer=self._signer, output=out)
        return out.getvalue()
