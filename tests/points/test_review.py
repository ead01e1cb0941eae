"""The review group's way, on both databases: votes, standing aside, meetings, council and town, and what is posted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Forbidden, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.households.models import Member
from gridcase.notices.models import Notice
from gridcase.people import service as people_service
from gridcase.people.models import Holding, Person
from gridcase.people.rules import BodyKind, DecisionKind, Role
from gridcase.points import jobs, queries, service
from gridcase.points.models import Declaration, PointNotice, Transfer, Vote
from gridcase.points.rules import DeclarationState
from gridcase.points.rules.review import Choice, Tally, Verdict, carried, decided
from gridcase.points.service import Ruling
from tests.factories import decisions
from tests.factories.world import MAKER, SINCE, World
from tests.points.declaring import NOW, TODAY, changing, declare, put_scheme

ViewerOf = Callable[[Role], Viewer]
S = DeclarationState


@pytest.mark.parametrize(
    ("favour", "against", "entitled", "outcome"),
    [
        (2, 0, 2, None), (2, 0, 3, None), (3, 0, 3, True), (2, 1, 3, True), (1, 2, 3, False), (3, 0, 5, True),
        (2, 1, 5, None), (2, 2, 4, False), (0, 3, 5, False), (3, 1, 7, None), (4, 0, 7, True), (1, 4, 7, False),
    ],
)  # fmt: skip
def test_when_votes_decide(favour: int, against: int, entitled: int, outcome: bool | None) -> None:
    assert decided(Tally(favour, against, entitled)) is outcome


@pytest.mark.parametrize(("favour", "against", "passes"), [(3, 0, True), (2, 1, True), (2, 2, False), (2, 0, False)])
def test_a_show_of_hands(favour: int, against: int, passes: bool) -> None:
    assert carried(Tally(favour, against, favour + against)) is passes


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    put_scheme(world.grids["village_a"])
    return world.homes["circle"][0]


@pytest.fixture
def group(home: int, world: World, viewer_of: ViewerOf) -> list[Viewer]:
    """Five members of the review group, the account's own first."""
    first = viewer_of(Role.REVIEW_MEMBER)
    path = db.session.get_one(Grid, world.grids["village_a"]).path
    members = [first]
    with changing():
        for number in range(4):
            person = Person(name=f"评议员{'甲乙丙丁'[number]}", place_path=path)
            db.session.add(person)
            db.session.flush()
            db.session.add(
                Holding(post_id=world.posts[Role.REVIEW_MEMBER], person_id=person.id, valid_from=SINCE, stand_in=True)
            )
            members.append(replace(first, person_id=person.id, user_id=1000 + number))
    return members


@pytest.fixture
def asked(home: int, viewer_of: ViewerOf) -> Declaration:
    """A declaration by the liaison for the home: 10 points."""
    return declare(home, actor=viewer_of(Role.LIAISON))


def vote(asked: Declaration, member: Viewer, in_favour: bool = True, reason: str = "没有人看见") -> str:
    with transaction():
        return service.vote(asked.id, in_favour=in_favour, reason=reason, actor=member, now=NOW).state


def meet(world: World, members: list[Viewer], *rulings: Ruling, uuid: str = "m" * 36, held_on: date = TODAY) -> None:
    with transaction():
        service.meet(
            client_uuid=uuid, village=db.session.get_one(Grid, world.grids["village_a"]), held_on=held_on,
            present=[one.person_id or 0 for one in members], rulings=rulings, actor=members[0], now=NOW,
        )  # fmt: skip


def fresh(asked: Declaration) -> Declaration:
    db.session.rollback()
    return db.session.get_one(Declaration, asked.id)


def live(home: int, person_id: int | None) -> None:
    with changing():
        db.session.add(Member(household_id=home, person_id=person_id, relation="child", valid_from=SINCE))


def test_three_of_five_in_favour_post_it_under_notice(asked: Declaration, group: list[Viewer], home: int) -> None:
    assert [vote(asked, member) for member in group[:3]] == [S.DECLARED, S.DECLARED, S.POSTED]
    done = fresh(asked)
    assert (done.votes_for, done.votes_against, done.recused) == (3, 0, 0)
    award = db.session.get_one(Transfer, done.transfer_id)
    assert (award.amount, award.rule, award.source_kind, award.household_id) == (10, "T2", "declaration", home)
    notice = db.session.scalars(select(PointNotice)).one()
    assert notice.closes_on == TODAY + timedelta(days=7)
    assert jobs.mature(actor=job("points"), now=NOW + timedelta(days=7)) == 1
    db.session.rollback()
    assert queries.balances_of(home, viewer=job("test")).merit == 10
    with pytest.raises(Refused, match="已经评议过"):
        vote(asked, group[3])


