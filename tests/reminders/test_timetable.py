"""The timetable says who is told when; the county sets its hours; the case shows what was told."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.reminders import queries
from tests.factories.world import World
from tests.reminders.test_jobs import at_desk, case_of, sweep

ClientAs = Callable[[Role | str], FlaskClient]
HOURS = {"quiet_from": "20:00", "quiet_to": "08:00", "digest_at": "08:30", "soon_hours": "16", "soon_percent": "50"}


def test_whoever_works_reads_the_timetable(client_as: ClientAs) -> None:
    page = client_as(Role.LIAISON).get("/reminders/timetable").text
    for words in ("每天 08:00 的汇总", "免打扰：21:00 至次日 07:00", "超期满 5 个工作日", "总网格长"):
        assert words in page
    assert "本县的设置" not in page
    assert client_as(Role.TOWN_MANAGER).post("/reminders/times", data=HOURS).status_code == 403
    assert client_as(Role.RESIDENT).get("/reminders/timetable").status_code == 403


def test_the_county_sets_its_hours_and_when_due_soon_begins(client_as: ClientAs, app: Flask, world: World) -> None:
    with app.app_context():
        before = db.session.get_one(Case, case_of(world)).soon_at
        db.session.remove()
    client = client_as(Role.COUNTY_MANAGER)
    assert client.post("/reminders/times", data=HOURS).status_code == 302
    page = client.get("/reminders/timetable").text
    assert "免打扰：20:00 至次日 08:00" in page
    assert "到期前 16 个工作小时，或时限的 50%" in page
    with app.app_context():
        after = db.session.get_one(Case, case_of(world, home=1)).soon_at
        assert before is not None
        assert after is not None
        assert after < before
        far = next(one for one in queries.counties() if one.id == world.grids["far_county"])
        assert f"{far.times.quiet_from:%H:%M}" == "21:00"
        db.session.remove()


def test_hours_that_leave_no_day_are_refused(client_as: ClientAs) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    page = client.post("/reminders/times", data=HOURS | {"quiet_from": "12:00"})
    assert page.status_code == 200
    assert "免打扰不能早于 18:00 开始" in page.text
    assert "须在 1 到 90 之间" in client.post("/reminders/times", data=HOURS | {"soon_percent": "99"}).text


def test_another_county_is_not_there(client_as: ClientAs, world: World) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    assert client.get(f"/reminders/timetable?place={world.grids['far_county']}").status_code == 404
    assert client.post(f"/reminders/times?place={world.grids['far_county']}", data=HOURS).status_code == 404


def test_the_case_shows_what_was_told_to_whom(
    client_as: ClientAs, app: Flask, world: World, at: Callable[[str], None]
) -> None:
    with app.app_context():
        case_id = case_of(world)
        at_desk(world, case_id, unit="water")
        at("2026-12-07T10:00:00+08:00")
        sweep()
        db.session.remove()
    page = client_as(Role.GRID_LEADER).get(f"/cases/{case_id}").text
    assert page.count("系统提醒") == 1
    assert "在2026年12月7日 10:00到期，请说明进展" in page
