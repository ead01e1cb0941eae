"""Large files: checked in pieces, written village by village on SQLite, finished after a stop, behind their page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.exchange import jobs
from gridcase.exchange.models import ImportRow, RegisterImport
from gridcase.exchange.rules import states
from gridcase.exchange.service import imports
from gridcase.households.models import Household, HouseholdPlace
from gridcase.people.rules import Role
from tests.exchange.registers import hand_in, words
from tests.exchange.test_registers import STAGED, home, homes
from tests.factories.snapshot import differences, everything
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
PARTS = ("990101100201Z01-001", "990101100202Z01-001", "990101101201Z01-001")


class Stopped(BaseException):
    """The machine goes off."""


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that a few rows are a large file."""
    monkeypatch.setattr(states, "CHUNK", 7)
    monkeypatch.setattr(states, "AT_ONCE", 10)


def county() -> bytes:
    """Sixty homes of three villages."""
    return homes(
        *(home(f"{cell}-{900 + n}", cell, lon=112.6 + n / 1e4, lat=28.45) for cell in PARTS for n in range(20))
    )


def counted(app: Flask, model: Any = Household) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found


def the_import(app: Flask) -> Any:
    with app.app_context():
        one = db.session.scalars(select(RegisterImport).order_by(RegisterImport.id.desc())).first()
        db.session.remove()
    return one


def confirm(client: FlaskClient, page: Any) -> str:
    link = re.search(r'action="([^"]+/confirm)"', page.text)
    assert link, words(page.text)
    return link[1]


@pytest.mark.usefixtures("in_pieces")
def test_villages_are_written_one_by_one_and_audited(
    app: Flask, world: World, client_as: ClientAs, database: str
) -> None:
    client, before = client_as(Role.COUNTY_MANAGER), counted(app)
    page = client.post(confirm(client, hand_in(client, "households", county())), follow_redirects=True)
    assert "新 60 行" in words(page.text)
    assert "占用数据库最长" in words(page.text)
    assert counted(app) == before + 60
    assert counted(app, ImportRow) == 0
    with app.app_context():
        deeds = db.session.scalars(select(AuditRow).where(AuditRow.action == "register.import")).all()
        assert [deed.detail["new"] for deed in deeds] == ([20, 20, 20] if database == "sqlite" else [60])
        db.session.remove()


@pytest.mark.usefixtures("in_pieces")
def test_a_stop_while_writing_is_finished_by_the_scheduler(
    app: Flask, world: World, client_as: ClientAs, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before, places = client_as(Role.COUNTY_MANAGER), counted(app), counted(app, HouseholdPlace)
    link = confirm(client, hand_in(client, "households", county()))
    write, calls = imports.write, []

    def stopping(*args: Any, **kwargs: Any) -> int:
        calls.append(args)
        count = write(*args, **kwargs)
        if len(calls) == (2 if database == "sqlite" else 1):
            raise Stopped
        return count

    monkeypatch.setattr(imports, "write", stopping)
    with pytest.raises(Stopped):
        client.post(link)
    assert counted(app) == before + (20 if database == "sqlite" else 0)
    assert "正在写入" in words(client.get(link.removesuffix("/confirm")).text)
    with app.app_context():
        assert jobs.resume(now=clock.now()) == 0  # its worker may still live
        db.session.remove()
    later(monkeypatch)
    with app.app_context():
        assert jobs.resume(now=clock.now()) == 1
        db.session.remove()
    assert (counted(app), counted(app, HouseholdPlace)) == (before + 60, places + 60)
    again = client_as(Role.COUNTY_MANAGER)  # the night has ended the session
    assert "已导入：新 60 行" in words(again.get(link.removesuffix("/confirm")).text)


@pytest.mark.usefixtures("in_pieces")
def test_a_stop_while_checking_begins_again(
    app: Flask, world: World, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = client_as(Role.COUNTY_MANAGER), everything(app, but=STAGED | {"user"})
    stage, calls = imports.stage, []

    def stopping(*args: Any, **kwargs: Any) -> None:
        stage(*args, **kwargs)
        calls.append(args)
        if len(calls) == 3:
            raise Stopped

    monkeypatch.setattr(imports, "stage", stopping)
    with pytest.raises(Stopped):
        hand_in(client, "households", county())
    one = the_import(app)
    assert one.state == "checking"
    assert "正在检查" in words(client.get(f"/exchange/registers/{one.id}").text)
    assert client.get(f"/exchange/registers/{one.id}").headers["Refresh"] == "2"
    later(monkeypatch)
    with app.app_context():
        assert jobs.resume(now=clock.now()) == 1
        db.session.remove()
    again = client_as(Role.COUNTY_MANAGER)  # the night has ended the session
    assert "导入 60 行" in words(again.get(f"/exchange/registers/{one.id}").text)
    assert counted(app, ImportRow) == 60
    assert differences(before, everything(app, but=STAGED | {"user"})) == {}


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now() + states.STALE + states.LONGEST + timedelta(seconds=1)
    monkeypatch.setenv("GRIDCASE_NOW", now.isoformat())


def test_a_large_file_is_checked_behind_its_page(
    app: Flask, world: World, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "IN_REQUEST", 0)
    client = client_as(Role.COUNTY_MANAGER)
    page = hand_in(client, "households", county())
    for _ in range(200):
        if "正在检查" not in words(page.text):
            break
        time.sleep(0.05)
        page = client.get(page.request.path)
    assert "导入 60 行" in words(page.text)


def test_a_right_that_was_taken_away_ends_the_import(
    app: Flask, world: World, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = client_as(Role.COUNTY_MANAGER), counted(app)
    hand_in(client, "households", county())
    one = the_import(app)
    with app.app_context():
        with_rights = jobs._handed_in_by(db.session.get_one(RegisterImport, one.id))
        assert with_rights.user_id == world.users[Role.COUNTY_MANAGER]
        with jobs.transaction():
            imports.confirm(db.session.get_one(RegisterImport, one.id), actor=with_rights, now=clock.now())
        with monkeypatch.context() as patch:
            patch.setattr(jobs.users, "may_enter", lambda _user: False)
            jobs.work(one.id)
        db.session.remove()
    assert "没有导入的权限" in words(client.get(f"/exchange/registers/{one.id}").text)
    assert counted(app) == before


def test_files_nobody_confirms_are_forgotten(
    app: Flask, world: World, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = hand_in(client_as(Role.COUNTY_MANAGER), "households", county())
    one = the_import(app)
    with app.app_context():
        assert jobs.file_of(one.id).exists()
        jobs.resume(now=clock.now() + states.KEPT + timedelta(minutes=1))
        assert not jobs.file_of(one.id).exists()
        db.session.remove()
    assert counted(app, ImportRow) == 0
    assert "已放弃" in words(client_as(Role.COUNTY_MANAGER).get(page.request.path).text)
