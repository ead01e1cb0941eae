"""Proposals: asked for, worked out, shown, confirmed or refused. Nothing in the village moves before that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel, cell_code
from gridcase.households import service as households
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner.models.proposals import Plan, PlanRow, PlanTarget
from gridcase.planner.queries import proposals as plan_queries
from gridcase.planner.queries import today as today_queries
from gridcase.planner.rules.states import OPEN, SECONDS, SETTING_KEY, UNDER_WAY, PlanState, Wishes
from gridcase.planner.rules.work import Kind, Outcome

FORGOTTEN = timedelta(minutes=15)  # a plan that runs longer was left behind by a process that died
LEAST_RECORD = 4
OUTDATED = N_("做出建议以后，住户、人口、网格或意愿有了变化，这份建议不能再生效。请重新计算一份。")


def ask(*, actor: Viewer, place: Grid, kind: Kind, seconds: int, now: datetime, seed: int = 1) -> Plan:
    """Ask for a proposal; the scheduler works it out. While one is under way for the place, no second is taken."""
    if kind is Kind.CIRCLES and place.level != GridLevel.VILLAGE:
        raise Refused(N_("联户圈按全村规划，请选择村。"), field="place")
    if seconds not in SECONDS:
        raise Refused(N_("请选择计算时间。"), field="seconds")
    busy = select(Plan.id).where(Plan.place_id == place.id, Plan.kind == kind, Plan.state.in_(UNDER_WAY)).limit(1)
    if db.session.scalar(busy) is not None:
        raise Refused(N_("这里已经有一份正在计算，请等它算完。"), field="kind")
    plan = _new(place, kind, seconds=seconds, seed=seed, actor=actor, now=now)
    audit.record(
        actor=actor, action="plan.ask", subject_kind="plan", subject_id=plan.id, place_path=place.path, now=now,
        detail={"kind": kind, "seconds": seconds},
    )  # fmt: skip
    return plan


def _new(place: Grid, kind: Kind, *, seconds: int, seed: int, actor: Viewer, now: datetime) -> Plan:
    plan = Plan(
        village_id=place.village_id, place_id=place.id, place_path=place.path, kind=kind, state=PlanState.WAITING,
        on=town_day(now), settings={}, seconds=seconds, seed=seed, figures={}, asked_at=now, asked_by=actor.user_id,
        asked_name=actor.name[:60],
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    return plan


def set_wishes(*, actor: Viewer, place: Grid, wishes: Wishes, now: datetime) -> None:
    """What a village's proposals weigh from today on; those that stand keep what they were made with."""
    if not wishes.first >= wishes.second >= wishes.third:
        raise Refused(N_("第一意愿的分量不能比第二小，第二不能比第三小。"), field="first")
    grid_service.set_setting(
        actor=actor, place=place, key=SETTING_KEY, value=wishes.as_json(), valid_from=town_day(now), now=now
    )


def claim(plan_id: int, *, actor: Viewer, now: datetime) -> bool:
    """Take up a waiting plan; False: somebody else has it."""
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None or plan.state != PlanState.WAITING:
        return False
    plan.state, plan.started_at, plan.on = PlanState.RUNNING, now, town_day(now)
    audit.record(
        actor=actor, action="plan.start", subject_kind="plan", subject_id=plan.id, place_path=plan.place_path, now=now
    )
    return True


def note_progress(plan_id: int, *, done: int, total: int) -> None:
    """How far it is; no deed of anybody's, so no audit row: the counter is written by a plain statement."""
    table = cast(Table, Plan.__table__)
    db.session.execute(update(table).where(table.c.id == plan_id).values(done=done, total=total))


def fail(plan_id: int, *, actor: Viewer, now: datetime) -> None:
    """The solver broke; the plan says so."""
    plan = db.session.get_one(Plan, plan_id)
    plan.state, plan.finished_at = PlanState.FAILED, now
    audit.record(
        actor=actor, action="plan.fail", subject_kind="plan", subject_id=plan.id, place_path=plan.place_path, now=now
    )


def take_up_forgotten(*, actor: Viewer, now: datetime) -> int:
    """Plans whose process died while it worked wait again."""
    lost = list(db.session.scalars(
        select(Plan).where(Plan.state == PlanState.RUNNING, Plan.started_at < now - FORGOTTEN)
    ))  # fmt: skip
    for plan in lost:
        plan.state = PlanState.WAITING
        audit.record(
            actor=actor, action="plan.again", subject_kind="plan", subject_id=plan.id, place_path=plan.place_path,
            now=now,
        )  # fmt: skip
    return len(lost)


