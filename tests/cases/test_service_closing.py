"""The end of a case: the villager's word, checks, reopening, early ends, the counters."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseStep, CaseTally
from gridcase.cases.rules import Answer, Rating
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.points.models import Account, Transfer
from tests.factories.cases import (
    MISSING_PERSON,
    closed,
    collected,
    do,
    handled,
    pending,
    post_of,
    refused,
    water,
)
from tests.factories.world import World

Find = Callable[[Role], Viewer]


# -- the villager's word, checking, opening again


def test_nobody_checks_his_own_work(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    head = viewer_of(Role.VILLAGE_HEAD)
    do(service.accept, case, head)
    do(service.dispatch, case, head, post=post_of(world, Role.VILLAGE_HEAD))
    do(service.sign, case, head)
    do(service.submit_result, case, head, result="自己修好了。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)
    refused("经办人不能核查办结自己办的事", service.verify, case, head)
    do(service.verify, case, viewer_of(Role.FULLTIME_GRID))
    assert (case.state, case.resolved_level) == ("closed", "village")


def test_no_closing_without_a_word(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = handled(world, viewer_of)
    refused("请先记录群众的答复", service.verify, case, viewer_of(Role.VILLAGE_HEAD))
    assert refused("不是匿名反映", service.record_answer, case, viewer_of(Role.LIAISON),
                   answer=Answer.NO_WORD_ANONYMOUS) == "answer"  # fmt: skip
    assert refused("满三次才能", service.record_answer, case, viewer_of(Role.LIAISON),
                   answer=Answer.NO_WORD_UNREACHED) == "answer"  # fmt: skip


def test_the_third_attempt_stands_for_a_word(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = handled(world, viewer_of)
    for n, hour in ((1, 10), (2, 15)):
        at(f"2026-11-23T{hour}:00:00+08:00")
        do(service.record_answer, case, viewer_of(Role.LIAISON), answer=None, note="没人接")
        assert (case.answer_attempts, case.answer) == (n, None)
    at("2026-11-23T15:59:00+08:00")
    assert refused("隔 1 小时", service.record_answer, case, viewer_of(Role.LIAISON), answer=None) == "answer"
    at("2026-11-23T16:00:00+08:00")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=None, rating=Rating.SATISFIED)
    assert (case.answer, case.rating) == ("no_word_unreached", None)
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD))


def test_an_attempt_never_wipes_out_the_villagers_word(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = handled(world, viewer_of)
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.NOT_SOLVED, rating=Rating.UNSATISFIED)
    assert refused("已经记下", service.record_answer, case, viewer_of(Role.LIAISON), answer=None) == "answer"
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)  # a word may be put right
    assert case.answer == "solved"


def test_closing_what_the_villager_calls_unsolved_needs_a_reason(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = handled(world, viewer_of)
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.NOT_SOLVED, rating=Rating.UNSATISFIED)
    assert refused("群众说没有解决", service.verify, case, viewer_of(Role.VILLAGE_HEAD)) == "note"
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD), note="超出镇里能办的，已告知途径。")


def test_rework_asks_anew_and_tells_the_handler(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = handled(world, viewer_of)
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.NOT_SOLVED)
    do(service.rework, case, viewer_of(Role.VILLAGE_HEAD), note="边上还有一个坑。")
    assert (case.state, case.answer, case.answer_attempts) == ("in_progress", None, 0)
    assert (
        db.session.scalar(select(Notice.unit_id).where(Notice.rule.startswith("case.rework"))) == world.units["water"]
    )


def test_closed_late_is_written_down(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    case = handled(world, viewer_of)
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)
    at("2026-12-08T10:00:00+08:00")
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD))
    assert case.closed_late


def test_reopening_takes_points_back_and_closing_again_gives_them_once(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, home = closed(world, viewer_of), world.homes["circle"][0]
    at("2026-12-07T09:59:00+08:00")
    do(service.reopen, case, viewer_of(Role.LIAISON), note="又塌了。")
    assert (case.state, case.closed_at, pending(home)) == ("in_progress", None, 0)
    do(service.submit_result, case, viewer_of(Role.DEPT), result="重新修好。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD))
    assert pending(home) == 2
    assert db.session.scalar(select(func.sum(Account.balance))) == 0
    assert queries.check() == []


def test_after_fourteen_days_it_is_a_new_case(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = closed(world, viewer_of)
    at("2026-12-07T10:01:00+08:00")
    refused("请作为新事件登记", service.reopen, case, viewer_of(Role.LIAISON), note="又塌了。")


def test_restricted_cases_earn_nothing(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON)
    do(service.accept, case, viewer_of(Role.DISPATCHER))
    do(service.dispatch, case, viewer_of(Role.DISPATCHER), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    do(service.submit_result, case, viewer_of(Role.DEPT), result="人找到了。")
    do(service.record_answer, case, viewer_of(Role.DISPATCHER), answer=Answer.SOLVED)
    do(service.verify, case, viewer_of(Role.DISPATCHER))
    assert db.session.scalar(select(func.count()).select_from(Transfer)) == 0


# -- early ends


def test_a_duplicate_ends_and_names_the_first(ctx: Flask, world: World, viewer_of: Find) -> None:
    first, second = (collected(world, viewer_of(Role.LIAISON)) for _ in range(2))
    head = viewer_of(Role.VILLAGE_HEAD)
    assert refused("没有找到首件", service.reject_duplicate, second, head, first=None) == "duplicate_of"
    assert refused("不能并入自己", service.reject_duplicate, second, head, first=second) == "duplicate_of"
    step = do(service.reject_duplicate, second, head, first=first)
    assert (second.state, second.closed_at, step.detail["to"]) == ("duplicate", clock.now(), first.number)


def test_two_cases_cannot_be_merged_into_each_other(ctx: Flask, world: World, viewer_of: Find) -> None:
    """Else nobody would have either of them any more."""
    first, second = (collected(world, viewer_of(Role.LIAISON)) for _ in range(2))
    head = viewer_of(Role.VILLAGE_HEAD)
    do(service.reject_duplicate, second, head, first=first)
    assert refused("不能并入自己", service.reject_duplicate, first, head, first=second) == "duplicate_of"
    assert first.state == "registered"


def test_withdrawing_is_for_who_registered_and_voiding_for_the_town(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    refused("只有反映人本人或登记的岗位才能撤回", service.withdraw, case, viewer_of(Role.VILLAGE_HEAD), note="不要了")
    assert refused("请写明为什么撤回", service.withdraw, case, viewer_of(Role.LIAISON), note="  ") == "note"
    do(service.withdraw, case, viewer_of(Role.LIAISON), note="自己解决了")
    other = collected(world, viewer_of(Role.LIAISON))
    refused("您的岗位不能作废", service.void, other, viewer_of(Role.DISPATCHER), note="重复测试")
    do(service.void, other, viewer_of(Role.TOWN_MANAGER), note="登记错了")
    assert (case.state, other.state) == ("withdrawn", "voided")
    assert queries.check() == []


def test_a_comment_changes_nothing_but_the_timeline(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = closed(world, viewer_of)
    before = case.closed_at
    do(service.comment, case, viewer_of(Role.LIAISON), note="家属来道谢。")
    assert (case.state, case.closed_at) == ("closed", before)
    assert queries.steps(case.id)[-1].note == "家属来道谢。"


def test_nobody_acts_on_what_is_not_his(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.DISPATCHER), home=world.homes["village_b"][0])
    refused("您的岗位不能受理", service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    refused("您的岗位不能留言", service.comment, case, viewer_of(Role.LIAISON), note="看看")


# -- counters


def test_folding_keeps_the_counts(ctx: Flask, world: World, viewer_of: Find) -> None:
    for _ in range(2):
        closed(world, viewer_of)
    rows = db.session.scalar(select(func.count()).select_from(CaseTally))
    with transaction():
        fewer = service.fold_tallies()
    left = db.session.execute(select(CaseTally.state, CaseTally.delta)).all()
    assert [tuple(row) for row in left] == [("closed", 2)]
    assert rows is not None
    assert fewer == rows - 1
    with transaction():
        assert service.fold_tallies() == 0
    assert queries.check() == []


def test_the_doctor_sees_a_wrong_counter_a_skipped_step_and_a_missing_trace(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    db.session.execute(CaseTally.__table__.update().values(delta=2))
    db.session.execute(Case.__table__.update().values(state="dispatched"))
    db.session.execute(
        CaseStep.__table__.insert().values(
            case_id=case.id,
            seq=2,
            move="sign",
            from_state="dispatched",
            to_state="in_progress",
            actor_name="x",
            actor_role="dept",
            at=clock.now(),
            detail={},
        )
    )
    said = " ".join(queries.check())
    assert "counted 2, there are 0" in said
    assert f"{case.number}: stands at dispatched, its 2 steps end at in_progress" in said
    assert "step 2 (sign): no audit row" in said
    db.session.rollback()
