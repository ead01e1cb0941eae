"""Routes and objects of this part: activities and their lists, teams and requests, honours and boards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from gridcase.affairs.models import AwardRound, Board
from gridcase.affairs.rules import ActivityKind, AwardKind, AwardLevel, TeamKind
from gridcase.affairs.service import activities, honours, teams
from gridcase.affairs.service.activities import Call
from gridcase.affairs.service.honours import Plan
from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member
from gridcase.people.rules import DecisionKind
from tests.factories import decisions
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import CELL, CIRCLE, VILLAGE, WATCH, Row, names

RUNS = names("grid_leader") | VILLAGE
SERVES = CIRCLE | CELL | VILLAGE
JOINS = SERVES | names("resident")
GIVES = names("village_head town_manager")
OBJECTS = WATCH | names("resident")
SEES_PLACES = CELL | VILLAGE | WATCH | names("parttime_grid deputy dispatcher town_manager county_manager")
READS = JOINS | GIVES | OBJECTS

RUNNING = ("edit", "start", "cancel", "end", "give", "code", "sheet", "tick", "add", "promises")

TABLE: tuple[Row, ...] = (
    Row("affairs.index", JOINS),
    Row("affairs.new", RUNS),
    Row("affairs.show", JOINS, "activity"),
    Row("affairs.join", JOINS, "activity"),
    *(Row(f"affairs.{name}", RUNS, "run") for name in RUNNING),
    Row("affairs.leave", JOINS, "line"),
    Row("affairs.untick", RUNS, "line"),
    Row("affairs.work", RUNS | GIVES),
    Row("affairs.my_year", JOINS | SEES_PLACES),
    Row("affairs.member_year", names("village_head"), "person"),
    Row("affairs.member_values", names("town_manager county_manager")),
    Row("affairs.teams", JOINS),
    Row("affairs.new_team", RUNS),
    Row("affairs.team", JOINS, "team"),
    Row("affairs.disband", RUNS, "led"),
    Row("affairs.leave_team", RUNS, "mate"),
    Row("affairs.requests", JOINS),
    Row("affairs.ask", JOINS),
    *(
        Row(f"affairs.{name}", JOINS, "help request")
        for name in ["request_page", "accept", "visited", "close", "finish_request"]
    ),
    Row("affairs.hand_request", RUNS, "help request"),
    Row("affairs.suggestions", SERVES),
    Row("affairs.awards", READS),
    Row("affairs.new_round", GIVES),
    Row("affairs.award_round", READS, "hung round"),
    *(Row(f"affairs.{name}", GIVES, "round") for name in ["candidates", "export", "hang_out", "approve", "drop_round"]),
    *(Row(f"affairs.{name}", GIVES, "named") for name in ["unname", "answer_award", "revoke"]),
    Row("affairs.object_award", OBJECTS, "hung name"),
    Row("affairs.plate", GIVES, "plate"),
    Row("affairs.choice", JOINS, "household"),
    Row("affairs.boards", READS),
    Row("affairs.hang_red", GIVES, "village"),
    Row("affairs.hang_black", GIVES, "village"),
    Row("affairs.take_down", GIVES, "board"),
)


def things(world: World) -> list[Thing]:
    """What a village has of each, at every spot."""
    return [thing for spot in SPOTS for thing in _at(world, spot)]


def _at(world: World, spot: Spot) -> list[Thing]:
    home_id = world.homes[spot.homes][spot.index]
    whole = Thing("", spot.name, 0, village=spot.village)
    cell = replace(whole, cell=spot.cell, section=spot.section, homes_of=spot.homes_of)
    activity, line = _activity(world, spot, home_id)
    team, mate = _team(world, spot, home_id)
    request = _request(spot, home_id)
    hung, named = _round(world, spot, home_id)
    given, plate = _round(world, spot, home_id, given=True)
    board = _board(world, spot)
    mark = f"记号（{spot.name}）"
    return [
        replace(whole, kind="hung round", name=f"given {spot.name}", id=given),
        replace(whole, kind="activity", id=activity, mark=f"{mark}的活动"),
        replace(whole, kind="run", id=activity, cell=spot.cell),
        replace(cell, kind="line", id=line),
        replace(whole, kind="team", id=team, mark=f"{mark}队"),
        replace(whole, kind="led", id=team),
        replace(whole, kind="mate", id=mate),
        replace(cell, kind="help request", id=request, mark=f"{mark}的求助"),
        replace(whole, kind="hung round", id=hung, mark=f"{mark}评选"),
        replace(whole, kind="round", id=hung),
        replace(whole, kind="named", id=named),
        replace(whole, kind="hung name", id=named),
        replace(whole, kind="plate", id=plate),
        replace(whole, kind="board", id=board),
    ]


def _activity(world: World, spot: Spot, home_id: int) -> tuple[int, int]:
    now = clock.now()
    with transaction():
        one = activities.call(
            actor=MAKER, place=db.session.get_one(Grid, world.grids[spot.cell]), client_uuid=str(uuid4()),
            what=Call(ActivityKind.WORK, f"记号（{spot.name}）的活动", "村部", now + timedelta(hours=2), 2), now=now,
        )  # fmt: skip
        home = db.session.get_one(Household, home_id)
        line = activities.sign_up(one, home, actor=MAKER, person_id=None, now=now)
        return one.id, line.id


def _team(world: World, spot: Spot, home_id: int) -> tuple[int, int]:
    now = clock.now()
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        made = teams.found(
            actor=MAKER, village=village, kind=TeamKind.LAW, name=f"记号（{spot.name}）队", since=clock.town_day(now),
            now=now,
        )  # fmt: skip
        person = db.session.query(Member.person_id).filter_by(household_id=home_id).order_by(Member.id).first()
        assert person
        mate = teams.join(made, person[0], actor=MAKER, leads=True, on=clock.town_day(now), now=now)
        return made.id, mate.id


def _request(spot: Spot, home_id: int) -> int:
    with transaction():
        return teams.ask(
            actor=MAKER, client_uuid=str(uuid4()), kind=TeamKind.CARE, text=f"记号（{spot.name}）的求助",
            home=db.session.get_one(Household, home_id), now=clock.now(),
        ).id  # fmt: skip


def _round(world: World, spot: Spot, home_id: int, *, given: bool = False) -> tuple[int, int]:
    """One that hangs out; or one that was given, with its plate."""
    now = clock.now()
    today = clock.town_day(now)
    plan = Plan(AwardKind.STARS, AwardLevel.VILLAGE, f"记号（{spot.name}）评选", 3, date(2026, 1, 1), today)
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        one = honours.begin(actor=MAKER, village=village, client_uuid=str(uuid4()), plan=plan, now=now)
        award = honours.name_home(one, db.session.get_one(Household, home_id), actor=MAKER, stars=5, deeds="", now=now)
        opinion = decisions.passed(village, DecisionKind.COUNCIL, on=today, now=now)
        honours.hang_out(one, actor=MAKER, decision_id=opinion.id, now=now)
        numbers = one.id, award.id
    if given:
        with transaction():
            honours.approve(db.session.get_one(AwardRound, numbers[0]), actor=MAKER, now=now + timedelta(days=9))
    return numbers


def _board(world: World, spot: Spot) -> int:
    """A list that hangs; each spot another month of its village."""
    now = clock.now()
    today, number = clock.town_day(now), SPOTS.index(spot) + 1
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        made = Board(
            village_id=village.id, path=village.path, kind="red", begins_on=date(2026, number, 1),
            ends_on=date(2026, number + 1, 1), hung_on=today, made_at=now,
        )  # fmt: skip
        db.session.add(made)
        audit.record(actor=MAKER, action="test", subject_kind="board", subject_id=None, now=now)
        db.session.flush()
        return made.id
