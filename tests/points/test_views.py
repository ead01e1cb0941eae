"""The pages of points, as each role meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.points import service
from gridcase.points.models import PointNotice
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CHECKER = Viewer(kind="staff", name="核查人")
ClientAs = Callable[[Role | str], FlaskClient]


def award(app: Flask, case_id: int, home: int, *, now: datetime = NOW) -> int:
    with app.app_context():
        with transaction():
            made = service.award_for_case(
                case_id=case_id, number=f"N-{case_id}", village_id=None, class_code="0202", reporter_rule="K3",
                helper_rule=None, reporter_household_id=home, helper_household_id=None, restricted=False,
                imported=False, actor=CHECKER, now=now,
            )  # fmt: skip
            transfer_id = made[0].id
        db.session.remove()
    return transfer_id


@pytest.fixture
def own(app: Flask, world: World) -> tuple[int, int]:
    """(household of the liaison's circle and of the resident, its award under notice)."""
    home = world.homes["circle"][0]
    return home, award(app, 1, home)


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.text


def test_the_board_names_nobody(client_as: ClientAs, own: tuple[int, int]) -> None:
    page = text_of(client_as(Role.RESIDENT), "/points/")
    assert "安全隐患属实" in page
    assert "+10" in page
    assert "还剩 7 天" in page
    assert "大三" not in page, "the head's given name is hidden"
    assert "*三" in page


@pytest.mark.parametrize(
    "role", [Role.LIAISON, Role.RESIDENT, Role.VILLAGE_SUPERVISOR, Role.AUDITOR, Role.VILLAGE_HEAD]
)
def test_the_whole_village_reads_the_board(app: Flask, client_as: ClientAs, world: World, role: Role) -> None:
    award(app, 2, world.homes["village_a"][15])  # a home that the liaison does not look after
    assert "+10" in text_of(client_as(role), "/points/")


def test_another_village_does_not(app: Flask, client_as: ClientAs, world: World) -> None:
    award(app, 2, world.homes["village_b"][0])
    assert "没有公示中的积分" in text_of(client_as(Role.LIAISON), "/points/")
    assert client_as(Role.LIAISON).get(f"/points/?village={world.grids['village_b']}").status_code == 404
    assert client_as(Role.DISPATCHER).get("/points/").status_code == 403


def test_the_sheet_for_the_wall(client_as: ClientAs, own: tuple[int, int]) -> None:
    page = text_of(client_as(Role.VILLAGE_HEAD), "/points/print")
    assert "上河村" in page
    assert "2026年11月29日" in page, "the last day of the notice"
    assert "大三" not in page


def test_the_ledger_of_a_home(app: Flask, client_as: ClientAs, own: tuple[int, int], world: World) -> None:
    home, _ = own
    for role in (Role.LIAISON, Role.RESIDENT):
        page = text_of(client_as(role), f"/points/household/{home}")
        assert "计入" in page
        assert "公示到 2026年11月29日" in page
    assert "还没有积分" in text_of(client_as(Role.LIAISON), f"/points/household/{world.homes['circle'][1]}")
    assert client_as(Role.RESIDENT).get(f"/points/household/{world.homes['circle'][1]}").status_code == 404
    assert client_as(Role.LIAISON).get(f"/points/household/{world.homes['village_b'][0]}").status_code == 404
    assert client_as(Role.LIAISON).get("/points/household/99999").status_code == 404


def test_a_reversal_stands_in_the_ledger(app: Flask, client_as: ClientAs, own: tuple[int, int]) -> None:
    home, _ = own
    with app.app_context():
        with transaction():
            service.reverse_for_case(case_id=1, actor=CHECKER, now=NOW)
        db.session.remove()
    page = text_of(client_as(Role.LIAISON), f"/points/household/{home}")
    assert "-10" in page
    assert "已冲回" in page


def test_objection_and_answer(app: Flask, client_as: ClientAs, own: tuple[int, int]) -> None:
    home, transfer_id = own
    villager, reviewer = client_as(Role.RESIDENT), client_as(Role.REVIEW_MEMBER)
    assert f"/points/{transfer_id}/object" in text_of(villager, "/points/")
    assert "请写明异议的理由" in villager.post(f"/points/{transfer_id}/object", data={"reason": ""}).text
    answer = villager.post(f"/points/{transfer_id}/object", data={"reason": "那天没有报过隐患"}, follow_redirects=True)
    assert "异议已提交" in answer.text
    assert "有异议，正在复核" in answer.text
    assert "那天没有报过隐患" not in answer.text, "the reason is for the reviewers"
    listed = text_of(reviewer, "/points/objections")
    assert "那天没有报过隐患" in listed
    assert f"/points/{transfer_id}/settle" in listed
    assert "请选择复核结论" in reviewer.post(f"/points/{transfer_id}/settle", data={"note": "核对过"}).text
    done = reviewer.post(
        f"/points/{transfer_id}/settle", data={"upheld": "yes", "note": "现场没有隐患"}, follow_redirects=True
    )
    assert "复核意见已记下" in done.text
    assert "没有待复核的异议" in done.text
    page = text_of(villager, f"/points/household/{home}")
    assert "现场没有隐患" in page
    assert "-10" in page


def test_an_objection_not_upheld_leaves_the_points(app: Flask, client_as: ClientAs, own: tuple[int, int]) -> None:
    _, transfer_id = own
    client_as(Role.VILLAGE_SUPERVISOR).post(f"/points/{transfer_id}/object", data={"reason": "没有看到整改"})
    client_as(Role.REVIEW_MEMBER).post(f"/points/{transfer_id}/settle", data={"upheld": "no", "note": "有照片"})
    assert "异议不成立" in text_of(client_as(Role.RESIDENT), "/points/")
    with app.app_context():
        notice = db.session.scalars(select(PointNotice)).one()
        assert (notice.outcome, notice.answer) == (None, "有照片")
        db.session.remove()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.REVIEW_MEMBER, Role.DISPATCHER, Role.AUDITOR])
