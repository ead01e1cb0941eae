"""Hanging red and black lists, and taking them down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete

from gridcase.affairs.models import Board, BoardHome
from gridcase.affairs.queries import boards as queries
from gridcase.affairs.queries.honours import is_open
from gridcase.affairs.rules import BLACK_DAYS, BoardKind, Span
from gridcase.affairs.service.activities import answers_for
from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind

GIVES = Permission.GIVE_AWARDS


def hang_red(village: Grid, span: Span, household_ids: Collection[int], *, actor: Viewer, now: datetime) -> Board:
    """Hang the red list of a span: only homes that have agreed to be named. Hung again it replaces the former one."""
    answers_for(actor, village.path, GIVES)
    _check(village, span, now)
    offered = {
        one.household_id: one
        for one in queries.praised(village, begins=span.begins, last=span.ends - timedelta(days=1), on=town_day(now))
    }
    chosen = [offered[home] for home in sorted(set(household_ids)) if home in offered]
    picked = [(one.household_id, one.deeds, one.agreed_on) for one in chosen if one.agreed_on is not None]
    if len(picked) != len(set(household_ids)):
        raise Refused(N_("有的户还没有同意上榜，请先征得同意。"))
    if not picked:
        raise Refused(N_("请先勾选上榜的户。"))
    row = _row(village, BoardKind.RED, span, actor, now)
    db.session.execute(delete(BoardHome).where(BoardHome.board_id == row.id))
    db.session.add_all(
        BoardHome(board_id=row.id, household_id=home, deeds=deeds, agreed_on=day) for home, deeds, day in picked
    )
    _note("board.hang", row, actor, now, homes=len(picked))
    return row


def hang_black(village: Grid, span: Span, *, actor: Viewer, decision_id: int, now: datetime) -> Board:
    """Hang the black list of a span: only by a decision the village has passed on it; it comes down by itself."""
    answers_for(actor, village.path, GIVES)
    _check(village, span, now)
    today = town_day(now)
    passed = people.passed_decision(decision_id, village_id=village.id, kind=DecisionKind.BOARD, on=today)
    if passed is None:
        raise Refused(N_("黑榜要有村里通过的决议，请先在“村级决议”里办。"), field="decision")
    db.session.refresh(village, with_for_update=True)  # two at once hang one
    if queries.hung_by(passed.id):
        raise Refused(N_("这份决议已经张过一次黑榜，再张要有新的决议。"), field="decision")
    if queries.same(village.id, BoardKind.BLACK, span.begins, span.ends) is not None:
        raise Refused(N_("这一期的黑榜已经张过，一期只张一次。"))
    row = _row(village, BoardKind.BLACK, span, actor, now)
    row.decision_id, row.down_on = passed.id, today + timedelta(days=BLACK_DAYS)
    _note("board.hang", row, actor, now, decision=passed.id)
    return row


def _check(village: Grid, span: Span, now: datetime) -> None:
    if not is_open(village.path, on=town_day(now)):
        raise Refused(N_("村里没有启用评先和红黑榜。"))
    if span.ends > town_day(now):
        raise Refused(N_("这一期还没有过完，过完再张榜。"))


def _row(village: Grid, kind: BoardKind, span: Span, actor: Viewer, now: datetime) -> Board:
    db.session.refresh(village, with_for_update=True)  # two at once hang one
    row = queries.same(village.id, kind, span.begins, span.ends)
    if row is None:
        row = Board(
            village_id=village.id, path=village.path, kind=kind.value, begins_on=span.begins, ends_on=span.ends,
            hung_on=town_day(now), made_at=now,
        )  # fmt: skip
        db.session.add(row)
    row.hung_on, row.down_on, row.user_id = town_day(now), None, actor.user_id
    db.session.flush()
    return row


def take_down(row: Board, *, actor: Viewer, now: datetime) -> None:
    """The list hangs no more."""
    answers_for(actor, row.path, GIVES)
    db.session.refresh(row, with_for_update=True)
    row.down_on = town_day(now)
    _note("board.take_down", row, actor, now)


def _note(action: str, row: Board, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="board", subject_id=row.id, place_path=row.path, now=now,
        detail=dict(detail),
    )  # fmt: skip
