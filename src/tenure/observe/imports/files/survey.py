"""One look at a whole file before it is read: what it is, its digest and its encoding."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from tenure.observe.imports.mapping.refusals import DamagedFile, EmptyFile, OtherEncoding

UTF8: Final = "utf-8"
GB18030: Final = "gb18030"
_BLOCK: Final = 1 << 20
_UTF16: Final = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_PARQUET: Final = b"PAR1"
_GZIP: Final = b"\x1f\x8b"
# So much of the Chinese text must be everyday characters before a file is called GBK, and so many
# of the lines with more than ASCII must be UTF-8 before it is called UTF-8 with broken lines.
_EVERYDAY_SHARE: Final = 0.7
_UTF8_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look at a file told."""

    path: Path
    name: str  # below the directory, as people write it
    digest: str  # SHA-256 of the bytes on the disk
    size: int
    is_parquet: bool = False
    is_gzip: bool = False
    encoding: str = UTF8
    is_broken: bool = False  # some lines are no text in the encoding
    was_detected: bool = False  # nobody said that it is GBK


def survey(path: Path, *, name: str, encoding: str = "") -> Survey:
    """Look at a file once.

    Args:
        encoding: as the mapping says; empty: found out.
    Raises:
        EmptyFile: there is no byte in it.
        DamagedFile: a gzip file that ends too early.
        OtherEncoding: UTF-16.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if not head:
        raise EmptyFile(file=name)
    digest, size = _digest(path), path.stat().st_size
    if head == _PARQUET:
        return Survey(path, name, digest, size, is_parquet=True)
    is_gzip = head.startswith(_GZIP)
    plain = Survey(path, name, digest, size, is_gzip=is_gzip)
    bare, is_broken = _checked(plain, encoding or UTF8)
    if encoding or not is_broken:
        return Survey(path, name, digest, size, is_gzip=is_gzip, encoding=bare, is_broken=is_broken)
    if _is_gbk(plain):
        return Survey(
            path, name, digest, size, is_gzip=is_gzip, encoding=GB18030, was_detected=True
        )
    return Survey(path, name, digest, size, is_gzip=is_gzip, encoding=bare, is_broken=True)


def opened(file: Survey) -> IO[bytes]:
    """The bytes of a file, unpacked."""
    if file.is_gzip:
        return cast("IO[bytes]", gzip.open(file.path, "rb"))
    return file.path.open("rb")


def text_of(file: Survey, stream: IO[bytes]) -> io.TextIOWrapper:
    """The bytes as text; broken bytes stay visible as lone surrogates."""
    encoding = "utf-8-sig" if file.encoding == UTF8 else file.encoding
    errors = "surrogateescape" if file.is_broken else "strict"
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _blocks(file: Survey) -> Iterator[bytes]:
    try:
        with opened(file) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedFile(file=file.name, why=str(error)) from None


def _checked(file: Survey, encoding: str) -> tuple[str, bool]:
    """The encoding by its own name, and whether some bytes do not fit it."""
    wanted = GB18030 if encoding in {"gbk", GB18030} else UTF8
    decoder = codecs.getincrementaldecoder(wanted)()
    is_first, is_broken, has_bytes = True, False, False
    for block in _blocks(file):
        if is_first and block[:2] in _UTF16:
            raise OtherEncoding(file=file.name, encoding=_UTF16[block[:2]])
        is_first, has_bytes = False, True
        if not is_broken:
            is_broken = not _decodes(decoder, block, final=False)
    if not has_bytes:
        raise EmptyFile(file=file.name)
    return wanted, is_broken or not _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _is_gbk(file: Survey) -> bool:
    """Whether bytes that are no UTF-8 are everyday Chinese in GBK.

    Most lines of a UTF-8 file with a broken place still are UTF-8, and other encodings of one
    byte a letter rarely give everyday characters.
    """
    lines = utf8 = pairs = everyday = 0
    with opened(file) as stream:
        for line in stream:
            if line.isascii():
                continue
            lines += 1
            utf8 += _is_text(line, UTF8)
            if not _is_text(line, GB18030):
                return False
            high = [char.encode("gb18030") for char in line.decode("gb18030") if ord(char) > 127]
            pairs += len(high)
            everyday += sum(_is_everyday(one) for one in high)
    return utf8 < lines * _UTF8_SHARE and everyday >= pairs * _EVERYDAY_SHARE


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_everyday(pair: bytes) -> bool:
    """GB 2312 level 1 and its punctuation: what nearly all Chinese text consists of."""
    return len(pair) == 2 and pair[1] >= 0xA1 and (0xB0 <= pair[0] <= 0xD7 or pair[0] in (161, 163))
