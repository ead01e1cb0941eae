"""The five stories of docs/tour.md, played through the pages: states, deadlines, who was told. Where one of them stops
being true, this fails, and the page is to be written anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from gridcase import scheduler
from gridcase.audit.models import AuditRow
from gridcase.cases import queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case, SupervisionSheet
from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role, UnitKind
from gridcase.points.models import Account
from tests.factories.cases import solved
from tests.factories.pages import body
from tests.factories.world import World

DESKS = {"专职网格员", "总网格长", "镇综治中心值班员"}


@dataclass
class Play:
    """Who acts when: each act is a page sent by the account of a role, at an hour of the town's clock."""

    app: Flask
    world: World
    client_as: Callable[[Role], FlaskClient]
    at: Callable[[str], None]
    case_id: int = 0

    def when(self, moment: str) -> None:
        """`11-23 22:10` of the year 2026; the scheduler looks."""
        self.at(f"2026-{moment.replace(' ', 'T')}:00+08:00")
        scheduler.tick(self.app)

    def open(self, role: Role, code: str, *, end: str = "", **form: str) -> str:
        """Register by the form of a class; returns what the form said before."""
        page = f"/cases/new/{code}{end}"
        client = self.client_as(role)
        said = body(client.get(page))
        sent = client.post(page, data={"looked": "1", "grid": "", **form})
        assert sent.status_code == 302, body(sent)
        self.case_id = int(sent.location.rsplit("/", 1)[1])
        return said

    def move(self, role: Role, name: str, **fields: Any) -> str:
        """Send the form of a move; returns what is said afterwards."""
        data = {f"{name}-{field}": value for field, value in fields.items()}
        client = self.client_as(role)
        sent = client.post(f"/cases/{self.case_id}/{name.replace('_', '-')}", data=data)
        assert sent.status_code == 302, body(sent)
        return body(client.get(sent.location))

    def accept(self, role: Role, urgency: int) -> str:
        """Under the class it was registered with."""
        return self.move(role, "accept", case_class=str(self.case.case_class.code), urgency=str(urgency))

    def send(self, role: Role, unit: str) -> str:
        return self.move(role, "dispatch", handler=f"u{self.world.units[unit]}")

    def status(self, role: Role) -> int:
        """What somebody who asks for the case is answered."""
        return self.client_as(role).get(f"/cases/{self.case_id}").status_code

    def page(self, role: Role) -> str:
        return body(self.client_as(role).get(f"/cases/{self.case_id}"))

    @property
    def case(self) -> Case:
        with self.app.app_context():
            found = db.session.get_one(Case, self.case_id)
            db.session.expunge_all()
            db.session.remove()
        return found

    def stands(self, state: str, due: str, stage: str | None = None) -> None:
        """Its state and its two clocks, on the town's clock."""
        case = self.case
        assert case.due_at is not None
        assert (case.state, local(case.due_at)) == (state, due)
        assert (local(case.stage_due_at) if case.stage_due_at else None) == stage

    def steps(self) -> list[str]:
        with self.app.app_context():
            return [step.move for step in queries.steps(self.case_id)]

    def told(self, rule: str) -> set[str]:
        """The posts and units told by a rule, by name."""
        with self.app.app_context():
            rows = db.session.scalars(
                select(func.coalesce(Post.title, Unit.name))
                .select_from(Notice)
                .outerjoin(Post, Post.id == Notice.post_id)
                .outerjoin(Unit, Unit.id == Notice.unit_id)
                .where(Notice.subject_kind == "case", Notice.subject_id == self.case_id, Notice.rule.startswith(rule))
            ).all()
            db.session.remove()
        return set(rows)

    def rename(self, key: str, name: str, kind: UnitKind = UnitKind.STATION) -> None:
        """The small world has few offices: this one plays another."""
        with self.app.app_context():
            with transaction():
                db.session.execute(update(Unit).where(Unit.id == self.world.units[key]).values(name=name, kind=kind))
                db.session.add(AuditRow(at=clock.now(), actor_name="test", action="test", subject_kind="unit"))
            db.session.remove()

    def pending(self, home: int) -> int:
        with self.app.app_context():
            found = db.session.scalar(
                select(func.coalesce(func.sum(Account.balance), 0)).where(
                    Account.household_id == home, Account.kind == "pending"
                )
            )
            db.session.remove()
        return int(found or 0)


