"""The page of an import: handed in, looked at, confirmed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.exchange.lists import rows, xlsx
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
URL = "/exchange/import"
TOWN, VILLAGE = "990101100000", "990101100201"


def hand_in(client: FlaskClient, data: bytes, name: str = "messages.xlsx", **fields: str) -> Any:
    return client.post(
        URL,
        data={"file": (io.BytesIO(data), name), "town": TOWN, "village": "", **fields},
        content_type="multipart/form-data",
    )


def hidden(page: str) -> dict[str, str]:
    return {
        name: match[1]
        for name in ("digest", "town", "village")
        if (match := re.search(rf'name="{name}"[^>]*value="([^"]*)"', page))
    }


def counted(app: Flask) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(Case)) or 0
        db.session.remove()
    return number


def test_look_first_then_confirm(app: Flask, client_as: ClientAs, world: World) -> None:
    client = client_as(Role.TOWN_MANAGER)
    assert "上河村" in client.get(URL).text
    page = hand_in(client, xlsx(rows(40)), village=VILLAGE).text
    assert "新 40 件" in page
    assert counted(app) == 0
    fields = hidden(page)
    answer = client.post(f"{URL}/confirm", data=fields)
    assert answer.status_code == 302
    assert counted(app) == 40
    assert "新登记 40 件" in client.get(URL).text
    again = hand_in(client, xlsx(rows(40))).text
    assert "已有 40 件" in again
    assert "digest" not in again  # nothing to confirm


def test_problems_stand_in_a_table_and_nothing_can_be_confirmed(app: Flask, client_as: ClientAs, world: World) -> None:
    def spoil(sheet: Any) -> None:
        sheet["D5"] = "昨天"
        sheet["A9"] = None

    page = hand_in(client_as(Role.TOWN_MANAGER), xlsx(rows(20), change=spoil)).text
    assert "没有导入任何内容" in page
    assert "看不懂时间" in page
    assert "第 9 行「留言编号」列" in page
    assert "digest" not in page
    assert counted(app) == 0


def test_what_is_no_table_is_said_in_words(client_as: ClientAs, world: World) -> None:
    client = client_as(Role.TOWN_MANAGER)
    assert ".xlsx 或 .csv" in hand_in(client, b"x", name="photo.jpg").text
    assert "请选择文件" in client.post(URL, data={"town": TOWN, "village": ""}).text
    assert hand_in(client, b"PK\x03\x04 damaged").status_code == 200


def test_a_checked_list_belongs_to_who_handed_it_in(app: Flask, client_as: ClientAs, world: World) -> None:
    fields = hidden(hand_in(client_as(Role.TOWN_MANAGER), xlsx(rows(5))).text)
    assert client_as(Role.VILLAGE_HEAD).post(f"{URL}/confirm", data=fields).status_code == 403
    for digest in ("0" * 64, "../../etc/passwd", ""):
        page = client_as(Role.TOWN_MANAGER).post(
            f"{URL}/confirm", data={**fields, "digest": digest}, follow_redirects=True
        )
        assert "已经不在了" in page.text
    assert counted(app) == 0


def test_a_foreign_town_is_refused(app: Flask, client_as: ClientAs, world: World) -> None:
    client = client_as(Role.TOWN_MANAGER)
    page = hand_in(client, xlsx(rows(5)), town="990101101000").text
    assert "digest" not in page
    fields = hidden(hand_in(client, xlsx(rows(5))).text)
    page = client.post(f"{URL}/confirm", data={**fields, "town": "990101101000"}, follow_redirects=True).text
    assert "没有编码为 990101101000 的乡镇" in page
    assert counted(app) == 0


def test_only_who_may_import_comes_in(client_as: ClientAs, world: World) -> None:
    for role in (Role.LIAISON, Role.DISPATCHER, Role.AUDITOR):
        assert client_as(role).get(URL).status_code == 403


def test_a_list_of_open_orders_waits_in_the_tray_and_is_taken_up(app: Flask, client_as: ClientAs, world: World) -> None:
    """The 12345 line's open orders: unsorted, without a clock, their own number and channel; one typed in before stays
    one."""
    desk, manager = client_as(Role.DISPATCHER), client_as(Role.TOWN_MANAGER)
    typed = {
        "title": "路灯不亮", "channel": "hotline", "grid": str(world.grids["village_a"]), "source_no": "GD-1",
        "received_on": "2026-11-20",
    }  # fmt: skip
    assert desk.post("/cases/new/0504", data=typed).status_code == 302
    lines = (
        "工单编号,工单标题,来电时间,诉求内容,来电人,来电号码\n"
        "GD-1,路灯不亮,2026-11-19 08:00,路灯坏了三天,刘来电,13900000001\n"
        "GD-2,井盖松动,2026-11-19 09:00,村口井盖一踩就响,陈来电,13900000002\n"
    )
    page = hand_in(manager, lines.encode("utf-8-sig"), name="orders.csv", source="hotline").text
    assert "新 1 件，已有 1 件" in page
    fields = hidden(page) | {"source": "hotline"}
    assert manager.post(f"{URL}/confirm", data=fields).status_code == 302
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.source_no == "GD-2")).one()
        assert (case.channel, case.source_system, case.unsorted, case.due_at) == ("hotline", "12345热线", True, None)
        case_id = case.id
        db.session.remove()
    assert "井盖松动" in desk.get("/cases/?tab=tray").text
    taken = {"sort-case_class": "0503", "sort-grid": str(world.grids["village_b"]), "sort-urgency": "3"}
    assert desk.post(f"/cases/{case_id}/sort", data=taken).status_code == 302
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        assert (case.state, case.unsorted, case.village_id) == ("accepted", False, world.grids["village_b"])
        assert case.due_at is not None
        db.session.remove()
    assert "新 0 件" in hand_in(manager, lines.encode("utf-8-sig"), name="orders.csv", source="hotline").text
    assert counted(app) == 2