def store(
    plan: Plan, outcome: Outcome, *, actor: Viewer, fingerprint: str, settings: dict[str, Any], now: datetime
) -> None:
    """Keep what the solver found as a draft."""
    plan.state = PlanState.DRAFT if outcome.targets else PlanState.FAILED
    plan.finished_at, plan.fingerprint = now, fingerprint
    plan.figures, plan.settings = outcome.figures, settings
    if outcome.targets:
        _set_aside(plan)
        _store_rows(plan, outcome)
    audit.record(
        actor=actor, action="plan.make", subject_kind="plan", subject_id=plan.id, place_path=plan.place_path, now=now,
        detail={"kind": plan.kind, "targets": len(outcome.targets), "homes": len(outcome.placings)},
    )  # fmt: skip


def _set_aside(plan: Plan) -> None:
    """Open proposals of the same kind that a newer or a confirmed one takes the place of."""
    db.session.execute(
        update(Plan)
        .where(
            Plan.village_id == plan.village_id, Plan.kind == plan.kind, Plan.id != plan.id, Plan.state.in_(OPEN),
            Plan.place_id == plan.place_id if plan.state == PlanState.DRAFT else true(),
        )
        .values(state=PlanState.OUTDATED)
    )  # fmt: skip


def _store_rows(plan: Plan, outcome: Outcome) -> None:
    ids = db.session.scalars(
        insert(PlanTarget).returning(PlanTarget.id, sort_by_parameter_order=True),
        [
            {
                "plan_id": plan.id, "number": number, "group_id": target.group, "grid_id": target.grid,
                "post_id": target.post, "person_id": target.person, "homes": target.homes,
                "persons": target.persons, "lon": target.lon, "lat": target.lat,
            }
            for number, target in enumerate(outcome.targets, start=1)
        ],
    ).all()  # fmt: skip
    same = [target.grid if plan.kind == Kind.CELLS else target.post for target in outcome.targets]
    db.session.execute(
        insert(PlanRow),
        [
            {
                "plan_id": plan.id, "household_id": one.home, "from_id": one.source, "target_id": ids[one.target],
                "moves": one.source is None or one.source != same[one.target], "reason": one.reason,
            }
            for one in outcome.placings
        ],
    )  # fmt: skip


def make_at_once(
    place: Grid, kind: Kind, outcome: Outcome, *, actor: Viewer, fingerprint: str, settings: dict[str, Any],
    seconds: int, seed: int, now: datetime,
) -> Plan:  # fmt: skip
    """Keep a proposal that was worked out elsewhere (the county run)."""
    plan = _new(place, kind, seconds=seconds, seed=seed, actor=actor, now=now)
    plan.started_at = now
    store(plan, outcome, actor=actor, fingerprint=fingerprint, settings=settings, now=now)
    return plan


def show(plan: Plan, *, actor: Viewer, now: datetime) -> None:
    """Put a draft before the village."""
    _locked(plan, {PlanState.DRAFT})
    plan.state, plan.shown_at = PlanState.SHOWN, now
    _decided(plan, "plan.show", actor, now)


def refuse(plan: Plan, *, actor: Viewer, why: str, now: datetime) -> None:
    """The village does not want it; why is kept."""
    _locked(plan, set(OPEN))
    plan.record = _words(why, N_("请写明不采用的原因。"), "why")
    plan.state, plan.decided_at, plan.decided_by = PlanState.REFUSED, now, actor.user_id
    _decided(plan, "plan.refuse", actor, now)


def confirm(plan: Plan, *, actor: Viewer, record: str, start: date, now: datetime) -> int:
    """The village has agreed: cells or circles change on `start`, all in one unit. Returns how many homes change.

    Refused when homes, members, cells, circles or nominations are no longer those the plan was made from.
    """
    _locked(plan, {PlanState.SHOWN})
    # one change of a village at a time: the next numbers of cells are read under this lock
    db.session.get_one(Grid, plan.village_id, with_for_update=True, populate_existing=True)
    plan.record = _words(record, N_("请写明会议的日期和决定，例如“11月25日村民代表会议通过”。"), "record")
    if start < town_day(now):
        raise Refused(N_("生效日期不能早于今天。"), field="start")
    _check_still_true(plan, now)
    apply = _apply_cells if plan.kind == Kind.CELLS else _apply_circles
    changed = apply(plan, actor, start, now)
    plan.state, plan.decided_at, plan.decided_by = PlanState.CONFIRMED, now, actor.user_id
    plan.takes_effect = start
    _set_aside(plan)
    audit.record(
        actor=actor, action="plan.confirm", subject_kind="plan", subject_id=plan.id, place_path=plan.place_path,
        now=now, detail={"kind": plan.kind, "homes": changed, "from": start.isoformat()},
    )  # fmt: skip
    return changed