def test_three_against_reject_it_with_the_reason(asked: Declaration, group: list[Viewer]) -> None:
    with pytest.raises(Refused, match="请写明理由"):
        vote(asked, group[0], in_favour=False, reason="")
    for member in group[:3]:
        vote(asked, member, in_favour=False)
    done = fresh(asked)
    assert (done.state, done.reason, done.transfer_id) == (S.REJECTED, "没有人看见", None)
    assert db.session.query(Transfer).count() == 0


def test_a_member_may_change_the_own_vote_but_has_only_one(asked: Declaration, group: list[Viewer]) -> None:
    vote(asked, group[0])
    vote(asked, group[0], in_favour=False)
    assert vote(asked, group[1]) == S.DECLARED
    assert vote(asked, group[2]) == S.DECLARED, "two in favour and one against of five is not settled"
    assert db.session.query(Vote).count() == 3


def test_nobody_judges_the_own_or_kins_home_or_what_he_declared(
    asked: Declaration, group: list[Viewer], home: int, world: World, viewer_of: ViewerOf
) -> None:
    live(home, group[0].person_id)
    with pytest.raises(Refused, match="本人或亲属的家庭"):
        vote(asked, group[0])
    liaison = viewer_of(Role.LIAISON)
    with changing():
        db.session.add(
            Holding(
                post_id=world.posts[Role.REVIEW_MEMBER], person_id=liaison.person_id, valid_from=SINCE, stand_in=True
            )
        )
    with pytest.raises(Refused, match="由本人申报"):
        vote(asked, replace(group[0], person_id=liaison.person_id))
    for member in group[1:4]:
        vote(asked, member)
    done = fresh(asked)
    assert (done.state, done.votes_for, done.recused) == (S.POSTED, 3, 2)
    stood = db.session.scalars(select(Vote.person_id).where(Vote.choice == Choice.ASIDE)).all()
    assert set(stood) == {group[0].person_id, liaison.person_id}


def test_only_members_of_this_villages_group_vote(asked: Declaration, group: list[Viewer], viewer_of: ViewerOf) -> None:
    with pytest.raises(Forbidden):
        vote(asked, viewer_of(Role.VILLAGE_HEAD))


