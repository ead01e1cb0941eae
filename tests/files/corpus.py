"""Forty files as phones, scanners and attackers send them. Every one that can carry words carries the canary."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.files.heic import CANARY, HEIC

WORDS = CANARY.decode()
XMP = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"


@dataclass(frozen=True)
class Sent:
    """One file, and what becomes of it: `taken` is the type it is served as, None for refused."""

    name: str
    content: bytes
    taken: str | None


def picture(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Something with edges and slopes."""
    made = Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (made, made.rotate(90), made.rotate(180))).convert(mode)


def jpeg(image: Image.Image | None = None, **more: object) -> bytes:
    """As Pillow writes it."""
    out = io.BytesIO()
    (image or picture()).save(out, "JPEG", **more)
    return out.getvalue()


def png(image: Image.Image | None = None, **more: object) -> bytes:
    """As Pillow writes it."""
    out = io.BytesIO()
    (image or picture()).save(out, "PNG", **more)
    return out.getvalue()


def webp(**more: object) -> bytes:
    """As Pillow writes it."""
    out = io.BytesIO()
    picture().save(out, "WEBP", **more)
    return out.getvalue()


def with_segment(marker: int, body: bytes, *, photo: bytes | None = None) -> bytes:
    """A JPEG with one more segment behind its head."""
    made = photo or jpeg()
    return made[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + made[2:]


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    made = png()
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made[:33] + chunk + made[33:]


def exif(*, gps: bool = False, upright: int = 1, thumbnail: bool = False) -> bytes:
    """EXIF with the canary in description, artist, maker's note and, if asked, in the place."""
    made = Image.Exif()
    made[0x010E], made[0x013B], made[0x0112] = WORDS, WORDS, upright
    made.get_ifd(0x8769)[0x927C] = CANARY
    if gps:
        place = made.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (32.0, 41.0, 7.0), "E", (109.0, 2.0, 11.0)
        place[29] = WORDS
    body = made.tobytes()
    return body + with_segment(0xFE, CANARY, photo=jpeg(picture((160, 120)))) if thumbnail else body


def iptc() -> bytes:
    """A caption as newsrooms write it, in Photoshop's block."""
    record = b"\x1c\x02\x78" + struct.pack(">H", len(CANARY)) + CANARY
    record += b"\x00" * (len(record) % 2)
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(record)) + record


