"""The path of a place, "/1/4/23/": the ids of its county, town, village, group and cell, as far as it goes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

COUNTY, TOWN, VILLAGE = 1, 2, 3  # how many ids the path of one has


def depth_of(path: str) -> int:
    """How many ids a path has; 0 for the whole."""
    return len(_parts(path))


def cut_to(path: str, depth: int) -> str:
    """The place so deep that a path lies in; a place above that is itself."""
    return _path(_parts(path)[:depth])


def with_above(path: str) -> list[str]:
    """A place and those above it, the county first; nothing for the whole."""
    parts = _parts(path)
    return [_path(parts[:depth]) for depth in range(1, len(parts) + 1)]


def common_path(paths: Iterable[str]) -> str:
    """The nearest place above all of them: "/3/17/" for "/3/17/4/" and "/3/17/9/"; "/" where they share none."""
    shared: list[str] = []
    for parts in zip(*map(_parts, paths), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return _path(shared)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _path(parts: Iterable[str]) -> str:
    return "/" + "".join(f"{part}/" for part in parts)
