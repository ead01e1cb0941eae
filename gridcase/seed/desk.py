"""What the desks of the demo keep: reply templates, a class with rules of its own, two mediations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, Channel, Rating
from gridcase.cases.rules.catalogue import Terms
from gridcase.cases.rules.replies import ReplyKind
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.mediation import service as mediation
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import Result
from gridcase.mediation.service import Agreement, Ending, Party
from gridcase.people.rules import Role
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Team

TEMPLATES = (
    (ReplyKind.RESULT, None, "现场办好", "{编号}“{事项}”已由{单位}到现场处理好，请看看还有没有问题。"),
    (ReplyKind.RESULT, "0504", "路灯修复", "路灯已换好灯头并试亮，当晚亮灯正常。"),
    (ReplyKind.RESULT, "0503", "道路先垫后修", "塌陷处已用碎石垫平、设了警示，硬化列入下月计划。"),
    (ReplyKind.RETURN, None, "补齐位置再派", "说的位置找不到，请问清在哪个组、哪户附近再派。"),
    (ReplyKind.ANSWER, None, "电话回访", "已电话回访，反映人说："),
    (ReplyKind.REFUSAL, None, "请先抓紧办", "离期限还有时间，人手也够，请先按原期限办。"),
)
LAMPS, LAMP_HOURS, VILLAGE_HOURS = "0504", 24.0, 16.0  # working hours, 40 as shipped
QUARREL = "0102"
FIRST, SECOND = ("两家为屋檐滴水争执", "房顶的水滴到隔壁院坝，下雨就吵。"), (
    "晒谷坪的界争执", "一家说坪归自己，一家说一直合用，收稻子时吵了两回。",
)  # fmt: skip


def furnish(team: Team, office: Offices, *, now: datetime) -> None:
    """Before the story: what county and village have set, so that its cases come under it."""
    village = db.session.get_one(Grid, team.id)
    county, town = db.session.get_one(Grid, village.county_id), db.session.get_one(Grid, village.town_id)
    keeper, manager = office.one(Role.COUNTY_MANAGER).viewer, office.one(Role.TOWN_MANAGER).viewer
    for kind, code, title, text in TEMPLATES:
        case_class = case_queries.class_by_code(code) if code else None
        cases.add_template(actor=manager, place=town, kind=kind, case_class=case_class, title=title, text=text, now=now)
    lamps = case_queries.class_in_use(LAMPS)
    for place, actor, hours in (
        (county, keeper, LAMP_HOURS),
        (village, team.one(Role.VILLAGE_HEAD).viewer, VILLAGE_HOURS),
    ):
        terms = replace(Terms.of(case_queries.class_at(lamps, place.path).terms), limit=hours)
        cases.set_class(actor=actor, place=place, case_class=lamps, terms=terms, seen=None, now=now)
        now += timedelta(days=2)


def work(team: Team, *, now: datetime) -> None:
    """Two quarrels of the village: one settled and closed, one that is still being mediated."""
    head, leader = team.one(Role.VILLAGE_HEAD).viewer, team.one(Role.FULLTIME_GRID).viewer
    opened = _at(now, days=9, hour=9)
    first = _begun(team, *FIRST, head=head, actor=leader, at=opened, parties=("谢春生", "曾有田"))
    _settled(first, head, at=opened + timedelta(days=1))
    _begun(team, *SECOND, head=head, actor=leader, at=_at(now, days=3, hour=15), parties=("彭满仓", "陈家旺"))


def _at(now: datetime, *, days: int, hour: int) -> datetime:
    return datetime.combine(town_day(now) - timedelta(days=days), time(hour), TOWN_ZONE)


def _begun(
    team: Team, title: str, text: str, *, head: Viewer, actor: Viewer, at: datetime, parties: tuple[str, ...]
) -> int:
    """A quarrel taken in, accepted, and brought to a first sitting; the id of its mediation."""
    place = db.session.get_one(Grid, team.id)
    with transaction():
        case = cases.collect(
            actor=actor, case_class=case_queries.class_in_use(QUARREL), title=title, text=text,
            channel=Channel.RECEPTION, grid=place, now=at, reporter_name=parties[0],
        )  # fmt: skip
        cases.accept(case, actor=head, now=at + timedelta(minutes=30))
        one = mediation.open_mediation(case, actor=head, now=at + timedelta(minutes=40), mediators="村调委会")
        for number, name in enumerate(parties):
            party = Party(name, f"139000000{31 + number}", consented_on=town_day(at))
            mediation.add_party(one, actor=head, now=at + timedelta(minutes=50), party=party)
        sitting = {"place": "村部调解室", "present": "、".join(parties), "said": "各自讲了经过，都愿意坐下来谈。"}
        mediation.add_session(one, actor=head, now=at + timedelta(hours=2), held_at=at + timedelta(hours=1), **sitting)
        return one.id


def _settled(key: int, head: Viewer, *, at: datetime) -> None:
    """Agreed and signed, a look planned, the case closed with both sides' word."""
    agreement = Agreement(
        "屋檐的水往哪里流", "房主装一道檐沟，把水引到自家阴沟，邻居出一半工。", "下雨时水滴到隔壁院坝。",
        "当面装好，两家一起试水。", town_day(at) + timedelta(days=5),
    )  # fmt: skip
    with transaction():
        mediation.write_agreement(db.session.get_one(Mediation, key), actor=head, now=at, agreement=agreement)
    ending = Ending(Result.AGREED, signed_on=town_day(at), look_on=town_day(at) + timedelta(days=30))
    with transaction():
        one = db.session.get_one(Mediation, key)
        mediation.conclude(one, actor=head, now=at + timedelta(minutes=20), ending=ending)
        cases.self_solve(
            db.session.get_one(Case, one.case_id), actor=head, now=at + timedelta(minutes=30), answer=Answer.SOLVED,
            result="调解达成协议：装檐沟，水引到自家阴沟。", rating=Rating.SATISFIED,
        )  # fmt: skip
