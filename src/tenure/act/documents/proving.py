"""The evidence package of a contract: everything that proves who signed what, when and how."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any, Final

from tenure.act.documents.signing import authority
from tenure.records.contracts.models import Contract, Signatory
from tenure.records.contracts.queries import files_of, signatories_of
from tenure.records.journal.models import Entry

_FIXED: Final = (2000, 1, 1, 0, 0, 0)
_READ_ME: Final = """\
证据包 · Evidence package

contract.pdf           最后一次签署后的文件 / the file after the last signature
presented.pdf          签署前展示给签署人的文件 / the file as it was shown before signing
evidence.json          签署人、验证方式、时间、IP、设备、同意声明、文件指纹
                       signatories, how each was verified, time, address, device, consent, digests
journal.json           本系统记录的过程 / what this system recorded, in order
root.pem               核验签名用的根证书 / the root that vouches for the signatures
SHA256SUMS             以上文件的指纹 / digests of all of these

核验：sha256sum -c SHA256SUMS；再用任一 PDF 阅读器或 pyHanko 以 root.pem 为信任根验证签名。
To check: sha256sum -c SHA256SUMS, then verify the signatures in any PDF reader with root.pem.

签名证明文件自签署后未被改动；签署人身份由验证码证据支持，证书本身不证明身份。
The signatures prove that the file was not changed; who signed rests on the codes, not on the
certificates, which this system issued itself.
"""


def evidence(contract: Contract) -> bytes:
    """A ZIP with the files, the facts and the digests; the same bytes each time (R-I-020)."""
    files = files_of(contract.pk)
    parts = {
        "README.txt": _READ_ME.encode(),
        "contract.pdf": bytes(files[-1].content),
        "presented.pdf": bytes(files[0].content),
        "evidence.json": _json(_facts(contract)),
        "journal.json": _json(_journal(contract)),
    }
    root = authority.root_pem()
    if root is not None:
        parts["root.pem"] = root
    sums = [f"{hashlib.sha256(part).hexdigest()}  {name}" for name, part in sorted(parts.items())]
    parts["SHA256SUMS"] = ("\n".join(sums) + "\n").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in sorted(parts.items()):
            entry = zipfile.ZipInfo(name, _FIXED)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return stream.getvalue()


def _facts(contract: Contract) -> dict[str, Any]:
    files = files_of(contract.pk)
    return {
        "contract": contract.public_id,
        "kind": contract.kind,
        "template": f"{contract.template} v{contract.template_version}",
        "strategy": contract.strategy_hash,
        "state": contract.state,
        "prevailing_language": contract.prevailing,
        "annex_of": contract.annex_of.public_id if contract.annex_of is not None else None,
        "documents": [{"after_signature": one.place, "sha256": one.sha256} for one in files],
        "signatories": [_signatory(one) for one in signatories_of(contract.pk)],
    }


def _signatory(signatory: Signatory) -> dict[str, Any]:
    return {
        "place": signatory.place,
        "role": signatory.role,
        "name": signatory.name,
        "identity": _identity(signatory),
        "viewed_at": _at(signatory.viewed_at),
        "signed_at": _at(signatory.signed_at),
        "ip": signatory.ip,
        "device": signatory.device,
        "consent": signatory.consent_text,
        "signed_document_sha256": signatory.document_sha256,
        "signature_field": f"Signature{signatory.place}",
    }


def _identity(signatory: Signatory) -> dict[str, Any]:
    """How it was established who signed."""
    if signatory.code_sent_at is None:
        return {"method": "seal of this installation, offered by whoever sent the contract"}
    return {
        "method": "one-time code",
        "sent_to": signatory.address,
        "sent_at": _at(signatory.code_sent_at),
        "real_name_level": "not verified against an official register",
    }


def _journal(contract: Contract) -> list[dict[str, Any]]:
    entries = Entry.objects.filter(account_id=contract.account_id, kind__startswith="contract.")
    return [
        {"at": _at(one.at), "kind": one.kind, "by": one.actor, **one.content}
        for one in entries.order_by("pk")
        if one.content.get("contract") == contract.public_id
    ]


def _at(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode()
