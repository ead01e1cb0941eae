"""The doors of the village one signs in to: reception days with visitors, quick answers, a meeting, two patrols."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from gridcase.calendar.queries import work_calendar
from gridcase.checks import queries as checks
from gridcase.checks.rules import CheckKind
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.queries import service_points
from gridcase.people.rules import PointKind, Role
from gridcase.reception import queries, service
from gridcase.reception.rules import DayRule, Fate, MeetingNature, Outcome, receptions
from gridcase.reception.service import Found, Told, Visit
from gridcase.seed.villages import Team

BACK = timedelta(days=40)
# (name, phone, matter, what was said); the last one of all becomes a case.
VISITORS = (
    ("谢正明", None, "城乡居民医保什么时候缴、缴多少", "集中缴费到年底，村部可以代缴，带身份证来。"),
    (None, None, "想知道公益岗怎么报名", "每年三月报名，名单在村务公开栏，到时联户代表会通知。"),
    ("唐秀兰", "13900000017", "老伴的残疾证快到期了", "请到镇便民服务中心二号窗口换证，行动不便的可以约上门。"),
    ("彭家宝", None, "两家合用的水井要不要检测", "可以免费检测，已告知水利站电话，约好来取水样。"),
)
RAISED = ("文德胜", "13900000018", "机耕桥的护栏断了一截，晚上过路不放心", "0503")
ANSWERS = (
    ("养老金认证怎么做", "手机上刷脸就行，不会的我上门帮着做。"),
    ("孩子户口能不能随妈妈", "可以，带出生证和结婚证到派出所户籍窗口。"),
    ("危房改造今年还报不报", "十二月起报，先写申请交村部。"),
    ("种粮补贴什么时候到账", "已公示，月底前打到一卡通。"),
    ("残疾人两项补贴找谁办", "交材料给村残联专干，镇里七天内审完。"),
)
AT_THE_POINT = (1, 4)  # of these, those answered at the legal service point
OUTCOMES = """东边主渠趁冬闲清一次淤
几户反映路口没有路灯，要加两盏
红白事席面不超过村规约定的桌数
下个月初四再开一次，说渠道出工"""


def work(team: Team, *, now: datetime) -> None:
    """Play them through the services, each at its time."""
    place = db.session.get_one(Grid, team.id)
    head, worker = team.one(Role.VILLAGE_HEAD).viewer, team.one(Role.FULLTIME_GRID).viewer
    with transaction():
        posts = [post for post, _words in queries.places.host_posts(place, on=town_day(now))][:3]
        service.rotate(actor=head, place=place, posts=posts, now=now)
    days = receptions(DayRule(), work_calendar(), first=town_day(now) - BACK, last=town_day(now) - timedelta(days=1))
    last = [one.day for one in days][-3:]
    for number, day in enumerate(last):
        came = VISITORS[number : number + 2]
        with transaction():
            _receive(place, day, came, actor=worker, final=day == last[-1])
    _answers(place, actor=worker, now=now)
    _meeting(place, actor=head, on=town_day(now) - timedelta(days=12))
    _patrols(place, actor=worker, now=now)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), TOWN_ZONE)


def _mark(*words: object) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(map(str, words))))


def _receive(
    place: Grid, day: date, came: tuple[tuple[str | None, str | None, str, str], ...], *, actor: Viewer, final: bool
) -> None:  # fmt: skip
    for number, (name, phone, matter, said) in enumerate(came):
        outcome = Outcome.REFERRED if "请到" in said or "已告知" in said else Outcome.ANSWERED
        visit = Visit(_mark(day, number), matter, outcome, name=name, phone=phone, reply=said)
        service.receive(actor=actor, place=place, day=day, visit=visit, now=_at(day, 9, 10 + 15 * number))
    if final:
        name, phone, matter, code = RAISED
        told = Told(code, matter, "护栏断了两米多，赶集的人和放学的孩子都走这座桥。", place, name=name, phone=phone)
        visit = Visit(_mark(day, "case"), matter, Outcome.CASE, name=name, phone=phone, told=told)
        service.receive(actor=actor, place=place, day=day, visit=visit, now=_at(day, 10))


def _answers(place: Grid, *, actor: Viewer, now: datetime) -> None:
    point = service_points.offered(place.path, {PointKind.LEGAL})[0]
    for number, (question, said) in enumerate(ANSWERS):
        with transaction():
            service.answer(
                actor=actor, place=place, client_uuid=_mark("answer", number), question=question, reply=said,
                class_code="1001", point_id=point.id if number in AT_THE_POINT else None,
                now=now - timedelta(days=2 * (len(ANSWERS) - number), hours=2),
            )  # fmt: skip


def _meeting(place: Grid, *, actor: Viewer, on: date) -> None:
    with transaction():
        meeting = service.hold_meeting(
            actor=actor, place=place, client_uuid=_mark("meeting", on), nature=MeetingNature.COURTYARD, held_on=on,
            topic="冬修水利怎么出工", present=37, venue="老槐树坪", outcomes=OUTCOMES, now=_at(on, 17),
        )  # fmt: skip
        line = queries.meetings.outcomes(meeting, viewer=actor)[1].MeetingOutcome
        told = Told("0504", "路口加装两盏路灯", f"{line.text}（屋场会提出）", place)
        service.raise_for(line, told, place=place, actor=actor, now=_at(on, 17, 20))


def _patrols(place: Grid, *, actor: Viewer, now: datetime) -> None:
    """The seasonal checks of the time of year: the first with something put right and something raised."""
    today = town_day(now)
    for number, (kind, _due) in enumerate(queries.patrols.due(place, today=today)):
        items = [item for item in checks.shipped_items() if item.kind is kind]
        done_on = today - timedelta(days=5 + 4 * number)
        with transaction():
            service.check(
                actor=actor, place=place, client_uuid=_mark("check", kind), kind=kind, looked=items,
                found=_found(kind, place) if number == 0 else [], done_on=done_on, now=_at(done_on, 15),
            )  # fmt: skip


def _found(kind: CheckKind, place: Grid) -> list[Found]:
    items = [item for item in checks.shipped_items() if item.kind is kind]
    return [
        Found(items[0], "牌子倒了，当场扶正", Fate.FIXED, place),
        Found(items[-1], "村部旁的一处用不成了", Fate.CASE, place),
    ]