def png_head(width: int, height: int) -> bytes:
    """A PNG that claims a size it does not have."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A JPEG whose head claims another size."""
    made = bytearray(jpeg())
    place = made.index(b"\xff\xc0") + 5
    made[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(made)


def archive() -> bytes:
    """A zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", WORDS)
    return out.getvalue()


def many_scans() -> bytes:
    """A progressive JPEG that asks for a thousand passes."""
    made = jpeg(progressive=True)
    start = made.rindex(b"\xff\xda")
    return made[:start] + made[start:-2] * 1000 + b"\xff\xd9"


def pdf(body: bytes = b"", *, tail: bytes = b"") -> bytes:
    """The smallest PDF, with more in its catalogue."""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + body + b" >>\nendobj\n2 0 obj\n"
        b"<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n" + tail
    )


def object_stream(inside: bytes) -> bytes:
    """A PDF whose objects are compressed."""
    packed = zlib.compress(inside)
    return pdf().replace(
        b"trailer",
        b"3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
        + str(len(packed)).encode() + b" >>\nstream\n" + packed + b"\nendstream\nendobj\ntrailer",
    )  # fmt: skip


def text_chunks() -> PngInfo:
    """The canary in each kind of PNG text."""
    made = PngInfo()
    made.add_text("Comment", WORDS)
    made.add_text("Description", WORDS, zip=True)
    made.add_itxt("XML:com.adobe.xmp", WORDS)
    return made


def corpus() -> tuple[Sent, ...]:
    """All forty."""
    script = b"<script>alert('" + CANARY + b"')</script>"
    page = b"<!DOCTYPE html><html><body>" + script + b"</body></html>"
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'>" + script + b"</svg>"
    return (
        Sent("gps.jpg", jpeg(exif=exif(gps=True)), "jpeg"),
        Sent("exif.jpg", jpeg(exif=exif()), "jpeg"),
        Sent("turned.jpg", jpeg(exif=exif(gps=True, upright=6)), "jpeg"),
        Sent("thumbnail.jpg", jpeg(exif=exif(gps=True, thumbnail=True)), "jpeg"),
        Sent("xmp.jpg", with_segment(0xE1, XMP), "jpeg"),
        Sent("iptc.jpg", with_segment(0xED, iptc()), "jpeg"),
        Sent("comment.jpg", with_segment(0xFE, CANARY), "jpeg"),
        Sent("profile.jpg", jpeg(icc_profile=CANARY * 20), "jpeg"),
        Sent("mark-of-an-app.jpg", with_segment(0xEB, CANARY), "jpeg"),
        Sent("behind-the-end.jpg", jpeg() + CANARY, "jpeg"),
        Sent("moving.jpg", jpeg(exif=exif()) + b"\x00\x00\x00\x18ftypmp42" + CANARY, "jpeg"),
        Sent("passes.jpg", jpeg(progressive=True, comment=CANARY), "jpeg"),
        Sent("grey.jpg", jpeg(picture(mode="L"), comment=CANARY), "jpeg"),
        Sent("print.jpg", jpeg(picture(mode="CMYK"), comment=CANARY), "jpeg"),
        Sent("large.jpg", jpeg(picture((4000, 3000)), exif=exif(gps=True, upright=8)), "jpeg"),
        Sent("text.png", png(pnginfo=text_chunks()), "png"),
        Sent("exif.png", png(exif=exif(gps=True)), "png"),
        Sent("own-chunk.png", with_chunk(b"caNa", CANARY), "png"),
        Sent("palette.png", png(picture().quantize(16), pnginfo=text_chunks()), "png"),
        Sent("see-through.png", png(picture(mode="RGBA"), pnginfo=text_chunks()), "png"),
        Sent("behind-the-end.png", png() + CANARY, "png"),
        Sent("all.webp", webp(exif=exif(gps=True), xmp=XMP, icc_profile=CANARY * 20), "jpeg"),
        Sent("IMG_0001.HEIC", HEIC, "jpeg"),
        Sent("photo-called-page.html", jpeg(exif=exif()), "jpeg"),
        Sent("agreement.pdf", pdf(), "pdf"),
        Sent("compressed.pdf", object_stream(b"1 0 << /Type /Font >>"), "pdf"),
        Sent("page.jpg", page, None),
        Sent("drawing.svg", svg, None),
        Sent("drawing.jpg", b"<?xml version='1.0'?>" + svg, None),
        Sent("picture-and-page.jpg", jpeg() + page, None),
        Sent("page-in-comment.jpg", with_segment(0xFE, script), None),
        Sent("picture-and-archive.jpg", jpeg() + archive(), None),
        Sent("picture-and-paper.jpg", with_segment(0xFE, pdf()), None),
        Sent("cut-off.jpg", jpeg(picture((800, 600)), exif=exif())[:9000], None),
        Sent("flood.png", png_head(60_000, 60_000), None),
        Sent("flood.jpg", jpeg_claiming(64_250, 64_250), None),
        Sent("thousand-passes.jpg", many_scans(), None),
        Sent("script.pdf", pdf(b"/OpenAction << /S /J#61vaScript /JS (app.alert('" + CANARY + b"')) >>"), None),
        Sent("hidden-script.pdf", object_stream(b"1 0 << /S /JavaScript /JS (" + CANARY + b") >>"), None),
        Sent("moving.gif", b"GIF89a" + CANARY, None),
    )
