"""Where the law is explained in the town one signs in to: one point of the town, one of each village that is played."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.reception import service
from gridcase.reception.rules import HOTLINE, LegalFacts
from gridcase.seed.villages import Team

SINCE = timedelta(days=300)
OF_THE_TOWN = LegalFacts(
    "镇公共法律服务工作站", "镇司法所一楼大厅", "工作日 8:30–12:00、14:00–17:00", "镇司法所值班人员", HOTLINE
)
OF_A_VILLAGE = (
    LegalFacts("村公共法律服务点", "村部一楼，进门左手", "周一至周五 9:00–17:00", "人民调解员、每月来一次的法律顾问"),
    LegalFacts("村公共法律服务点", "党群服务中心便民窗口", "逢赶集日 8:30–12:00", "专职网格员、镇司法所下村人员"),
    LegalFacts("村法律服务点", "村部调解室", "工作日上午", "村人民调解委员会"),
)  # fmt: skip


def work(home: Team, teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """Open them through the service."""
    town_id = db.session.get_one(Grid, home.id).parent_id
    villages = [one for one in (db.session.get_one(Grid, team.id) for team in teams) if one.parent_id == town_id]
    with transaction():
        _open(db.session.get_one(Grid, town_id), OF_THE_TOWN, actor=actor, now=now)
        for number, village in enumerate(sorted(villages, key=lambda one: one.id != home.id)):
            _open(village, OF_A_VILLAGE[number % len(OF_A_VILLAGE)], actor=actor, now=now)


def _open(place: Grid, facts: LegalFacts, *, actor: Viewer, now: datetime) -> None:
    mark = str(uuid5(NAMESPACE_URL, f"legal/{place.code}"))
    service.open_point(actor=actor, place=place, client_uuid=mark, facts=facts, now=now - SINCE)