def test_who_may_not_object(client_as: ClientAs, own: tuple[int, int], role: Role) -> None:
    assert client_as(role).get(f"/points/{own[1]}/object").status_code == 403


@pytest.mark.parametrize("role", [Role.LIAISON, Role.RESIDENT, Role.VILLAGE_HEAD, Role.AUDITOR])
def test_who_may_not_review(client_as: ClientAs, own: tuple[int, int], role: Role) -> None:
    assert client_as(role).get("/points/objections").status_code == 403
    assert client_as(role).post(f"/points/{own[1]}/settle", data={"upheld": "no", "note": "好"}).status_code == 403


def test_foreign_and_missing_notices_answer_alike(app: Flask, client_as: ClientAs, world: World) -> None:
    foreign = award(app, 3, world.homes["far_village"][0])
    for url in (f"/points/{foreign}/object", "/points/99999/object"):
        assert client_as(Role.RESIDENT).get(url).status_code == 404
    for url in (f"/points/{foreign}/settle", "/points/99999/settle"):
        assert client_as(Role.REVIEW_MEMBER).get(url).status_code == 404


def test_what_has_run_out_cannot_be_objected_to(
    app: Flask, client_as: ClientAs, world: World, at: Callable[[str], None]
) -> None:
    old = award(app, 4, world.homes["circle"][0], now=NOW - timedelta(days=8))
    page = text_of(client_as(Role.RESIDENT), "/points/")
    assert "公示期满，待转入" in page
    assert f"/points/{old}/object" not in page
    answer = client_as(Role.RESIDENT).post(f"/points/{old}/object", data={"reason": "那天没有报过隐患"})
    assert "这一笔的公示已结束" in answer.text


def test_in_english(app: Flask, client_as: ClientAs, own: tuple[int, int]) -> None:
    client = client_as(Role.RESIDENT)
    client.post("/preferences/locale", data={"locale": "en"})
    page = text_of(client, "/points/")
    assert "7 days left" in page
    assert "公示" not in page
