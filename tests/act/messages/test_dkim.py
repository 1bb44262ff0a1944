"""CHN-03, R-C-033: a signature of our domain that others can verify, and the DNS beside it."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)

from tenure.act.messages.dkim import (
    BadSigningKey,
    Signer,
    body_hash,
    hashed,
    headers_of,
    signed,
    signer_of,
)
from tenure.act.messages.domains import Mark, check, read, wanted
from tenure.act.messages.post import open_post
from tests.act.messages.test_post import a_letter
from tests.act.servers import MailServer

#: RFC 8463, appendix A: message, key and signature.
MESSAGE = (
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n"
    b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
)
UNSIGNED = (
    b" v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; "
    b"i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    b" subject : date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b="
)
SECRET = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
SEAL = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
DOMAIN = "lanjiang.example"


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with MailServer() as running:
        running.use(settings)
        yield running


def a_key(path: Path, *, kind: str = "rsa", bits: int = 2_048) -> Path:
    key = (
        rsa.generate_private_key(65_537, bits)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def tags(text: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split(";") if one.strip())
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}


def verified(letter: bytes, record: str) -> bool:
    """A reader's check, written for this test from RFC 6376 §6: raises where it does not hold."""
    head, _, body = letter.partition(b"\r\n\r\n")
    lines = head.replace(b"\r\n ", b"\x00").split(b"\r\n")
    pairs = [one.partition(b":")[::2] for one in lines]
    name, value = pairs[0]
    assert name == b"DKIM-Signature"
    said = tags(value.replace(b"\x00", b" ").decode())
    text = b"\r\n".join(b" ".join(line.split()) for line in body.split(b"\r\n")).rstrip(b"\r\n")
    assert said["bh"] == base64.b64encode(hashlib.sha256(text + b"\r\n").digest()).decode()
    signed_text, left = b"", pairs[1:]
    for wanted_name in said["h"].split(":"):
        for at in range(len(left) - 1, -1, -1):
            if left[at][0].lower() == wanted_name.encode():
                signed_text += relaxed(*left.pop(at)) + b"\r\n"
                break
    bare = value[: value.rindex(b"b=") + 2]
    signed_text += relaxed(name, bare)
    public, seal = base64.b64decode(tags(record)["p"]), base64.b64decode(said["b"])
    if said["a"] == "ed25519-sha256":
        key = ed25519.Ed25519PublicKey.from_public_bytes(public)
        key.verify(seal, hashlib.sha256(signed_text).digest())
    else:
        rsa_key = load_der_public_key(public)
        assert isinstance(rsa_key, rsa.RSAPublicKey)
        rsa_key.verify(seal, signed_text, padding.PKCS1v15(), SHA256())
    return True


def relaxed(name: bytes, value: bytes) -> bytes:
    return name.lower() + b":" + b" ".join(value.replace(b"\x00", b" ").split())


def test_the_published_example_is_signed_to_the_byte() -> None:
    head, _, body = MESSAGE.partition(b"\r\n\r\n")
    names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"]
    key = ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode(SECRET))

    text = hashed(headers_of(head), (b"DKIM-Signature", UNSIGNED), names=names)

    assert body_hash(body) == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    assert base64.b64encode(key.sign(hashlib.sha256(text).digest())).decode() == SEAL
    assert body_hash(b"") == body_hash(b"\r\n\r\n") == base64.b64encode(
        hashlib.sha256(b"").digest()
    ).decode()  # fmt: skip


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_letter_arrives_with_a_signature_that_holds(
    server: MailServer, settings: object, tmp_path: Path, kind: str
) -> None:
    path = str(a_key(tmp_path / "key.pem", kind=kind))
    settings.TENURE_DKIM_KEY = path  # type: ignore[attr-defined]
    with open_post() as post:
        assert post is not None
        post.hand_over(a_letter())

    signer = signer_of(path, selector="tenure", domain=DOMAIN)
    letter = server.received[0].content
    assert isinstance(letter, bytes)
    forged = letter.replace(b"List-Unsubscribe: <https://my", b"List-Unsubscribe: <https://no")
    added = letter.replace(b"\r\nSubject:", b"\r\nFrom: Mallory <m@evil.example>\r\nSubject:", 1)

    assert verified(letter, signer.record)
    assert "from:to:subject:date" in "".join(
        tags(letter.partition(b"\r\nSubject")[0].decode())["h"]
    )
    assert "list-unsubscribe:list-unsubscribe-post" in letter.decode().replace("\r\n ", "")
    for changed in (forged, added):
        assert changed != letter
        with pytest.raises(InvalidSignature):
            verified(changed, signer.record)
    with pytest.raises(AssertionError):
        verified(letter[:-20] + b"x" * 20, signer.record)


