"""A county is built from its Excel files alone, through the pages: export, take in elsewhere, export again, compare.

The demo's county is the one that is built; what the files say nothing of (visits, tiers, accounts, outlines) is no part
of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase import doctor
from gridcase.app import create_app
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.planner.queries.coverage import AsOf, report
from gridcase.users import queries as users
from gridcase.users.models import User
from tests.conftest import open_session
from tests.exchange.registers import DAY, ORDER, blank_county, export, hand_in, table, take_in, words
from tests.factories.viewers import viewer_from

COUNTY, COUNTY_NAME = "430903000000", "赫山区"
OWN = "county_manager-manager"  # the post of the account that hands in the files, made on the command line
FROM_VISITS = "not_visited"  # the only number of the coverage report that the registers do not make


def client_of(app: Flask, login: str) -> FlaskClient:
    """A browser signed in as an account."""
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        user = users.by_login(login)
        assert user is not None
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = open_session(app, user.id), True
    return client


def coverage(app: Flask, login: str) -> list[tuple[str, dict[str, int]]]:
    """The coverage report of the county, village by village."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.login == login)).one()
        rows = report(viewer_from(user), AsOf(DAY), today=DAY)
        db.session.remove()
    return [
        (row.code, {key: value for key, value in asdict(row.numbers).items() if key != FROM_VISITS}) for row in rows
    ]


def test_the_demo_county_is_built_from_its_files(
    own_demo: Config, at: Callable[[str], None], database: str, tmp_path: Path
) -> None:
    at(f"{DAY.isoformat()}T10:00:00+08:00")
    demo = create_app(own_demo)
    manager = client_of(demo, "county_manager")
    files = {register: export(manager, register, COUNTY) for register in ORDER}
    numbers = coverage(demo, "county_manager")
    sizes = {register: len(table(data)) - 1 for register, data in files.items()}
    assert {register: size for register, size in sizes.items() if size < 1} == {}
    assert sum(one["homes"] for _, one in numbers) == sizes["households"] > 400
    with blank_county(database, tmp_path / "blank", code=COUNTY, name=COUNTY_NAME) as (other, client):
        for register in ORDER:
            page = take_in(client, register, files[register])
            assert "已导入" in page, (register, words(page))
        for register in ORDER:
            again = table(export(client, register, COUNTY))
            assert [row for row in again if not str(row[0]).endswith(OWN)] == table(files[register]), register
        for register in ORDER:
            page = words(hand_in(client, register, files[register]).text)
            assert "完全相同" in page, (register, page)
        assert coverage(other, "manager") == numbers
        with other.app_context():
            assert [problems for _, problems in doctor.examine() if problems] == []
            db.session.remove()
    with demo.app_context():
        db.engine.dispose()
