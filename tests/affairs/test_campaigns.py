"""A campaign from its beginning to its end: what is planned, entered and counted, and who sees which counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from gridcase.affairs.models import Campaign, CampaignAction
from gridcase.affairs.queries import campaign_places as places
from gridcase.affairs.queries import campaigns as queries
from gridcase.affairs.rules.campaigns import ActionKind, Count, Progress, total_plan
from gridcase.affairs.service import activities, signing
from gridcase.affairs.service import campaigns as service
from gridcase.affairs.service.campaigns import Plan, Wanted
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.measures import queries as measures
from gridcase.people.rules import Role
from tests.affairs.calling import NOW, running
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
DAY = NOW.date()
PLAN = Plan("零点行动", DAY - timedelta(days=60), DAY + timedelta(days=30), kinds=tuple(ActionKind))


def grid(world: World, name: str) -> Grid:
    return db.session.get_one(Grid, world.grids[name])


def begun(world: World, actor: Viewer, place: str = "town", plan: Plan = PLAN) -> Campaign:
    with transaction():
        return service.begin(actor=actor, place=grid(world, place), client_uuid=str(uuid4()), plan=plan, now=NOW)


def actions(one: Campaign) -> dict[str, CampaignAction]:
    return {action.kind: action for action in queries.actions_of([one.id])}


def entered(
    world: World, one: Campaign, kind: ActionKind, actor: Viewer, number: int, *, place: str = "village_a",
    whole: int | None = None, day: date = DAY, mark: str | None = None,
) -> int:  # fmt: skip
    with transaction():
        row = service.enter(
            actions(one)[kind], one, actor=actor, place=grid(world, place), client_uuid=mark or str(uuid4()), day=day,
            number=number, whole=whole, now=NOW,
        )  # fmt: skip
        return row.id


def shown(one: Campaign, viewer: Viewer) -> dict[str, Progress]:
    return {part.kind: part for part in queries.progress([one], viewer=viewer)[one.id]}


def test_the_towns_push_comes_out_as_it_was_told(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    """200 and more people, 104 meetings, 30 and more businesses, 96 items handed in, a rate of 100 %."""
    town, head = viewer_of(Role.TOWN_MANAGER), viewer_of(Role.VILLAGE_HEAD)
    one = begun(world, town)
    for kind, number, whole in (
        (ActionKind.PEOPLE, 126, None), (ActionKind.MEETINGS, 60, None), (ActionKind.BUSINESSES, 18, None),
        (ActionKind.GOODS, 50, None), (ActionKind.RATE, 5, 5),
    ):  # fmt: skip
        entered(world, one, kind, head, number, whole=whole)
    for kind, number, whole in (
        (ActionKind.PEOPLE, 80, None), (ActionKind.MEETINGS, 44, None), (ActionKind.BUSINESSES, 14, None),
        (ActionKind.GOODS, 46, None), (ActionKind.RATE, 3, 3),
    ):  # fmt: skip
        entered(world, one, kind, town, number, whole=whole, place="village_b")
    parts = shown(one, town)
    numbers = {kind: parts[kind].done.number for kind in ("people", "meetings", "businesses", "goods")}
    assert numbers == {"people": 206, "meetings": 104, "businesses": 32, "goods": 96}
    assert parts["rate"].share() == 1.0
    keys = [f"campaigns.{kind}" for kind in ("people", "meetings", "businesses", "goods", "reached", "whole")]
    figures = measures.values(town, keys, period=Period.of(PeriodKind.DAY, DAY), now=NOW)
    assert [figures.total.numbers[key] for key in keys] == [206, 104, 32, 96, 8, 8]
    assert parts["goods"].of(world.grids["village_b"]).number == 46
    mine = shown(one, head)  # a village takes part in its town's, and sees what it did itself
    assert (mine["meetings"].done.number, mine["rate"].done.whole) == (60, 5)
    with pytest.raises(Missing):
        queries.get_campaign(one.id, viewer=viewer_of(Role.LIAISON))


def test_only_ones_own_places_and_days_are_entered(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = begun(world, viewer_of(Role.TOWN_MANAGER))
    with pytest.raises(Missing):
        entered(world, one, ActionKind.DOORS, head, 3, place="village_b")
    with pytest.raises(Missing):
        entered(world, one, ActionKind.DOORS, viewer_of(Role.DISPATCHER), 3)
    with pytest.raises(Refused, match="最晚是今天"):
        entered(world, one, ActionKind.DOORS, head, 3, day=DAY + timedelta(days=1))
    with pytest.raises(Refused, match="不能比总数大"):
        entered(world, one, ActionKind.RATE, head, 3, whole=2)
    with pytest.raises(Refused, match="1 到 100000"):
        entered(world, one, ActionKind.DOORS, head, 0)
    with pytest.raises(Missing):
        begun(world, head, "town")
    cell = viewer_of(Role.GRID_LEADER)
    entered(world, one, ActionKind.DOORS, cell, 7, place="village_a_cell_1")
    assert shown(one, cell)["doors"].of(world.grids["village_a"]).number == 7
    (line,) = queries.entries(one, viewer=cell).rows
    assert line.place.startswith("上河村")  # every village has a first group and a first cell
    town, village = viewer_of(Role.TOWN_MANAGER), world.grids["village_b"]
    assert [each.name for each in places.places_in(one, viewer=town, village_id=None)] == ["上河村", "下河村"]
    inner = places.places_in(one, viewer=town, village_id=village)
    assert {each.village_id or each.id for each in inner} == {village}
    assert len(inner) > 1
    assert [each.name for each in places.villages_entered(one, viewer=cell)] == ["上河村"]
    assert places.enters(one, viewer=cell)
    assert not places.enters(one, viewer=viewer_of(Role.DISPATCHER))


def test_the_same_form_twice_counts_once_and_a_wrong_entry_is_struck(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one, mark = begun(world, head, "village_a"), str(uuid4())
    first = entered(world, one, ActionKind.GOODS, head, 12, mark=mark)
    assert entered(world, one, ActionKind.GOODS, head, 12, mark=mark) == first
    with pytest.raises(Refused, match="送出过"):
        entered(world, one, ActionKind.GOODS, head, 13, mark=mark)
    assert shown(one, head)["goods"].done.number == 12
    with pytest.raises(Missing), transaction():
        service.strike(*queries.get_entry(first, viewer=head), actor=viewer_of(Role.DISPATCHER), now=NOW)
    with transaction():
        service.strike(*queries.get_entry(first, viewer=head), actor=head, now=NOW)
    assert shown(one, head)["goods"].done.number == 0
    lines = queries.entries(one, viewer=head).rows
    assert [(line.number, line.struck) for line in lines] == [(12, True)]
    with transaction():
        service.end(one, actor=head, now=NOW)
    with pytest.raises(Refused, match="已经结束"):
        entered(world, one, ActionKind.GOODS, head, 1)


def test_activities_that_were_held_count_once(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one, held = begun(world, head, "village_a"), running(world, head, item=activities.NO_POINTS)
    for home in world.homes["village_a"][:3]:
        with transaction():
            signing.add_present(held, db.session.get_one(Household, home), actor=head, person_id=None, now=NOW)
    with transaction():
        activities.end(held, actor=head, hours=2, now=NOW)
        service.count_activities(actions(one)["meetings"], one, actor=head, activity_ids=[held.id], now=NOW)
    assert shown(one, head)["meetings"].done.number == 1
    with pytest.raises(Refused, match="别人记进去"), transaction():
        service.count_activities(actions(one)["people"], one, actor=head, activity_ids=[held.id], now=NOW)
    with transaction():
        service.drop_activity(
            *queries.get_counted(queries.counted(one, viewer=head)[0].id, viewer=head), actor=head, now=NOW
        )
        service.count_activities(actions(one)["people"], one, actor=head, activity_ids=[held.id], now=NOW)
    parts = shown(one, head)
    assert (parts["meetings"].done.number, parts["people"].done.number) == (0, 3)


def test_a_village_plan_makes_the_plan(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.TOWN_MANAGER)
    one = begun(world, town)
    goods, (a, b) = actions(one)["goods"], (world.grids["village_a"], world.grids["village_b"])
    with transaction():
        service.change_action(
            goods, one, actor=town, what=Wanted(ActionKind.GOODS, "回收龙杠", "根", 120), plans={a: 60, b: 40}, now=NOW
        )
    entered(world, one, ActionKind.GOODS, viewer_of(Role.VILLAGE_HEAD), 30)
    part = shown(one, town)["goods"]
    assert (part.name, part.unit, part.planned, part.plans) == ("回收龙杠", "根", 100, {a: 60, b: 40})
    assert (part.share(), part.share(a), part.share(b)) == (0.3, 0.5, 0.0)
    own = shown(one, viewer_of(Role.VILLAGE_HEAD))["goods"]
    assert (own.done.number, own.planned, own.share(), own.plans) == (30, 60, 0.5, {a: 60})
    with pytest.raises(Refused, match="这个名字"), transaction():
        service.add_action(one, actor=town, what=Wanted(ActionKind.GOODS, "回收龙杠"), now=NOW)
    with pytest.raises(Missing), transaction():
        service.add_action(one, actor=viewer_of(Role.VILLAGE_HEAD), what=Wanted(ActionKind.GOODS, "别的"), now=NOW)


def test_what_a_village_did_is_not_held_against_the_towns_plan(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town, head = viewer_of(Role.TOWN_MANAGER), viewer_of(Role.VILLAGE_HEAD)
    one = begun(world, town)
    with transaction():
        service.change_action(
            actions(one)["doors"], one, actor=town, what=Wanted(ActionKind.DOORS, "敲门", "户", 200), plans={}, now=NOW
        )
    entered(world, one, ActionKind.DOORS, head, 50)
    entered(world, one, ActionKind.DOORS, town, 100, place="village_b")
    assert shown(one, town)["doors"].share() == 0.75
    assert (shown(one, head)["doors"].done.number, shown(one, head)["doors"].planned) == (50, None)


def test_how_many_there_are_costs_no_more_statements(ctx: Flask, world: World) -> None:
    many, seen = [begun(world, MAKER, "village_a") for _ in range(3)], []
    assert all(one.id for one in many)  # read anew after what was written, before counting begins
    event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    queries.progress(many[:1], viewer=MAKER)
    one = len(seen)
    queries.progress(many, viewer=MAKER)
    assert len(seen) == 2 * one


@given(st.none() | st.integers(1, 1000), st.lists(st.integers(1, 1000), max_size=5), st.integers(0, 1000))
def test_shares(whole: int | None, plans: list[int], done: int) -> None:
    part = Progress(1, ActionKind.GOODS, "", "", total_plan(whole, plans), counts={1: Count(done)})
    planned = sum(plans) or whole
    assert part.share() == (done / planned if planned else None)


def test_the_pages_lead_from_a_new_campaign_to_its_numbers(world: World, client_as: ClientAs) -> None:
    town, head = client_as(Role.TOWN_MANAGER), client_as(Role.VILLAGE_HEAD)
    made = town.post(
        "/affairs/campaigns/new",
        data={
            "name": "零点行动", "place": world.grids["town"], "begins_on": "2026-10-01", "ends_on": "2026-12-31",
            "kinds": ["doors", "goods", "rate"], "client_uuid": str(uuid4()),
        },
    )  # fmt: skip
    assert made.status_code == 302
    page = made.location
    assert "零点行动" in town.get("/affairs/campaigns").get_data(as_text=True)
    form = head.get(page + "/enter").get_data(as_text=True)
    assert "敲门入户（户）" in form
    first = re.search(r'<input[^>]*name="action"[^>]*>', form)
    assert first is not None
    number = re.sub(r'.*value="(\d+)".*', r"\1", first[0])
    data = {
        "action": number, "number": 41, "day": "2026-11-23", "place": world.grids["village_a"],
        "client_uuid": str(uuid4()),
    }  # fmt: skip
    assert head.post(page + "/enter", data=data).status_code == 302
    wrong = head.post(page + "/enter", data=data | {"number": "", "client_uuid": str(uuid4())})
    assert "请填数量" in wrong.get_data(as_text=True)
    cell, asked = world.grids["village_b_cell_1"], {"village": world.grids["village_b"]}
    assert f'value="{cell}"' not in town.get(page + "/enter").get_data(as_text=True)
    assert f'value="{cell}"' in town.get(page + "/enter", query_string=asked).get_data(as_text=True)
    inner = data | {"place": cell, "client_uuid": str(uuid4())}
    again = town.post(page + "/enter", query_string=asked, data=inner)
    assert again.location.endswith(f"village={asked['village']}")
    text = town.get(page).get_data(as_text=True)
    assert "41" in text
    assert "下河村" in text
    assert "41 户" in town.get(page + "/entries").get_data(as_text=True)
    assert client_as(Role.LIAISON).get(page).status_code == 403
