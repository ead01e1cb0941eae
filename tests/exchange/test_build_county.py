"""A county is built from its Excel files alone, through the pages: export, take in elsewhere, export again, compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from gridcase import doctor
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.exchange.registers import ORDER, blank_county, book, export, hand_in, table, take_in, words
from tests.factories.world import World

COUNTY, CELLS = "990101000000", tuple(f"990101100201Z0{1 + n // 2}-00{n + 1}" for n in range(4))
HOMES = 1_000


def register_of(count: int) -> tuple[bytes, bytes]:
    """So many homes of one village with two members each."""
    homes = [
        [f"{CELLS[n % 4]}-{100 + n}", CELLS[n % 4], f"王{n:04d}", f"139{n:08d}", f"上河村{n}号",
         "上湾" if n % 3 else None, f"H{n}", bool(n % 7 == 0), False, date(2020, 1, 1 + n % 28),
         112.6 + n / 1e5, 28.45 + n / 1e5]
        for n in range(count)
    ]  # fmt: skip
    members = [
        [
            home[0],
            f"{home[2]}{who}",
            kin,
            "男" if kin == "户主" else "女",
            date(1950 + n % 60, 5, 1),
            None,
            bool(n % 5 == 0),
        ]
        for n, home in enumerate(homes)
        for who, kin, gender in (("", "户主", "男"), ("伴", "配偶", "女"))
    ]
    return book(homes, "households"), book(members, "members")


def test_a_county_is_built_from_its_files(
    app: Flask, world: World, client_as: Callable[[Role | str], FlaskClient], database: str, tmp_path: Path
) -> None:
    manager = client_as(Role.COUNTY_MANAGER)
    for register, data in zip(("households", "members"), register_of(HOMES), strict=True):
        take_in(manager, register, data)
    files = {register: export(manager, register, COUNTY) for register in ORDER}
    assert len(table(files["households"])) > HOMES
    assert len(table(files["members"])) > 2 * HOMES
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
