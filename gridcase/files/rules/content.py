"""Telling files apart by their bytes. Names and claimed types are never asked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from gridcase.core.words import N_, Text
from gridcase.files.rules.limits import Source

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
# Read as a page or as a program by somebody who is told a wrong type; no camera writes such words.
FOREIGN = re.compile(rb"<script[\s>/]|<!doctype\s+html|<html[\s>]|<svg\s|<\?php\s|javascript:|<iframe\s", re.IGNORECASE)
ZIP_END, ZIP_END_REACH = b"PK\x05\x06", 66_000  # the directory of an archive stands at the end, whatever comes first
PDF_HEAD_REACH = 1024  # readers look this far for a PDF's head
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# Names are compared after #xx is undone: /J#61vaScript is /JavaScript. Shorter names would be found in any photo.
PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|GoToR|Movie|Sound)\b|/XFA\s*[\[\d]"
)
PDF_STREAM = re.compile(rb"\bstream\r?\n")
PDF_DICTIONARY = 2000  # bytes before a stream in which its description stands
INFLATED_PART, INFLATED_MOST = 2 * 1024 * 1024, 16 * 1024 * 1024  # bytes looked at inside compressed objects


def kind_of(content: bytes) -> Source | None:
    """What a file is, told by its first bytes; None for all that is not taken."""
    head = content[:32]
    if head.startswith(b"\xff\xd8\xff"):
        return Source.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Source.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Source.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return Source.HEIC
    return Source.PDF if re.match(rb"%PDF-[12]\.\d", head) else None


def masked_as_two(content: bytes, source: Source) -> bool:
    """Whether a file is also something else: a page, a program, an archive, a PDF inside a picture."""
    if FOREIGN.search(content) or ZIP_END in content[-ZIP_END_REACH:]:
        return True
    return source is not Source.PDF and b"%PDF-" in content[:PDF_HEAD_REACH]


def jpeg_scans(content: bytes) -> int:
    """How many passes a JPEG asks for; a progressive file with thousands of them keeps a processor busy for minutes."""
    place, scans = 2, 0
    while found := MARKER.search(content, place):
        marker, place = content[found.start() + 1], found.end()
        if marker in (0xD8, 0x01):
            continue
        if marker == 0xD9:
            return scans
        scans += marker == 0xDA
        length = int.from_bytes(content[place : place + 2])
        place += max(length, 2)
    return scans


def pdf_refusal(content: bytes) -> Text | None:
    """Why a PDF is not taken: unfinished, locked, or with parts that do something."""
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \0"):
        return N_("这个 PDF 不完整，或后面还接着别的内容。请重新扫描，或打印成 PDF 再传。")
    if re.search(rb"/Encrypt\b", content):
        return N_("这个 PDF 加了密码。请去掉密码再传。")
    for text in (content, *_inflated(content)):
        if text is None:
            return N_("这个 PDF 太复杂，无法检查。请打印成 PDF，或拍照再传。")
        if PDF_ACTIVE.search(PDF_ESCAPE.sub(_plain, text)):
            return N_("这个 PDF 里有脚本或附件。请打印成 PDF，或拍照再传。")
    return None


def _plain(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])


def _inflated(content: bytes) -> Iterator[bytes | None]:
    """What the compressed collections of objects say; None for one that cannot be read, or where they never end.
    Pictures, fonts and the text of pages do nothing and are not looked into."""
    left = INFLATED_MOST
    for found in PDF_STREAM.finditer(content):
        before = content[max(0, found.start() - PDF_DICTIONARY) : found.start()]
        described = PDF_ESCAPE.sub(_plain, before[before.rfind(b"endobj") + 1 :])
        if b"ObjStm" not in described or b"/Filter" not in described:
            continue
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(content[found.end() :], min(INFLATED_PART, left))
        except zlib.error:
            text = b""
        left -= len(text)
        yield text if unpacker.eof and b"/Predictor" not in described else None
        if left <= 0:
            yield None
            return
