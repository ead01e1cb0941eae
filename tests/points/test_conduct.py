"""The conduct file: why a home got what it got, its own word, corrections; and what supervisors draw and find."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.points import jobs, queries, service
from gridcase.points.models import Correction, SpotCheck, SpotDraw, Transfer
from gridcase.points.rules.conduct import Finding, drawn
from gridcase.points.rules.notices import answer_by
from tests.factories.world import World
from tests.points.declaring import put_scheme

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MONTH_AGO = NOW - timedelta(days=30)
ClientAs = Callable[[Role | str], FlaskClient]
HOME = Viewer(kind="staff", name="本户", user_id=901)
MEMBER = Viewer(kind="staff", name="评议员", user_id=902)


def post(home: int, points: int = 10, *, key: str = "1", now: datetime = MONTH_AGO) -> int:
    with transaction():
        made = service.post_award(
            household_id=home, points=points, rule="T2", version_id=None, source_kind="test", source_id=key,
            key=f"test:{home}:{key}", actor=job("test"), now=now,
        )  # fmt: skip
        assert made is not None
        return made.id


@pytest.fixture
def entry(app: Flask, world: World) -> tuple[int, int]:
    """(the resident's own home, an entry of 10 points that has become merit)."""
    home = world.homes["circle"][0]
    with app.app_context():
        put_scheme(world.grids["village_a"])
        number = post(home)
        jobs.mature(actor=job("points"), now=NOW - timedelta(days=10))
        db.session.remove()
    return home, number


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.text


def test_the_file_with_the_homes_own_word(client_as: ClientAs, entry: tuple[int, int], world: World) -> None:
    home, number = entry
    villager = client_as(Role.RESIDENT)
    page = text_of(villager, f"/points/household/{home}/conduct")
    assert "已生效" in page
    assert "公示 2026年10月24日 至 2026年10月30日" in page
    assert f"/points/entry/{number}/reply" in page
    done = villager.post(f"/points/entry/{number}/reply", data={"text": "是我家老二做的"}, follow_redirects=True)
    assert "本户说明：是我家老二做的" in done.text
    supervisor = text_of(client_as(Role.VILLAGE_SUPERVISOR), f"/points/household/{home}/conduct")
    assert "是我家老二做的" in supervisor
    assert f"/points/entry/{number}/reply" not in supervisor
    villager.post(f"/points/entry/{number}/reply", data={"text": ""})
    assert "本户说明" not in text_of(villager, f"/points/household/{home}/conduct")
    assert villager.get(f"/points/household/{world.homes['circle'][1]}/conduct").status_code == 404
    assert client_as(Role.VILLAGE_SUPERVISOR).get(f"/points/entry/{number}/reply").status_code == 403


def test_on_paper_and_in_a_sheet(client_as: ClientAs, entry: tuple[int, int]) -> None:
    home, _ = entry
    villager = client_as(Role.RESIDENT)
    paper = text_of(villager, f"/points/household/{home}/conduct/print")
    assert "农户诚信档案" in paper
    assert "加分 10，扣分 0，更正 0 条" in paper
    sheet = villager.get(f"/points/household/{home}/conduct.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.data)).active.values)
    assert rows[0][:3] == ("记入日期", "事项", "积分")
    assert rows[1][2] == 10


def test_a_correction_from_request_to_reversal(app: Flask, client_as: ClientAs, entry: tuple[int, int]) -> None:
    home, number = entry
    villager, member = client_as(Role.RESIDENT), client_as(Role.REVIEW_MEMBER)
    url = f"/points/entry/{number}/correct"
    assert "请写明哪里不对" in villager.post(url, data={}).text
    done = villager.post(url, data={"reason": "那天我家没有人在村里"}, follow_redirects=True)
    assert "五个工作日内答复" in done.text
    assert "已有更正申请" in villager.post(url, data={"reason": "再说一遍，不对"}).text
    assert "那天我家没有人在村里" in text_of(member, "/points/corrections")
    with app.app_context():
        asked = db.session.scalars(select(Correction.id)).one()
        db.session.remove()
    assert "请写明复核意见" in member.post(f"/points/corrections/{asked}", data={"granted": "yes"}).text
    member.post(f"/points/corrections/{asked}", data={"granted": "yes", "answer": "查签到表，确实记错"})
    page = text_of(villager, f"/points/household/{home}/conduct")
    assert "已冲回" in page
    assert "答复：查签到表，确实记错" in page
    with app.app_context():
        assert queries.balances_of(home, viewer=job("test")).merit == 0
        assert db.session.scalars(select(Transfer.reverses_id).where(Transfer.source_kind == "correction")).all() == [
            number
        ]
        assert service.verify() == []
        db.session.remove()
    assert client_as(Role.VILLAGE_HEAD).get("/points/corrections").status_code == 403
    assert member.get(f"/points/corrections/{asked}").status_code == 404, "answered already"


def test_who_asked_does_not_answer_and_what_hangs_is_objected_to(
    app: Flask, entry: tuple[int, int], world: World
) -> None:
    home, number = entry
    with app.app_context():
        hanging = post(home, key="2", now=NOW)
        with transaction(), pytest.raises(Refused, match="直接提出异议"):
            service.ask_correction(db.session.get_one(Transfer, hanging), reason="不是这样的", actor=HOME, now=NOW)
        with transaction():
            asked = service.ask_correction(
                db.session.get_one(Transfer, number), reason="不是这样的", actor=HOME, now=NOW
            ).id
        with transaction(), pytest.raises(Refused, match="您提出的"):
            service.answer_correction(
                db.session.get_one(Correction, asked), granted=False, answer="不用更正", actor=HOME, now=NOW
            )
        with transaction():
            service.answer_correction(
                db.session.get_one(Correction, asked), granted=False, answer="不用更正", actor=MEMBER, now=NOW
            )
        assert queries.balances_of(home, viewer=job("test")).merit == 10
        db.session.remove()


# --- spot checks


def test_a_seed_draws_the_same_entries_again() -> None:
    assert drawn(range(1, 50), seed="a1b2") == drawn(range(49, 0, -1), seed="a1b2")
    assert len(drawn(range(1, 50), seed="a1b2")) == 10
    assert drawn(range(1, 50), seed="a1b2") != drawn(range(1, 50), seed="a1b3")


def test_supervisors_draw_find_and_note(app: Flask, client_as: ClientAs, entry: tuple[int, int]) -> None:
    _, number = entry
    supervisor, villager = client_as(Role.VILLAGE_SUPERVISOR), client_as(Role.RESIDENT)
    assert "抽查 10 月" in text_of(supervisor, "/points/spots")
    assert "抽查 10 月" not in text_of(villager, "/points/spots")
    assert villager.post("/points/spots/draw", data={"month": "2026-10"}).status_code == 403
    nothing = supervisor.post("/points/spots/draw", data={"month": "2026-11"}, follow_redirects=True)
    assert "还没有过完" in nothing.text
    assert "抽查 11 月" not in nothing.text
    drawn_page = supervisor.post("/points/spots/draw", data={"month": "2026-10"}, follow_redirects=True)
    assert "抽签号" in drawn_page.text
    supervisor.post("/points/spots/draw", data={"month": "2026-10"})
    with app.app_context():
        draw = db.session.scalars(select(SpotDraw)).one()
        draw_id, seed = draw.id, draw.seed
        assert db.session.scalars(select(SpotCheck.transfer_id)).all() == drawn([number], seed=seed)
        db.session.remove()
    url = f"/points/spots/{draw_id}/found"
    assert "请写明查到了什么" in supervisor.post(url, data={f"result-{number}": "wrong"}).text
    done = supervisor.post(
        url, data={f"result-{number}": "wrong", f"note-{number}": "当天没有这项活动", "note": "请补照片"},
        follow_redirects=True,
    )  # fmt: skip
    assert "抽查结果已记下" in done.text
    read = text_of(villager, f"/points/spots/{draw_id}")
    for words in ("不属实", "当天没有这项活动", "监督意见：请补照片", seed):
        assert words in read
    assert "大三" not in read
    assert villager.post(url, data={"note": "乱写"}).status_code == 403
    assert "不属实" in text_of(client_as(Role.VILLAGE_HEAD), f"/points/spots/{draw_id}"), "the whole village reads it"
    assert client_as(Role.REVIEW_MEMBER).get("/points/spots").status_code == 200
    assert client_as(Role.TOWN_MANAGER).get("/points/spots").status_code == 403


def test_a_draw_is_of_its_own_village(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        post(world.homes["village_b"][0])
        with transaction():
            village = db.session.get_one(Grid, world.grids["village_b"])
            made = service.draw_spots(
                village=village, month=date(2026, 10, 1), seed="00", actor=job("test"), now=NOW
            ).id
        db.session.remove()
    assert client_as(Role.VILLAGE_SUPERVISOR).get(f"/points/spots/{made}").status_code == 404
    assert Finding("right").label


# --- the five working days of an objection


def test_five_working_days() -> None:
    def weekday(day: date) -> date:
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

    assert answer_by(date(2026, 11, 23), next_workday=weekday) == date(2026, 11, 30)
    assert answer_by(date(2026, 11, 28), next_workday=weekday) == date(2026, 12, 4)


def test_the_reviewers_are_reminded_once_and_the_outcome_is_told(app: Flask, client_as: ClientAs, world: World) -> None:
    home = world.homes["circle"][0]
    with app.app_context():
        number = post(home, now=NOW)
        db.session.remove()
    client_as(Role.VILLAGE_SUPERVISOR).post(f"/points/{number}/object", data={"reason": "没有这回事"})
    with app.app_context():
        assert jobs.remind(now=NOW + timedelta(days=2)) == 0
        for _ in range(2):
            jobs.remind(now=NOW + timedelta(days=6))
        told = db.session.scalars(select(Notice.rule).where(Notice.rule == "points.objection_due")).all()
        assert len(told) == 1
        db.session.remove()
    assert "2026年11月30日" in text_of(client_as(Role.REVIEW_MEMBER), "/points/objections")
    client_as(Role.REVIEW_MEMBER).post(f"/points/{number}/settle", data={"upheld": "no", "note": "有照片为证"})
    assert "有照片为证" in text_of(client_as(Role.VILLAGE_SUPERVISOR), "/points/"), "among the own objections"
    with app.app_context():
        rows = db.session.scalars(select(Notice).where(Notice.rule == "points.settled")).all()
        assert {(row.post_id is not None, row.person_id is not None) for row in rows} == {(True, False), (False, True)}
        db.session.remove()
