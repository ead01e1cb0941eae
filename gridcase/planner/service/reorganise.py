"""A change takes effect: homes move, cells and posts open and close, open work passes on, the hand-over lists are
written; all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core.changes import CHANGED_MEANWHILE
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Forbidden, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.notices import service as notices
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner.models import HandoverItem, HandoverSheet, Reorganisation
from gridcase.planner.queries import handover
from gridcase.planner.queries import reorganise as queries
from gridcase.planner.rules.reorganise import Giving, Kind, Plan, Stage, seen_mark
from gridcase.planner.service import passing, posts, structure
from gridcase.planner.service.checking import check

_GIVES = N_("%(kind)s：您要交出 %(homes)s 户、%(cases)s 件在办的事，请看交接单。")
_TAKES = N_("%(kind)s：您接手 %(homes)s 户、%(cases)s 件在办的事，请看交接单。")
_FAILED = N_("计划在 %(day)s 生效的“%(kind)s”没能生效：%(why)s")


def confirm(plan: Plan, *, actor: Viewer, now: datetime, seen: str | None = None) -> Reorganisation:
    """Let a change take effect today (or since a day that is past), or keep it for its day. `seen` is the mark of the
    preview that was read: when something has changed since, it is refused."""
    village = db.session.get_one(Grid, plan.village_id)
    if not may_confirm(actor, village):
        raise Forbidden(N_("调整要由总网格长确认。"))
    _lock(village)
    today = town_day(now)
    check(plan, today=today)
    gave = handover.givings(plan, today=today)
    if seen is not None and seen != seen_mark(plan, gave):
        raise Refused(CHANGED_MEANWHILE)
    change = Reorganisation(
        village_id=village.id, kind=plan.kind, on=plan.on, until=plan.until, reason=plan.reason, state=Stage.PLANNED,
        plan=plan.to_json(), counts=dict(queries.preview(plan, gave, today=today).counts),
        actor_user_id=actor.user_id, actor_name=actor.name, recorded_at=now,
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    audit.record(
        actor=actor, action="reorganise.confirm", subject_kind="reorganisation", subject_id=change.id,
        place_path=village.path, now=now, detail={"kind": plan.kind, "on": plan.on.isoformat(), **change.counts},
    )  # fmt: skip
    if plan.on <= today:
        _carry_out(change, plan, gave, village, actor, now)
    return change


def may_confirm(actor: Viewer, village: Grid) -> bool:
    """Whether one of the actor's posts may let a change of this village take effect."""
    return any(
        grant.path is not None and village.path.startswith(grant.path)
        for grant in actor.grants_with(Permission.CONFIRM_PLAN)
    )


def _lock(village: Grid) -> None:
    """One change of a village at a time."""
    db.session.execute(select(Grid.id).where(Grid.id == village.id).with_for_update())


def withdraw(change: Reorganisation, *, actor: Viewer, now: datetime) -> None:
    """Give up a change whose day has not come."""
    village = db.session.get_one(Grid, change.village_id)
    if not may_confirm(actor, village):
        raise Forbidden(N_("调整要由总网格长确认。"))
    db.session.refresh(change, with_for_update=True)
    if change.state not in (Stage.PLANNED, Stage.FAILED):
        raise Refused(N_("已经生效的调整不能取消，请另做一次调整。"))
    change.state = Stage.WITHDRAWN
    audit.record(
        actor=actor, action="reorganise.withdraw", subject_kind="reorganisation", subject_id=change.id,
        place_path=village.path, now=now,
    )  # fmt: skip


def settle_day(*, actor: Viewer, now: datetime) -> int:
    """Planned changes whose day has come, each as a whole; one that does not fit any more says so to the village head.
    Then whatever still came to closed posts. Returns how many changes and cases."""
    done = 0
    for change in queries.due_changes(on=town_day(now)):
        village = db.session.get_one(Grid, change.village_id)
        _lock(village)
        db.session.refresh(change, with_for_update=True)
        if change.state != Stage.PLANNED:  # withdrawn, or carried out, while this waited
            continue
        try:
            with db.session.begin_nested():
                _take_effect(change, village, actor, now)
        except Refused as refusal:
            change.state, change.problem = Stage.FAILED, refusal.text.as_json()
            _tell_failed(change, village, refusal, now)
            audit.record(
                actor=actor, action="reorganise.fail", subject_kind="reorganisation", subject_id=change.id,
                place_path=village.path, now=now,
            )  # fmt: skip
        done += 1
    return done + passing.sweep(actor=actor, now=now)


