"""Hot issues: which demands are like, the heat that explains itself, the daily look, what a person makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, HotIssue, HotRun
from gridcase.cases.rules import State
from gridcase.cases.rules.alike import Told
from gridcase.cases.rules.hot import Demand, HotState, clusters, comes_back, same_issue
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import COMPLAINT, collected, do
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World

Find = Callable[[Role], Viewer]
As = Callable[[Role], FlaskClient]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LAMP = ("老槐树旁边的路灯不亮", "老槐树那盏路灯坏了，晚上看不见路。")
OTHERS = (("学校门口垃圾没人收", "垃圾桶满了"), ("医保缴费怎么办", "不会用手机"), ("水渠淤积", "田里浇不上水"))


def demand(key: int, told: tuple[str, str] = LAMP, *, home: str = "", days: float = 0, **more: Any) -> Demand:
    return Demand(
        key, Told(*told), more.get("code", "0504"), NOW - timedelta(days=days), home or f"h{key}",
        more.get("village", 1), more.get("spot"),
    )  # fmt: skip


def crowd() -> list[Demand]:
    """Other matters, so that words have a rarity."""
    return [demand(100 + n, (f"{title}{n}", text), code="0401") for n, (title, text) in enumerate(OTHERS * 5)]


# -- the rule


def test_like_demands_are_one_cluster_and_say_why() -> None:
    lamps = [demand(n, (f"老槐树路灯坏了{n}", "老槐树的路灯晚上不亮"), days=n) for n in range(1, 5)]
    found = [one for one in clusters([*lamps, *crowd()]) if 1 in one.ids]
    assert [one.ids for one in found] == [{1, 2, 3, 4}]
    (issue,) = found
    assert (issue.homes, issue.days, issue.class_code) == (4, 4, "0504")
    said = [str(reason) for reason in issue.reasons(villages={1: "上河村"})]
    assert said[:3] == ["4 件，4 户（人），4 天内", "都在上河村", "同一类"]
    assert "老槐树" in said[3]


def test_heat_halves_in_a_week_and_a_home_counts_once() -> None:
    lamps = [demand(1), demand(2, days=7), demand(3, days=14), demand(4, home="h1", days=1)]
    (issue,) = [one for one in clusters([*lamps, *crowd()]) if 1 in one.ids]
    assert issue.heat(NOW) == round(10 + 5 + 2.5)
    assert issue.heat(NOW + timedelta(days=7)) == round((10 + 5 + 2.5) / 2)


@pytest.mark.parametrize(
    ("count", "homes", "code", "shown"),
    [(2, 2, "0504", False), (3, 1, "0504", False), (3, 2, "0504", True), (4, 4, "0702", False), (5, 5, "0702", True)],
)
def test_small_and_sensitive_ones_are_left_out(count: int, homes: int, code: str, shown: bool) -> None:
    lamps = [demand(n, home=f"h{n % homes}", code=code) for n in range(1, count + 1)]
    assert any(1 in one.ids for one in clusters([*lamps, *crowd()])) == shown


def test_nearness_is_said_by_metres_or_villages() -> None:
    near = [demand(n, spot=(112.6, 28.45 + n * 0.0001)) for n in range(1, 4)]
    far = [demand(n, village=n) for n in range(1, 4)]
    (issue,) = [one for one in clusters([*near, *crowd()]) if 1 in one.ids]
    assert str(issue.reasons(villages={})[1]) == "都在 300 米以内"
    (issue,) = [one for one in clusters([*far, *crowd()]) if 1 in one.ids]
    assert str(issue.reasons(villages={})[1]) == "涉及 3 个村"


def test_issues_of_two_days_and_what_comes_back() -> None:
    assert same_issue(frozenset({1, 2, 3}), frozenset({2, 3, 9, 10}))
    assert not same_issue(frozenset({1, 2, 3}), frozenset({3, 9, 10}))
    assert not same_issue(frozenset(), frozenset())
    assert [comes_back(then=4, now=n) for n in (5, 6, 7)] == [False, False, True]


# -- the daily look


def lamps(world: World, actor: Viewer, count: int = 3, *, since: int = 0, **more: Any) -> list[Case]:
    return [
        collected(
            world, actor, home=world.homes["village_a"][since + n], title=f"{LAMP[0]}", text=LAMP[1],
            now=clock.now() - timedelta(days=n), **more,
        )
        for n in range(count)
    ]  # fmt: skip


def look(now: datetime | None = None) -> int:
    """What the scheduler does once a day."""
    now, new = now or clock.now(), 0
    for town_id, path in queries.towns_to_look_at(town_day(now), now):
        looked = service.hot.look(town_id, now=now)
        with transaction():
            new += service.hot.keep(town_id, path, looked, actor=job("hot"), now=now)
    return new


def one() -> HotIssue:
    return db.session.scalars(select(HotIssue)).one()


def test_a_look_a_day_whoever_looks(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    cases = lamps(world, head)
    town = db.session.get_one(Grid, world.grids["town"])
    looked = service.hot.look(town.id, now=clock.now())
    assert look() == 1
    with transaction():
        assert service.hot.keep(town.id, town.path, looked, actor=job("second"), now=clock.now()) == 0
    assert look() == 0
    issue = one()
    assert (issue.cases, issue.homes, issue.state, issue.found_on) == (3, 3, "found", town_day(clock.now()))
    assert issue.path == db.session.get_one(Grid, world.grids["village_a"]).path, "the smallest place that holds all"
    assert {row.id for row in queries.issue_cases(issue, head)} == {case.id for case in cases}
    assert db.session.scalar(select(func.count()).select_from(HotRun)) == 1


def test_restricted_and_dropped_cases_take_no_part(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    lamps(world, desk, code=COMPLAINT)
    for case in lamps(world, desk):
        do(service.void, case, viewer_of(Role.TOWN_MANAGER), note="登记错了。")
    assert look() == 0
    assert queries.hot_issues(desk, state=HotState.FOUND, today=town_day(clock.now())).rows == []


def test_an_issue_grows_and_a_dismissed_one_comes_back(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    lamps(world, head)
    look()
    do_issue(service.hot.dismiss_issue, head, reason="已列入明年计划。")
    at("2026-11-24T10:00:00+08:00")
    lamps(world, head, 1, since=3)
    assert look() == 0
    assert (one().cases, one().state) == (4, "dismissed")
    at("2026-11-25T10:00:00+08:00")
    lamps(world, head, 3, since=4)
    assert look() == 0, "it is the same issue"
    assert (one().cases, one().state, one().reason) == (7, "found", "已列入明年计划。")


def do_issue(function: Any, actor: Viewer, **more: Any) -> None:
    with transaction():
        function(one(), actor=actor, now=clock.now(), **more)


def test_an_issue_not_found_for_a_week_is_no_longer_hot(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    lamps(world, head)
    look()
    assert queries.hot_count(head, today=town_day(clock.now())) == 1
    at("2026-12-24T10:00:00+08:00")
    look()
    assert queries.hot_count(head, today=town_day(clock.now())) == 0


def test_scope_by_place(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    there = [
        collected(
            world, desk, home=home, grid_id=world.grids["village_b"], title=LAMP[0], text=LAMP[1],
        )
        for home in world.homes["village_b"][:3]
    ]  # fmt: skip
    look()
    today = town_day(clock.now())
    assert [row.cases for row in queries.hot_issues(desk, state=HotState.FOUND, today=today).rows] == [len(there)]
    assert queries.hot_issues(viewer_of(Role.VILLAGE_HEAD), state=HotState.FOUND, today=today).rows == []
    county = viewer_of(Role.COUNTY_MANAGER)
    assert len(queries.hot_issues(county, state=HotState.FOUND, today=today).rows) == 1
    assert queries.issue_cases(one(), county) == [], "figures, no cases"
    assert (queries.may_decide(one(), desk), queries.may_decide(one(), county)) == (True, False)


# -- the pages


def made(app: Flask, world: World, count: int) -> tuple[int, list[int]]:
    """An issue of so many cases, made in a context that is closed again: no client may share its session."""
    with app.app_context():
        head = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        ids = [case.id for case in lamps(world, head, count)]
        look()
        key = one().id
        db.session.remove()
    return key, ids


def test_the_pages_name_join_and_dismiss(app: Flask, world: World, client_as: As) -> None:
    key, ids = made(app, world, 4)
    desk = client_as(Role.DISPATCHER)
    words = body(desk.get("/cases/hot"))
    assert "4 件，4 户（人），4 天内 · 都在上河村 · 同一类" in words
    assert LAMP[0] in words
    page = desk.post(f"/cases/hot/{key}/name", data={"name-note": ""})
    assert "请写明情况" in body(page)
    assert (
        "名称已记下"
        in desk.post(f"/cases/hot/{key}/name", data={"name-note": "老槐树路灯"}, follow_redirects=True).text
    )
    assert "请选一件作首件" in desk.post(f"/cases/hot/{key}/join", follow_redirects=True).text
    answer = desk.post(f"/cases/hot/{key}/join", data={"first": str(ids[-1])}, follow_redirects=True)
    assert "3 件已附议" in answer.text
    assert "声音 4" in body(answer)
    with app.app_context():
        states = list(db.session.scalars(select(Case.state).where(Case.id.in_(ids)).order_by(Case.id)))
        db.session.remove()
    assert states == [State.DUPLICATE] * 3 + [State.REGISTERED]
    assert "老槐树路灯" in body(desk.get("/cases/hot?state=joined"))
    gone = desk.post(f"/cases/hot/{key}/dismiss", data={"dismiss-note": "已办。"}, follow_redirects=True)
    assert "已记下不处理的原因" in gone.text
    assert "现在没有热点" in body(gone)


def test_who_opens_no_case_reads_no_title_and_no_small_number(app: Flask, world: World, client_as: As) -> None:
    key, _ids = made(app, world, 3)
    county = client_as(Role.COUNTY_MANAGER)
    for path in ("/cases/hot", f"/cases/hot/{key}"):
        words = body(county.get(path))
        assert LAMP[0] not in words
        assert "不足 5 户" in words
    assert county.post(f"/cases/hot/{key}/name").status_code == 403
    assert client_as(Role.LIAISON).get("/cases/hot").status_code == 403
    assert client_as(Role.GRID_LEADER).post(f"/cases/hot/{key}/dismiss").status_code == 404
    assert client_as(Role.DISPATCHER).get("/cases/hot/999999").status_code == 404
