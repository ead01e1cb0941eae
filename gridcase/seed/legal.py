"""Where one is served in the town one signs in to: its hall, two village stations, and where the law is explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import Channel
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import service
from gridcase.people.rules import PointFacts, PointKind, Role
from gridcase.reception.rules import HOTLINE
from gridcase.seed.villages import Team

SINCE = timedelta(days=300)
OFFICE = "周一至周五 8:30-12:00、14:00-17:30"
OF_THE_TOWN = (
    PointFacts(
        "镇公共法律服务工作站", "镇司法所一楼大厅", "", "镇司法所值班人员", HOTLINE, opening=OFFICE,
        does="法律咨询\n法律援助申请\n人民调解",
    ),
    PointFacts(
        "镇便民服务大厅", "镇政府一楼", "周六留一个窗口值班", "镇便民服务中心值班人员", "0000-6000123", PointKind.HALL,
        opening=f"{OFFICE}\n周六 9:00-11:30",
        does="医保、养老认证\n低保、临时救助申请\n残疾证、老年优待证\n建房审批受理\n群众诉求登记",
    ),
)  # fmt: skip
OF_A_VILLAGE = (
    PointFacts(
        "村公共法律服务点", "村部一楼，进门左手", "法律顾问每月第一个周三来", "人民调解员、法律顾问",
        opening="周一至周五 9:00-17:00",
    ),
    PointFacts("村公共法律服务点", "党群服务中心便民窗口", "逢赶集日上午", "专职网格员、镇司法所下村人员"),
    PointFacts("村法律服务点", "村部调解室", "", "村人民调解委员会", opening="工作日 8:30-11:30"),
)  # fmt: skip
STATIONS = (
    PointFacts(
        "村便民服务站", "村部一楼大厅", "", "村便民服务站代办员", "0000-6000456", PointKind.STATION,
        opening="周一至周五 8:00-12:00、14:30-17:30\n周六、周日 8:00-11:00", on_holidays=True,
        does="医保缴费\n养老认证\n残疾证、高龄补贴代办\n群众诉求登记",
    ),
    PointFacts(
        "村便民服务站", "党群服务中心便民窗口", "中午有人轮值", "村便民服务站代办员", None, PointKind.STATION,
        opening="周一至周五 8:30-17:30", does="各类证明和代办\n群众诉求登记",
    ),
)  # fmt: skip
TAKEN = "到镇上走亲戚，顺路说本村渡口的夜灯坏了"


def work(home: Team, teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """Open them through the service; a case of the next village is taken at the first village's window."""
    town_id = db.session.get_one(Grid, home.id).parent_id
    near = [one for one in (db.session.get_one(Grid, team.id) for team in teams) if one.parent_id == town_id]
    villages = sorted(near, key=lambda one: one.id != home.id)
    with transaction():
        for facts in OF_THE_TOWN:
            _open(db.session.get_one(Grid, town_id), facts, actor=actor, now=now)
        for number, village in enumerate(villages):
            _open(village, OF_A_VILLAGE[number % len(OF_A_VILLAGE)], actor=actor, now=now)
        for village, facts in zip(villages, STATIONS, strict=False):
            _open(village, facts, actor=actor, now=now)
    if len(villages) > 1:
        _take(home.one(Role.FULLTIME_GRID).viewer, villages[1], now=now - timedelta(hours=20))


def _take(worker: Viewer, village: Grid, *, now: datetime) -> None:
    with transaction():
        window = case_queries.intake_choices(worker).windows[0]
        cases.collect(
            actor=worker, case_class=case_queries.class_in_use("0504", path=village.path), title="渡口的夜灯坏了",
            text=TAKEN, channel=Channel.RECEPTION, grid=village, window=window, now=now,
        )  # fmt: skip


def _open(place: Grid, facts: PointFacts, *, actor: Viewer, now: datetime) -> None:

    mark = str(uuid5(NAMESPACE_URL, f"{facts.kind.value}/{place.code}"))
    service.open_point(actor=actor, place=place, client_uuid=mark, facts=facts, now=now - SINCE)
