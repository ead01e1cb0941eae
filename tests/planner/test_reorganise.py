"""Changes of a village: each is one operation, nothing is lost, and everybody gets his list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase import doctor
from gridcase.audit import queries as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import Answer, State
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Forbidden, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.people.rules.deeds import DEEDS
from gridcase.planner import service
from gridcase.planner.models import GridLineage, Reorganisation
from gridcase.planner.queries import handover, reorganise
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Plan, Stage, seen_mark
from gridcase.planner.service import plans
from gridcase.planner.service.plans import Part, When
from tests.factories.world import World
from tests.planner import village as proof
from tests.planner.village import Village, open_case, settle_in
from tests.planner.work import open_work

TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role | str], Viewer]


@pytest.fixture
def village(ctx: Flask, world: World) -> Village:
    """Village A, settled."""
    return settle_in(world)


@pytest.fixture
def head(viewer_of: ViewerOf, village: Village) -> Viewer:
    """The village head."""
    return viewer_of(Role.VILLAGE_HEAD)


def when(on: date = TODAY) -> When:
    return When(on, "居住调整")


def confirm(plan: Plan, head: Viewer) -> Reorganisation:
    with transaction():
        return service.confirm(plan, actor=head, now=clock.now())


def cell(world: World, number: int) -> Grid:
    return db.session.get_one(Grid, world.grids[f"village_a_cell_{number}"])


def homes_in(world: World, number: int) -> list[int]:
    return [row.id for row in villages.homes_in([world.grids[f"village_a_cell_{number}"]], on=TODAY)]


def whole(day: date = TODAY) -> None:
    """What must hold after every change."""
    assert proof.lost_cases(day) == []
    assert proof.places_agree(day)
    assert [words for name, words in doctor.examine() if words and name not in ("assets", "spatial_indexes")] == []


# --- moving homes


def test_homes_move_to_another_cell_and_circle(village: Village, head: Viewer, world: World) -> None:
    moved = homes_in(world, 1)[2:]  # of the first liaison
    case_id = open_case(world, moved[0], collector=village.liaisons[0], handler=village.liaisons[0])
    other = open_case(world, world.homes["circle"][3], collector=village.liaisons[0])
    plan = plans.move(village.grid, when(), homes=moved, target=cell(world, 4).id, circle=village.liaisons[2])
    change = confirm(plan, head)
    assert set(moved) <= set(homes_in(world, 4))
    assert {proof.looked_after(TODAY)[home] for home in moved} == {village.liaisons[2]}
    passed, kept = db.session.get_one(Case, case_id), db.session.get_one(Case, other)
    assert (passed.handler_post_id, passed.collector_post_id) == (village.liaisons[2], village.liaisons[2])
    assert passed.grid_id == cell(world, 1).id, "a case keeps the cell it had"
    assert kept.collector_post_id == village.liaisons[0], "the case of a home that stays does not move"
    sheets = {(one.giver, one.taker): one for one in reorganise.sheets_of(change.id)}
    given = sheets["联户代表", "联户代表3"]
    assert (given.homes, given.cases, given.visits) == (2, 1, 2)
    assert sheets["网格长", "第4网格网格长"].homes == 2
    whole()


def test_the_step_of_a_hand_over_says_who_and_leaves_the_clock(village: Village, head: Viewer, world: World) -> None:
    home = world.homes["circle"][0]
    case_id = open_case(world, home, collector=village.liaisons[0], handler=village.liaisons[0])
    before = db.session.get_one(Case, case_id)
    clocks = (before.state, before.due_at, before.soon_at, before.stage_due_at)
    confirm(plans.move(village.grid, when(), homes=[home], target=None, circle=village.liaisons[1]), head)
    after = db.session.get_one(Case, case_id)
    assert (after.state, after.due_at, after.soon_at, after.stage_due_at) == clocks
    step = db.session.scalars(select(CaseStep).where(CaseStep.case_id == case_id, CaseStep.move == "hand_over")).one()
    assert (step.actor_name, step.note, step.detail["from"], step.detail["to"]) == (
        head.name, "居住调整", "联户代表", "联户代表2",
    )  # fmt: skip


# --- cells


def test_a_cell_is_split(village: Village, head: Viewer, world: World) -> None:
    homes, leader = homes_in(world, 2), village.persons[village.leaders[2]]
    parts = [Part("第5网格", homes[:2], leader), Part("第6网格", homes[2:3])]
    plan = plans.split(village.grid, when(), cell=cell(world, 2), parts=parts, now=clock.now())
    confirm(plan, head)
    rows = {row.name: row for row in villages.places_in(village.grid.path, on=TODAY)}
    assert [rows[name].homes for name in ("第2网格", "第5网格", "第6网格")] == [1, 2, 1]
    assert rows["第5网格"].code == "990101100201Z01-003", "the next free code of the group"
    assert rows["第6网格"].code == "990101100201Z01-004"
    lineage = db.session.scalars(select(GridLineage).order_by(GridLineage.id)).all()
    assert [(one.from_id, one.to_id, one.kind) for one in lineage] == [
        (cell(world, 2).id, rows["第5网格"].id, "split"), (cell(world, 2).id, rows["第6网格"].id, "split"),
    ]  # fmt: skip
    posts = villages.leaders_at([rows["第5网格"].id, rows["第6网格"].id], on=TODAY)
    assert villages.seated([posts[rows["第5网格"].id]], on=TODAY) == {posts[rows["第5网格"].id]: [(leader, False)]}
    assert villages.seated([posts[rows["第6网格"].id]], on=TODAY) == {}
    whole()


def test_cells_are_merged_and_the_leader_goes_on_with_what_was_theirs(
    village: Village, head: Viewer, world: World, viewer_of: ViewerOf
) -> None:
    homes = homes_in(world, 2)
    addressed = open_case(world, homes[0], collector=village.liaisons[0], handler=village.leaders[1])
    waiting = open_case(world, homes[1], collector=village.liaisons[0])
    secret = open_case(world, homes[0], collector=village.liaisons[0], handler=village.leaders[1], code="0301")
    plan = plans.merge(village.grid, when(), survivor=cell(world, 1), others=[cell(world, 2).id], now=clock.now())
    change = confirm(plan, head)
    assert set(homes) <= set(homes_in(world, 1))
    ended = db.session.get_one(Grid, world.grids["village_a_cell_2"])
    assert ended.valid_to == TODAY
    assert db.session.get_one(Post, village.leaders[1]).valid_to == TODAY
    leader = viewer_of(Role.GRID_LEADER)
    seen = set(db.session.scalars(select(Case.id).where(case_queries.visible(leader))))
    assert {addressed, waiting} <= seen
    assert secret not in seen, "a change does not widen who knows of a restricted case"
    mine = set(db.session.scalars(select(Case.id).where(case_queries.waiting_for(leader))))
    assert {addressed, waiting} <= mine
    restricted = db.session.get_one(Case, secret)
    assert (restricted.state, restricted.handler_post_id) == (State.RETURNED, None)
    assert secret not in {row.id for sheet in reorganise.sheets_of(change.id) for row in
                          reorganise.listed_on(sheet.id).cases}  # fmt: skip
    whole()


# --- circles and persons


def test_a_liaison_is_replaced_in_the_same_post(village: Village, head: Viewer, world: World) -> None:
    post, person = db.session.get_one(Post, village.liaisons[1]), village.persons[village.leaders[3]]
    held = open_case(world, proof.circle(post.id, clock.now())[0], collector=post.id, handler=post.id)
    plan = plans.replace(village.grid, when(), post=post, person_id=person, new_post=False, title="", now=clock.now())
    change = confirm(plan, head)
    assert villages.seated([post.id], on=TODAY) == {post.id: [(person, False)]}
    assert villages.seated([post.id], on=TODAY - timedelta(days=1))[post.id] == [(village.persons[post.id], False)]
    assert db.session.get_one(Case, held).handler_post_id == post.id, "work is addressed to posts"
    [sheet] = reorganise.sheets_of(change.id)
    assert (sheet.giver_name, sheet.taker_name) == ("新联户代表2", "新第4网格网格长")
    assert (sheet.homes, sheet.cases, sheet.visits) == (5, 1, 5)
    whole()


def test_a_new_post_takes_a_circle_over(village: Village, head: Viewer, world: World) -> None:
    post = db.session.get_one(Post, village.liaisons[1])
    homes = proof.circle(post.id, clock.now())
    outside = open_case(world, world.homes["village_b"][0], collector=post.id)
    confirm(
        plans.replace(
            village.grid, when(), post=post, person_id=village.persons[village.leaders[3]], new_post=True,
            title="联户代表二", now=clock.now(),
        ),
        head,
    )  # fmt: skip
    [new] = db.session.scalars(select(Post).where(Post.title == "联户代表二")).all()
    assert proof.circle(new.id, clock.now()) == homes
    assert new.section_id == post.section_id
    assert db.session.get_one(Case, outside).collector_post_id == new.id, "also of a home of another village"
    assert open_work([post.id], on=TODAY)[post.id].empty
    whole()


def test_a_circle_is_dissolved(village: Village, head: Viewer, world: World, viewer_of: ViewerOf) -> None:
    post = db.session.get_one(Post, village.liaisons[0])
    homes = proof.circle(post.id, clock.now())
    first = open_case(world, homes[0], collector=post.id, handler=post.id)
    last = open_case(world, homes[-1], collector=post.id)
    elsewhere = open_case(world, world.homes["village_b"][0], collector=post.id)
    secret = open_case(world, homes[1], collector=post.id, code="0301")
    takers = {home: village.liaisons[1 if at < 3 else 2] for at, home in enumerate(homes)}
    plan = plans.dissolve(village.grid, when(), post=post, circles=takers, successor=village.liaisons[1])
    change = confirm(plan, head)
    now_with = proof.looked_after(TODAY)
    assert {home: now_with[home] for home in homes} == takers
    assert db.session.get_one(Case, first).handler_post_id == takers[homes[0]]
    assert db.session.get_one(Case, last).collector_post_id == takers[homes[-1]]
    assert db.session.get_one(Case, elsewhere).collector_post_id == village.liaisons[1]
    assert db.session.get_one(Case, secret).collector_post_id == world.posts[Role.DISPATCHER]
    assert db.session.get_one(Household, homes[0]).section_id == world.sections["section_2"]
    assert [(one.homes, one.cases) for one in reorganise.sheets_of(change.id)] == [(3, 2), (3, 1)]
    told = db.session.scalars(select(Notice).where(Notice.rule == "handover", Notice.post_id == village.liaisons[1]))
    assert [notice.text["params"]["homes"] for notice in told] == [3]
    whole()


def test_a_stand_in_comes_and_goes(village: Village, head: Viewer, world: World) -> None:
    post, person = db.session.get_one(Post, village.liaisons[1]), village.persons[village.leaders[3]]
    last = TODAY + timedelta(days=6)
    change = confirm(
        plans.stand_in(village.grid, when(), post=post, person_id=person, last_day=last, now=clock.now()), head
    )
    assert (person, True) in villages.seated([post.id], on=last)[post.id]
    assert (person, True) not in villages.seated([post.id], on=last + timedelta(days=1))[post.id]
    assert (village.persons[post.id], False) in villages.seated([post.id], on=last)[post.id]
    assert reorganise.sheets_of(change.id)[0].homes == 5
    other = village.persons[village.leaders[2]]
    confirm(plans.stand_in(village.grid, when(), post=post, person_id=other, last_day=last, now=clock.now()), head)
    assert [each for each in villages.seated([post.id], on=last)[post.id] if each[1]] == [(other, True)], (
        "one at a time"
    )
    said = [deed.action for deed in audit.history_of("post", post.id) if deed.action.startswith("post.")]
    assert set(said) <= set(DEEDS), "the post's history has a word for each"
    whole()


# --- days that are past and days to come


def test_a_past_day_corrects_and_an_earlier_report_stays(village: Village, head: Viewer, world: World) -> None:
    homes, moment = homes_in(world, 1), clock.now() - timedelta(seconds=1)
    back = TODAY - timedelta(days=20)
    confirm(plans.move(village.grid, when(back), homes=homes[:2], target=cell(world, 4).id, circle=None), head)
    assert villages.grids_of(homes[:2], on=back) == dict.fromkeys(homes[:2], cell(world, 4).id)
    assert villages.grids_of(homes[:2], on=back - timedelta(days=1)) == dict.fromkeys(homes[:2], cell(world, 1).id)
    assert moment < clock.now()
    whole()


def test_a_day_to_come_takes_effect_on_that_day(
    village: Village, head: Viewer, world: World, at: Callable[[str], None]
) -> None:
    post = db.session.get_one(Post, village.liaisons[0])
    homes = proof.circle(post.id, clock.now())
    takers = dict.fromkeys(homes, village.liaisons[1])
    change = confirm(
        plans.dissolve(village.grid, when(date(2026, 12, 1)), post=post, circles=takers, successor=village.liaisons[1]),
        head,
    )
    assert change.state == Stage.PLANNED
    assert proof.circle(post.id, clock.now()) == homes
    late = open_case(world, homes[0], collector=post.id, handler=post.id)
    at("2026-11-30T23:00:00+08:00")
    run()
    assert db.session.get_one(Reorganisation, change.id).state == Stage.PLANNED
    at("2026-12-01T00:05:00+08:00")
    run()
    run()
    assert db.session.get_one(Reorganisation, change.id).state == Stage.DONE
    assert set(homes) <= set(proof.circle(village.liaisons[1], clock.now()))
    assert db.session.get_one(Case, late).handler_post_id == village.liaisons[1]
    assert len(reorganise.sheets_of(change.id)) == 1
    whole(date(2026, 12, 1))


def run() -> None:
    with transaction():
        service.settle_day(actor=job("moves"), now=clock.now())


def test_a_plan_that_does_not_fit_any_more_says_so(
    village: Village, head: Viewer, world: World, at: Callable[[str], None]
) -> None:
    others = [cell(world, 2).id]
    plan = plans.merge(village.grid, when(date(2026, 12, 1)), survivor=cell(world, 1), others=others, now=clock.now())
    change = confirm(plan, head)
    confirm(plans.merge(village.grid, when(), survivor=cell(world, 3), others=others, now=clock.now()), head)
    at("2026-12-01T00:05:00+08:00")
    run()
    failed = db.session.get_one(Reorganisation, change.id)
    assert (failed.state, failed.problem["params"]["place"]) == (Stage.FAILED, "第2网格")
    told = db.session.scalars(select(Notice).where(Notice.rule == "reorganise_failed")).one()
    assert told.post_id == world.posts[Role.VILLAGE_HEAD]
    with transaction():
        service.withdraw(failed, actor=head, now=clock.now())
    whole(date(2026, 12, 1))


def test_a_case_reopened_after_its_post_ended_finds_the_successor(village: Village, head: Viewer, world: World) -> None:
    post = db.session.get_one(Post, village.liaisons[0])
    homes = proof.circle(post.id, clock.now())
    case_id = open_case(world, homes[0], collector=post.id)
    with transaction():
        solved = db.session.get_one(Case, case_id)
        cases.self_solve(solved, actor=head, now=clock.now(), result="修好了", answer=Answer.SOLVED)
        solved.handler_post_id = post.id
    takers = dict.fromkeys(homes, village.liaisons[1])
    confirm(plans.dissolve(village.grid, when(), post=post, circles=takers, successor=village.liaisons[2]), head)
    with transaction():
        cases.reopen(db.session.get_one(Case, case_id), actor=head, now=clock.now(), note="又坏了")
    assert proof.lost_cases(TODAY) != []
    run()
    assert db.session.get_one(Case, case_id).handler_post_id == village.liaisons[1]
    whole()


# --- refusals


def test_only_who_may_confirm(village: Village, world: World, viewer_of: ViewerOf) -> None:
    plan = plans.move(village.grid, when(), homes=homes_in(world, 1), target=cell(world, 2).id, circle=None)
    for role in (Role.FULLTIME_GRID, Role.TOWN_MANAGER, Role.LIAISON):
        with pytest.raises(Forbidden):
            confirm(plan, viewer_of(role))
    other = db.session.get_one(Grid, world.grids["village_b"])
    moving = plans.move(other, when(), homes=world.homes["village_b"], target=cell(world, 2).id, circle=None)
    with pytest.raises(Forbidden):
        confirm(moving, viewer_of(Role.VILLAGE_HEAD))


def test_what_was_not_seen_is_not_confirmed(village: Village, head: Viewer, world: World) -> None:
    plan = plans.move(village.grid, when(), homes=homes_in(world, 1), target=None, circle=village.liaisons[1])
    mark = seen_mark(plan, handover.givings(plan, today=town_day(clock.now())))
    open_case(world, homes_in(world, 1)[3], collector=village.liaisons[0])
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.confirm(plan, actor=head, now=clock.now(), seen=mark)


@pytest.mark.parametrize(
    ("words", "make"),
    [
        ("请勾选要调整的住户", lambda v, w: plans.move(v.grid, when(), homes=[], target=1, circle=None)),
        ("请选新的网格", lambda v, w: plans.move(v.grid, when(), homes=[1], target=None, circle=None)),
        (
            "请选本村的网格",
            lambda v, w: plans.move(
                v.grid, when(), homes=homes_in(w, 1), target=w.grids["village_b_cell_1"], circle=None
            ),
        ),
        (
            "一年以内",
            lambda v, w: plans.move(
                v.grid, when(date(2028, 1, 1)), homes=homes_in(w, 1), target=cell(w, 2).id, circle=None
            ),
        ),
        (
            "原网格要留下",
            lambda v, w: plans.split(
                v.grid, when(), cell=cell(w, 1), parts=[Part("新", homes_in(w, 1))], now=clock.now()
            ),
        ),
        (
            "不能再接收住户",
            lambda v, w: plans.dissolve(
                v.grid, when(), post=db.session.get_one(Post, v.liaisons[0]),
                circles=dict.fromkeys(w.homes["circle"], v.liaisons[0]), successor=v.liaisons[1],
            ),
        ),
        (
            "来了新的住户",
            lambda v, w: plans.dissolve(
                v.grid, when(), post=db.session.get_one(Post, v.liaisons[0]),
                circles=dict.fromkeys(w.homes["circle"][1:], v.liaisons[1]), successor=v.liaisons[1],
            ),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_what_to_do(
    village: Village, head: Viewer, world: World, words: str, make: Callable[[Village, World], Plan]
) -> None:
    with pytest.raises(Refused, match=words):
        confirm(make(village, world), head)


def test_a_plan_reads_back_as_it_was_written(village: Village, world: World) -> None:
    plan = plans.merge(village.grid, when(), survivor=cell(world, 1), others=[cell(world, 2).id], now=clock.now())
    assert Plan.from_json(plan.to_json()) == plan