def test_a_meeting_decides_many_at_once(
    asked: Declaration, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    other = declare(world.homes["circle"][1], actor=viewer_of(Role.LIAISON))
    later = declare(world.homes["circle"][2], actor=viewer_of(Role.LIAISON))
    rulings = (
        Ruling(asked.id, Verdict.PASS, against=1), Ruling(other.id, Verdict.REJECT, reason="不是这一天"),
        Ruling(later.id, Verdict.LATER),
    )  # fmt: skip
    meet(world, group[:4], *rulings)
    meet(world, group[:4], *rulings)
    assert [fresh(one).state for one in (asked, other, later)] == [S.POSTED, S.REJECTED, S.DECLARED]
    done = fresh(asked)
    assert (done.votes_for, done.votes_against, done.recused) == (3, 1, 0)
    assert db.session.query(Transfer).count() == 1
    assert fresh(other).reason == "不是这一天"


@pytest.mark.parametrize(
    ("there", "ruling", "words"),
    [
        (2, {"verdict": Verdict.PASS}, "不足 3 人"),
        (4, {"verdict": Verdict.PASS, "against": 2}, "没有过半"),
        (4, {"verdict": Verdict.PASS, "against": 9}, "不能多于 4 人"),
        (4, {"verdict": Verdict.REJECT}, "请写明理由"),
        (4, {"verdict": Verdict.TALK, "reason": "当面谈过了"}, "只用于扣分"),
        (4, {"verdict": Verdict.LATER}, "至少对一条"),
    ],
)
def test_what_a_meeting_cannot_do(
    asked: Declaration, group: list[Viewer], world: World, there: int, ruling: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        meet(world, group[:there], Ruling(asked.id, **ruling))  # type: ignore[arg-type]
    assert fresh(asked).state == S.DECLARED, "nothing is kept"


def test_too_few_are_left_after_standing_aside(
    asked: Declaration, group: list[Viewer], world: World, home: int
) -> None:
    live(home, group[0].person_id)
    with pytest.raises(Refused, match="回避后"):
        meet(world, [*group[1:3], group[0]], Ruling(asked.id, Verdict.PASS))
    with pytest.raises(Refused, match="应当回避这一条"):  # four are there, but the one who writes is of the home
        meet(world, group[:4], Ruling(asked.id, Verdict.PASS))
    meet(world, [*group[1:4], group[0]], Ruling(asked.id, Verdict.PASS))
    assert (fresh(asked).votes_for, fresh(asked).recused) == (3, 1)


def test_a_meeting_is_not_older_than_what_it_decides(asked: Declaration, group: list[Viewer], world: World) -> None:
    with pytest.raises(Refused, match="还没有申报"):
        meet(world, group, Ruling(asked.id, Verdict.PASS), held_on=TODAY - timedelta(days=1))
    assert fresh(asked).state == S.DECLARED


def deduction(home: int, viewer_of: ViewerOf, code: str = "T4", number: str = "青公罚决〔2026〕12号") -> Declaration:
    return declare(
        home, code, actor=viewer_of(Role.VILLAGE_HEAD), how="C", text="与人打架受处罚", document_no=number
    )  # fmt: skip


def test_a_deduction_is_taken_after_the_notice(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf, asked: Declaration
) -> None:
    meet(world, group, Ruling(asked.id, Verdict.PASS), uuid="1" * 36)
    jobs.mature(actor=job("points"), now=NOW + timedelta(days=7))
    made = deduction(home, viewer_of)
    meet(world, group, Ruling(made.id, Verdict.PASS), uuid="2" * 36)
    db.session.rollback()
    held = queries.balances_of(home, viewer=job("test"))
    assert (held.merit, held.held) == (0, 10), "never below 0: what is there, set aside"
    assert fresh(made).transfer_id is not None


def test_a_deduction_that_finds_nothing_is_still_decided(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = deduction(home, viewer_of)
    meet(world, group, Ruling(made.id, Verdict.PASS))
    assert (fresh(made).state, fresh(made).transfer_id) == (S.POSTED, None)


def test_an_education_talk_takes_the_place_of_a_deduction(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = deduction(home, viewer_of)
    meet(world, group, Ruling(made.id, Verdict.TALK, reason="当面谈过，已认识到错误"))
    done = fresh(made)
    assert (done.state, done.talked_on, done.transfer_id) == (S.TALK, TODAY, None)
    assert db.session.query(Transfer).count() == 0


def council_of(world: World, *, title: str = "关于一条积分申报的意见") -> int:
    with transaction():
        return decisions.passed(
            world.grids["village_a"], DecisionKind.COUNCIL, on=town_day(NOW), now=NOW, title=title
        ).id  # fmt: skip


def hear(asked: Declaration, actor: Viewer, decision_id: int | None, **changes: object) -> Declaration:
    with transaction():
        return service.hear_council(
            asked.id, decision_id=decision_id, granted=changes.pop("granted", True) is True, actor=actor, now=NOW,
            **changes,  # type: ignore[arg-type]
        )  # fmt: skip


def test_what_weighs_much_goes_to_the_council(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = declare(home, "T3", actor=viewer_of(Role.RESIDENT), how="S", text="带动五户种茶")
    meet(world, group, Ruling(made.id, Verdict.PASS))
    assert fresh(made).state == S.COUNCIL
    told = db.session.scalars(select(Notice.link).where(Notice.rule == "points.council")).all()
    assert told == ["/points/council"]
    head = viewer_of(Role.VILLAGE_HEAD)
    with transaction():
        place = db.session.get_one(Grid, world.grids["village_a"])
        other = people_service.opine(
            actor=MAKER, body=decisions.council(place, BodyKind.REDWHITE, now=NOW), title="婚事从简", text="同意。",
            held_on=TODAY, entitled=7, present=6, in_favour=5, now=NOW,
        ).id  # fmt: skip
    for wrong in (None, other):
        with pytest.raises(Refused, match="请选道德评议会的意见"):
            hear(made, head, wrong)
    opinion = council_of(world)
    with pytest.raises(Refused, match="最多 100 分"):
        hear(made, head, opinion, points=101)
    hear(made, head, opinion, points=60)
    done = fresh(made)
    assert (done.state, done.points, done.decision_id) == (S.POSTED, 60, opinion)
    assert db.session.get_one(Transfer, done.transfer_id).amount == 60


def test_a_deduction_without_a_paper_is_the_councils(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = deduction(home, viewer_of, "T5", number="")
    meet(world, group, Ruling(made.id, Verdict.PASS))
    assert fresh(made).state == S.COUNCIL
    opinion = council_of(world)
    with pytest.raises(Refused, match="您申报的"):
        hear(made, viewer_of(Role.VILLAGE_HEAD), opinion)
    with pytest.raises(Refused, match="请写明理由"):
        hear(made, viewer_of(Role.TOWN_MANAGER), opinion, granted=False)
    hear(made, viewer_of(Role.TOWN_MANAGER), opinion, granted=False, reason="证据不足，不扣")
    assert (fresh(made).state, fresh(made).reason) == (S.REJECTED, "证据不足，不扣")


def test_another_villages_opinion_does_not_count(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = declare(home, "T6", actor=viewer_of(Role.RESIDENT), how="S", text="下河救起落水孩子")
    meet(world, group, Ruling(made.id, Verdict.PASS))
    with transaction():
        foreign = decisions.passed(world.grids["village_b"], DecisionKind.COUNCIL, on=TODAY, now=NOW).id
    with pytest.raises(Refused, match="请选道德评议会的意见"):
        hear(made, viewer_of(Role.VILLAGE_HEAD), foreign)


def test_the_town_has_its_word_and_honour_is_honour(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    made = declare(home, "T7", actor=viewer_of(Role.VILLAGE_HEAD), how="C", text="评为县级文明户")
    meet(world, group, Ruling(made.id, Verdict.PASS))
    assert fresh(made).state == S.TOWN
    with transaction():
        service.hear_town(made.id, granted=True, actor=viewer_of(Role.TOWN_MANAGER), now=NOW)
    assert fresh(made).state == S.POSTED
    jobs.mature(actor=job("points"), now=NOW + timedelta(days=7))
    db.session.rollback()
    held = queries.balances_of(home, viewer=job("test"))
    assert (held.honour, held.merit) == (30, 0)


def test_who_declared_it_answers_neither_objection_nor_correction(
    asked: Declaration, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    meet(world, group, Ruling(asked.id, Verdict.PASS))
    award = db.session.get_one(Transfer, fresh(asked).transfer_id)
    liaison = viewer_of(Role.LIAISON)
    with transaction():
        service.object_to(award, actor=group[1], reason="当天没有看见", now=NOW)
    with pytest.raises(Refused, match="您申报的"), transaction():
        service.settle_objection(award, actor=liaison, upheld=False, note="核对过", now=NOW)
    with pytest.raises(Refused, match="您记录入账的"), transaction():
        service.settle_objection(award, actor=group[0], upheld=False, note="核对过", now=NOW)
    with transaction():
        service.settle_objection(award, actor=group[2], upheld=False, note="核对过", now=NOW)
    later = NOW + timedelta(days=7)
    assert jobs.mature(actor=job("points"), now=later) == 1
    with transaction():
        request = service.ask_correction(award, reason="那天不在村里", actor=viewer_of(Role.RESIDENT), now=later)
    with pytest.raises(Refused, match="您申报的"), transaction():
        service.answer_correction(request, granted=False, answer="核对过没有错", actor=liaison, now=later)
    with transaction():
        done = service.answer_correction(request, granted=False, answer="核对过没有错", actor=group[2], now=later)
    assert done.granted is False


def test_what_was_posted_since_leaves_only_the_rest_of_the_cap(
    home: int, group: list[Viewer], world: World, viewer_of: ViewerOf
) -> None:
    villager = viewer_of(Role.RESIDENT)
    made = [
        declare(home, "T1", actor=villager, how="S", happened_on=TODAY - timedelta(days=number)) for number in range(3)
    ]
    with changing():  # as if a closed case had given 10 of the 25 meanwhile, and the first were not there
        made[2].points = 15
    meet(world, group, *(Ruling(one.id, Verdict.PASS) for one in made[:2]), uuid="1" * 36)
    meet(world, group, Ruling(made[2].id, Verdict.PASS), uuid="2" * 36)
    done = fresh(made[2])
    assert (done.state, done.points, done.reason) == (S.POSTED, 5, "通过时这一项本期只剩 5 分，已按 5 分记。")
    assert db.session.get_one(Transfer, done.transfer_id).amount == 5
    with changing():
        full = Declaration(**{
            column.key: getattr(done, column.key) for column in Declaration.__table__.columns if column.key != "id"
        } | {"client_uuid": "f" * 36, "state": S.DECLARED, "transfer_id": None})  # fmt: skip
        db.session.add(full)
    meet(world, group, Ruling(full.id, Verdict.PASS), uuid="3" * 36)
    assert (fresh(full).state, fresh(full).reason) == (S.REJECTED, "这一项本月已满 25 分。")
