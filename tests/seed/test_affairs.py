"""The demo's villages do things together."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from gridcase.affairs.models import Activity, AwardRound, HelpRequest, Participation, Team
from gridcase.affairs.rules import ActivityState, RequestState, RoundState
from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.points.models import Declaration
from gridcase.seed.places import HOME_VILLAGE


def test_the_home_village_has_something_of_everything(small_demo: Flask) -> None:
    home = db.session.scalars(select(Grid).where(Grid.code == HOME_VILLAGE)).one()
    states = set(db.session.scalars(select(Activity.state).where(Activity.village_id == home.id)))
    assert states == {ActivityState.CALLED, ActivityState.ENDED}
    assert db.session.scalar(select(func.count()).select_from(Team).where(Team.village_id == home.id)) == 5
    assert set(db.session.scalars(select(HelpRequest.state))) == {RequestState.ASKED, RequestState.ACCEPTED}
    came = db.session.scalar(select(func.count()).select_from(Participation).where(Participation.came != ""))
    asked = select(func.count()).select_from(Declaration).where(Declaration.source_kind == "activity")
    assert came is not None
    assert 0 < (db.session.scalar(asked) or 0) <= came
    assert db.session.scalars(select(AwardRound.state)).all() == [RoundState.NOTICE]
