"""UnionPay's form gateway, with a certificate authority of its own (R-Y-046, R-Y-051)."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.world.gateways import unionpay_files
from tenure.world.gateways.book import BEIJING, Deal, GivenBack, Standing
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.keys import KeyPair, key_pair
from tenure.world.gateways.serving import Answer, Request

_STAMP: Final = "%Y%m%d%H%M%S"
_MOST_SIGNS: Final = 32
_YEAR: Final = timedelta(days=365)
SIGNER: Final = "中国银联股份有限公司"
_CODES: Final = {Standing.PAID: "00", Standing.FAILED: "51"}


class UnionpayGateway(Gateway):
    """A gateway for one merchant."""

    name = "unionpay"
    brand = Sentence(zh="银联在线支付（模拟）", en="UnionPay (fake)")
    #: A minute or so apart at first, then further.
    schedule_s = (60.0, 120.0, 240.0, 900.0)
    # A notification carries no time that a receiver could hold against it.
    not_here = frozenset({Fault.OLD_TIMESTAMP})

    def __init__(self, *, port: int = 0, pace: float = 0.1, seed: int = 0) -> None:
        self.merchant_id = f"7772900{secrets.randbelow(10**8):08d}"
        self.certificate_id = str(secrets.randbelow(10**11) + 10**11)
        self.merchant, self.platform, self.stranger = key_pair(), key_pair(), key_pair()
        authority = key_pair()
        self.root = certificate("UnionPay Test CA", key=authority, issuer=authority)
        name = f"041@Z12@{SIGNER}@00000062"
        self.certificate = certificate(name, key=self.platform, issuer=authority, by=self.root)
        self.refunds: dict[str, tuple[Deal, GivenBack]] = {}
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "merchant_id": self.merchant_id,
            "certificate_id": self.certificate_id,
            "private_key": self.merchant.private_pem,
            "root_certificate": pem_of(self.root),
            "gateway": self.address,
            "file_gateway": f"{self.address}/files/",
        }

    def called(self, request: Request) -> Answer:
        wish = request.form
        if self._fault_of(wish):
            return self._answered({"respCode": "11", "respMsg": "signature"})
        if len(wish.get("orderId", "")) > _MOST_SIGNS:
            return self._answered({"respCode": "10", "respMsg": "orderId"})
        with self.book.lock:
            if request.path.endswith("/frontTransReq.do"):
                return self._ordered(wish)
            if request.path.endswith("/queryTrans.do"):
                return self._shown(wish)
            if request.path.endswith("/backTransReq.do") and wish.get("txnType") == "04":
                return self._refunded(wish)
            if request.path == "/files/" and wish.get("txnType") == "76":
                return self._file(wish)
        return self._answered({"respCode": "12", "respMsg": "unknown"})

    def _fault_of(self, wish: Mapping[str, str]) -> bool:
        """Whether a message is not the merchant's."""
        if (wish.get("merId"), wish.get("certId")) != (self.merchant_id, self.certificate_id):
            return True
        rest = {name: value for name, value in wish.items() if name != "signature"}
        try:
            signature = base64.b64decode(wish.get("signature", ""), validate=True)
            key = self.merchant.private.public_key()
            key.verify(signature, digest(rest), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            return True
        return False

    def _ordered(self, wish: dict[str, str]) -> Answer:
        deal = self.book.deals.get(wish["orderId"])
        if deal is None:
            deal = Deal(
                number=wish["orderId"],
                provider_id=f"{wish['txnTime'][2:]}{secrets.randbelow(10**9):09d}",
                amount_minor=int(wish["txnAmt"]),
                currency="CNY",
                title=wish.get("orderDesc", ""),
                way="form",
                notify_url=wish["backUrl"],
                return_url=wish.get("frontUrl", ""),
                expires_at=read_stamp(wish["payTimeout"]) if "payTimeout" in wish else None,
            )
            deal.noted["txnTime"] = wish["txnTime"]
            self.book.deals[deal.number] = deal
        return Answer(303, b"", "text/plain", {"Location": f"{self.address}/pay/{deal.token}"})

    def _shown(self, wish: dict[str, str]) -> Answer:
        for deal in self.book.deals.values():
            named = (wish.get("orderId"), wish.get("txnTime"))
            by_second = named == (deal.number, deal.noted["txnTime"])
            # What nobody has paid yet is not there.
            is_there = deal.standing in {Standing.PAID, Standing.FAILED}
            if is_there and (by_second or wish.get("queryId") == deal.provider_id):
                code = {"respCode": "00", "origRespCode": _CODES[deal.standing]}
                return self._answered(self._told_of(deal) | code)
        known = self.refunds.get(wish.get("orderId", ""))
        if known is not None and _stamp(known[1].at) == wish.get("txnTime"):
            told = self._refund_told(*known)
            return self._answered(told | {"respCode": "00", "origRespCode": "00"})
        return self._answered({"respCode": "34", "respMsg": "no such transaction"})

    def _refunded(self, wish: dict[str, str]) -> Answer:
        number, amount_minor = wish["orderId"], int(wish["txnAmt"])
        deal = next(
            (one for one in self.book.deals.values() if one.provider_id == wish["origQryId"]), None
        )
        if deal is None or deal.standing is not Standing.PAID:
            return self._answered({"respCode": "34"})
        if number not in deal.refunds:
            if amount_minor > deal.amount_minor - deal.refunded_minor:
                return self._answered({"respCode": "61"})
            query_id = f"{wish['txnTime'][2:]}{secrets.randbelow(10**9):09d}"
            refund = GivenBack(number, query_id, amount_minor, read_stamp(wish["txnTime"]))
            refund.notify_url = wish.get("backUrl", "")
            deal.refunds[number] = refund
            self.refunds[number] = (deal, refund)
            self._tell(refund.notify_url, self._refund_told(deal, refund))
        return self._answered(self._refund_told(deal, deal.refunds[number]) | {"respCode": "00"})

    def _file(self, wish: dict[str, str]) -> Answer:
        """The settlement file of a day of this year or the last; none before the day is over."""
        today = clock.now().astimezone(unionpay_files.SETTLEMENT).date()
        month, day = int(wish["settleDate"][:2]), int(wish["settleDate"][2:])
        days = (today - timedelta(days=ago) for ago in range(366))
        wanted = next(one for one in days if (one.month, one.day) == (month, day))
        told = {"merId": self.merchant_id, "txnType": "76", "settleDate": wish["settleDate"]}
        content = unionpay_files.packed(self.book, wanted, merchant_id=self.merchant_id)
        if wanted == today or not content:
            return self._answered(told | {"respCode": "98"})
        name = f"{self.merchant_id}_{wanted:%Y%m%d}.zip"
        return self._answered(told | {"respCode": "00", "fileName": name, "fileContent": content})

    def _told_of(self, deal: Deal) -> dict[str, str]:
        return {
            "merId": self.merchant_id,
            "orderId": deal.number,
            "txnTime": deal.noted["txnTime"],
            "txnType": "01",
            "txnAmt": str(deal.amount_minor),
            "currencyCode": "156",
            "queryId": deal.provider_id,
        }

    def _refund_told(self, deal: Deal, refund: GivenBack) -> dict[str, str]:
        return {
            "merId": self.merchant_id,
            "orderId": refund.number,
            "txnTime": _stamp(refund.at),
            "txnType": "04",
            "txnAmt": str(refund.amount_minor),
            "currencyCode": "156",
            "queryId": refund.provider_id,
            "reqReserved": deal.number,
            "respCode": "00",
        }

    def tell_paid(self, deal: Deal) -> None:
        if deal.standing is not Standing.PAID:
            return
        told = self._told_of(deal) | {"respCode": "00"}
        if self.faults.strikes(Fault.WRONG_AMOUNT):
            told["txnAmt"] = str(deal.amount_minor + 1)
        if self.faults.strikes(Fault.WRONG_MERCHANT):
            told["merId"] = "777290000000000"
        self._tell(deal.notify_url, told)

    def _tell(self, url: str, told: dict[str, str]) -> None:
        write = partial(self._letter, told)
        self.messenger.tell(
            self.local(url), write=write, is_taken=lambda status, body: status == 200
        )

    def _letter(self, told: dict[str, str]) -> Letter:
        key = self.stranger if self.faults.strikes(Fault.BAD_SIGNATURE) else self.platform
        body = urlencode(self._signed(told, key=key)).encode()
        return Letter({"Content-Type": "application/x-www-form-urlencoded"}, body)

    def _answered(self, told: dict[str, str]) -> Answer:
        # As UnionPay writes it: nothing is escaped.
        signed = self._signed(told, key=self.platform)
        text = "&".join(f"{name}={value}" for name, value in signed.items())
        return Answer(200, text.encode(), "text/html; charset=UTF-8")

    def _signed(self, told: dict[str, str], *, key: KeyPair) -> dict[str, str]:
        message = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "signPubKeyCert": pem_of(self.certificate),
            **told,
        }
        signature = base64.b64encode(key.sign(digest(message))).decode()
        return {**message, "signature": signature}


def certificate(
    name: str, *, key: KeyPair, issuer: KeyPair, by: x509.Certificate | None = None
) -> x509.Certificate:
    """A certificate for a year: of an authority's own, or issued by one."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = clock.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _YEAR)
        .not_valid_after(at + _YEAR)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    return builder.sign(issuer.private, SHA256())


def pem_of(one: x509.Certificate) -> str:
    """A certificate as text."""
    return one.public_bytes(Encoding.PEM).decode()


def digest(fields: Mapping[str, str]) -> bytes:
    """What is signed: the SHA-256, as text, of the sorted fields."""
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def read_stamp(text: str) -> datetime:
    """An instant of Beijing's wall clock."""
    return datetime.strptime(text, _STAMP).replace(tzinfo=BEIJING)


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime(_STAMP)
