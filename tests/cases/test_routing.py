"""Whom a case is suggested to, what the duty list does at dispatch, and who stands in: on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from gridcase.audit import service as audit
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseClass, DutyItem
from gridcase.cases.queries import Filters, Tab
from gridcase.cases.queries.posts import IN_HANDS
from gridcase.cases.queries.routing import LATELY, YEAR
from gridcase.cases.rules import Address, DutyKind, Level, State
from gridcase.cases.rules.routing import reasons, suggested
from gridcase.cases.service import Entry
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.sheets import TableRefused
from gridcase.core.sheets_out import write_csv
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Person, Post, Unit
from gridcase.people.rules import Absence, Role
from gridcase.users import service as users
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, closed, collected, do, post_of, refused, water
from tests.factories.pages import body, statements
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, MEMORY_KIB, PASSWORD, World

Find = Callable[[Role], Viewer]
As = Callable[[Role], FlaskClient]
IRRIGATION, NEIGHBOURS = "0505", "0102"


def town_of(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["town"])


def listed(world: World, actor: Viewer, item: str, kind: DutyKind, **more: object) -> DutyItem:
    with transaction():
        return service.keep_duty(
            town_of(world), Entry(item, kind, **{"class_code": IRRIGATION, **more}), actor=actor, now=clock.now()
        )  # type: ignore[arg-type]


def accepted(world: World, find: Find, **more: object) -> Case:
    case = collected(world, find(Role.LIAISON), **{"code": IRRIGATION, **more})  # type: ignore[arg-type]
    do(service.accept, case, find(Role.VILLAGE_HEAD))
    return case


def way(case: Case, name: str) -> Address:
    return next(one for one in queries.routes(case, now=clock.now()) if one.name == name)


def said(case: Case, name: str, wanted: Level = Level.TOWN) -> str:
    return "；".join(str(text) for text in reasons(way(case, name), wanted=wanted))


# -- suggestions


def test_a_station_is_suggested_by_what_it_did_what_lies_there_and_the_list(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    for _ in range(2):
        closed(world, viewer_of, code=IRRIGATION)
    do(service.dispatch, accepted(world, viewer_of), viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    listed(world, viewer_of(Role.TOWN_MANAGER), "灌溉渠系维护", DutyKind.BASIC, unit_id=world.units["water"])
    case = accepted(world, viewer_of)
    assert said(case, "青溪镇水利站") == (
        "最近办过本镇 2 件同类；职责清单列为基本履职；目录写明由它办理；目录定为镇级办理；手上 1 件"
    )
    assert suggested(queries.routes(case, now=clock.now()), wanted=Level.TOWN)[0].name == "青溪镇水利站"


def test_near_the_home_speaks_for_its_liaison_and_its_cell(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = accepted(world, viewer_of, code=NEIGHBOURS, home=world.homes["circle"][0])
    assert "这一户在它的联户圈里" in said(case, "联户代表", Level.GRID)
    assert "管这个网格" in said(case, "网格长", Level.GRID)
    assert "同类" not in said(case, "联户代表", Level.GRID), "a post has no figure of what it did"
    elsewhere = accepted(world, viewer_of, code=NEIGHBOURS, home=world.homes["village_a"][15])
    assert way(elsewhere, "联户代表").near is None


def test_nothing_is_counted_of_restricted_cases(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    first = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON)
    do(service.accept, first, desk)
    do(service.dispatch, first, desk, unit=water(world))
    second = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON)
    station = way(second, "青溪镇水利站")
    assert (station.open, station.done) == (0, 0)


def many(case: Case, world: World, rng: random.Random, *, count: int) -> list[dict[str, Any]]:
    """More cases than are looked at, of two towns and classes, over more than a year, with and at everybody."""
    found = queries.whom(case, now=clock.now())
    units, posts = [None, *(unit.id for unit in found.units)], sorted({row.id for row in found.posts})
    classes = db.session.scalars(select(CaseClass.id).where(CaseClass.code.in_([IRRIGATION, NEIGHBOURS]))).all()
    places = [(world.grids[town], db.session.get_one(Grid, world.grids[town]).path) for town in ("town", "other_town")]
    like = {column.key: getattr(case, column.key) for column in Case.__table__.columns if column.key != "id"}
    rows = []
    for n in range(count):
        town_id, path = rng.choice([*[places[0]] * 9, places[1]])
        at, state = clock.now() - timedelta(hours=rng.randrange(24 * 400)), rng.choice([*[State.CLOSED] * 3, *IN_HANDS])
        unit_id = rng.choice(units)
        rows.append({
            **like, "number": f"R{n:05}", "town_id": town_id, "path": path, "class_id": rng.choice(classes),
            "state": state, "registered_at": at, "closed_at": at if state == State.CLOSED else None,
            "handler_unit_id": unit_id, "handler_post_id": rng.choice(posts) if unit_id is None else None,
            "restricted": rng.random() < 0.1,
        })  # fmt: skip
    return rows


def counted(one: Address, case: Case, everything: Sequence[Case], now: datetime) -> Address:
    """The same address with what a plain count over all cases of the town finds."""
    kind, key = one.key[:1], int(one.key[1:])
    newest = sorted(everything, key=lambda row: (row.registered_at, row.id), reverse=True)[:LATELY]
    done = sum(
        row.handler_unit_id == key and row.class_id == case.class_id and row.registered_at >= now - YEAR
        and row.state == State.CLOSED and not row.restricted
        for row in newest
    )  # fmt: skip
    lying = sum(
        (row.handler_unit_id if kind == "u" else row.handler_post_id) == key and row.closed_at is None
        and row.state in IN_HANDS and not row.restricted
        for row in everything
    )  # fmt: skip
    return replace(one, done=done if kind == "u" else 0, open=lying)


def test_what_is_said_of_units_and_posts_is_what_a_plain_count_finds(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, now = accepted(world, viewer_of), clock.now()
    with transaction():
        rows = many(case, world, random.Random(11), count=LATELY + 500)
        db.session.execute(insert(Case), rows)
        audit.record(actor=MAKER, action="test", subject_kind="case", subject_id=None, now=now)
    found = queries.routes(case, now=now)
    everything = db.session.scalars(select(Case).where(Case.town_id == case.town_id)).all()
    plain = [counted(one, case, everything, now) for one in found]
    assert found == plain
    assert sum(one.done for one in found) > 0
    assert sum(one.open for one in found if not one.is_unit) > 0
    for wanted in Level:
        assert suggested(found, wanted=wanted) == suggested(plain, wanted=wanted)


def finder(world: World) -> Find:
    return lambda role: viewer_from(db.session.get_one(User, world.users[role]))


def test_the_choices_cost_the_same_however_much_lies_there(app: Flask, world: World, client_as: As) -> None:
    head, sizes = client_as(Role.VILLAGE_HEAD), []
    for _ in range(2):
        with app.app_context():
            find = finder(world)
            for _ in range(3):
                do(service.dispatch, accepted(world, find), find(Role.VILLAGE_HEAD), unit=water(world))
            url = f"/cases/{accepted(world, find).id}"
            db.session.remove()
        sizes.append(len(statements(app, lambda url=url: head.get(url))))  # type: ignore[misc]
    assert sizes[0] == sizes[1]
    assert sizes[0] <= 10


# -- the duty list at dispatch


def test_what_was_taken_back_goes_below_only_with_a_reason_that_stands_on_the_timeline(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    listed(world, viewer_of(Role.TOWN_MANAGER), "取水执法", DutyKind.UPPER, lead="试点县水利局")
    case, head = accepted(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    for where in ({"unit": water(world)}, {"post": post_of(world, Role.GRID_LEADER)}):
        assert refused("上级部门收回", service.dispatch, case, head, **where, anyway=" ") == "anyway"
    assert [one.name for one in suggested(queries.routes(case, now=clock.now()), wanted=Level.TOWN)] == ["试点县水利局"]
    step = do(service.dispatch, case, head, unit=water(world), anyway="先由站里到场稳住")
    assert (step.detail["duty"], step.detail["anyway"]) == ("upper", "先由站里到场稳住")


def test_the_county_gets_it_without_a_word_and_a_unit_of_its_own_row_too(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    manager, head = viewer_of(Role.TOWN_MANAGER), viewer_of(Role.VILLAGE_HEAD)
    listed(world, manager, "取水执法", DutyKind.UPPER)
    county = db.session.get_one(Unit, world.units["county_water"])
    assert "duty" not in do(service.dispatch, accepted(world, viewer_of), head, unit=county).detail
    listed(world, manager, "灌溉渠系维护", DutyKind.BASIC, unit_id=world.units["water"])
    assert "duty" not in do(service.dispatch, accepted(world, viewer_of), head, unit=water(world)).detail


def test_a_cooperating_duty_says_who_leads_and_a_transfer_is_checked_too(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    manager, desk = viewer_of(Role.TOWN_MANAGER), viewer_of(Role.DISPATCHER)
    row = listed(world, manager, "取水许可", DutyKind.COOPERATE, lead="县水利局")
    case = accepted(world, viewer_of)
    step = do(service.dispatch, case, desk, unit=water(world))
    assert step.detail["lead"] == "县水利局"
    with transaction():
        service.remove_duty(row, actor=manager, now=clock.now())
    listed(world, manager, "取水执法", DutyKind.UPPER)
    justice = db.session.get_one(Unit, world.units["justice"])
    moved = do(service.transfer, case, desk, unit=justice, note="司法所先调解")
    assert (moved.detail["duty"], moved.note) == ("upper", "司法所先调解")


# -- keeping the list


def test_the_list_is_kept_row_by_row(ctx: Flask, world: World, viewer_of: Find) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    row = listed(world, manager, "  清沟 排水 ", DutyKind.BASIC)
    assert row.item == "清沟 排水"
    with pytest.raises(Refused, match="已有这个事项"):
        listed(world, manager, "清沟 排水", DutyKind.UPPER)
    with pytest.raises(Refused, match="管本镇"):
        listed(world, manager, "别的", DutyKind.BASIC, unit_id=world.units["other_station"])
    with pytest.raises(Missing):
        queries.duty_town(world.grids["other_town"], viewer=manager)
    assert queries.duty_row(row.id, viewer=manager).id == row.id
    with pytest.raises(Missing):
        queries.duty_row(row.id, viewer=viewer_of(Role.DISPATCHER))


def table(*rows: tuple[str, ...]) -> bytes:
    return write_csv(("事项", "清单类别", "事件类别", "办理单位", "牵头单位"), rows)


def test_a_file_adds_changes_and_takes_out(ctx: Flask, world: World, viewer_of: Find) -> None:
    manager, town = viewer_of(Role.TOWN_MANAGER), town_of(world)
    given = {"actor": manager, "now": clock.now()}
    data = table(("取水执法", "上级部门收回", "505", "", "县水利局"), ("清沟", "基本", "0505", "青溪镇水利站", ""))
    with transaction():
        first = service.import_duties(town, data, **given)  # type: ignore[arg-type]
    assert (first.new, first.changed, first.removed) == (2, 0, 0)
    assert [row.class_code for row in queries.duty_list(town)] == [IRRIGATION, IRRIGATION]
    with transaction():
        second = service.import_duties(town, table(("清沟", "配合履职", "", "", "")), **given, whole=True)  # type: ignore[arg-type]
    assert (second.new, second.changed, second.same, second.removed) == (0, 1, 0, 1)
    assert [(row.item, row.kind) for row in queries.duty_list(town)] == [("清沟", "cooperate")]


def test_one_wrong_cell_and_nothing_is_taken(ctx: Flask, world: World, viewer_of: Find) -> None:
    town = town_of(world)
    data = table(
        ("好的", "基本履职", "", "", ""), ("坏的", "随便", "9999", "没有这站", ""), ("好的", "基本", "", "", "")
    )
    with pytest.raises(TableRefused) as found, transaction():
        service.import_duties(town, data, actor=viewer_of(Role.TOWN_MANAGER), now=clock.now())
    words = "\n".join(str(problem.text) for problem in found.value.problems)
    assert [
        part in words for part in ("第 3 行「清单类别」", "第 3 行「事件类别」", "第 3 行「办理单位」", "第 4 行")
    ] == [True] * 4
    assert queries.duty_list(town) == []
    with pytest.raises(Refused, match="「清单类别」列"):
        service.import_duties(town, "事项\n甲".encode(), actor=viewer_of(Role.TOWN_MANAGER), now=clock.now())


# -- stand-ins


def test_who_stands_in_is_shown_at_dispatch_sees_the_case_and_acts(app: Flask, world: World, client_as: As) -> None:
    with app.app_context():
        find = finder(world)
        post = post_of(world, Role.GRID_LEADER)
        with transaction():
            person: Person = people.add_person(
                actor=MAKER, name="代班的人", place_path=post.place_path, now=clock.now()
            )
            user = users.add_user(
                actor=MAKER, login="standin", password=PASSWORD, person_id=person.id, now=clock.now(),
                memory_kib=MEMORY_KIB,
            )  # fmt: skip
            people.stand_in(
                db.session.get_one(Post, post.id), actor=MAKER, person_id=person.id, start=date(2026, 11, 20),
                end=date(2026, 12, 1), why=Absence.ILLNESS, now=clock.now(),
            )  # fmt: skip
            user_id = user.id
        case = accepted(world, find, code=NEIGHBOURS)
        assert "生病，代班的人代班到 2026年11月30日" in said(case, "网格长", Level.GRID)
        case_id, post_id = case.id, post.id
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    page = body(head.get(f"/cases/{case_id}"))
    assert "生病，代班的人代班到 2026年11月30日" in page
    sent = head.post(f"/cases/{case_id}/dispatch", data={"dispatch-pick": f"p{post_id}"})
    assert sent.status_code == 302
    with app.app_context():
        stand_in = viewer_from(db.session.get_one(User, user_id))
        mine = queries.work_list(stand_in, Filters(tab=Tab.MINE), now=clock.now())
        assert case_id in [row.id for row in mine.rows]
        done = do(service.sign, queries.get_case(case_id, viewer=stand_in), stand_in)
        assert (done.actor_name, done.actor_post_id) == ("代班的人", post_id)
        db.session.remove()
