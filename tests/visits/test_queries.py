"""The day of a liaison: the right homes in the right order, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import update

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.households.service import confirm_tier
from gridcase.people.rules import Role
from gridcase.visits import queries
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import Demand
from tests.factories.world import World
from tests.visits.test_service import log, record

ViewerOf = Callable[[Role | str], Viewer]
TODAY = date(2026, 11, 23)


def plan(days: dict[int, date], tiers: dict[int, CareTier]) -> None:
    with transaction():
        for home, tier in tiers.items():
            household = db.session.get_one(Household, home)
            confirm_tier(household, actor=job("test"), tier=tier, reason="研判", now=clock.now())
        for home, day in days.items():
            db.session.execute(update(Household).where(Household.id == home).values(next_visit_on=day))
        db.session.add(AuditRow(at=clock.now(), actor_name="test", action="test", subject_kind="household"))


def test_most_urgent_home_first(viewer_of: ViewerOf, world: World) -> None:
    a, b, c, d, e, f = world.homes["circle"]
    days = {a: 20, b: 22, c: 23, d: 10, e: 24, f: 30}
    plan(
        {home: TODAY + timedelta(days=day - 23) for home, day in days.items()},
        {c: CareTier.CONNECTED, b: CareTier.CONCERNED},
    )
    liaison = viewer_of(Role.LIAISON)
    due = queries.due_homes(liaison, on=TODAY)
    assert [row.id for row in due.rows] == [c, b, d, a]
    assert queries.due_count(liaison, on=TODAY) == 4
    assert [row.id for row in queries.coming_homes(liaison, on=TODAY)] == [e, f]


def test_a_long_list_continues_where_it_stopped(viewer_of: ViewerOf, world: World) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    homes = world.homes["village_a"]
    plan({home: TODAY - timedelta(days=number % 3) for number, home in enumerate(homes)}, {})
    whole = [row.id for row in queries.due_homes(head, on=TODAY).rows]
    seen: list[int] = []
    after: str | None = None
    for _page in range(3):
        page = queries.due_homes(head, on=TODAY, after=after, size=7)
        seen += [row.id for row in page.rows]
        after = page.after
    assert after is None
    assert sorted(whole) == sorted(homes)
    assert seen == whole


def test_each_sees_the_own_homes(viewer_of: ViewerOf, world: World) -> None:
    for role, homes in (
        (Role.LIAISON, world.homes["circle"]),
        (Role.PARTY_CONTACT, world.homes["paired"]),
        (Role.GRID_LEADER, world.homes["village_a"][:4]),
        (Role.VILLAGE_HEAD, world.homes["village_a"]),
        (Role.DISPATCHER, []),
        (Role.RESIDENT, []),
    ):
        assert {row.id for row in queries.due_homes(viewer_of(role), on=TODAY).rows} == set(homes), role


def test_open_demands_of_the_own_homes(viewer_of: ViewerOf, world: World) -> None:
    liaison, homes = viewer_of(Role.LIAISON), world.homes["circle"]
    water = log(liaison, homes[0], record(demand=Demand("0501", "停水", "停水"))).case_id
    uuid = "00000000-0000-4000-8000-000000000001"
    restricted = log(liaison, homes[1], record(client_uuid=uuid, demand=Demand("0301", "有人赌博", "x"))).case_id
    assert restricted
    assert [row.id for row in queries.open_demands(liaison, now=clock.now())] == [water]
    assert [row.id for row in queries.open_demands(viewer_of(Role.PARTY_CONTACT), now=clock.now())] == []


def test_visits_of_a_home(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    older = log(liaison, home, record(visited_at=clock.now() - timedelta(days=2))).id
    newer = log(liaison, home, record(client_uuid="00000000-0000-4000-8000-000000000002")).id
    assert [row.id for row in queries.visits_of(home, viewer=liaison).rows] == [newer, older]
    assert queries.visits_of(home, viewer=viewer_of(Role.PARTY_CONTACT)).rows == []
    assert queries.visits_of(home, viewer=liaison, after="tampered").rows != []


def test_what_somebody_takes_along_for_the_day(viewer_of: ViewerOf, world: World) -> None:
    liaison, homes = viewer_of(Role.LIAISON), world.homes["circle"]
    log(liaison, homes[1], record(note="只给自己看的话"))
    water = log(
        liaison,
        homes[0],
        record(client_uuid="00000000-0000-4000-8000-000000000001", demand=Demand("0501", "停水", "x")),
    ).case_id
    day = queries.circle_day(liaison, on=TODAY, now=clock.now())
    assert {home.id for home in day.homes} == set(homes)
    by_id = {home.id: home for home in day.homes}
    seen = by_id[homes[1]]
    assert (seen.last_on, seen.due_on, seen.first_visit) == (TODAY, date(2027, 2, 21), False)
    assert seen.last == queries.Last(VisitMode.HOME, 2, VisitState.SAFE, (), Purpose.CARE)
    assert seen.name[1] == "*"
    assert (by_id[homes[2]].last, by_id[homes[2]].first_visit) == (None, True)
    assert [demand.id for demand in day.demands] == [water]
    assert (day.due, day.visits_month) == (4, 2)
    assert "只给自己看的话" not in repr(day)


def test_a_leader_of_a_place_has_no_first_visits(viewer_of: ViewerOf, world: World) -> None:
    day = queries.circle_day(viewer_of(Role.VILLAGE_HEAD), on=TODAY, now=clock.now(), most=5)
    assert len(day.homes) == 5
    assert not any(home.first_visit for home in day.homes)
    assert queries.circle_day(viewer_of(Role.DISPATCHER), on=TODAY, now=clock.now()).homes == ()


def test_a_month_is_counted_on_the_towns_clock(viewer_of: ViewerOf, world: World, at: Callable[[str], None]) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    at("2026-12-01T00:10:00+08:00")
    log(liaison, home, record())  # five minutes ago: still this month
    log(
        liaison,
        home,
        record(client_uuid="00000000-0000-4000-8000-000000000001", visited_at=clock.now() - timedelta(minutes=11)),
    )
    assert queries.visits_this_month(liaison, on=date(2026, 12, 1)) == 1
    assert queries.visits_this_month(liaison, on=date(2026, 11, 30)) == 1
    assert queries.visits_this_month(viewer_of(Role.VILLAGE_HEAD), on=date(2026, 12, 1)) == 0
