"""What a signed PDF proves, and in so many words what it does not (R-I-021)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tenure.act.documents.signing import authority
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.contracts.models import ContractFile
from tenure.records.contracts.queries import known_file

MOST_BYTES: Final = 10_000_000


class Level(StrEnum):
    """Levels of PAdES that a signature reaches."""

    NONE = "none"
    B_B = "B-B"
    B_T = "B-T"


class NotAPdf(Refusal):
    """A file that cannot be read as a PDF."""

    code = "not_a_pdf"
    said = Sentence(
        zh="这不是可读取的 PDF（上限 10 MB）；请上传合同的 PDF 原件。",
        en="This is no PDF that can be read (10 MB at most); upload the contract's own PDF.",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One signature as it was found."""

    field: str
    name: str
    certificate: str
    told_at: datetime | None
    stamped_at: datetime | None
    is_intact: bool
    is_ours: bool
    covers_all: bool
    level: Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a file, and which of our contracts it is."""

    sha256: str
    findings: Sequence[Finding]
    known: ContractFile | None

    @property
    def is_good(self) -> bool:
        """Every signature intact and ours, and the last one covers the whole file."""
        fine = bool(self.findings) and all(one.is_intact and one.is_ours for one in self.findings)
        return fine and self.findings[-1].covers_all

    @property
    def not_proven(self) -> list[Sentence]:
        """What nobody should read into it."""
        if not self.findings:
            return [_NO_SIGNATURE]
        said = [_NO_IDENTITY]
        stamped = all(one.level == Level.B_T for one in self.findings)
        said.append(_STAMP if stamped else _NO_TIME)
        if not self.findings[-1].covers_all:
            said.append(_ADDED)
        if self.known is None:
            said.append(_NOT_KNOWN)
        return said


_NO_SIGNATURE = Sentence(
    zh="文件中没有任何电子签名。", en="There is no electronic signature in this file."
)
_NO_IDENTITY = Sentence(
    zh="证书由本系统自行签发：能证明文件自签署后未被改动，不能单独证明签署人的身份；"
    "身份依据是签署时的验证码等证据，见证据包。",
    en="The certificate is issued by this system itself: it proves that the file was not changed "
    "since it was signed, not by itself who signed. Who signed rests on the code and the other "
    "evidence in the evidence package.",
)
_NO_TIME = Sentence(
    zh="没有第三方时间戳：签署时间由本系统记录，未经独立时间戳机构证明。",
    en="There is no third party's time stamp: the time is our own record, not proven by an "
    "independent authority.",
)
_STAMP = Sentence(
    zh="时间戳由外部机构签发；本系统核验了时间戳本身，没有核验该机构的资质。",
    en="The time stamp is an outside authority's; the stamp was checked, the authority was not.",
)
_ADDED = Sentence(
    zh="最后一次签名之后，文件又被追加了内容。",
    en="Something was added to the file after the last signature.",
)
_NOT_KNOWN = Sentence(
    zh="本系统没有保存过这一份文件。", en="This very file is not one that this system has kept."
)


def verify(pdf: bytes, *, at: datetime) -> Verdict:
    """Look at every signature of a file; one flipped byte is found.

    Raises:
        NotAPdf
    """
    digest = hashlib.sha256(pdf).hexdigest()
    return Verdict(digest, _findings(pdf, at=at), known_file(digest))


def _findings(pdf: bytes, *, at: datetime) -> list[Finding]:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    if len(pdf) > MOST_BYTES or not pdf.startswith(b"%PDF-"):
        raise NotAPdf()
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return [_finding(one, at=at) for one in signatures]
    except (PdfError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise NotAPdf() from error


def _finding(signature: Any, *, at: datetime) -> Finding:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    status = validate_pdf_signature(signature, _context(at))
    stamp = status.timestamp_validity
    is_stamped = stamp is not None and bool(stamp.intact and stamp.valid)
    untouched = status.modification_level in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    )
    intact = bool(status.intact and status.valid and untouched)
    level = (Level.B_T if is_stamped else Level.B_B) if intact else Level.NONE
    return Finding(
        field=str(signature.field_name),
        name=str(signature.sig_object.get("/Name", "")),
        certificate=str(status.signing_cert.subject.human_friendly),
        told_at=status.signer_reported_dt,
        stamped_at=stamp.timestamp if stamp is not None and is_stamped else None,
        is_intact=intact,
        is_ours=bool(status.trusted),
        covers_all=signature.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        level=level,
    )


def _context(at: datetime) -> Any:
    """Our own root is the only one that is trusted, at the moment of looking."""
    from asn1crypto import pem, x509
    from pyhanko_certvalidator import ValidationContext

    found = authority.root_pem()
    roots = []
    if found is not None:
        _, _, der = pem.unarmor(found)
        roots = [x509.Certificate.load(der)]
    return ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)
