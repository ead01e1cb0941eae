"""What the demo's villages give points for: one village of each of three places, by a decision of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Decision
from gridcase.people.rules import Assembly, DecisionKind, DecisionStepKind, Step
from gridcase.points import queries
from gridcase.points import service as points
from gridcase.seed.places import HOME_VILLAGE, OUJIANGCHA, YIMA, ZHILONG
from gridcase.seed.villages import Team

PRESETS = {OUJIANGCHA: "morality_bank", ZHILONG: "zhilong", YIMA: "361"}
AHEAD = timedelta(days=40)  # the meetings before the publication
DEARER = "M107"  # hazards found true
HEAVIER, LIGHTER = 40, 20  # percent, of the class it belongs to and of the other three
TITLE = "关于施行积分办法的决议"
TEXT = "通过本村积分办法，自公布之日起施行；标有“示例默认值”的分值试行一年后再议。"


def put_in_force(teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """The first village of each place (the demo's own at home) decides on its scheme at `now`; the counties recommend
    theirs."""
    with transaction():
        for town_code, preset in PRESETS.items():
            fitting = [team for team in teams if team.town_code == town_code]
            if not fitting:
                continue
            team = min(fitting, key=lambda one: (one.code != HOME_VILLAGE, one.code))
            village = db.session.get_one(Grid, team.id)
            county = db.session.get_one(Grid, village.county_id)
            points.recommend(place=county, preset=preset, on=town_day(now), actor=actor, now=now)
            decision = _decide(village, actor=actor, now=now)
            version = points.draft(village, source=preset, actor=actor, now=now)
            points.put_in_force(version, decision_id=decision.id, on=town_day(now), actor=actor, now=now)


def redraft(team: Team, *, actor: Viewer, now: datetime) -> None:
    """The demo's own village works on its next version, to compare and try out: one item gives more, its class weighs
    more."""
    with transaction():
        village = db.session.get_one(Grid, team.id)
        version = points.draft(village, source=points.CURRENT, actor=actor, now=now)
        item = queries.read(version).items[DEARER]
        points.save_item(version, DEARER, replace(item, points=item.points + 5), actor=actor, now=now)
        weights = {board: HEAVIER if board == item.board else LIGHTER for board in queries.read(version).boards}
        points.set_weights(version, weights, actor=actor, now=now)


def _decide(village: Grid, *, actor: Viewer, now: datetime) -> Decision:
    """The four steps and the publication, in the weeks before."""
    today: date = town_day(now)
    decision = people.propose(
        actor=actor, village=village, kind=DecisionKind.SCHEME, title=TITLE, text=TEXT, held_on=today - AHEAD, now=now
    )
    for step in (
        Step(DecisionStepKind.DISCUSS, today - timedelta(days=32), 7, 7, 7),
        Step(DecisionStepKind.MEMBERS, today - timedelta(days=24), 34, 29, 27),
        Step(DecisionStepKind.VOTE, today - timedelta(days=10), 45, 39, 36, Assembly.REPRESENTATIVES),
        Step(DecisionStepKind.PUBLISH, today, until=today + timedelta(days=7)),
    ):
        people.record_step(decision, step, actor=actor, now=now)
    return decision
