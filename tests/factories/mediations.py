"""Mediations of the small world, and what stands in a PDF."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.mediation import queries, service
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import Result
from gridcase.mediation.service import Agreement, Ending, Party
from gridcase.people.rules import Role
from tests.factories.cases import collected, do, water
from tests.factories.world import World

NEIGHBOURS = "0102"
Find = Callable[[Role], Viewer]


def quarrel(world: World, viewer_of: Find, **more: Any) -> Case:
    """A quarrel about a boundary, accepted by the village head and with nobody yet."""
    title = more.pop("title", "两家为地界吵架")
    case = collected(world, viewer_of(Role.LIAISON), code=more.pop("code", NEIGHBOURS), title=title, **more)
    do(cases.accept, case, viewer_of(Role.VILLAGE_HEAD))
    return case


def with_the_station(world: World, viewer_of: Find, **more: Any) -> Case:
    """The same, sent to the station and signed there."""
    case = quarrel(world, viewer_of, **more)
    do(cases.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(cases.sign, case, viewer_of(Role.DEPT))
    return case


def begun(case: Case, actor: Viewer, mediators: str = "韩调解") -> Mediation:
    """A mediation just opened."""
    do(service.open_mediation, case, actor, mediators=mediators)
    found = queries.of_case(case)
    assert found is not None
    return found


def deed(function: Callable[..., Any], mediation: Mediation, *args: Any, **more: Any) -> Any:
    """One deed in a transaction of its own, now."""
    actor = more.pop("actor")
    with transaction():
        return function(mediation, *args, actor=actor, now=clock.now(), **more)


def drafted(case: Case, actor: Viewer) -> Mediation:
    """Both parties willing, once at one table, the text written."""
    one = begun(case, actor)
    for name in ("赵一田", "钱二塘"):
        party = Party(name, "13800001234", consented_on=date(2026, 11, 23))
        deed(service.add_party, one, actor=actor, party=party)
    sitting = {"place": "村部", "present": "赵一田、钱二塘", "said": "都愿意让一步。"}
    deed(service.add_session, one, actor=actor, held_at=clock.now(), **sitting)
    text = Agreement(
        "两家地界从哪里算", "以老水沟中线为界，双方各退三十公分，不再争执。", "去年砌墙时占了一脚宽。",
        "当面拆除，工钱各出一半", date(2026, 12, 10),
    )  # fmt: skip
    deed(service.write_agreement, one, actor=actor, agreement=text)
    return one


def agreed(case: Case, actor: Viewer) -> Mediation:
    """Signed today, a look planned for the day of fulfilment."""
    one = drafted(case, actor)
    ending = Ending(Result.AGREED, signed_on=date(2026, 11, 23), look_on=date(2026, 12, 10))
    deed(service.conclude, one, actor=actor, ending=ending)
    return one


_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
_SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\)\s*Tj", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """The words a reader finds in a PDF of ours when he searches it: its lines, by its own table of characters."""
    streams = [_unpacked(found) for found in _STREAM.findall(pdf)]
    known = {
        code.lower(): bytes.fromhex(value.decode()).decode("utf-16-be")
        for stream in streams
        if b"beginbfchar" in stream or b"beginbfrange" in stream
        for code, value in _PAIR.findall(stream)
    }
    lines = [
        "".join(known.get(raw[place : place + 2].hex().encode(), "?") for place in range(0, len(raw), 2))
        for stream in streams
        for raw in (_plain(found) for found in _SHOWN.findall(stream))
    ]
    return "\n".join(lines)


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _plain(literal: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), literal, flags=re.DOTALL)
