"""Reading pictures out of a PMTiles file: one made here, with a directory of leaves and a run of equal tiles."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from struct import pack

import pytest

from gridcase.core import tiles
from gridcase.core.config import Config
from gridcase.core.errors import SetupProblem
from gridcase.core.pmtiles import NotDrawable, archive, tile_id

PNG, MVT = 2, 1


def varint(number: int) -> bytes:
    said = b""
    while number > 127:
        said, number = said + bytes([number & 127 | 128]), number >> 7
    return said + bytes([number])


def directory(rows: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Rows of (number of the tile, run, length, offset), packed."""
    last, said = 0, varint(len(rows))
    for row in rows:
        said, last = said + varint(row[0] - last), row[0]
    for at in (1, 2):
        said += b"".join(varint(row[at]) for row in rows)
    return gzip.compress(said + b"".join(varint(row[3] + 1) for row in rows))


def write(path: Path, *, kind: int = PNG, version: int = 3) -> Path:
    """Zooms 0 to 2: one tile each of 0 and 1, and two of 2, the same picture, behind a leaf."""
    pictures = [b"zero", b"one", b"two"]
    leaf = directory([(tile_id(2, 0, 0), 2, 3, 7)])
    root = directory([(0, 1, 4, 0), (tile_id(1, 1, 0), 1, 3, 4), (tile_id(2, 0, 0), 0, len(leaf), 0)])
    start = 127
    numbers = [start, len(root), start, 0, start + len(root), len(leaf), start + len(root) + len(leaf), 10, 4, 3, 3]
    head = b"PMTiles" + bytes([version]) + pack("<11Q", *numbers) + bytes([1, 2, 1, kind, 0, 2])
    path.write_bytes(head.ljust(127, b"\0") + root + leaf + b"".join(pictures))
    return path


def test_tiles_are_numbered_along_the_curve() -> None:
    assert [tile_id(0, 0, 0), tile_id(1, 0, 0), tile_id(1, 0, 1), tile_id(1, 1, 1), tile_id(1, 1, 0)] == [0, 1, 2, 3, 4]
    assert tile_id(2, 0, 0) == 5
    assert tile_id(12, 3423, 1763) == 19_078_479  # the specification's own example
    for zoom in range(5):
        places = [(x, y) for x in range(1 << zoom) for y in range(1 << zoom)]
        first = (4**zoom - 1) // 3
        assert sorted(tile_id(zoom, x, y) for x, y in places) == list(range(first, first + 4**zoom))


def test_a_picture_is_found_wherever_it_lies(tmp_path: Path) -> None:
    found = archive(str(write(tmp_path / "town.pmtiles")))
    assert found.head.kind == "image/png"
    assert [found.tile(0, 0, 0), found.tile(1, 1, 0), found.tile(2, 0, 0)] == [b"zero", b"one", b"two"]
    second = next((x, y) for x in range(4) for y in range(4) if tile_id(2, x, y) == tile_id(2, 0, 0) + 1)
    assert found.tile(2, *second) == b"two"
    for nothing in ((1, 0, 0), (2, 3, 3), (3, 0, 0), (1, 2, 0), (1, -1, 0)):
        assert found.tile(*nothing) is None


def test_what_cannot_be_drawn_is_said_at_the_start(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pmtiles"
    broken.write_bytes(b"PMTiles")
    wrong = {
        "missing": tmp_path / "nowhere", "unknown": broken, "vector": write(tmp_path / "vector.pmtiles", kind=MVT),
    }  # fmt: skip
    for reason, path in wrong.items():
        assert tiles.wrong_file(str(path)) == reason
        with pytest.raises(NotDrawable):
            archive(str(path))
        with pytest.raises(SetupProblem):
            Config(env="test", map_file=str(path)).checked()
    assert tiles.wrong_file(str(write(tmp_path / "old.pmtiles", version=2))) == "unknown"
    assert Config(env="test", map_file=str(write(tmp_path / "good.pmtiles"))).checked()


@pytest.mark.parametrize(
    "settings",
    [
        {"tile_url": "https://tiles.example/{z}/{x}.png"},
        {"tile_url": "https://tiles.example; script-src */{z}/{x}/{y}.png"},
        {"tile_url": "https://user:word@tiles.example/{z}/{x}/{y}.png"},
        {"tile_url": "javascript://x/{z}/{x}/{y}"},
        {"tianditu_key": "short"},
        {"tianditu_key": "0123456789abcdef' *"},
        {"tianditu_key": "0123456789abcdef", "tile_url": "https://tiles.example/{z}/{x}/{y}.png"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(SetupProblem):
        Config(env="test", **settings).checked()  # type: ignore[arg-type]