def local(moment: Any) -> str:
    return f"{moment.astimezone(TOWN_ZONE):%m-%d %H:%M}"


@pytest.fixture
def play(app: Flask, world: World, client_as: Callable[[Role], FlaskClient], at: Callable[[str], None]) -> Play:
    return Play(app, world, client_as, at)


def test_a_question_on_the_phone(play: Play) -> None:
    play.when("11-23 10:02")
    said = play.open(
        Role.VILLAGE_HEAD, "1001", end="/solved", title="医保今年缴到哪天为止？", channel="phone",
        grid=str(play.world.grids["village_a"]), result="到 12 月 31 日，手机上就能缴。", answer="answered_question",
    )  # fmt: skip
    assert "先联系：1 个工作日内；办结：3 个工作日内。" in said
    case = play.case
    assert (case.state, case.answer, case.resolved_level) == ("closed", "answered_question", "village")
    assert (case.self_solved, case.closed_late, case.closed_at) == (True, False, case.registered_at)
    assert play.steps() == ["register", "self_solve"]
    assert play.told("case") == set(), "a question answered troubles nobody"
    assert "咨询已答复" in play.page(Role.VILLAGE_HEAD)
    assert play.page(Role.DISPATCHER), "the town can count it"


def test_a_slope_comes_down_at_night(play: Play) -> None:
    play.rename("water", "青溪镇应急办")
    home = play.world.homes["circle"][0]
    play.when("11-23 22:10")
    said = play.open(Role.LIAISON, "0201", title="屋后山坡在掉石头", channel="phone", household=str(home))
    assert "先打电话，再来登记" in said
    assert "119 火警、抢险" in said
    assert "先联系：0.5 小时内；办结：24 小时内。" in said
    play.stands("registered", due="11-24 22:10", stage="11-23 22:40")
    assert play.told("case.register") == DESKS, "at once, though the quiet hours have begun"
    play.when("11-23 22:41")
    assert play.told("case_stage") == {"网格长", "镇综治中心值班员"}, "half an hour is over, nobody has moved"
    play.when("11-23 22:43")
    assert "请在 2026年11月23日 23:13 前派单" in play.accept(Role.VILLAGE_HEAD, 1)
    play.move(
        Role.VILLAGE_HEAD, "escalate", note="先撤了三户，要专业人员看山。", whistle_kind="emergency",
        units=[str(play.world.units["water"])],
    )  # fmt: skip
    play.stands("accepted", due="11-24 22:10", stage="11-23 23:13")
    assert play.told("case.escalate") == {"青溪镇综治中心", "青溪镇应急办"}
    assert "请在 2026年11月23日 23:13 前报到" in play.page(Role.DEPT)
    play.when("11-23 22:50")
    play.send(Role.DISPATCHER, "water")
    play.when("11-23 23:05")
    play.move(Role.DEPT, "report_in")
    play.move(Role.DEPT, "sign")
    play.stands("in_progress", due="11-24 22:10", stage="11-24 22:10")
    play.when("11-24 09:30")
    play.move(Role.DEPT, "submit_result", note="坡顶裂缝已覆盖，立了警示牌，三户暂住村委会，专人看守。")
    assert play.told("case.submit_result") == {"联户代表"}
    play.when("11-24 10:00")
    play.move(Role.LIAISON, "record_answer", answer="solved", rating="satisfied")
    play.move(Role.DISPATCHER, "verify")
    case = play.case
    assert (case.state, case.resolved_level, case.closed_late) == ("closed", "town", False)
    assert play.pending(home) > 0, "a danger reported in time earns points, on public notice first"
    play.move(Role.VILLAGE_HEAD, "rate_units", rating="satisfied")
    play.move(Role.DEPT, "rate_whistle", rating="satisfied")
    assert play.told("case_due") == set()
    assert play.steps() == [
        "register", "accept", "escalate", "dispatch", "report_in", "sign", "submit_result", "record_answer", "verify",
        "rate_units", "rate_whistle",
    ]  # fmt: skip


