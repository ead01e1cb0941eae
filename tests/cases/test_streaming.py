"""The work list as CSV of any length: the same rows as the Excel file, masked, harmless, written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal, select

from gridcase.audit.models import AuditRow
from gridcase.cases.queries import streaming
from gridcase.core.db import db
from gridcase.core.masking import mask_name
from gridcase.core.sheets_out import guarded
from gridcase.core.streams import shown_name, shown_text
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, collected, solved
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
FORMULA = '=HYPERLINK("http://example.com")'


@pytest.fixture
def several(app: Flask, world: World) -> None:
    """Three of the village (one solved, one a formula), one of the other, one restricted."""
    with app.app_context():

        def find(role: Role) -> Any:
            return viewer_from(db.session.get_one(User, world.users[role]))

        liaison = find(Role.LIAISON)
        collected(world, liaison, title="路灯, 坏了")
        collected(world, liaison, title=FORMULA)
        solved(world, liaison)
        collected(world, liaison, title="人不见了", code=MISSING_PERSON)
        collected(world, find(Role.DISPATCHER), title="别村的事", grid_id=world.grids["village_b"], nobody=True)
        db.session.remove()


def table(answer: Any) -> list[list[str]]:
    """The cells of the file that came."""
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_it_says_what_the_excel_file_says(
    client_as: As, several: None, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(streaming, "FIRST", 1)
    monkeypatch.setattr(streaming, "PART", 2)
    desk = client_as(Role.DISPATCHER)
    assert "/cases/export.csv?tab=all" in desk.get("/cases/?tab=all").text
    rows = table(desk.post("/cases/export.csv?tab=all"))
    book = openpyxl.load_workbook(io.BytesIO(desk.post("/cases/export?tab=all").data))
    sheet = [[str(cell.value or "") for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0] == sheet[0]
    in_excel = [[f"'{cell}" if cell == FORMULA else cell for cell in row] for row in sheet[1:]]
    assert sorted(rows[1:]) == sorted(in_excel)
    assert [row[0] for row in rows[1:]] == sorted((row[0] for row in rows[1:]), reverse=True)
    assert "人不见了" not in [row[1] for row in rows]


def test_it_follows_filters_and_scope(client_as: As, several: None) -> None:
    narrowed = table(client_as(Role.DISPATCHER).post("/cases/export.csv?tab=all&state=closed"))
    assert len(narrowed) == 2
    mine = table(client_as(Role.LIAISON).post("/cases/export.csv?tab=all"))
    assert "别村的事" not in [row[1] for row in mine]
    assert client_as(Role.REVIEW_MEMBER).post("/cases/export.csv").status_code == 403


def test_what_leaves_is_written_down(app: Flask, client_as: As, several: None) -> None:
    rows = table(client_as(Role.DISPATCHER).post("/cases/export.csv?tab=all"))
    broken = client_as(Role.DISPATCHER).post("/cases/export.csv?tab=all", buffered=False)
    next(iter(broken.response))  # the reader goes away after the heads
    broken.close()
    with app.app_context():
        done = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "case.export").order_by(AuditRow.id))
        whole = [{"what": "csv"}, {"what": "csv", "rows": len(rows) - 1}]
        assert list(done) == [*whole, {"what": "csv"}, {"what": "csv", "rows": 0}]
        db.session.remove()


@pytest.mark.parametrize("name", ["", "王", "张三", "张小明", " 欧阳小明 ", "Muhammad"])
def test_names_are_masked_as_everywhere(app: Flask, name: str) -> None:
    with app.app_context():
        assert db.session.scalar(select(shown_name(literal(name)))) == mask_name(name)
        db.session.remove()


@pytest.mark.parametrize("text", ["", "平常", "=1+1", "+1", "-1", "@x", "''=1", "\t=1", "\r1", "＝1", "a=1", "'a"])
def test_formulas_are_guarded_as_everywhere(app: Flask, text: str) -> None:
    with app.app_context():
        assert db.session.scalar(select(shown_text(literal(text)))) == guarded(text)
        db.session.remove()