@pytest.mark.parametrize("content", [b"", b"no key", None])
def test_what_is_no_key_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadSigningKey) as refusal:
        signer_of(str(path), selector="s", domain=DOMAIN)

    assert "TENURE_DKIM_KEY" in refusal.value.sentence("en")


def a_signer(tmp_path: Path) -> Signer:
    return signer_of(str(a_key(tmp_path / "k.pem")), selector="tenure", domain=DOMAIN)


def marks(zone: str, signer: Signer | None) -> dict[str, Mark]:
    return {one.about: one.mark for one in check(DOMAIN, read(zone), signer=signer)}


def test_the_records_that_are_told_are_found_good(tmp_path: Path) -> None:
    signer = a_signer(tmp_path)
    key = signer.record
    zone = "\n".join(f"{one.name}. 3600 IN {one.kind} {one.value}" for one in wanted(
        DOMAIN, signer=signer
    ))  # fmt: skip
    split = zone.replace(key, f'"{key[:200]}" "{key[200:]}"')
    whole = f"; a comment\n{split}\n{DOMAIN}. 300 IN MX 10 mx.{DOMAIN}."

    assert set(marks(whole, signer).values()) == {Mark.GOOD}
    assert set(marks("", signer).values()) == {Mark.BAD}
    assert marks(whole, None)["dkim"] is Mark.BAD
    other = Signer(DOMAIN, "tenure", ed25519.Ed25519PrivateKey.generate())
    assert marks(whole, other)["dkim"] is Mark.BAD


@pytest.mark.parametrize(
    ("about", "record", "mark", "hint"),
    [
        ("spf", '@ TXT "v=spf1 +all"', Mark.BAD, "anybody may send as you"),
        ("spf", '@ TXT "v=spf1 mx ?all"', Mark.WEAK, "does not end in"),
        ("spf", '@ TXT "v=spf1 mx -all"\n@ TXT "v=spf1 a -all"', Mark.BAD, "make them one"),
        (
            "spf",
            f'@ TXT "v=spf1 {" ".join(f"include:s{n}.example" for n in range(11))} -all"',
            Mark.BAD,
            "11 times",
        ),
        ("dmarc", '_dmarc.@ TXT "v=DMARC1; p=none"', Mark.WEAK, "stops nothing"),
        ("dmarc", '_dmarc.@ TXT "v=DMARC1; pct=100"', Mark.BAD, "no valid p="),
        (
            "dmarc",
            '_dmarc.@ TXT "v=DMARC1; p=none"\n_dmarc.@ TXT "v=DMARC1; p=none"',
            Mark.BAD,
            "keep one",
        ),
    ],
)
def test_each_mistake_has_its_hint(about: str, record: str, mark: Mark, hint: str) -> None:
    zone = record.replace("@", DOMAIN)

    (found,) = (one for one in check(DOMAIN, read(zone), signer=None) if one.about == about)

    assert found.mark is mark
    assert hint in found.said.say("en")
    assert found.said.say("zh-Hans") != found.said.say("en")


def test_a_signature_is_the_same_each_time(tmp_path: Path) -> None:
    signer = a_signer(tmp_path)

    assert signed(MESSAGE, signer=signer) == signed(MESSAGE, signer=signer)