def _take_effect(change: Reorganisation, village: Grid, actor: Viewer, now: datetime) -> None:
    plan = Plan.from_json(change.plan)
    today = town_day(now)
    plan = structure.still_there(plan, today=today)
    check(plan, today=today)
    _carry_out(change, plan, handover.givings(plan, today=today), village, actor, now)


def _carry_out(
    change: Reorganisation, plan: Plan, gave: Sequence[Giving], village: Grid, actor: Viewer, now: datetime
) -> None:
    places = structure.open_places(plan, actor=actor, now=now)
    opened = posts.open_posts(plan, places, village, actor=actor, now=now)
    named = posts.by_reference(plan, gave, opened)
    if plan.cells:
        homes = {home: places.get(ref) or db.session.get_one(Grid, int(ref)) for home, ref in plan.cells.items()}
        households.move_homes(
            actor=actor, place=village.path, homes=homes, start=plan.on, reason=plan.reason, now=now
        )  # fmt: skip
    if plan.circles:
        circles: dict[int, Post | None] = {home: named[ref] for home, ref in plan.circles.items()}
        households.change_circles(
            actor=actor, place=village.path, homes=circles, role=Role.LIAISON, start=plan.on, reason=plan.reason,
            now=now,
        )  # fmt: skip
    structure.close_places(plan, village, actor=actor, now=now)
    posts.close_posts(plan, named, village, actor=actor, now=now)
    posts.seat(plan, actor=actor, now=now)
    passing.pass_on(gave, posts=named, actor=actor, reason=plan.reason, now=now)
    if plan.ended_posts:
        passing.sweep(actor=actor, now=now, reason=plan.reason)
    change.state, change.done_at, change.problem = Stage.DONE, now, None
    audit.record(
        actor=actor, action="reorganise.done", subject_kind="reorganisation", subject_id=change.id,
        place_path=village.path, now=now, detail={"kind": plan.kind, "on": plan.on.isoformat()},
    )  # fmt: skip
    _write_sheets(change, gave, named, village, now)


def _write_sheets(
    change: Reorganisation, gave: Sequence[Giving], named: dict[str, Post], village: Grid, now: datetime
) -> None:
    """The hand-over lists, and the word to both sides that there is one."""
    tellings = []
    for one in gave:
        sheet = HandoverSheet(
            reorganisation_id=change.id, from_post_id=named[one.giver].id if one.giver else None,
            to_post_id=named[one.taker].id if one.taker else None, from_person_id=one.giver_person,
            to_person_id=one.taker_person,
        )  # fmt: skip
        db.session.add(sheet)
        db.session.flush()
        db.session.add_all(
            HandoverItem(sheet_id=sheet.id, kind=kind, subject_id=subject_id) for kind, subject_id in one.items()
        )
        said = {"kind": Kind(change.kind).label, "homes": len(one.homes), "cases": len(one.cases)}
        sides = [(_TAKES, sheet.to_post_id)] + ([(_GIVES, sheet.from_post_id)] if one.giver != one.taker else [])
        tellings += [
            notices.Telling(
                rule="handover", subject_kind="handover", subject_id=sheet.id, due_at=None, post_id=post_id,
                place_path=village.path, text=N_(text.msgid, **said), link=f"/planner/handover/{sheet.id}",
            )
            for text, post_id in sides
            if post_id is not None
        ]  # fmt: skip
    db.session.flush()
    notices.tell_all(tellings, now=now)


def _tell_failed(change: Reorganisation, village: Grid, refusal: Refused, now: datetime) -> None:
    said = {"day": change.on, "kind": Kind(change.kind).label, "why": refusal.text}
    notices.tell_all(
        [
            notices.Telling(
                rule="reorganise_failed", subject_kind="reorganise", subject_id=change.id, due_at=None,
                post_id=post.id, place_path=village.path, text=N_(_FAILED.msgid, **said),
                link=f"/planner/reorganise/{change.id}",
            )
            for post in people.posts_at(village.path, Role.VILLAGE_HEAD, on=town_day(now))
        ],
        now=now,
    )  # fmt: skip
