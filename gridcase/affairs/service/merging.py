"""Homes and persons written twice: what they took part in, were named in and were helped with follows the kept record,
and is counted once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from gridcase.affairs.models import Award, BoardHome, HelpRequest, HomeChoice, Participation
from gridcase.affairs.rules import AwardState
from gridcase.affairs.service import honours, teams
from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household

_MERGED = N_("与重复登记的同一户合并")
_QUIET: dict[str, Any] = {"synchronize_session": False}


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """What hung on a home that was written twice hangs on the kept one; returns how many rows moved."""
    staying = _fold_awards(double.id, kept, actor=actor, now=now)
    _fold_choice(double.id, kept.id)
    _drop_doubles(double.id, kept.id)
    moved = 0
    for model in (Participation, HelpRequest, Award, BoardHome, HomeChoice):
        column: Any = model.household_id
        rows = update(model).where(column == double.id).values(household_id=kept.id)
        done = db.session.execute(
            rows.where(Award.id.not_in(staying)) if model is Award else rows, execution_options=_QUIET
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
    boards = select(BoardHome.board_id).where(BoardHome.household_id == kept)
    activities, lists = (list(db.session.scalars(one)) for one in (there, boards))
    gone: tuple[Any, ...] = (
        delete(Participation).where(
            Participation.household_id == double, unnamed, Participation.activity_id.in_(activities)
        ),
        delete(BoardHome).where(BoardHome.household_id == double, BoardHome.board_id.in_(lists)),
    )  # fmt: skip
    for statement in gone:
        db.session.execute(statement, execution_options=_QUIET)


def _fold_awards(double: int, kept: Household, *, actor: Viewer, now: datetime) -> list[int]:
    """Where a round named both homes, one nomination goes on; an honour that was given to the double too is revoked and
    its points go back. Returns the nominations that stay with the double as what once was."""
    theirs = {row.round_id: row for row in db.session.scalars(select(Award).where(Award.household_id == kept.id))}
    staying = []
    for award in db.session.scalars(select(Award).where(Award.household_id == double).order_by(Award.id)):
        mine = theirs.get(award.round_id)
        if mine is None:
            continue
        if award.state == AwardState.GIVEN:
            honours.withdraw(award, reason=str(_MERGED), actor=actor, now=now)
            audit.record(
                actor=actor, action="award.revoke", subject_kind="award_round", subject_id=award.round_id,
                place_path=kept.path, now=now, detail={"home": double, "kept": kept.id},
            )  # fmt: skip
        if award.state == AwardState.REVOKED:
            staying.append(award.id)
            continue
        _carry(award, mine)
        db.session.delete(award)
    db.session.flush()
    return staying


def _carry(award: Award, mine: Award) -> None:
    """What was said against the double is said against the kept home: struck stays struck, an objection is answered."""
    if mine.state != AwardState.NAMED:
        return
    if award.state == AwardState.STRUCK:
        mine.state, mine.reason = award.state, award.reason
    if award.objected_at is not None and mine.objected_at is None:
        mine.objection, mine.objected_at = award.objection, award.objected_at
        mine.objected_by_user_id = award.objected_by_user_id
        mine.answer, mine.answered_at = award.answer, award.answered_at


def _fold_choice(double: int, kept: int) -> None:
    """Two words of one home: what either of them refused is refused."""
    theirs, mine = db.session.get(HomeChoice, double), db.session.get(HomeChoice, kept)
    if theirs is None or mine is None:
        return
    if (mine.compared and not theirs.compared) or (mine.named and not theirs.named):
        mine.said_on, mine.user_id = theirs.said_on, theirs.user_id
    mine.compared, mine.named = mine.compared and theirs.compared, mine.named and theirs.named
    db.session.delete(theirs)
    db.session.flush()


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
