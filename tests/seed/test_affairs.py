"""The demo's villages do things together."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from gridcase.affairs.models import Activity, AwardRound, Campaign, HelpRequest, Participation, Team
from gridcase.affairs.queries import campaigns
from gridcase.affairs.rules import ActivityState, RequestState, RoundState
from gridcase.core.db import db
from gridcase.core.permissions import job
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


def test_the_towns_campaign_comes_out_as_it_was_published(small_demo: Flask) -> None:
    one = db.session.scalars(select(Campaign).order_by(Campaign.id)).first()
    assert one is not None
    parts = {part.name: part for part in campaigns.progress([one], viewer=job("test"))[one.id]}
    counts = {name: part.done.number for name, part in parts.items() if name != "火化率"}
    assert counts == {"敲门行动": 206, "屋场会": 104, "走访业态": 32, "回收龙杠": 96}
    assert parts["火化率"].share() == 1.0