def test_unpaid_wages_climb_to_the_county(play: Play) -> None:
    play.rename("water", "青溪镇人社所")
    play.rename("county_water", "试点县人社局", UnitKind.COUNTY)
    home = play.world.homes["circle"][0]
    play.when("11-23 10:00")
    play.open(Role.LIAISON, "0108", title="工地欠了三个月工资", channel="visit", household=str(home))
    play.stands("registered", due="12-07 10:00", stage="11-23 11:45")
    play.accept(Role.GRID_LEADER, 2)
    assert "已提到村级" in play.move(Role.GRID_LEADER, "escalate", note="老板在外县，网格里找不到人。")
    assert play.told("case.escalate") == {"专职网格员", "总网格长"}, "no whistle inside a village, but it is told"
    play.when("11-23 11:00")
    play.move(
        Role.VILLAGE_HEAD, "escalate", note="涉及八个人，村里谈不下来。", whistle_kind="routine",
        units=[str(play.world.units["water"])],
    )  # fmt: skip
    play.stands("accepted", due="12-07 10:00", stage="11-23 14:45")
    assert play.told("case.escalate") == {"专职网格员", "总网格长", "青溪镇综治中心", "青溪镇人社所"}
    assert "请在 2026年11月25日 11:00 前报到" in play.page(Role.DEPT)
    assert play.status(Role.COUNTY_DISPATCHER) == 404, "the county sees what has climbed to it"
    play.when("11-23 15:00")
    play.send(Role.DISPATCHER, "water")
    play.move(Role.DEPT, "sign")
    play.when("11-24 09:00")
    play.move(Role.DEPT, "report_in")
    play.when("12-03 09:00")
    play.move(Role.DEPT, "ask_extension", extension_reason="several_units", amount="5")
    play.stands("in_progress", due="12-07 10:00", stage="12-07 10:00")
    assert play.told("case.ask_extension") == {"镇综治中心值班员"}
    assert "新的期限是 2026年12月14日 10:00" in play.move(Role.DISPATCHER, "grant_extension")
    assert play.told("case.grant_extension") == {"站所办理员"}
    play.stands("in_progress", due="12-14 10:00", stage="12-14 10:00")
    play.when("12-11 10:00")
    assert play.told("case_soon") == {"青溪镇人社所"}
    play.move(
        Role.DISPATCHER, "escalate", note="总包在县城，要县里出面。", whistle_kind="enforcement",
        units=[str(play.world.units["county_water"])],
    )  # fmt: skip
    play.stands("accepted", due="12-14 10:00", stage="12-11 11:45")
    assert play.status(Role.COUNTY_DISPATCHER) == 200
    assert play.status(Role.DEPT) == 200, "who had it helps, and reads along"
    play.when("12-11 14:00")
    play.send(Role.COUNTY_DISPATCHER, "county_water")
    play.move(Role.COUNTY_DEPT, "sign")
    play.move(Role.COUNTY_DEPT, "report_in")
    for moment in ("12-14 10:01", "12-15 10:00", "12-16 10:00", "12-21 10:00"):
        play.when(moment)
    assert play.told("case_due") == {"试点县人社局", "网格长"}
    assert play.told("case_late_8") == {"总网格长"}
    assert play.told("case_late_16") == {"镇综治中心值班员"}
    assert play.told("case_late_40") == {"镇综治中心值班员", "镇业务管理员"}
    with play.app.app_context():
        sheet = db.session.scalars(select(SupervisionSheet)).one()
        assert (sheet.case_id, sheet.state) == (play.case_id, "drafted")
        key = sheet.id
        db.session.remove()
    manager = play.client_as(Role.TOWN_MANAGER)
    assert "工地欠了三个月工资" in body(manager.get("/cases/supervision"))
    signed = {"sign-demand": "两天内约谈总包，三天内发到手。", "sign-answer_by": "2026-12-24"}
    assert manager.post(f"/cases/supervision/{key}/sign", data=signed).status_code == 302
    assert play.told("case.supervise") == {"试点县人社局"}
    play.when("12-23 16:00")
    play.move(Role.COUNTY_DEPT, "submit_result", note="总包已把三个月工资发到八个人卡上。")
    play.move(Role.LIAISON, "record_answer", answer="solved", rating="basically")
    play.move(Role.COUNTY_DISPATCHER, "verify")
    case = play.case
    assert (case.state, case.resolved_level, case.closed_late) == ("closed", "county", True)
    for role, move in (
        (Role.VILLAGE_HEAD, "rate_units"), (Role.DEPT, "rate_whistle"), (Role.COUNTY_DEPT, "rate_whistle"),
    ):  # fmt: skip
        play.move(role, move, rating="satisfied")
    assert play.pending(home) == 0, "0108 earns nobody anything"