def _check_still_true(plan: Plan, now: datetime) -> None:
    if not today_queries.still_true(plan, on=town_day(now)):
        raise Refused(OUTDATED)


def _locked(plan: Plan, states: set[PlanState]) -> None:
    db.session.refresh(plan, with_for_update=True)
    if plan.state not in states:
        raise Refused(N_("这份建议现在是“%(state)s”，不能这样办。", state=PlanState(plan.state).label))


def _words(text: str, ask_for: Any, field: str) -> str:
    words = text.strip()
    if len(words) < LEAST_RECORD:
        raise Refused(ask_for, field=field)
    return words[:200]


def _decided(plan: Plan, action: str, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="plan", subject_id=plan.id, place_path=plan.place_path, now=now
    )


def _rows(plan: Plan) -> Iterable[tuple[PlanRow, PlanTarget]]:
    return db.session.execute(
        select(PlanRow, PlanTarget)
        .join(PlanTarget, PlanTarget.id == PlanRow.target_id)
        .where(PlanRow.plan_id == plan.id, PlanRow.moves.is_(True))
        .order_by(PlanRow.household_id)
    ).all()


def _apply_cells(plan: Plan, actor: Viewer, start: date, now: datetime) -> int:
    rows = list(_rows(plan))
    _open_cells(plan, actor, start, now)
    cells = grids.by_ids([target.grid_id for _, target in rows if target.grid_id])
    homes = {row.household_id: cells[target.grid_id or 0] for row, target in rows}
    return households.move_homes(
        actor=actor, place=plan.place_path, homes=homes, start=start, reason="plan", now=now
    ) if homes else 0  # fmt: skip


def _open_cells(plan: Plan, actor: Viewer, start: date, now: datetime) -> None:
    """New cells get the next numbers of the village."""
    fresh = _fresh(plan, PlanTarget.grid_id)
    if not fresh:
        return
    number = _last_number(plan.village_id)
    groups = grids.by_ids([target.group_id for target in fresh if target.group_id])
    for target in fresh:
        number += 1
        group = groups[target.group_id or 0]
        cell = grid_service.add_grid(
            actor=actor, level=GridLevel.CELL, code=cell_code(group.code, number), name=f"第{number}网格", parent=group,
            now=now, valid_from=start, lon=target.lon, lat=target.lat,
        )  # fmt: skip
        target.grid_id = cell.id
    db.session.flush()


def _fresh(plan: Plan, known: InstrumentedAttribute[int | None]) -> list[PlanTarget]:
    """The targets that have no cell, or no post, yet."""
    wanted = select(PlanTarget).where(PlanTarget.plan_id == plan.id, known.is_(None)).order_by(PlanTarget.number)
    return list(db.session.scalars(wanted))


def _last_number(village_id: int) -> int:
    codes = db.session.scalars(select(Grid.code).where(Grid.village_id == village_id, Grid.level == GridLevel.CELL))
    return max((int(tail) for code in codes if (tail := code.rpartition("-")[2]).isdigit()), default=0)


def _apply_circles(plan: Plan, actor: Viewer, start: date, now: datetime) -> int:
    village = db.session.get_one(Grid, plan.village_id)
    rows = list(_rows(plan))
    _open_posts(plan, village, actor, start, now)
    ids = {target.post_id for _, target in rows if target.post_id}
    posts = {post.id: post for post in db.session.scalars(select(Post).where(Post.id.in_(ids)))}
    homes: dict[int, Post | None] = {row.household_id: posts[target.post_id or 0] for row, target in rows}
    return households.change_circles(
        actor=actor, place=village.path, homes=homes, role=Role.LIAISON, start=start, reason="plan", now=now
    ) if homes else 0  # fmt: skip


def _open_posts(plan: Plan, village: Grid, actor: Viewer, start: date, now: datetime) -> None:
    """Who is new among those who serve gets a liaison's post, in the section that most of its homes lie in."""
    fresh = _fresh(plan, PlanTarget.post_id)
    sections = plan_queries.main_sections(plan)
    for target in fresh:
        section_id = sections.get(target.id)
        post = people.add_post(
            actor=actor, code=f"{village.code}-P{plan.id}-{target.number:03d}", role=Role.LIAISON,
            title=f"{village.name}{Role.LIAISON.label}", place=village, now=now, valid_from=start,
            section=db.session.get(Section, section_id) if section_id else None,
        )  # fmt: skip
        people.replace_holder(post, actor=actor, person_id=target.person_id or 0, start=start, now=now)
        target.post_id = post.id
    db.session.flush()
