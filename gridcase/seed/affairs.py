"""What demo villages do together: teams and a request, an activity called and one that is over, a round of honours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from gridcase.affairs.queries import honours as honour_queries
from gridcase.affairs.rules import ActivityKind, AwardKind, AwardLevel, Branch, TeamKind
from gridcase.affairs.service import activities, honours, signing, teams
from gridcase.affairs.service.activities import Call
from gridcase.affairs.service.honours import Plan
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household, Member
from gridcase.people import queries as people
from gridcase.people.rules import BodyKind, DecisionKind, Role
from gridcase.seed.places import HOME_VILLAGE
from gridcase.seed.villages import Team

# (kind, name, how many); the last of the five kinds is still missing in the villages one does not sign in to
TEAMS = (
    (TeamKind.EMERGENCY, "应急抢险队", 8), (TeamKind.CARE, "爱心帮扶队", 6), (TeamKind.TECHNICAL, "农技指导队", 5),
    (TeamKind.PUBLICITY, "文明宣传队", 6), (TeamKind.PATROL, "平安巡逻队", 7),
)  # fmt: skip
CAME, CAME_ELSEWHERE, JOINED, NAMED = 24, 10, 7, 3


def work(everywhere: Sequence[Team], *, now: datetime) -> None:
    """Play them through the services: all of it in the village one signs in to, less in the first village of each
    other town."""
    home = next(team for team in everywhere if team.code == HOME_VILLAGE)
    _life(home, now=now, whole=True)
    seen = {home.town_code}
    for team in everywhere:
        if team.town_code not in seen:
            seen.add(team.town_code)
            _life(team, now=now, whole=False)


def _life(team: Team, *, now: datetime, whole: bool) -> None:
    village, head = db.session.get_one(Grid, team.id), team.one(Role.VILLAGE_HEAD).viewer
    heads = _heads(team, on=town_day(now))
    with transaction():
        at = iter(heads)
        for kind, name, size in TEAMS if whole else TEAMS[:4]:
            made = teams.found(
                actor=head, village=village, kind=kind, name=name, since=date(town_day(now).year, 3, 1), now=now
            )
            for number, (_home, person) in enumerate([next(at) for _ in range(min(size, len(heads) // 6))]):
                teams.join(made, person, actor=head, leads=number == 0, on=date(town_day(now).year, 3, 5), now=now)
    _over(team, village, heads[-(CAME if whole else CAME_ELSEWHERE) :], now=now)
    if whole:
        _called(team, village, now=now)
        _asked(team, now=now)
        _named(team, village, now=now)


def _heads(team: Team, *, on: date) -> list[tuple[int, int]]:
    """(home, head) of the homes of a village, by home."""
    rows = db.session.execute(
        select(Member.household_id, Member.person_id)
        .where(Member.household_id.in_(sorted(team.homes)), Member.relation == "head", in_force(Member, on))
        .order_by(Member.household_id)
    )
    return [(row[0], row[1]) for row in rows]


def _mark(village: Grid, words: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{village.code}/{words}"))


def _over(team: Team, village: Grid, came: list[tuple[int, int]], *, now: datetime) -> None:
    """A morning of public work, three days ago: who came was read off the sheet, the points wait for the review."""
    head, at = team.one(Role.VILLAGE_HEAD).viewer, now - timedelta(days=3)
    title = "清理村道沟渠"
    with transaction():
        one = activities.call(
            actor=head, place=village, client_uuid=_mark(village, title), now=at - timedelta(days=4),
            what=Call(ActivityKind.WORK, title, "村部门口", at, 4, Branch.SELF, "自带锄头、铁锹，中午散工。"),
        )  # fmt: skip
        activities.start(one, actor=head, now=at)
        for home, person in came:
            signing.add_present(
                one, db.session.get_one(Household, home), actor=head, person_id=person, now=at + timedelta(hours=1)
            )
        activities.end(one, actor=head, hours=4, now=at + timedelta(hours=5))


def _called(team: Team, village: Grid, *, now: datetime) -> None:
    """A call for the day after tomorrow, with some who have put their names down through their liaison."""
    head, title = team.one(Role.VILLAGE_HEAD).viewer, "上山巡护防火"
    liaison = next(worker for worker in team.workers if worker.role is Role.LIAISON and len(worker.homes) >= JOINED)
    with transaction():
        one = activities.call(
            actor=head, place=village, client_uuid=_mark(village, title), now=now - timedelta(days=1),
            what=Call(
                ActivityKind.VOLUNTEER, title, "护林点", now + timedelta(days=2), 3, Branch.SELF,
                "两人一组，带水，不抽烟。", seats=30,
            ),
        )  # fmt: skip
        for home in liaison.homes[:JOINED]:
            activities.sign_up(one, db.session.get_one(Household, home), actor=liaison.viewer, person_id=None, now=now)


def _asked(team: Team, *, now: datetime) -> None:
    """A request the team has taken on, and one that waits."""
    head = team.one(Role.VILLAGE_HEAD).viewer
    liaison = next(worker for worker in team.workers if worker.role is Role.LIAISON and len(worker.homes) >= 2)
    for number, (words, home) in enumerate(zip(("帮着收晚稻", "代买过冬的煤和米"), liaison.homes, strict=False)):
        with transaction():
            row = teams.ask(
                actor=liaison.viewer, client_uuid=str(uuid5(NAMESPACE_URL, f"{team.code}/{words}")),
                kind=TeamKind.CARE, text=words, home=db.session.get_one(Household, home), now=now - timedelta(days=4),
            )  # fmt: skip
            if number == 0:
                teams.accept(row, actor=head, now=now - timedelta(days=3))
                teams.visited(row, actor=head, now=now - timedelta(days=1))


def _named(team: Team, village: Grid, *, now: datetime) -> None:
    """Civilised families of the year, on public notice with a council's opinion."""
    head, at = team.one(Role.VILLAGE_HEAD).viewer, now - timedelta(days=2)
    today = town_day(at)
    opinions = people.passed_decisions(village.id, kind=DecisionKind.COUNCIL, on=today, body=BodyKind.MORAL)
    if not opinions:
        return
    plan = Plan(AwardKind.CIVIL, AwardLevel.VILLAGE, f"{today.year} 年度文明家庭", 10, date(today.year, 1, 1), today)
    with transaction():
        one = honours.begin(
            actor=head, village=village, client_uuid=_mark(village, "civil"), plan=plan, now=at - timedelta(days=5)
        )
        best = honour_queries.candidates(village, first=plan.counts_from, last=plan.counts_to, on=today)
        for row in [each for each in best if each.frozen_until is None][:NAMED]:
            home = db.session.get_one(Household, row.household_id)
            honours.name_home(one, home, actor=head, stars=None, deeds="热心公益，邻里和睦。", now=at)
        if best:
            honours.hang_out(one, actor=head, decision_id=opinions[0].id, now=at)
