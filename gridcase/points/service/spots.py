"""The supervisors draw entries of a month, look at them, and leave a note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.points import queries
from gridcase.points.models import SpotCheck, SpotDraw
from gridcase.points.rules.conduct import Finding, drawn, month_of

NOTE_MOST = 500


def draw_spots(*, village: Grid, month: date, seed: str, actor: Viewer, now: datetime) -> SpotDraw:
    """Draw entries of a month that is over by a shown seed; once a month. Again it answers with the first draw."""
    if month >= month_of(town_day(now)):
        raise Refused(N_("这个月还没有过完，请到下个月再抽查。"))
    if (first := queries.spots.draw_of(village.id, month)) is not None:
        return first
    ids = queries.spots.entries_in(village.id, month=month)
    if not ids:
        raise Refused(N_("这个月没有计过积分，不用抽查。"))
    made = SpotDraw(
        village_id=village.id, path=village.path, month=month, seed=seed, user_id=actor.user_id, drawn_at=now
    )
    db.session.add(made)
    db.session.flush()
    for rank, transfer_id in enumerate(drawn(ids, seed=seed), start=1):
        db.session.add(SpotCheck(draw_id=made.id, transfer_id=transfer_id, rank=rank))
    audit.record(
        actor=actor, action="points.spot_draw", subject_kind="points_spot", subject_id=made.id, now=now,
        place_path=village.path, detail={"month": month.isoformat(), "seed": seed, "of": len(ids)},
    )  # fmt: skip
    return made


def note_spots(
    draw: SpotDraw, *, found: Mapping[int, tuple[Finding | None, str]], note: str, actor: Viewer, now: datetime
) -> SpotDraw:
    """What was found of the drawn entries, and the supervisors' note of the month."""
    words = clean(note or "")
    if len(words) > NOTE_MOST:
        raise Refused(N_("请写短一些，最多 %(most)s 个字。", most=NOTE_MOST), field="note")
    for transfer_id, (result, said) in sorted(found.items()):
        row = queries.spots.check_of(draw.id, transfer_id)
        if row is None:
            raise Refused(N_("这一条不在抽查名单里，请刷新再试。"))
        text = clean(said or "")[:200]
        if result is Finding.WRONG and len(text) < 4:
            raise Refused(N_("不属实的请写明查到了什么。"), field=f"note-{transfer_id}")
        if (row.result, row.note) != (str(result or ""), text):
            row.result, row.note, row.user_id, row.checked_at = str(result or ""), text, actor.user_id, now
    draw.note = words
    audit.record(
        actor=actor, action="points.spot_note", subject_kind="points_spot", subject_id=draw.id, now=now,
        place_path=draw.path, detail={"results": {str(key): str(one[0] or "") for key, one in sorted(found.items())}},
    )  # fmt: skip
    return draw
