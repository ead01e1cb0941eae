"""Whether a change can be carried out at all: every refusal says what to do instead. Sizes are never a reason."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Post
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Kind, Plan

FAR = timedelta(days=366)


def check(plan: Plan, *, today: date) -> None:
    """`Refused` when the plan does not fit what stands, or nothing would change."""
    _check_days(plan, today)
    village = db.session.get_one(Grid, plan.village_id)
    _check_places(plan, village)
    _check_posts(plan, village)
    _check_homes(plan, village, today)


def _check_days(plan: Plan, today: date) -> None:
    if abs(plan.on - today) > FAR:
        raise Refused(N_("日期要在今天前后一年以内。"), field="on")
    if plan.kind is Kind.STAND_IN and (plan.until is None or plan.until <= max(plan.on, today)):
        raise Refused(N_("代班的最后一天不能早于开始那天，也不能是过去。"), field="until")
    if len(plan.reason.strip()) < 2:
        raise Refused(N_("请写明为什么调整。"), field="reason")


def _check_places(plan: Plan, village: Grid) -> None:
    named = {int(ref) for ref in [*plan.cells.values(), *plan.ended_places.values()] if ref.isdigit()}
    named |= {one.origin_id for one in plan.places} | set(plan.ended_places)
    for grid_id in sorted(named):
        grid = db.session.get(Grid, grid_id)
        if grid is None or grid.village_id != village.id or grid.level not in (GridLevel.GROUP, GridLevel.CELL):
            raise Refused(N_("请选本村的网格或小组。"), field="target")
        if grid.valid_to is not None:
            raise Refused(N_("%(place)s已经撤销了，请选别的。", place=grid.name), field="target")
        if grid.valid_from > plan.on:
            raise Refused(
                N_("%(place)s从 %(day)s 起才有，日期不能更早。", place=grid.name, day=grid.valid_from),
                field="on",
            )


def _check_posts(plan: Plan, village: Grid) -> None:
    named = {int(ref) for ref in [*plan.circles.values(), *plan.ended_posts.values()] if ref.isdigit()}
    named |= {*plan.ended_posts, *plan.moved_posts, *(seat.post_id for seat in plan.seats)}
    found = villages.posts_by_id(named)
    for post_id in sorted(named):
        post = found.get(post_id)
        if post is None or not post.place_path.startswith(village.path):
            raise Refused(N_("请选本村的岗位。"), field="post")
        _check_post(post, plan)
    if lost := [post_id for post_id, ref in plan.ended_posts.items() if ref.isdigit() and int(ref) in plan.ended_posts]:
        raise Refused(N_("接手的岗位自己也要撤销，请选别的。"), field=f"successor_{lost[0]}")


def _check_post(post: Post, plan: Plan) -> None:
    if post.valid_to is not None:
        raise Refused(N_("%(place)s已经撤销了，请选别的。", place=post.title), field="post")
    if post.valid_from > plan.on or (post.id in plan.ended_posts and post.valid_from == plan.on):
        raise Refused(
            N_("%(place)s从 %(day)s 起才有，日期不能更早。", place=post.title, day=post.valid_from),
            field="on",
        )


def _check_homes(plan: Plan, village: Grid, today: date) -> None:
    homes = plan.homes()
    there = villages.grids_of(homes, on=today)
    inside = {row.id for row in villages.places_in(village.path, on=today)} | set(plan.ended_places) | {village.id}
    if any(there.get(home) not in inside for home in homes):
        raise Refused(N_("有的住户已经不在本村，请重新打开这一页。"))
    nothing = not (plan.homes() or plan.ended_places or plan.ended_posts or plan.seats)
    if nothing:
        raise Refused(N_("没有选住户，什么也不会改变。"), field="homes")
    if plan.kind is Kind.MERGE:
        left = [row.id for row in villages.homes_in(plan.ended_places, on=today) if row.id not in plan.cells]
        if left:
            raise Refused(N_("网格里来了新的住户，请重新打开这一页。"))
    for post_id in plan.ended_posts if plan.kind is Kind.DISSOLVE else ():
        if any(row.id not in plan.circles for row in villages.homes_of(post_id, on=today)):
            raise Refused(N_("联户圈里来了新的住户，请重新打开这一页。"))
