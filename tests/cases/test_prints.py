"""The dispatch sheet and the reply: what stands on them, who reads names, and when there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases import service
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import closed, collected, do, handled, water
from tests.factories.mediations import text_of
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]
Made = Callable[[Callable[[Find], int]], int]
WHO = {"reporter_name": "赵一田", "reporter_phone": "13800001234"}


@pytest.fixture
def made(app: Flask, world: World) -> Made:
    """Make a case in a context of its own; returns its id."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    def make(build: Callable[[Find], int]) -> int:
        with app.app_context():
            found = build(find)
            db.session.remove()
        return found

    return make


def sent(world: World, find: Find, **more: str) -> int:
    case = collected(world, find(Role.LIAISON), **WHO, **more)
    do(service.accept, case, find(Role.VILLAGE_HEAD))
    do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world), note="先看现场。")
    return int(case.id)


def test_the_dispatch_sheet_prints_its_deadline(world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: sent(world, find))
    station = client_as(Role.DEPT)
    assert f'href="/cases/{case_id}/order"' in station.get(f"/cases/{case_id}").text, "in the menu of papers"
    page = body(station.get(f"/cases/{case_id}/order"))
    until = ("办结期限 2026年12月7日 10:00", "签收期限 2026年11月24日 10:00")
    for words in ("交办单", "青溪镇水利站", *until, "先看现场。", "赵一田", "13800001234"):
        assert words in page
    words = text_of(station.get(f"/cases/{case_id}/order.pdf").data)
    for one in ("交办单", "青溪镇水利站", "2026年12月7日 10:00", "赵一田"):
        assert one in words
    watching = client_as(Role.VILLAGE_SUPERVISOR).get(f"/cases/{case_id}/order").text
    assert ("赵一田" in watching, "13800001234" in watching) == (False, False)


def test_the_reply_says_what_was_done_and_until_when_it_can_be_reopened(
    world: World, client_as: As, made: Made
) -> None:
    case_id = made(lambda find: closed(world, find, **WHO).id)
    page = body(client_as(Role.LIAISON).get(f"/cases/{case_id}/reply"))
    for words in ("答复意见书", "赵一田：", "路面已修补", "2026年12月7日", "青溪镇水利站"):
        assert words in page
    assert "路面已修补" in text_of(client_as(Role.LIAISON).get(f"/cases/{case_id}/reply.pdf").data)


def test_an_unnamed_reporter_stays_unnamed(world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: handled(world, find, anonymous=True).id)
    page = body(client_as(Role.LIAISON).get(f"/cases/{case_id}/reply"))
    assert "反映人：" in page
    with_home = made(lambda find: handled(world, find, anonymous=True, title="又一处").id)
    assert "反映人 不愿留名" in body(client_as(Role.DEPT).get(f"/cases/{with_home}/order"))


def test_what_there_is_not_is_said(world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON)).id)
    liaison = client_as(Role.LIAISON)
    for path in ("order", "order.pdf", "reply", "reply.pdf"):
        answer = liaison.get(f"/cases/{case_id}/{path}")
        assert (answer.status_code, answer.location) == (302, f"/cases/{case_id}")
    assert "这份材料还没有" in body(liaison.get(f"/cases/{case_id}"))
    assert "page-menu" not in liaison.get(f"/cases/{case_id}").text


def test_papers_of_others_are_not_there(world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: closed(world, find).id)
    for path in ("order", "order.pdf", "reply", "reply.pdf"):
        assert client_as(Role.COUNTY_DEPT).get(f"/cases/{case_id}/{path}").status_code == 404


def test_a_supervision_sheet_as_a_file(world: World, client_as: As, made: Made, at: Callable[[str], None]) -> None:
    made(lambda find: sent(world, find, title="久拖未修的路"))
    at("2026-12-31T10:00:00+08:00")

    def draft(_find: Find) -> int:
        with transaction():
            return service.draft_sheets(actor=job("test"), now=clock.now())

    assert made(draft) == 1
    manager = client_as(Role.TOWN_MANAGER)
    words = text_of(manager.get("/cases/supervision/1/sheet.pdf").data)
    assert words.count("状态") == 1, "of the case; the sheet's own stands under another word"
    assert ("督办单" in words, "久拖未修的路" in words, "DB-000001" in words) == (True, True, True)
    assert client_as(Role.DISPATCHER).get("/cases/supervision/1/sheet.pdf").status_code == 403
