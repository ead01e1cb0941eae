"""Homes and persons written twice: what they took part in, were named in and were helped with follows the kept record,
and is counted once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from gridcase.affairs.models import Award, BoardHome, HelpRequest, HomeChoice, Participation
from gridcase.affairs.service import teams
from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household

_QUIET: dict[str, Any] = {"synchronize_session": False}


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """What hung on a home that was written twice hangs on the kept one; returns how many rows moved."""
    _drop_doubles(double.id, kept.id)
    moved = 0
    for model in (Participation, HelpRequest, Award, BoardHome, HomeChoice):
        column: Any = model.household_id
        done = db.session.execute(
            update(model).where(column == double.id).values(household_id=kept.id), execution_options=_QUIET
        )
        moved += int(getattr(done, "rowcount", 0))
    if moved:
        audit.record(
            actor=actor, action="affairs.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": moved},
        )  # fmt: skip
    return moved


def _drop_doubles(double: int, kept: int) -> None:
    """Rows of the double that the kept home has too."""
    unnamed = Participation.person_id.is_(None)
    there = select(Participation.activity_id).where(Participation.household_id == kept, unnamed)
    rounds = select(Award.round_id).where(Award.household_id == kept)
    boards = select(BoardHome.board_id).where(BoardHome.household_id == kept)
    activities, honours, lists = (list(db.session.scalars(one)) for one in (there, rounds, boards))
    gone: tuple[Any, ...] = (
        delete(Participation).where(
            Participation.household_id == double, unnamed, Participation.activity_id.in_(activities)
        ),
        delete(Award).where(Award.household_id == double, Award.round_id.in_(honours)),
        delete(BoardHome).where(BoardHome.household_id == double, BoardHome.board_id.in_(lists)),
    )  # fmt: skip
    for statement in gone:
        db.session.execute(statement, execution_options=_QUIET)
    if db.session.get(HomeChoice, kept) is not None:
        db.session.execute(delete(HomeChoice).where(HomeChoice.household_id == double), execution_options=_QUIET)


def fold_person(double_id: int, kept_id: int, *, actor: Viewer, place: str, now: datetime) -> None:
    """What a person written twice took part in is the kept record's; at one activity he was once."""
    mine = select(Participation.activity_id).where(Participation.person_id == kept_id)
    db.session.execute(
        delete(Participation).where(
            Participation.person_id == double_id, Participation.activity_id.in_(list(db.session.scalars(mine)))
        ),
        execution_options=_QUIET,
    )
    done = db.session.execute(
        update(Participation).where(Participation.person_id == double_id).values(person_id=kept_id),
        execution_options=_QUIET,
    )
    teams.repoint_persons(double_id, kept_id, actor=actor, place=place, now=now)
    if int(getattr(done, "rowcount", 0)):
        audit.record(
            actor=actor, action="affairs.repoint", subject_kind="person", subject_id=kept_id, place_path=place, now=now,
            detail={"double": double_id},
        )  # fmt: skip
