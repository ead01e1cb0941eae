"""What tests of the registers' files share: a blank installation, handing a file in over HTTP, files made of rows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from gridcase.app import create_app
from gridcase.cli import main
from gridcase.core import migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.seed import reference
from gridcase.users import queries as users
from tests import provision
from tests.conftest import open_session
from tests.factories import world as factory

ORDER = tuple(REGISTERS)  # in which an empty county takes them
DAY = date(2026, 11, 23)
URL = "/exchange/registers/"
Table = list[list[Any]]
MAKER = job("test")


@contextmanager
def blank_county(kind: str, folder: Path, *, code: str, name: str) -> Iterator[tuple[Flask, FlaskClient]]:
    """An empty installation with a county's row and its manager's account, both made on the command line."""
    database, url, owner = f"blank_{abs(hash(str(folder)))}", "", ""
    if kind == "postgresql":
        cluster = provision.attach().template(database)
        url, owner = cluster.app_url, cluster.owner_url
    config = Config(
        env="test", instance=str(folder), database_url=url, owner_url=owner, secret_key="test", pool_size=10,
        argon2_memory_kib=factory.MEMORY_KIB,
    )  # fmt: skip
    migrate.upgrade(config)
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        with transaction():
            reference.load(actor=MAKER, now=factory.START)
        db.session.remove()
    user_id = _manager(app, config, folder, code, name)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = open_session(app, user_id), True
    yield app, client
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if kind == "postgresql":
        provision.attach().drop(database)


def _manager(app: Flask, config: Config, folder: Path, code: str, name: str) -> int:
    """As docs/operations.md says it: the county's own row from a file of one line, then its manager."""
    file = folder / "county.xlsx"
    file.write_bytes(book([[code, name, "县"]], "places"))
    with patch("gridcase.cli._settings", return_value=config), patch("gridcase.cli._app", return_value=app):
        for words in (
            ("import", "register", "places", str(file)),
            ("user", "add", "manager", "--name", "县管理员", "--role", "county_manager", "--place", code,
             "--password", factory.PASSWORD),
        ):  # fmt: skip
            done = CliRunner().invoke(main, words)
            assert done.exit_code == 0, done.output
    with app.app_context():
        user = users.by_login("manager")
        assert user is not None
        return user.id


def hand_in(client: FlaskClient, register: str, data: bytes, name: str = "表.xlsx", **fields: str) -> Any:
    """Upload a file; the page that comes of it."""
    return client.post(
        f"{URL}upload",
        data={
            "register": register,
            "datum": "wgs84",
            "on": DAY.isoformat(),
            **fields,
            "file": (io.BytesIO(data), name),
        },
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def take_in(client: FlaskClient, register: str, data: bytes, **fields: str) -> str:
    """Upload, look, confirm; the last page."""
    page = hand_in(client, register, data, **fields)
    confirm = re.search(r'action="([^"]+/confirm)"', page.text)
    assert confirm, words(page.text)
    return client.post(confirm[1], follow_redirects=True).text


def export(client: FlaskClient, register: str, place: str, *, purpose: str = "台账核对", kind: str = "xlsx") -> bytes:
    """A register of a place as a file."""
    answer = client.post(
        f"{URL}export",
        data={"register": register, "place": place, "on": DAY.isoformat(), "kind": kind, "purpose": purpose},
    )
    assert answer.mimetype != "text/html", words(answer.text)
    return answer.data


def table(data: bytes) -> Table:
    """The cells of a file."""
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def book(rows: Sequence[Sequence[Any]], register: str = "") -> bytes:
    """An .xlsx of these rows; with a register, its headers come first."""
    target = io.BytesIO()
    head = [[column.header for column in REGISTERS[register].columns]] if register else []
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as made:
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate([*head, *rows]):
            for column, value in enumerate(row):
                if value not in (None, ""):
                    sheet.write(number, column, value, *([day] if hasattr(value, "year") else []))
    return target.getvalue()


def words(page: str) -> str:
    """The visible words of a page's main part."""
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