def test_a_complaint_about_the_village_head(play: Play) -> None:
    play.rename("water", "青溪镇纪委", UnitKind.DISCIPLINE)
    home = play.world.homes["circle"][0]
    with play.app.app_context():
        code = db.session.get_one(Household, home).code
        db.session.remove()
    play.when("11-23 10:00")
    said = play.open(
        Role.DISPATCHER, "1004", title="总网格长优亲厚友", channel="phone", household_words=code,
        reporter_name="李大三", reporter_phone="13912345678",
    )  # fmt: skip
    assert "这类事限定可见：只有指定岗位、办理人和登记人能看到。" in said
    play.stands("registered", due="11-24 10:00", stage="11-24 10:00")
    village = (Role.LIAISON, Role.GRID_LEADER, Role.SECTION_LEADER, Role.FULLTIME_GRID, Role.VILLAGE_HEAD)
    for role in village:
        assert play.status(role) == 404, role
        assert "优亲厚友" not in body(play.client_as(role).get("/cases/?tab=all"))
    for role in (Role.LIAISON, Role.VILLAGE_HEAD):
        assert "优亲厚友" not in body(play.client_as(role).get(f"/households/{home}"))
    play.accept(Role.DISPATCHER, 3)
    page = play.client_as(Role.DISPATCHER).get(f"/cases/{play.case_id}").text
    assert not re.search(r'value="p\d', page), "no post of the village is offered"
    play.send(Role.DISPATCHER, "water")
    assert play.told("case.dispatch") == {"青溪镇纪委"}
    with play.app.app_context():
        texts = [str(row) for row in db.session.scalars(select(Notice.text).where(Notice.subject_id == play.case_id))]
        db.session.remove()
    assert not any("优亲厚友" in text or "李" in text for text in texts), "a notice says the number and no more"
    assert "李大三" in play.page(Role.DEPT), "who was sent it may call the reporter"
    play.move(Role.DEPT, "sign")
    play.when("11-24 10:01")  # late by a minute: the village hears nothing of it
    assert play.told("case") <= {"青溪镇纪委", "镇综治中心值班员"}
    play.move(Role.DEPT, "submit_result", note="已移交，11 月 24 日 10:10 立件。")
    play.move(Role.DISPATCHER, "record_answer", answer="answered_question")
    play.move(Role.DISPATCHER, "verify")
    assert play.case.state == "closed"
    assert [play.status(role) for role in village] == [404] * len(village)


def test_a_quarrel_is_settled_in_the_cell(play: Play) -> None:
    home, helper = play.world.homes["circle"][0], play.world.homes["village_a"][0]
    play.when("11-23 09:00")
    numbers = (f"GC20261123-990101100-{n:04d}" for n in range(1, 200))
    before = next(n for n, number in enumerate(numbers) if cases.drawn_for_second_check(number, percent=10))
    with play.app.app_context():  # the draw is by the number of the day: so many small things came before
        for _ in range(before):
            solved(play.world, job("test"), percent=10)
        code = db.session.get_one(Household, home).code
        helper_code = db.session.get_one(Household, helper).code
        db.session.remove()
    play.when("11-23 16:20")
    play.open(
        Role.GRID_LEADER, "0102", end="/solved", title="滴水檐滴到邻家院里", channel="visit", household_words=code,
        result="两家当面说好：檐口接水槽，料钱各出一半。", answer="solved", rating="satisfied",
        helper_household=helper_code,
    )  # fmt: skip
    case = play.case
    assert (case.state, case.resolved_level, case.answer, case.rating) == ("closed", "grid", "solved", "satisfied")
    assert case.second_check == "due", "one in ten is looked at again; nobody can choose which"
    assert play.pending(helper) > 0, "who helped to settle it earns, on public notice first"
    assert play.told("case") == set()
    play.when("11-25 09:00")
    assert "滴水檐" in body(play.client_as(Role.SECTION_LEADER).get("/cases/?tab=check"))
    refused = play.client_as(Role.GRID_LEADER).post(
        f"/cases/{play.case_id}/second-check", data={"second_check-passed": "1"}
    )
    assert refused.status_code == 403
    play.move(Role.SECTION_LEADER, "second_check", passed="1", note="看了，水槽装上了，两家都认。")
    assert play.case.second_check == "passed"
    assert play.steps() == ["register", "self_solve", "second_check"]
