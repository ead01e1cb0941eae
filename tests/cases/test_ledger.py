"""The month's ledger and the list as a table: counted right, masked, nothing restricted, harmless in a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.queries import Figures
from gridcase.cases.views import ledger
from gridcase.core.db import db
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, closed, collected, do, solved
from tests.factories.mediations import text_of
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]
NOVEMBER = Period.of(PeriodKind.MONTH, date(2026, 11, 22))
OCTOBER = NOVEMBER.before


@pytest.fixture
def several(app: Flask, world: World) -> list[str]:
    """One of October, three of November (one solved, one voided), one of the other village, one restricted."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        liaison = find(Role.LIAISON)
        october = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)  # the last minute of October in the town
        old = collected(world, liaison, title="十月的事", now=october)
        collected(world, liaison, title='=HYPERLINK("http://example.com")')
        solved(world, liaison)
        voided = collected(world, liaison, title="登记错了")
        do(service.void, voided, find(Role.TOWN_MANAGER), note="写错了")
        collected(world, liaison, title="人不见了", code=MISSING_PERSON)
        other = {"grid_id": world.grids["village_b"], "nobody": True}
        collected(world, find(Role.DISPATCHER), title="下河村的事", **other)
        numbers = [old.number]
        db.session.remove()
    return numbers


def test_a_month_in_figures(app: Flask, world: World, several: list[str]) -> None:
    with app.app_context():
        desk = viewer_from(db.session.get_one(User, world.users[Role.DISPATCHER]))
        village = world.grids["village_a"]
        assert queries.month_figures(desk, NOVEMBER) == Figures(1, 3, 1, 0, 3)
        assert queries.month_figures(desk, NOVEMBER, village_id=village) == Figures(1, 2, 1, 0, 2)
        assert queries.month_figures(desk, OCTOBER) == Figures(0, 1, 0, 0, 1)
        titles = [row.title for row in queries.month_rows(desk, NOVEMBER)]
        assert ("人不见了" in titles, "登记错了" in titles, "十月的事" in titles) == (False, False, False)
        assert [row.title for row in queries.month_rows(desk, OCTOBER)] == ["十月的事"]
        db.session.remove()


def test_the_page_and_its_file(world: World, client_as: As, several: list[str]) -> None:
    desk = client_as(Role.DISPATCHER)
    page = body(desk.get("/cases/ledger"))
    for words in ("事件台账（2026年11月）", "上月结转 1", "本月登记 3", "本月办结 1", "下河村的事"):
        assert words in page
    assert "人不见了" not in page
    assert "十月的事" in body(desk.get("/cases/ledger?month=2026-10"))
    narrowed = body(desk.get(f"/cases/ledger?village={world.grids['village_a']}"))
    assert ("下河村的事" in narrowed, "上河村" in narrowed) == (False, True)
    for odd in ("2026-13", "2027-05", "x", "9999-99", "0000-01"):
        assert "2026年11月" in body(desk.get(f"/cases/ledger?month={odd}"))
    words = text_of(desk.get("/cases/ledger.pdf").data)
    assert ("事件台账（2026年11月）" in words, "本月登记" in words) == (True, True)


def test_a_long_ledger_is_cut_and_says_so(
    world: World, client_as: As, several: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MOST_PRINTED", 1)
    assert "只列出前 1 件" in body(client_as(Role.DISPATCHER).get("/cases/ledger"))
    monkeypatch.setattr(ledger, "MOST_ROWS", 1)
    answer = client_as(Role.DISPATCHER).post("/cases/ledger.xlsx")
    assert (answer.status_code, "请先用村、类别或状态缩小范围" in answer.text) == (409, True)


def sheet(answer: Any) -> list[list[Any]]:
    """The cells of the table that came."""
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_list_as_a_table_follows_its_filters(app: Flask, world: World, client_as: As, several: list[str]) -> None:
    desk = client_as(Role.DISPATCHER)
    assert "/cases/export?" in desk.get("/cases/?tab=all").text
    rows = sheet(desk.post("/cases/export?tab=all"))
    titles = [row[1] for row in rows]
    assert titles[0] == "事项"
    assert ("人不见了" in titles, "下河村的事" in titles, "登记错了" in titles) == (False, True, True)
    narrowed = sheet(desk.post(f"/cases/export?tab=all&village={world.grids['village_b']}"))
    assert [row[1] for row in narrowed[1:]] == ["下河村的事"]
    mine = sheet(client_as(Role.LIAISON).post("/cases/export?tab=all"))
    assert "下河村的事" not in [row[1] for row in mine]
    with app.app_context():
        done = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "case.export")).all()
        assert done[0] == {"what": "list", "rows": len(rows) - 1}
        db.session.remove()


def test_no_text_runs_and_no_name_is_whole(world: World, client_as: As, several: list[str]) -> None:
    answer = client_as(Role.DISPATCHER).post("/cases/export?tab=all")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "d", "n"}
    assert [cell.value for cell in cells if str(cell.value).startswith("=")] == ['=HYPERLINK("http://example.com")']
    assert not any(cell.hyperlink for cell in cells)
    owners = {row[7] for row in sheet(answer)[1:] if row[7]}
    assert owners
    assert all("*" in owner for owner in owners)


def test_who_sees_no_cases_gets_no_table(world: World, client_as: As, several: list[str]) -> None:
    assert client_as(Role.REVIEW_MEMBER).post("/cases/export").status_code == 403
    assert client_as(Role.REVIEW_MEMBER).get("/cases/ledger").status_code == 403


def test_closed_late_is_said(app: Flask, world: World, client_as: As, at: Callable[[str], None]) -> None:
    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        closed(world, find, now=datetime(2026, 9, 1, 2, tzinfo=UTC))
        db.session.remove()
    page = body(client_as(Role.DISPATCHER).get("/cases/ledger"))
    assert ("1（其中超期 1）" in page, "上月结转 1" in page) == (True, True)
