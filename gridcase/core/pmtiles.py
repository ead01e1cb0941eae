"""Reading pictures of a map out of one PMTiles file (version 3), tile by tile; nothing of it is unpacked beforehand.

Source: the PMTiles specification, version 3. Vectors are not drawn here, so only pictures are taken.
"""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from struct import unpack_from

HEAD = 127
PICTURES = {2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
PLAIN, GZIP = 1, 2
DEEPEST = 4  # directories below one another
ZOOM_MOST = 24


class NotDrawable(ValueError):
    """A file whose tiles are no pictures that a browser shows; the argument says "missing", "unknown" or "vector"."""


@dataclass(frozen=True)
class Head:
    """What the file says of itself."""

    root: tuple[int, int]
    leaves: int
    tiles: int
    inner: int
    outer: int
    kind: str
    zooms: range


@dataclass(frozen=True)
class _Directory:
    ids: tuple[int, ...]
    runs: tuple[int, ...]
    lengths: tuple[int, ...]
    offsets: tuple[int, ...]


@dataclass(frozen=True)
class Archive:
    """One file as it lay at one time."""

    path: Path
    changed: int
    head: Head

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """One picture; None where the file has none."""
        if zoom not in self.head.zooms or not (0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        wanted, place = tile_id(zoom, x, y), self.head.root
        for _ in range(DEEPEST):
            found = _find(_directory(self, *place), wanted)
            if found is None:
                return None
            run, offset, length = found
            if run:
                return _unpacked(self._read(self.head.tiles + offset, length), self.head.outer)
            place = (self.head.leaves + offset, length)
        return None

    def _read(self, offset: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


def archive(path: str) -> Archive:
    """The file under this path; `NotDrawable` with the reason where it cannot be used."""
    file = Path(path)
    try:
        with file.open("rb") as opened:
            return Archive(file, file.stat().st_mtime_ns, _head(opened.read(HEAD)))
    except OSError as error:
        raise NotDrawable("missing") from error


def _head(said: bytes) -> Head:
    if len(said) < HEAD or said[:8] != b"PMTiles\x03" or {said[97], said[98]} - {PLAIN, GZIP}:
        raise NotDrawable("unknown")
    if said[99] not in PICTURES:
        raise NotDrawable("vector")
    root, size, _meta, _length, leaves, _size, tiles = unpack_from("<7Q", said, 8)
    zooms = range(said[100], min(said[101], ZOOM_MOST) + 1)
    return Head((root, size), leaves, tiles, said[97], said[98], PICTURES[said[99]], zooms)


def tile_id(zoom: int, x: int, y: int) -> int:
    """The number of a tile: those of lower zooms first, then along a Hilbert curve."""
    number = (4**zoom - 1) // 3
    for level in reversed(range(zoom)):
        half = 1 << level
        right, below = x & half, y & half
        number += ((3 * right) ^ below) * half
        if not below:
            x, y = (half - 1 - y, half - 1 - x) if right else (y, x)
        x, y = x & (half - 1), y & (half - 1)
    return number


def _find(directory: _Directory, wanted: int) -> tuple[int, int, int] | None:
    at = bisect_right(directory.ids, wanted) - 1
    if at < 0:
        return None
    run = directory.runs[at]
    if run and wanted - directory.ids[at] >= run:
        return None
    return run, directory.offsets[at], directory.lengths[at]


@lru_cache(maxsize=64)
def _directory(source: Archive, offset: int, length: int) -> _Directory:
    numbers = _numbers(_unpacked(source._read(offset, length), source.head.inner))
    count = next(numbers)
    ids, last = [], 0
    for _ in range(count):
        last += next(numbers)
        ids.append(last)
    runs, lengths = ([next(numbers) for _ in range(count)] for _ in range(2))
    offsets: list[int] = []
    for at in range(count):
        said = next(numbers)
        offsets.append(said - 1 if said else offsets[at - 1] + lengths[at - 1])
    return _Directory(tuple(ids), tuple(runs), tuple(lengths), tuple(offsets))


def _numbers(packed: bytes) -> Iterator[int]:
    """Seven bits a byte, the lowest first."""
    value = shift = 0
    for byte in packed:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def _unpacked(content: bytes, how: int) -> bytes:
    return gzip.decompress(content) if how == GZIP else content
