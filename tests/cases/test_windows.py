"""A case may be taken at any window of its town: its place decides where it goes, the window is only told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseWindow
from gridcase.cases.queries.sight import AWAY_KEEPS
from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Grant, Viewer
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import ServicePoint
from gridcase.people.rules import ROLE_PERMISSIONS, PointFacts, PointKind, Role
from gridcase.users.models import User
from tests.factories.pages import body, statements
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]
FORM = {"title": "桥边路灯不亮", "channel": "reception", "looked": "1"}


def point(app: Flask, world: World, place: str, kind: PointKind = PointKind.STATION) -> str:
    with app.app_context():
        with transaction():
            facts = PointFacts("便民服务站", "一楼", "", "代办员", kind=kind, opening="工作日 8:30-17:30")
            grid = db.session.get_one(Grid, world.grids[place])
            made = people.open_point(
                actor=MAKER, place=grid, client_uuid=f"{place}-{kind}", facts=facts, now=clock.now()
            )
        found = str(made.id)
        db.session.remove()
    return found


def written(app: Flask) -> tuple[Case, int | None]:
    with app.app_context():
        case = db.session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
        window = db.session.get(CaseWindow, case.id)
        db.session.expunge_all()
        db.session.remove()
    return case, window.point_id if window else None


def worker_of(place: Grid) -> Viewer:
    """Somebody who sits in the village of a place and serves all of it."""
    role = Role.FULLTIME_GRID
    grant = Grant(role=role, permissions=ROLE_PERMISSIONS[role], path=place.path)
    return Viewer(kind="staff", name="代办员", grants=(grant,))


def test_a_case_of_a_taken_at_the_town_goes_to_a(app: Flask, world: World, client_as: As) -> None:
    window, desk = point(app, world, "town", PointKind.HALL), client_as(Role.DISPATCHER)
    data = FORM | {"grid": str(world.grids["village_a"]), "window": window}
    assert desk.post("/cases/new/0504", data=data).status_code == 302
    case, taken = written(app)
    assert (taken, case.village_id) == (int(window), world.grids["village_a"])
    at_home = client_as(Role.VILLAGE_HEAD)
    assert FORM["title"] in at_home.get("/cases/?tab=village").text
    page = body(at_home.get(f"/cases/{case.id}"))
    assert re.search(r"在哪个窗口收的 \S+ · 便民服务站", page)
    assert "等村里受理" in page
    at_home.post("/preferences/locale", data={"locale": "en"})
    assert "Taken at which window" in body(at_home.get(f"/cases/{case.id}"))


def test_a_case_of_a_taken_at_b_goes_to_a_and_is_seen_by_a(app: Flask, world: World, client_as: As) -> None:
    window = point(app, world, "village_b")
    with app.app_context():
        with transaction():
            worker = worker_of(db.session.get_one(Grid, world.grids["village_b"]))
            found = queries.intake_choices(worker)
            assert [row.id for row in found.others] == [world.grids["village_a"]]
            case_id = service.collect(
                actor=worker, case_class=queries.class_in_use("0504"), title=FORM["title"], text="",
                channel=Channel.RECEPTION, grid=db.session.get_one(Grid, world.grids["village_a"]),
                window=found.windows[0], now=clock.now(),
            ).id  # fmt: skip
        db.session.remove()
    assert written(app)[1] == int(window)
    at_home = client_as(Role.VILLAGE_HEAD)
    assert FORM["title"] in at_home.get("/cases/?tab=village").text
    assert "下河村 · 便民服务站" in body(at_home.get(f"/cases/{case_id}"))
    accepted = at_home.post(f"/cases/{case_id}/accept", data={"accept-case_class": "0504", "accept-urgency": "3"})
    assert accepted.status_code == 302
    assert written(app)[0].state == "accepted"


def test_it_is_handled_as_one_that_was_taken_at_home(app: Flask, world: World, viewer_of: Find) -> None:
    point(app, world, "village_b")
    made = []
    with app.app_context():
        dispatcher = viewer_of(Role.DISPATCHER)
        (window,) = queries.intake_choices(dispatcher).windows
        grid = db.session.get_one(Grid, world.grids["village_a_cell_2"])
        for given in (None, window):
            with transaction():
                made.append(
                    service.collect(
                        actor=dispatcher, case_class=queries.class_in_use("0504"), title="路灯不亮", text="",
                        channel=Channel.PHONE, grid=grid, window=given, now=clock.now(),
                    )
                )  # fmt: skip
        home, away = made
        for name in ("path", "village_id", "grid_id", "state", "due_at", "stage_due_at", "collector_post_id", "level"):
            assert getattr(home, name) == getattr(away, name), name
        ways = [[one.key for one in queries.routes(case, now=clock.now())] for case in made]
        assert ways[0] == ways[1]
        assert ways[0]


def test_another_village_of_the_town_only_at_a_window(app: Flask, world: World, client_as: As) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    other = str(world.grids["village_b"])
    form = head.get("/cases/new/0504").text
    assert 'name="window"' not in form, "asked only where there is one"
    assert f'value="{other}"' not in form
    window = point(app, world, "village_a")
    form = head.get("/cases/new/0504").text
    assert "镇里其他村（在窗口收的）" in form
    page = head.post("/cases/new/0504", data=FORM | {"grid": other, "window": ""})
    assert "镇里其他村的事，请选是在哪个窗口收的。" in body(page)
    assert FORM["title"] in page.text
    assert head.post("/cases/new/0504", data=FORM | {"grid": other, "window": window}).status_code == 302
    assert written(app)[0].village_id == world.grids["village_b"]
    far = str(world.grids["other_village"])
    refused = head.post("/cases/new/0504", data=FORM | {"grid": far, "window": window})
    assert refused.status_code == 200, "no village of another town"
    liaison = client_as(Role.LIAISON).get("/cases/new/0504").text
    assert 'name="window"' not in liaison, "who serves homes sits at no window"


def test_who_took_it_elsewhere_follows_it_and_leaves_it_to_its_village(app: Flask, world: World, client_as: As) -> None:
    head, other = client_as(Role.VILLAGE_HEAD), str(world.grids["village_b"])
    window = point(app, world, "village_a")
    assert f'value="{other}"' not in head.get("/cases/new/0504/solved").text
    solved = FORM | {
        "grid": other,
        "window": window,
        "result": "换了灯泡",
        "answer": "satisfied",
        "rating": "satisfied",
    }
    assert head.post("/cases/new/0504/solved", data=solved).status_code == 200, "it is not ours to settle"
    head.post("/cases/new/0504", data=FORM | {"grid": other, "window": window})
    case, _window = written(app)
    assert (case.village_id, case.state) == (int(other), "registered")
    page = head.get(f"/cases/{case.id}").text
    assert FORM["title"] in page
    for move in ("accept", "dispatch", "self-solve", "escalate", "put-on-agenda"):
        assert f"/cases/{case.id}/{move}" not in page, move
        head.post(f"/cases/{case.id}/{move}", data={f"{move}-note": "我村来办", "accept-case_class": "0504"})
        assert written(app)[0].state == "registered", move
    with app.app_context():
        taker = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        held = queries.permissions_over(db.session.get_one(Case, case.id), taker)
        db.session.remove()
    assert held == AWAY_KEEPS


def test_a_deputy_sits_at_no_window(app: Flask, world: World, client_as: As) -> None:
    point(app, world, "village_a")
    assert 'name="window"' not in client_as(Role.DEPUTY).get("/cases/new/0504").text


def test_nobody_takes_cases_of_another_town(app: Flask, world: World, viewer_of: Find) -> None:
    point(app, world, "village_a")
    with app.app_context():
        head = viewer_of(Role.VILLAGE_HEAD)
        (window,) = queries.intake_choices(head).windows
        with pytest.raises(Refused, match="不在您的工作范围内"), transaction():
            service.collect(
                actor=head, case_class=queries.class_in_use("0504"), title="路灯不亮", text="", channel=Channel.PHONE,
                grid=db.session.get_one(Grid, world.grids["other_village"]), window=window, now=clock.now(),
            )  # fmt: skip


def test_the_last_window_is_the_first_choice_of_the_next_form(app: Flask, world: World, client_as: As) -> None:
    window, _hall = point(app, world, "village_b"), point(app, world, "town", PointKind.HALL)
    point(app, world, "village_a", PointKind.LEGAL)
    desk = client_as(Role.DISPATCHER)
    form = desk.get("/cases/new/0504").text
    assert len(re.findall(r"· 便民服务站", form)) == 2, "no window for the law alone"
    assert f'selected value="{window}"' not in form
    desk.post("/cases/new/0504", data=FORM | {"grid": str(world.grids["village_a"]), "window": window})
    assert re.search(rf'<option selected value="{window}"', desk.get("/cases/new/0504").text)
    with app.app_context():
        with transaction():
            people.close_point(db.session.get_one(ServicePoint, int(window)), actor=MAKER, now=clock.now())
        db.session.remove()
    form = desk.get("/cases/new/0504").text
    assert len(re.findall(r"· 便民服务站", form)) == 1, "it stands no longer"
    case, _window = written(app)
    assert "下河村 · 便民服务站" in body(desk.get(f"/cases/{case.id}")), "what was taken there still says so"


def test_where_a_restricted_case_was_taken_is_not_told(app: Flask, world: World, client_as: As) -> None:
    window, desk = point(app, world, "village_b"), client_as(Role.DISPATCHER)
    data = FORM | {"title": "村里账目不清", "grid": str(world.grids["village_a"]), "window": window}
    assert desk.post("/cases/new/0301", data=data).status_code == 302
    case, taken = written(app)
    assert case.restricted
    assert taken == int(window)
    assert "在哪个窗口收的" not in body(desk.get(f"/cases/{case.id}"))
    page = body(client_as(Role.TOWN_MANAGER).get(f"/reception/legal/{window}"))
    assert "今年在这里收的事件 0" in page


def test_a_window_costs_no_statement_on_the_pages(app: Flask, world: World, client_as: As) -> None:
    desk, sizes = client_as(Role.DISPATCHER), []
    for window in ("", point(app, world, "village_b")):
        data = FORM | {"grid": str(world.grids["village_a"]), "window": window}
        address = desk.post("/cases/new/0504", data=data).location
        for page in ("/cases/new/0504", address):
            desk.get(page)
            sizes.append(len(statements(app, lambda page=page: desk.get(page))))
    assert sizes[:2] == sizes[2:]
