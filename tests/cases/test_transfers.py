"""What another office passes on: its number, the day of receipt, petition limits, nothing twice; emergencies first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.cases.rules.transfers import SOURCES
from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.factories.pages import body
from tests.factories.world import MAKER, World

As = Callable[[Role | str], FlaskClient]


def only_case(app: Flask) -> Case:
    with app.app_context():
        found = db.session.scalars(select(Case)).one()
        db.session.expunge_all()
        db.session.remove()
    return found


def order(world: World, **values: str) -> dict[str, str]:
    return {
        "title": "水压太小", "channel": "hotline", "grid": str(world.grids["village_a"]), "source_no": "2026112000123",
        "received_on": "2026-11-20", **values,
    }  # fmt: skip


def test_the_number_and_the_day_are_asked_only_of_what_was_passed_on(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    page = body(desk.post("/cases/new/0501", data=order(world, source_no="", received_on="")))
    assert "请填来件编号" in page
    page = body(desk.post("/cases/new/0501", data=order(world, received_on="")))
    assert "请填收到来件的日期" in page
    page = body(desk.post("/cases/new/0501", data=order(world, received_on="2026-11-24")))
    assert "收到日期还没有到" in page
    plain = order(world, channel="phone", source_no="", received_on="")
    assert desk.post("/cases/new/0501", data=plain).status_code == 302
    assert only_case(app).source_no is None


def test_an_order_is_found_by_its_number_and_not_doubled(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    assert desk.post("/cases/new/0501", data=order(world)).status_code == 302
    case = only_case(app)
    assert (case.source_system, case.source_no) == ("12345热线", "2026112000123")
    again = desk.post("/cases/new/0501", data=order(world, title="自来水压力太小"))
    assert "已经登记过" in body(again)
    assert f"/cases/{case.id}" in again.text, "the first one is shown"
    assert case.number in body(desk.get("/cases/?q=2026112000123"))
    assert case.title in body(desk.get("/cases/?q=2026112000123"))
    page = body(desk.get(f"/cases/{case.id}"))
    assert "2026112000123" in page
    assert "2026年11月20日" in page
    other = order(world, channel="petition", title="信访同号")
    assert desk.post("/cases/new/1005", data={**other, "looked": "1"}).status_code == 302, "another desk's number"


def test_the_limit_of_a_petition_counts_from_the_day_of_receipt(
    ctx: Flask, world: World, at: Callable[[str], None]
) -> None:
    """Fifteen days to tell the petitioner, sixty to finish, from the day it was received, not of typing it in."""
    day = datetime(2026, 11, 13, tzinfo=TOWN_ZONE).date()
    with transaction():
        case = cases.collect(
            actor=MAKER, case_class=queries.class_in_use("1005"), title="反映征地补偿", text="", now=clock.now(),
            channel=Channel.PETITION, grid=db.session.get_one(Grid, world.grids["village_a"]),
            transferred=cases.Transferred("X-77", day),
        )  # fmt: skip
        case_id = case.id
    case = db.session.get_one(Case, case_id)
    assert case.contact_due_at is not None
    assert case.due_at is not None
    assert (
        case.contact_due_at.astimezone(TOWN_ZONE).date() == datetime(2026, 11, 30, tzinfo=UTC).date()
    )  # the 28th: Saturday
    assert case.due_at.astimezone(TOWN_ZONE).date() == datetime(2027, 1, 12, tzinfo=UTC).date()
    line = queries.steps(case_id)
    assert queries.explained(case, line, work_calendar()).due.at == case.due_at, "the deadline explains itself"
    due = case.due_at
    with transaction():
        cases.accept(case, actor=MAKER, now=clock.now(), case_class=queries.class_in_use("1005"))
    assert db.session.get_one(Case, case_id).due_at == due


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        ("/cases/new/0202", ["119"]),
        ("/cases/new/0303", ["110", "120"]),
        ("/cases/new?q=有人晕倒", ["120"]),
        ("/cases/new", []),
    ],
)
def test_the_number_to_call_stands_first(client_as: As, url: str, numbers: list[str]) -> None:
    page = client_as(Role.LIAISON).get(url).text
    found = [number for number in ("110", "119", "120", "122") if f'href="tel:{number}"' in page]
    assert found == numbers
    if numbers and "?" not in url:
        assert page.index('href="tel:') < page.index('name="title"')


@pytest.mark.parametrize("code", ["1003", "1004"])
def test_what_is_said_of_the_village_goes_past_it(world: World, client_as: As, app: Flask, code: str) -> None:
    liaison, head, desk = (client_as(role) for role in (Role.LIAISON, Role.VILLAGE_HEAD, Role.DISPATCHER))
    home = str(world.homes["circle"][0])
    form = {"title": "反映村账不清", "channel": "visit", "household": home, "grid": "", "reporter_name": "郑直言"}
    answer = liaison.post(f"/cases/new/{code}/solved", data={**form, "result": "讲了", "answer": "solved"})
    assert "由镇级以上单位办理" in body(answer)
    assert liaison.post(f"/cases/new/{code}", data=form).status_code == 302
    case = only_case(app)
    assert case.restricted
    assert liaison.get(f"/cases/{case.id}").status_code == 200, "who took it down keeps sight of it"
    assert head.get(f"/cases/{case.id}").status_code == 404
    assert case.number not in head.get("/cases/?tab=all").text
    assert "郑直言" in desk.get(f"/cases/{case.id}").text
    accepted = desk.post(f"/cases/{case.id}/accept", data={"accept-case_class": code, "accept-urgency": "3"})
    assert accepted.status_code == 302
    village_post = f"p{world.posts[Role.VILLAGE_HEAD]}"
    assert village_post not in desk.get(f"/cases/{case.id}").text
    sent = desk.post(f"/cases/{case.id}/dispatch", data={"dispatch-handler": village_post})
    assert sent.status_code == 200, "not a choice"


def test_every_source_has_its_own_name() -> None:
    assert len(set(SOURCES.values())) == len(SOURCES) == 3
