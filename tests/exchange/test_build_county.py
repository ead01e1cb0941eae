"""A county is built from its Excel files alone, through the pages: export, take in elsewhere, export again, compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from gridcase import doctor
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.exchange.registers import ORDER, blank_county, export, hand_in, table, take_in, words
from tests.factories.world import World

COUNTY = "990101000000"


def test_a_county_is_built_from_its_files(
    app: Flask, world: World, client_as: Callable[[Role | str], FlaskClient], database: str, tmp_path: Path
) -> None:
    manager = client_as(Role.COUNTY_MANAGER)
    files = {register: export(manager, register, COUNTY) for register in ORDER}
    assert len(table(files["households"])) > 20
    with blank_county(database, tmp_path / "blank", code=COUNTY, name="试点县") as (other, client):
        for register in ORDER:
            if len(table(files[register])) > 1:
                page = take_in(client, register, files[register])
                assert "已导入" in page, words(page)
        own = {"posts": {"FIRST"}}
        for register in ORDER:
            again = table(export(client, register, COUNTY))
            assert [row for row in again if row[0] not in own.get(register, ())] == table(files[register]), register
        for register in ORDER:
            if len(table(files[register])) > 1:
                page = words(hand_in(client, register, files[register]).text)
                assert "完全相同" in page, (register, page)
        with other.app_context():
            assert [problems for _, problems in doctor.examine() if problems] == []
            db.session.remove()
