"""Teams with their gaps, requests matched by kind and load, suggestions that say what and never why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.affairs.models import HelpRequest, Team
from gridcase.affairs.queries import teams as queries
from gridcase.affairs.rules import RequestState, TeamKind
from gridcase.affairs.service import teams
from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdFactor, Member
from gridcase.people.rules import Role
from tests.affairs.calling import NOW
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
TODAY = town_day(NOW)


def team(world: World, actor: Viewer, kind: TeamKind, name: str, homes: list[int]) -> Team:
    """A team of the heads of some homes."""
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        made = teams.found(actor=actor, village=village, kind=kind, name=name, since=date(2026, 1, 1), now=NOW)
        for number, home in enumerate(homes):
            person = db.session.scalars(select(Member.person_id).where(Member.household_id == home)).first()
            assert person
            teams.join(made, person, actor=actor, leads=number == 0, on=TODAY, now=NOW)
    return made


def asked(actor: Viewer, home: int, *, kind: TeamKind = TeamKind.CARE, text: str = "帮忙收稻谷") -> HelpRequest:
    with transaction():
        return teams.ask(
            actor=actor,
            client_uuid=str(uuid4()),
            kind=kind,
            text=text,
            home=db.session.get_one(Household, home),
            now=NOW,
        )


def weigh(home: int, code: str) -> None:
    with transaction():
        db.session.add(
            HouseholdFactor(
                household_id=home, code=code, source="visit", rules_version=0, noted_on=TODAY,
                valid_until=TODAY + timedelta(days=300),
            )
        )  # fmt: skip
        audit.record(actor=MAKER, action="test", subject_kind="household", subject_id=home, now=NOW)


def test_teams_and_what_is_missing(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, homes = viewer_of(Role.VILLAGE_HEAD), world.homes["village_a"]
    team(world, head, TeamKind.CARE, "爱心队", homes[:3])
    team(world, head, TeamKind.LAW, "普法队", homes[3:4])
    village = db.session.get_one(Grid, world.grids["village_a"])
    rows = queries.teams_of(village, on=TODAY)
    assert [(row.name, row.members) for row in rows] == [("爱心队", 3), ("普法队", 1)]
    assert queries.gaps(rows) == [TeamKind.EMERGENCY, TeamKind.TECHNICAL, TeamKind.PUBLICITY, TeamKind.PATROL]
    with pytest.raises(Missing), transaction():
        teams.found(
            actor=viewer_of(Role.GRID_LEADER), village=village, kind=TeamKind.CARE, name="x", since=TODAY, now=NOW
        )


def test_the_lightest_team_is_asked_and_the_reason_written(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, liaison, homes = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON), world.homes["village_a"]
    first = team(world, head, TeamKind.CARE, "一队", homes[8:11])
    second = team(world, head, TeamKind.CARE, "二队", homes[11:13])
    one = asked(liaison, world.homes["circle"][0])
    two = asked(liaison, world.homes["circle"][1])
    assert (one.team_id, two.team_id) == (first.id, second.id)
    assert "手上最轻" in two.why
    waiting = asked(liaison, world.homes["circle"][2], kind=TeamKind.EMERGENCY)
    assert (waiting.team_id, waiting.why) == (None, "")
    with pytest.raises(Refused, match="已经有一件"):
        asked(liaison, world.homes["circle"][0])
    with pytest.raises(Missing):
        asked(liaison, world.homes["paired"][0])
    with pytest.raises(Refused, match="病情"):
        asked(liaison, world.homes["circle"][3], text="他有精神分裂，请照看")


def test_taken_on_and_done(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    team(world, head, TeamKind.CARE, "一队", world.homes["village_a"][8:11])
    one = asked(liaison, world.homes["circle"][0])
    with pytest.raises(Refused, match="队伍里的人"), transaction():
        teams.accept(one, actor=liaison, now=NOW)  # asked for it, is not in the team
    with transaction():
        teams.accept(one, actor=head, now=NOW)
        teams.visited(one, actor=head, now=NOW)
        teams.visited(one, actor=head, now=NOW)
        teams.finish(one, actor=head, note="收完了两亩稻谷", now=NOW)
    assert (one.state, one.visits) == (RequestState.DONE, 2)
    row = queries.teams_of(db.session.get_one(Grid, world.grids["village_a"]), on=TODAY)[0]
    assert (row.in_hand, row.done, row.visits) == (0, 1, 2)
    with pytest.raises(Refused, match="已经结束"), transaction():
        teams.close(one, actor=liaison, now=NOW)


def test_a_restricted_case_goes_to_no_team(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    cell = db.session.get_one(Grid, world.grids["village_a_cell_1"])

    def case(code: str) -> Case:
        with transaction():
            return cases.collect(
                actor=MAKER, case_class=case_queries.class_in_use(code), title="一件事", text="说明", grid=cell,
                channel=Channel.VISIT, now=NOW,
            )  # fmt: skip

    def hand(code: str) -> HelpRequest:
        one = case(code)
        with transaction():
            return teams.ask(
                actor=head, client_uuid=str(uuid4()), kind=TeamKind.CARE, text="帮忙清理", case=one, now=NOW
            )

    assert hand("0401").case_id
    with pytest.raises(Refused, match="不能交给队伍"):
        hand("0301")


def test_suggestions_say_what_and_never_why(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    old, hidden, foreign = world.homes["circle"][0], world.homes["circle"][1], world.homes["village_a"][12]
    weigh(old, "F17")
    weigh(hidden, "F20")
    weigh(foreign, "F13")
    page = queries.suggestions(viewer_of(Role.LIAISON), on=TODAY)
    assert [(one.household_id, [each.code for each in one.services]) for one in page.rows] == [(old, ["company"])]
    seen = queries.suggestions(viewer_of(Role.VILLAGE_HEAD), on=TODAY)
    assert {one.household_id for one in seen.rows} == {old, foreign}
    assert queries.suggestions(viewer_of(Role.RESIDENT), on=TODAY).rows == []


def test_pages(app: Flask, client_as: ClientAs, world: World) -> None:
    head, liaison, resident = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON), client_as(Role.RESIDENT)
    made = head.post(
        "/affairs/teams/new",
        data={"kind": "care", "name": "爱心队", "since": "2026-11-01", "village": world.grids["village_a"]},
    )
    url = made.location
    assert "还缺 5 类" in liaison.get("/affairs/teams").text  # a team of nobody does not count
    found = re.search(r'name="person" value="(\d+)"', head.get(f"{url}?q=周小").text)
    assert found
    assert (
        "已入队"
        in head.post(url, data={"person": found[1], "on": "2026-11-23", "leads": "y"}, follow_redirects=True).text
    )
    assert "已经在队里" in head.post(url, data={"person": found[1], "on": "2026-11-23"}).text
    assert "还缺 4 类" in resident.get("/affairs/teams").text
    assert "周小" not in resident.get(url).text  # masked
    page = resident.get("/affairs/requests/new").text
    mark = re.search(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"', page)
    assert mark
    assert "至少四个字" in resident.post("/affairs/requests/new", data={"kind": "care", "text": "帮"}).text
    sent = resident.post("/affairs/requests/new", data={"client_uuid": mark[1], "kind": "care", "text": "帮忙收稻谷"})
    assert sent.status_code == 302
    assert "只有这一支" in resident.get(sent.location).text
    assert resident.post(f"{sent.location}/hand").status_code == 403
    assert "已接下" in head.post(f"{sent.location}/accept", follow_redirects=True).text
    assert "上门" in head.post(f"{sent.location}/visited", follow_redirects=True).text
    assert "至少四个字" in head.post(f"{sent.location}/done", data={"note": "好"}).text
    assert "已帮到" in head.post(f"{sent.location}/done", data={"note": "收完稻谷"}, follow_redirects=True).text
    assert "收稻谷" in resident.get("/affairs/requests?state=over").text
    assert client_as(Role.DEPT).get("/affairs/teams").status_code == 403
    assert client_as(Role.PARTY_CONTACT).get(sent.location).status_code == 404
    assert head.get("/affairs/suggestions").status_code == 200
    assert resident.get("/affairs/suggestions").status_code == 403
    assert "已撤销" in head.post(f"{url}/disband", follow_redirects=True).text
