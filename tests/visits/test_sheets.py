"""Weekly sheets: printed without what is restricted, typed in once, what is wrong named beside its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.visits import service
from gridcase.visits.models import Visit, VisitPaper
from gridcase.visits.service import Line, Typed
from gridcase.visits.service.sheets import read_line
from tests.factories.world import World
from tests.visits.test_service import log, record

ClientAs = Callable[[Role | str], FlaskClient]
ViewerOf = Callable[[Role | str], Viewer]
WEEK = date(2026, 11, 16)  # the week before the Monday on which the clock stands
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=clock.TOWN_ZONE)


def typed(actor: Viewer, world: World, *lines: Line, week: date = WEEK) -> Typed:
    with transaction():
        post = db.session.get_one(Post, world.posts[Role.LIAISON])
        return service.enter_sheet(actor=actor, post=post, week=week, lines=lines, now=clock.now())


def test_a_line_is_a_visit_of_the_representative(viewer_of: ViewerOf, world: World) -> None:
    leader, home = viewer_of(Role.SECTION_LEADER), world.homes["circle"][0]
    result = typed(leader, world, Line(home, "18", "2", "3", "2", "26", "老人血压高"))
    assert result.wrong == {}
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.post_id, visit.user_id) == (world.posts[Role.LIAISON], leader.user_id)
    assert visit.visited_at == datetime(2026, 11, 18, 12, tzinfo=clock.TOWN_ZONE)
    assert (visit.mode, visit.met, visit.state) == ("phone", 3, "follow_up")
    assert (visit.ticks, visit.note) == (["dispute", "water"], "老人血压高")
    paper = db.session.scalars(select(VisitPaper)).one()
    assert (paper.visit_id, paper.week, paper.by_post_id) == (visit.id, WEEK, world.posts[Role.SECTION_LEADER])


def test_good_lines_are_kept_and_the_others_are_named(viewer_of: ViewerOf, world: World) -> None:
    homes = world.homes["circle"]
    lines = [
        Line(homes[0], "18", "1", "1", "1"), Line(homes[1], "3", "1", "1", "1"), Line(homes[2], "19", "1", "9", "1"),
        Line(homes[3], "19", "1", "1", "5"), Line(homes[4], "20", "1", "0", "1", "17"), Line(homes[5]),
        Line(world.homes["paired"][0], "18", "1", "1", "1"),
    ]  # fmt: skip
    result = typed(viewer_of(Role.VILLAGE_HEAD), world, *lines)
    assert [visit.household_id for visit in result.saved] == [homes[0]]
    assert {home: field for home, (field, _words) in result.wrong.items()} == {
        homes[1]: "day", homes[2]: "met", homes[3]: "state", homes[4]: "ticks", world.homes["paired"][0]: None,
    }  # fmt: skip
    assert len(db.session.scalars(select(Visit)).all()) == 1


def test_a_line_typed_twice_is_one_visit(viewer_of: ViewerOf, world: World) -> None:
    line = Line(world.homes["circle"][0], "18", "1", "2", "1")
    first = typed(viewer_of(Role.SECTION_LEADER), world, line).saved[0].id
    assert typed(viewer_of(Role.VILLAGE_HEAD), world, line).saved[0].id == first  # somebody else, the same paper
    other = typed(viewer_of(Role.SECTION_LEADER), world, Line(line.household_id, "19", "1", "2", "1"))
    assert "已经录过" in str(other.wrong[line.household_id][1])
    assert len(db.session.scalars(select(Visit)).all()) == 1


@pytest.mark.parametrize("state", ["", "1", "4"])
def test_nobody_was_met(viewer_of: ViewerOf, world: World, state: str) -> None:
    line = Line(world.homes["circle"][0], "18", "1", "0", state)
    visit = typed(viewer_of(Role.SECTION_LEADER), world, line).saved[0]
    assert (visit.met, visit.state) == (0, "not_met")
    assert typed(viewer_of(Role.SECTION_LEADER), world, line).saved[0].id == visit.id


def test_a_week_between_two_months() -> None:
    with pytest.raises(Refused, match="请填 11月30日至12月6日 之间的日期"):
        read_line(Line(1, "29", "1", "1", "1"), post_id=1, week=date(2026, 11, 30), now=SUNDAY + timedelta(days=20))


@pytest.mark.parametrize(("before", "now", "kept"), [(2, "2", False), (0, "2", True), (2, "0", False), (0, "0", False)])
def test_paper_does_not_repeat_what_the_phone_said(
    viewer_of: ViewerOf, world: World, before: int, now: str, kept: bool
) -> None:
    home = world.homes["circle"][0]
    log(viewer_of(Role.LIAISON), home, record(visited_at=SUNDAY - timedelta(days=1, hours=3), met=before))
    line = Line(home, "21", "1", now, "" if now == "0" else "1")
    result = typed(viewer_of(Role.SECTION_LEADER), world, line)
    assert bool(result.saved) is kept
    if not kept:
        assert result.wrong[home][0] == "again"
        assert "2026年11月21日这一户已经有" in str(result.wrong[home][1])
    assert typed(viewer_of(Role.SECTION_LEADER), world, replace(line, again=True)).saved
    assert len(db.session.scalars(select(Visit)).all()) == 2


def test_the_page_shows_what_the_phone_said(client_as: ClientAs, viewer_of: ViewerOf, world: World) -> None:
    home = world.homes["circle"][0]
    log(viewer_of(Role.LIAISON), home, record(visited_at=SUNDAY - timedelta(days=1, hours=3)))
    leader = client_as(Role.SECTION_LEADER)
    url = f"/visits/sheet/enter?post={world.posts[Role.LIAISON]}&week={WEEK}"
    shown = leader.get(url).text
    assert "手机或网页已记：2026年11月21日，上门，平安" in shown
    sent = {f"day_{home}": "21", f"mode_{home}": "1", f"met_{home}": "1", f"state_{home}": "1"}
    page = leader.post(url, data=sent).text
    assert "一行也没有录，1 行要改。" in page
    assert "别的都录好了" not in page
    assert f'name="again_{home}"' in page
    done = leader.post(url, data=sent | {f"again_{home}": "1"}, follow_redirects=True).text
    assert "录好 1 行" in done


def test_it_counts_for_the_home(viewer_of: ViewerOf, world: World) -> None:
    home = world.homes["circle"][0]
    typed(viewer_of(Role.SECTION_LEADER), world, Line(home, "18", "1", "1", "1"))
    kept = db.session.get_one(Household, home)
    assert clock.town_day(kept.last_visit_at) == date(2026, 11, 18)
    assert kept.next_visit_on > date(2026, 11, 23)


def test_a_sheet_may_lie_some_weeks_but_not_for_ever(viewer_of: ViewerOf, world: World) -> None:
    line = Line(world.homes["circle"][0], "20", "1", "1", "1")
    assert typed(viewer_of(Role.SECTION_LEADER), world, line, week=date(2026, 10, 19)).saved
    for week in (date(2026, 10, 12), date(2026, 11, 30), date(2026, 11, 17)):
        with pytest.raises(Refused):
            typed(viewer_of(Role.SECTION_LEADER), world, line, week=week)


@pytest.mark.parametrize(
    ("said", "day"),
    [("18", 18), ("11-18", 18), ("11.18", 18), (" 9 ", None), ("12-18", None), ("", None), ("周三", None)],
)
def test_the_day_of_the_week_s_month(said: str, day: int | None) -> None:
    line = Line(1, said, "1", "1", "1")
    if day is None:
        with pytest.raises(Refused, match="请填 11月16日至22日 之间的日期"):
            read_line(line, post_id=1, week=WEEK, now=SUNDAY)
    else:
        assert read_line(line, post_id=1, week=WEEK, now=SUNDAY).visited_at.astimezone(clock.TOWN_ZONE).day == day


def test_what_is_still_to_come_is_refused() -> None:
    with pytest.raises(Refused, match="还没有到"):
        read_line(Line(1, "22", "1", "1", "1"), post_id=1, week=WEEK, now=SUNDAY - timedelta(days=2))


def test_the_paper_of_a_liaison(client_as: ClientAs, world: World) -> None:
    page = client_as(Role.LIAISON).get("/visits/sheet").text
    assert page.count("<article") == 1
    assert "联户走访周表" in page
    assert "2026W48" in page
    assert page.count('class="blank wide"') == 6
    assert "赵大三" not in page
    assert "放心户" not in page  # how much attention a home is given stands on no paper
    assert "录入填好的表" not in page


def test_all_sheets_leave_out_who_has_nobody_to_visit(viewer_of: ViewerOf, client_as: ClientAs, world: World) -> None:
    liaison, leader = client_as(Role.LIAISON), client_as(Role.SECTION_LEADER)
    assert leader.get("/visits/sheet?post=all").text.count('class="seal-space"') == 1
    for home in world.homes["circle"]:
        log(viewer_of(Role.LIAISON), home, record(client_uuid=str(uuid4())))
    page = leader.get("/visits/sheet?post=all").text
    assert "<article" not in page
    assert "这一周没有该走访的户" in page
    assert leader.get("/visits/sheet?post=all&whole=1").text.count("<article") == 1
    assert liaison.get("/visits/sheet").text.count("<article") == 1


def test_sheets_of_all_and_of_one(client_as: ClientAs, world: World) -> None:
    leader = client_as(Role.SECTION_LEADER)
    assert leader.get("/visits/sheet?post=all").text.count("<article") == 1
    post = world.posts[Role.LIAISON]
    assert leader.get(f"/visits/sheet?post={post}&whole=1&week=2026-11-30").status_code == 200
    for role in (Role.PARTY_CONTACT, Role.PARTTIME_GRID):
        assert client_as(role).get("/visits/sheet").status_code == 200
    assert client_as(Role.PARTY_CONTACT).get(f"/visits/sheet?post={post}").status_code == 404
    assert client_as(Role.LIAISON).get(f"/visits/sheet/enter?post={post}").status_code == 404
    assert client_as(Role.DISPATCHER).get("/visits/sheet/enter").status_code == 403


def test_typing_in(app: Flask, client_as: ClientAs, world: World) -> None:
    leader, homes = client_as(Role.SECTION_LEADER), world.homes["circle"]
    url = f"/visits/sheet/enter?post={world.posts[Role.LIAISON]}&week={WEEK}"
    assert f'name="day_{homes[5]}"' in leader.get(url).text
    sent = {}
    for home, day in ((homes[0], "18"), (homes[1], "31")):
        sent |= {f"day_{home}": day, f"mode_{home}": "1", f"met_{home}": "1", f"state_{home}": "1", f"ticks_{home}": ""}
        sent[f"note_{home}"] = "家里都好"
    page = leader.post(url, data=sent).text
    assert "请填 11月16日至22日 之间的日期" in page
    assert 'value="31"' in page  # nothing typed is lost
    assert page.count("已录：") == 1
    done = leader.post(url, data=sent | {f"day_{homes[1]}": "19"}, follow_redirects=True).text
    assert "录好 2 行" in done
    assert done.count("已录：") == 2
    assert "纸质代录" in leader.get(f"/visits/household/{homes[0]}").text
    assert "还没有填任何一行" in leader.post(url, data={}, follow_redirects=True).text
