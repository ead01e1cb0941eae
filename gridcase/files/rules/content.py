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
# Names are compared after #xx is undone: /J#61vaScript is /JavaScript.
PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Movie|Sound|AA)\b"
)
PDF_STREAM = re.compile(rb"stream\r?\n")
INFLATED_MOST = 16 * 1024 * 1024  # bytes looked at inside compressed parts
INFLATED_PART = 2 * 1024 * 1024
PARTS_MOST = 20_000


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
    parts = 0
    for text in (content, *_inflated(content)):
        parts += 1
        if PDF_ACTIVE.search(PDF_ESCAPE.sub(_plain, text)):
            return N_("这个 PDF 里有脚本或附件。请打印成 PDF，或拍照再传。")
    return None if parts <= PARTS_MOST else N_("这个 PDF 太复杂，无法检查。请打印成 PDF，或拍照再传。")


def _plain(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])


def _inflated(content: bytes) -> Iterator[bytes]:
    """What the compressed parts that can hold objects say, up to a bound; pictures and fonts say nothing."""
    left = INFLATED_MOST
    for number, found in enumerate(PDF_STREAM.finditer(content)):
        if number > PARTS_MOST or left <= 0:
            return
        described = content[max(0, found.start() - 400) : found.start()]
        if b"ObjStm" not in PDF_ESCAPE.sub(_plain, described[described.rfind(b"obj") :]):
            continue
        try:
            text = zlib.decompressobj().decompress(content[found.end() :], INFLATED_PART)
        except zlib.error:
            continue
        left -= len(text)
        yield text
