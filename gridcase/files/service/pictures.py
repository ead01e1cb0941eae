"""Pictures drawn anew: only the pixels of what was sent survive."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass

import pi_heif
from PIL import Image, ImageOps

from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.files.rules import (
    LONG_SIDE,
    MOST_PIXELS,
    MOST_SCANS,
    PNG_LARGEST,
    QUALITY,
    SMALL_SIDE,
    FileType,
    Source,
    jpeg_scans,
)

pi_heif.register_heif_opener(thumbnails=False)

ORIENTATION = 0x0112  # the EXIF field that says which side is up
DECODERS = {Source.JPEG: "JPEG", Source.PNG: "PNG", Source.WEBP: "WEBP", Source.HEIC: "HEIF"}
BROKEN = N_("这张照片打不开，可能没有传完整。请重新拍一张，或截图后再传。")
TOO_MANY = N_("这张照片的像素太多，无法处理。请用手机的普通模式重拍，或截图后再传。")
ONE_AT_A_TIME = threading.Lock()  # a large photo takes some 200 MB while it is open


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored, and its small companion (always a JPEG)."""

    content: bytes
    small: bytes
    type: FileType
    width: int
    height: int


def drawn_anew(content: bytes, source: Source) -> Picture:
    """Decode, turn upright, shrink to 1600 pixels and encode; `Refused` for what is too large, broken or no picture."""
    if source is Source.JPEG and jpeg_scans(content) > MOST_SCANS:
        raise Refused(BROKEN)
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks about odd files; what is too large is refused below
        try:
            return _encoded(_pixels(content, source), source)
        except Refused:
            raise
        except Image.DecompressionBombError as error:
            raise Refused(TOO_MANY) from error
        except Exception as error:  # a decoder may raise anything at a hostile file
            raise Refused(BROKEN) from error


def _pixels(content: bytes, source: Source) -> Image.Image:
    """The upright pixels, at most 1600 on the long side. The size is asked before anything is decoded."""
    with Image.open(io.BytesIO(content), formats=[DECODERS[source]]) as opened:
        if opened.width * opened.height > MOST_PIXELS or min(opened.size) < 1:
            raise Refused(TOO_MANY)
        opened.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is decoded at a fraction where that is enough
        opened.load()
        shrunk: Image.Image = opened
        if max(opened.size) > LONG_SIDE:
            shrunk = opened.convert(_mode(opened))
            shrunk.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            shrunk.getexif()[ORIENTATION] = opened.getexif().get(ORIENTATION, 1)
        upright = ImageOps.exif_transpose(shrunk)
        return _bare(upright.convert(_mode(upright)))


def _mode(image: Image.Image) -> str:
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L", "I;16", "LA") else "RGB"


def _bare(image: Image.Image) -> Image.Image:
    """A new image of the same pixels: nothing that hung on the old one comes along."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _encoded(image: Image.Image, source: Source) -> Picture:
    content, kind = b"", FileType.JPEG
    if source is Source.PNG:
        content, kind = _written(image, FileType.PNG), FileType.PNG
    if not content or len(content) > PNG_LARGEST:
        content, kind = _written(_on_white(image), FileType.JPEG), FileType.JPEG
    small = _on_white(image)
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return Picture(content, _written(small, FileType.JPEG), kind, image.width, image.height)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.copy()
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _written(image: Image.Image, kind: FileType) -> bytes:
    out = io.BytesIO()
    if kind is FileType.PNG:
        image.save(out, "PNG", optimize=False, compress_level=6)
    else:
        image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
