"""What the demo villages decided: a covenant each and who signed; at home councils at work, a motion, mottoes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from gridcase.cases import queries as cases
from gridcase.cases import service as case_service
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import State, Urgency
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import queries as people_queries
from gridcase.people import service as people
from gridcase.people.models import Decision, Organisation
from gridcase.people.rules import (
    Assembly,
    BodyKind,
    Capacity,
    DecisionKind,
    DecisionStepKind,
    HonourLevel,
    PartnerKind,
    Role,
    Step,
)
from gridcase.seed.places import HOME_VILLAGE
from gridcase.seed.villages import Team

COVENANT_AGO, WORKS_AGO = 200, 6  # days: when it was published; when the branch proposed
SIGNED_SHARE, MOTTOES = 0.8, 5
BRANCH, COMMITTEE, MEMBERS, REPRESENTATIVES = 5, 7, 38, 45  # who may vote
ARTICLES = (
    "爱党爱国，遵纪守法，邻里和睦，互相帮助。",
    "喜事新办，丧事简办：红事不超过十桌，白事不超过三天，不收高价彩礼，不燃放烟花爆竹。",
    "门前三包，垃圾分类，不乱倒污水，不焚烧秸秆。",
    "赡养老人，爱护儿童，家里有事多商量，不打骂。",
    "公路、水渠、路灯等公共设施人人爱护，公益劳动人人参加。",
)
SAYINGS = (
    "勤俭持家，诚实做人", "孝敬老人，善待邻里", "耕读传家，不赌不懒", "有话好好说，有事一起做", "宁可吃亏，不可亏心",
)  # fmt: skip
WORTHIES = (
    Capacity.OLD_CADRE, Capacity.OLD_PARTY, Capacity.TEACHER, Capacity.VETERAN, Capacity.MODEL, Capacity.HOST,
    Capacity.HOST, Capacity.ABLE, Capacity.MEDIATOR, Capacity.WORTHY,
)  # fmt: skip
REVIEWERS = (
    (Capacity.CADRE, "组长"), (Capacity.GROUP_LEADER, "成员"), (Capacity.GROUP_LEADER, "成员"),
    (Capacity.REPRESENTATIVE, "成员"), (Capacity.REPRESENTATIVE, "成员"), (Capacity.PARTY, "成员"),
)  # fmt: skip
FOR_ALL = ("04", "05")  # surroundings and roads, water, lights
WHY_ASKED = "涉及几户，怎么做、谁出工，要大家坐下来说定。"
AGREED = "相邻几户各让半米，村里出料、各户出工，周末一起做好；网格员负责收尾和回话。"
OPINIONS = (
    (BodyKind.REDWHITE, "3组一户婚事从简的意见", "桌数、礼金符合村规民约，同意按“喜事新办”申报。", 19),
    (BodyKind.MORAL, "照护邻里老人的善行认定", "情况属实，连续照护三个月，同意按善行义举申报。", 8),
)


def work(teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """Play them through the services."""
    for team in teams:
        village = db.session.get_one(Grid, team.id)
        with transaction():
            _covenant(team, village, actor=actor, now=now)
        if team.code == HOME_VILLAGE:
            with transaction():
                _councils(team, village, actor=actor, now=now)
                _works(village, actor=actor, now=now)
                _opinions(village, actor=actor, now=now)
                _mottoes(team, actor=actor, now=now)
                _standing(village, actor=actor, now=now)
            with transaction():
                _agenda(village, team.one(Role.VILLAGE_HEAD).viewer, now=now)


def pass_through(
    village: Grid,
    kind: DecisionKind,
    *,
    actor: Viewer,
    title: str,
    text: str,
    on: date,
    now: datetime,
    collected: str = "",
) -> Decision:
    """A decision published on a day (not one to come), its meetings in the three weeks before; call it inside a
    transaction."""
    decision = people.propose(
        actor=actor, village=village, kind=kind, title=title, text=text, held_on=on - timedelta(days=20),
        collected=collected, now=now,
    )  # fmt: skip
    for step in (
        Step(DecisionStepKind.DISCUSS, on - timedelta(days=16), COMMITTEE, COMMITTEE - 1, COMMITTEE - 1),
        Step(DecisionStepKind.MEMBERS, on - timedelta(days=11), MEMBERS, MEMBERS - 6, MEMBERS - 8),
        Step(
            DecisionStepKind.VOTE, on - timedelta(days=3), REPRESENTATIVES, REPRESENTATIVES - 7, REPRESENTATIVES - 9,
            Assembly.REPRESENTATIVES,
        ),
        Step(DecisionStepKind.PUBLISH, on, until=on + timedelta(days=7)),
    ):  # fmt: skip
        people.record_step(decision, step, actor=actor, now=now)
    return decision


def _covenant(team: Team, village: Grid, *, actor: Viewer, now: datetime) -> None:
    at = now - timedelta(days=COVENANT_AGO)
    published = town_day(at)
    text = "\n".join(f"{number}、{words}" for number, words in zip("一二三四五", ARTICLES, strict=True))
    decision = pass_through(
        village, DecisionKind.COVENANT, actor=actor, title="修订村规民约", text=text, on=published, now=at,
        collected="走访、屋场会收到意见 42 条，采纳 13 条：红事桌数由十五桌改为十桌，增加垃圾分类。",
    )  # fmt: skip
    held = published + timedelta(days=10)
    covenant = people.adopt(
        actor=actor, village=village, decision_id=decision.id, text=text, valid_from=held, now=at + timedelta(days=8)
    )
    homes = sorted(team.homes)
    people.sign(
        covenant, homes[: round(len(homes) * SIGNED_SHARE)], actor=actor, signed_on=held + timedelta(days=20),
        now=at + timedelta(days=31),
    )  # fmt: skip
    done = held + timedelta(days=90)
    result = Step(
        DecisionStepKind.RESULT, done, until=done + timedelta(days=7), note="八成农户已签约，红白理事会上门提醒 21 次。"
    )
    people.record_step(decision, result, actor=actor, now=at + timedelta(days=101))


def _works(village: Grid, *, actor: Viewer, now: datetime) -> None:
    """A matter on its way: examined by the party members, not yet voted on."""
    first = town_day(now) - timedelta(days=WORKS_AGO)
    decision = people.propose(
        actor=actor, village=village, kind=DecisionKind.WORKS, title="二组机耕路硬化，农户投工投劳",
        text="路长 620 米，县里补助 18 万元，不足部分由村集体经济收入支付；农户自愿投工，按工记公益劳动。",
        held_on=first, collected="征求二组 47 户意见，46 户同意。", now=now - timedelta(days=WORKS_AGO),
    )  # fmt: skip
    for days, step, all_, came, yes in (
        (2, DecisionStepKind.DISCUSS, COMMITTEE, COMMITTEE, COMMITTEE),
        (4, DecisionStepKind.MEMBERS, MEMBERS, MEMBERS - 5, MEMBERS - 7),
    ):
        at = now - timedelta(days=WORKS_AGO - days)
        people.record_step(decision, Step(step, town_day(at), all_, came, yes), actor=actor, now=at)


def _councils(team: Team, village: Grid, *, actor: Viewer, now: datetime) -> None:
    """The council of weddings and funerals with its president and worthies; the review group of four parts."""
    since = town_day(now) - timedelta(days=COVENANT_AGO)
    end = since + timedelta(days=3 * 365)
    bodies = _bodies(village)
    redwhite = bodies[BodyKind.REDWHITE]
    busy = {worker.viewer.person_id for worker in team.workers}
    free = [home.head_person_id for home in team.homes.values() if home.head_person_id not in busy][30:]
    for line in people_queries.seats_of(redwhite.id, on=since):
        people.end_seat(redwhite, actor=actor, person_id=line.person_id, on=since, now=now)
    head = team.one(Role.VILLAGE_HEAD).viewer.person_id
    sitting = [(head, "会长", ""), *((free.pop(), "理事", kind) for kind in WORTHIES)]
    for rank, (person_id, title, capacity) in enumerate(sitting, start=1):
        people.seat(
            redwhite, actor=actor, person_id=person_id or 0, title=title, rank=rank, start=since, end=end,
            capacity=capacity, now=now,
        )  # fmt: skip
    review = people.add_organisation(
        actor=actor, kind=BodyKind.REVIEW, name=f"{village.name}积分评议小组", place=village, parent=None, since=since,
        now=now,
    )  # fmt: skip
    for rank, (capacity, title) in enumerate(REVIEWERS, start=1):
        people.seat(
            review, actor=actor, person_id=free.pop(), title=title, rank=rank, start=since, end=end,
            capacity=capacity, now=now,
        )  # fmt: skip


def _bodies(village: Grid) -> dict[BodyKind, Organisation]:
    rows = db.session.scalars(select(Organisation).where(Organisation.place_id == village.id))
    return {BodyKind(row.kind): row for row in rows}


def _opinions(village: Grid, *, actor: Viewer, now: datetime) -> None:
    bodies = _bodies(village)
    for kind, title, text, ago in OPINIONS:
        at = now - timedelta(days=ago)
        seats = len(people_queries.seats_of(bodies[kind].id, on=town_day(at)))
        people.opine(
            actor=actor, body=bodies[kind], title=title, text=text, held_on=town_day(at), entitled=seats,
            present=seats - seats // 5, in_favour=seats - seats // 5, now=at,
        )  # fmt: skip


def _mottoes(team: Team, *, actor: Viewer, now: datetime) -> None:
    for number, home in enumerate(list(team.homes.values())[:MOTTOES]):
        people.set_motto(
            actor=actor, household_id=home.id, path=team.path, text=SAYINGS[number], shown=number != 1, now=now
        )


def _agenda(village: Grid, head: Viewer, *, now: datetime) -> None:
    """What concerns several homes lies before the deliberation council: one it has talked over, one it will."""
    before = now - timedelta(hours=1)
    found = db.session.scalars(
        select(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(
            Case.village_id == village.id, Case.state.in_((State.DISPATCHED, State.IN_PROGRESS)),
            Case.restricted.is_(False), Case.urgency == Urgency.ORDINARY, CaseClass.major.in_(FOR_ALL),
        )
        .order_by(Case.id)
    ).all()  # fmt: skip
    quiet = [case for case in found if cases.steps(case.id)[-1].at < before]
    for case, days in zip(quiet[-2:], (0, 3), strict=False):
        day = town_day(now) + timedelta(days=days)
        case_service.put_on_agenda(
            case, actor=head, now=before, council=BodyKind.DELIBERATION, planned_on=day, note=WHY_ASKED
        )
        if not days:
            case_service.agenda_outcome(case, actor=head, now=now, outcome=AgendaOutcome.AGREED, note=AGREED)


def _standing(village: Grid, *, actor: Viewer, now: datetime) -> None:
    """Who stands by the village, and its title."""
    since = town_day(now) - timedelta(days=300)
    for kind, name, members, duty in (
        (PartnerKind.TASK_FORCE, "区水利局驻村工作队", 3, "渠道整修，防汛值守"),
        (PartnerKind.PAIRED, "镇卫生院党支部", None, "每月一次义诊"),
    ):
        people.add_partner(
            actor=actor, place=village, kind=kind, name=name, members=members, duty=duty, since=since, now=now
        )
    people.add_honour(
        actor=actor, place=village, name="乡村治理示范村", level=HonourLevel.CITY, year=town_day(now).year - 1,
        giver="市委组织部", now=now,
    )  # fmt: skip
