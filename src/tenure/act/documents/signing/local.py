"""PAdES by pyHanko with a key of our own: B-B, or B-T where a time-stamp authority is set."""

from __future__ import annotations

import io
import os
from datetime import datetime
from typing import Any

from tenure.act.documents.signing import authority
from tenure.act.documents.signing.provider import Seal, SigningDown


class LocalSigner:
    """Seals here. `timestamper` is pyHanko's; None leaves the time to our own word (B-B)."""

    name = "local"

    def __init__(self, *, issuer: str, timestamper: Any = None) -> None:
        self._issuer = issuer
        self._timestamper = timestamper

    def seal(self, pdf: bytes, seal: Seal, *, at: datetime) -> bytes:
        """One more PAdES signature as an incremental update.

        Raises:
            SigningDown: the time-stamp authority did not answer.
        """
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
        from pyhanko.sign.timestamps.common_utils import TimestampRequestError

        key, certificate, root = authority.key_files(authority.ready(at=at, name=self._issuer))
        load: Any = signers.SimpleSigner.load  # typed loosely by the library
        signer = load(str(key), str(certificate), ca_chain_files=(str(root),))
        assert signer is not None, "the key and its certificate were made together"
        metadata = signers.PdfSignatureMetadata(
            field_name=seal.field,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            name=seal.name,
            reason=seal.reason,
        )
        pen = signers.PdfSigner(
            metadata,
            signer,
            timestamper=self._timestamper,
            new_field_spec=SigFieldSpec(seal.field),
        )
        sealed = io.BytesIO()
        try:
            pen.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=sealed)
        except (TimestampRequestError, OSError) as error:
            raise SigningDown(signer=self.name, why=type(error).__name__) from error
        return sealed.getvalue()


def timestamper() -> Any:
    """The time-stamp authority that is configured (RFC 3161, TENURE_TSA_URL), or None."""
    address = os.environ.get("TENURE_TSA_URL", "")
    if not address:
        return None
    from pyhanko.sign.timestamps.requests_client import HTTPTimeStamper

    make: Any = HTTPTimeStamper  # typed loosely by the library
    return make(address)
