"""Checks that were made, their findings, and clues of disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridcase.audit import service as audit
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel, Urgency
from gridcase.cases.rules.majors import DISPUTES
from gridcase.checks.rules import PLAN_KEY, CheckItem, CheckKind, PatrolPlan
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import GridLevel
from gridcase.reception.models import DisputeClue, PatrolFinding, PatrolRun
from gridcase.reception.rules import Fate, Risk
from gridcase.reception.service.raising import Told, grant_at, once, raise_case

OLDEST = timedelta(days=31)
TEXT_LENGTH, NOTE_LENGTH = 120, 200


@dataclass(frozen=True)
class Found:
    """Something that was not in order: what, where it lies, and what becomes of it."""

    item: CheckItem
    text: str
    fate: Fate
    place: Grid


def check(
    *,
    actor: Viewer,
    place: Grid,
    client_uuid: str,
    kind: CheckKind,
    looked: Sequence[CheckItem],
    found: Sequence[Found],
    done_on: date,
    now: datetime,
    note: str | None = None,
) -> PatrolRun:
    """Write a check down. A finding that was not put right at once becomes a case in the same step, of its item's
    class."""
    grant, today = grant_at(actor, place), town_day(now)
    if place.level != GridLevel.VILLAGE:
        raise Refused(N_("请到村里记巡查。"))
    if done_on > today:
        raise Refused(N_("巡查日期还没有到，请核对。"), field="done_on")
    if done_on < today - OLDEST:
        raise Refused(N_("只能补记最近一个月的巡查。"), field="done_on")
    run, new = once(
        PatrolRun(
            client_uuid=client_uuid, place_id=place.id, path=place.path, kind=kind, done_on=done_on,
            looked=[item.code for item in looked], note=clean_line(note or "")[:NOTE_LENGTH] or None, written_at=now,
            user_id=actor.user_id, post_id=grant.post_id,
        ),
        PatrolRun,
    )  # fmt: skip
    if not new:
        return run
    raised = [_find(run, one, actor=actor, now=now) for one in found]
    audit.record(
        actor=actor, action="reception.check", subject_kind="patrol_run", subject_id=run.id, place_path=place.path,
        post_id=grant.post_id, now=now, detail={"kind": kind, "looked": len(looked), "cases": [x for x in raised if x]},
    )  # fmt: skip
    db.session.flush()
    return run


def _find(run: PatrolRun, found: Found, *, actor: Viewer, now: datetime) -> int | None:
    """Write a finding; the id of its case, if it became one."""
    text = clean_line(found.text)
    if not text:
        raise Refused(N_("请写一句发现了什么、在哪里。"), field=f"text_{found.item.code}")
    row = PatrolFinding(
        run_id=run.id, item_code=found.item.code, item=found.item.zh, class_code=found.item.class_code,
        text=text[:TEXT_LENGTH], user_id=actor.user_id,
    )  # fmt: skip
    if found.fate is Fate.CASE:
        told = Told(found.item.class_code, text, f"{found.item.zh}：{text}", found.place)
        row.case_id = raise_case(told, actor=actor, now=now, channel=Channel.PATROL).id
    db.session.add(row)
    db.session.flush()
    return row.case_id


def raise_clue(*, actor: Viewer, told: Told, risk: Risk, now: datetime) -> Case:
    """A dispute that shows itself becomes a case; one to be reported at once is an emergency, told to the desks now."""
    if not told.class_code.startswith(DISPUTES):
        raise Refused(N_("请选一个矛盾纠纷的类别。"), field="case_class")
    grant = grant_at(actor, told.place)
    said = f"{clean(told.text)}\n（研判：{risk.label}）".strip()
    told = Told(told.class_code, told.title, said, told.place, told.household, told.name, told.phone)
    urgency: Urgency = risk.urgency
    case = raise_case(told, actor=actor, now=now, channel=Channel.PATROL, urgency=urgency)
    db.session.add(DisputeClue(case_id=case.id, path=case.path, risk=risk, at=now))
    audit.record(
        actor=actor, action="reception.clue", subject_kind="case", subject_id=case.id, place_path=case.path,
        post_id=grant.post_id, now=now, detail={"risk": risk},
    )  # fmt: skip
    db.session.flush()
    return case


def set_patrol_plan(*, actor: Viewer, place: Grid, plan: PatrolPlan, now: datetime) -> PlaceSetting:
    """From today a place checks by this plan; checks already made stay as they were."""
    for season in plan.seasons.values():
        season.checked()
    return grids.set_setting(
        actor=actor, place=place, key=PLAN_KEY, value=plan.to_json(), valid_from=town_day(now), now=now
    )
