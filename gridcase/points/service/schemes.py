"""Schemes of villages: drafted, edited, put in force by a passed decision; what is in force is never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, select, update

from gridcase.audit import service as audit
from gridcase.core.changes import CHANGED_MEANWHILE, change, check_seen, fingerprint
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind
from gridcase.points import queries
from gridcase.points.models import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.rules import (
    WEIGHT_LEAST,
    WEIGHT_MOST,
    Board,
    Item,
    Origin,
    Scheme,
    VetoKind,
    YearEnd,
    next_code,
    notice_days,
    problem,
    red_line,
    unusual,
    veto_problem,
)

CURRENT = "current"  # draft from the version in force
ITEM_FIELDS = (
    "board", "name", "criteria", "points", "at_most", "cap", "cap_per", "who", "unit", "evidence", "approval",
    "document", "account", "case_rule",
)  # fmt: skip
BASE_MOST, COUNCIL_MOST, EXPIRE_MOST, BUDGET_MOST = 1000, 1000, 60, 10_000_000


@dataclass(frozen=True)
class Settings:
    """What a version says besides its items; `month_budget` None: no limit."""

    name: str
    base_points: int
    at_year_end: YearEnd
    expire_months: int
    notice_days: int
    council_from: int
    month_budget: int | None


def draft(village: Grid, *, source: str, actor: Viewer, now: datetime) -> SchemeVersion:
    """A new draft for a village, from a preset by its key or (`CURRENT`) from the version in force.

    `Refused` while the village has another draft, and where there is nothing to start from.
    """
    db.session.refresh(village, with_for_update=True)  # numbers are given one after the other
    if queries.draft_of(village.id) is not None:
        raise Refused(N_("本村已有一份草案。请先改完或删去那一份，再起草新的。"), field="source")
    head, boards, items, vetoes = _start(village, source, on=town_day(now))
    last: int | None = db.session.scalar(
        select(func.max(SchemeVersion.number)).where(SchemeVersion.village_id == village.id)
    )
    version = SchemeVersion(
        village_id=village.id, path=village.path, number=(last or 0) + 1, user_id=actor.user_id, made_at=now, **head
    )
    db.session.add(version)
    db.session.flush()
    for rank, item in enumerate(items, start=1):
        db.session.add(
            SchemeItem(version_id=version.id, rank=rank, code=item.code, origin=item.origin, **_values(item))
        )
    for rank, board in enumerate(boards, start=1):
        db.session.add(
            SchemeBoard(version_id=version.id, code=board.code, rank=rank, name=board.name, weight=board.weight)
        )
    for rank, veto in enumerate(vetoes, start=1):
        db.session.add(
            SchemeVeto(
                version_id=version.id, code=veto.code, rank=rank, name=veto.name, evidence=veto.evidence,
                enabled=veto.on, note=veto.note,
            )
        )  # fmt: skip
    db.session.flush()
    _record("draft", version, actor=actor, now=now, source=source, items=len(items))
    return version


def _start(
    village: Grid, source: str, *, on: date
) -> tuple[dict[str, Any], Sequence[Board], Sequence[Item], Sequence[VetoKind]]:
    if source == CURRENT:
        scheme = queries.scheme_of(village.id, on=on)
        if scheme is None:
            raise Refused(N_("本村还没有施行中的方案，请从一套示例开始。"), field="source")
        boards, items, vetoes = scheme.boards.values(), scheme.items.values(), scheme.vetoes.values()
        return _head(scheme, scheme.preset), tuple(boards), tuple(items), tuple(vetoes)
    preset = queries.presets().get(source)
    if preset is None:
        raise Refused(N_("没有这套示例，请从列出的里面选。"), field="source")
    return _head(preset, preset.key), preset.boards, preset.items, preset.vetoes


def _head(source: Any, preset: str) -> dict[str, Any]:
    kept = ("name", "base_points", "at_year_end", "expire_months", "notice_days", "council_from", "month_budget")
    return {"preset": preset} | {name: getattr(source, name) for name in kept}


def _values(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ITEM_FIELDS} | {"cap_per": item.cap_per or ""}


def edit(version: SchemeVersion, settings: Settings, *, actor: Viewer, now: datetime, seen: str | None = None) -> None:
    """Change what a draft says besides its items."""
    _open(version)
    check_seen(version, SETTINGS, seen)
    _check_settings(settings)
    changes = change(version, vars(settings))
    if changes:
        _record("edit", version, actor=actor, now=now, changes=changes)


SETTINGS = ("name", "base_points", "at_year_end", "expire_months", "notice_days", "council_from", "month_budget")


def _check_settings(settings: Settings) -> None:
    bounds = (
        ("base_points", settings.base_points, 0, BASE_MOST),
        ("expire_months", settings.expire_months, 1, EXPIRE_MOST),
        ("council_from", settings.council_from, 1, COUNCIL_MOST),
        ("month_budget", settings.month_budget or 1, 1, BUDGET_MOST),
    )
    for name, value, least, most in bounds:
        if not least <= value <= most:
            raise Refused(N_("请填 %(least)s 到 %(most)s 之间的数。", least=least, most=most), field=name)
    if notice_days(settings.notice_days) != settings.notice_days:
        raise Refused(N_("公示期请定在 3 到 15 天之间。"), field="notice_days")


def save_item(
    version: SchemeVersion, code: str | None, item: Item, *, actor: Viewer, now: datetime, seen: str | None = None
) -> SchemeItem:
    """Write an item of a draft: the one with this code, or (None) a new one of its class.

    `Refused`, with the field, where it touches a red line or does not add up.
    """
    _open(version)
    scheme = queries.read(version)
    found = problem(item, boards=scheme.boards)
    if found is not None:
        raise Refused(found[1], field=found[0])
    double = item.case_rule and scheme.for_case(item.case_rule)
    if double and double.code != code:
        raise Refused(N_("“%(name)s”已经随这类事件记分，一类事件只能有一项。", name=double.name), field="case_rule")
    if code is None:
        return _add_item(version, scheme, item, actor=actor, now=now)
    row = _item(version, code)
    check_seen(row, ITEM_FIELDS, seen)
    changes = change(row, _values(item))
    if changes:
        if "points" in changes:
            row.origin = Origin.OWN  # its value is the village's own now
        _record("item", version, actor=actor, now=now, code=code, changes=changes)
    return row


def _add_item(version: SchemeVersion, scheme: Scheme, item: Item, *, actor: Viewer, now: datetime) -> SchemeItem:
    code = next_code(item.board, scheme.items)
    of_board = [other.rank for other in scheme.items.values() if other.board == item.board]
    rank = max(of_board, default=max((other.rank for other in scheme.items.values()), default=0))
    row = SchemeItem(version_id=version.id, rank=rank, code=code, origin=Origin.OWN, **_values(item))
    db.session.add(row)
    db.session.flush()
    _record("item", version, actor=actor, now=now, code=code, added=True)
    return row


def drop_item(version: SchemeVersion, code: str, *, actor: Viewer, now: datetime) -> None:
    """Take an item out of a draft."""
    _open(version)
    db.session.delete(_item(version, code))
    _record("item", version, actor=actor, now=now, code=code, dropped=True)


def set_vetoes(version: SchemeVersion, codes: Collection[str], *, actor: Viewer, now: datetime) -> None:
    """Switch the vetoes of a draft: these on, the others off; a usual one that it does not hold is taken in.

    `Refused` for what lies beyond the red lines.
    """
    _open(version)
    rows = db.session.scalars(select(SchemeVeto).where(SchemeVeto.version_id == version.id)).all()
    for row in rows:
        refusal = veto_problem(VetoKind(row.code, row.name, row.evidence))
        if row.code in codes and refusal is not None:
            raise Refused(refusal, field="codes")
    if {row.code for row in rows if row.enabled} == set(codes):
        return
    for row in rows:
        row.enabled = row.code in codes
    known, rank = {row.code for row in rows}, max((row.rank for row in rows), default=0)
    for number, kind in enumerate(queries.standard_vetoes().values(), start=rank + 1):
        if kind.code in codes and kind.code not in known:
            db.session.add(
                SchemeVeto(
                    version_id=version.id, code=kind.code, rank=number, name=kind.name, evidence=kind.evidence,
                    enabled=True, note=kind.note,
                )
            )  # fmt: skip
    _record("vetoes", version, actor=actor, now=now, on=sorted(codes))


def weights_seen(scheme: Scheme) -> str:
    """What the reader of the form of weights saw; goes into its hidden field."""
    weights = {code: board.weight for code, board in scheme.boards.items()}
    return fingerprint(SimpleNamespace(**weights), weights)


def set_weights(
    version: SchemeVersion, weights: Mapping[str, int], *, actor: Viewer, now: datetime, seen: str | None = None
) -> None:
    """What the classes of a draft weigh, in percent, in the index shown beside the sums; no points change by it."""
    _open(version)
    if seen and seen != weights_seen(queries.read(version)):
        raise Refused(CHANGED_MEANWHILE)
    changes: dict[str, list[int]] = {}
    for row in db.session.scalars(
        select(SchemeBoard).where(SchemeBoard.version_id == version.id).order_by(SchemeBoard.rank)
    ):
        weight = weights.get(row.code, row.weight)
        if not WEIGHT_LEAST <= weight <= WEIGHT_MOST:
            bounds = N_("请填 %(least)s 到 %(most)s 之间的数。", least=WEIGHT_LEAST, most=WEIGHT_MOST)
            raise Refused(bounds, field=f"weight_{row.code}")
        if weight != row.weight:
            changes[row.code] = [row.weight, weight]
            row.weight = weight
    if changes:
        _record("weights", version, actor=actor, now=now, changes=changes)


def drop_draft(version: SchemeVersion, *, actor: Viewer, now: datetime) -> None:
    """Throw a draft away."""
    _open(version)
    _record("drop", version, actor=actor, now=now)
    for model in (SchemeItem, SchemeBoard, SchemeVeto):
        db.session.execute(delete(model).where(model.version_id == version.id))
    db.session.execute(delete(SchemeVersion).where(SchemeVersion.id == version.id))


def put_in_force(version: SchemeVersion, *, decision_id: int, on: date, actor: Viewer, now: datetime) -> SchemeVersion:
    """From `on` the village gives points by this version; the one before ends there.

    `Refused` without a passed decision of the village on its scheme, for a day in the past, and while an item stands
    beyond a red line. From then on the database refuses every change to it.
    """
    village = db.session.get_one(Grid, version.village_id)
    db.session.refresh(village, with_for_update=True)
    _open(version)
    today = town_day(now)
    _check_day(version, on, today)
    _check_decision(version, decision_id, today)
    scheme = queries.read(version)
    _check_whole(scheme)
    db.session.execute(
        update(SchemeVersion)
        .where(
            SchemeVersion.village_id == version.village_id,
            SchemeVersion.valid_from.is_not(None),
            SchemeVersion.valid_to.is_(None),
        )
        .values(valid_to=on)
    )
    version.decision_id, version.valid_from = decision_id, on
    db.session.flush()
    _record("in_force", version, actor=actor, now=now, decision=decision_id, on=on.isoformat(), items=len(scheme.items))
    return version


def _check_day(version: SchemeVersion, on: date, today: date) -> None:
    if on < today:
        raise Refused(N_("施行日期不能早于今天。"), field="on")
    last: date | None = db.session.scalar(
        select(func.max(SchemeVersion.valid_from)).where(SchemeVersion.village_id == version.village_id)
    )
    if last is not None and on <= last:
        raise Refused(N_("已有一版从 %(day)s 起施行，新的一版要晚于这一天。", day=last), field="on")


def _check_decision(version: SchemeVersion, decision_id: int, today: date) -> None:
    decision = people.passed_decision(decision_id, village_id=version.village_id, kind=DecisionKind.SCHEME, on=today)
    if decision is None:
        raise Refused(N_("请选一份本村已通过并公开的积分方案决议。"), field="decision")
    late = queries.changes_since_vote(version.id, [decision_id]).get(decision_id)
    if late:
        raise Refused(
            N_(
                "草案在表决登记以后又改过 %(n)s 次，这份决议定的不是它。请按改后的草案重新表决，再凭新的决议定下。",
                n=len(late),
            ),
            field="decision",
        )
    used = db.session.scalar(select(SchemeVersion.id).where(SchemeVersion.decision_id == decision_id))
    if used is not None:
        raise Refused(N_("这份决议已用于另一版方案，新的一版要有新的决议。"), field="decision")


def _check_whole(scheme: Scheme) -> None:
    if not scheme.items:
        raise Refused(N_("方案里还没有项目，请先添上。"))
    for item in scheme.items.values():
        found = red_line(item) or unusual(item)
        if found is not None:
            raise Refused(N_("“%(name)s”这一项：%(why)s", name=item.name, why=found[1]))


def _open(version: SchemeVersion) -> None:
    db.session.refresh(version, with_for_update=True)
    if version.valid_from is not None:
        raise Refused(N_("这一版已经定下，不能再改。要改请起草新的一版。"))


def _item(version: SchemeVersion, code: str) -> SchemeItem:
    row = db.session.scalar(
        select(SchemeItem).where(SchemeItem.version_id == version.id, SchemeItem.code == code).with_for_update()
    )
    if row is None:
        raise Refused(N_("草案里已经没有这一项了，请回到草案看一看。"))
    return row


def _record(deed: str, version: SchemeVersion, *, actor: Viewer, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor, action=f"scheme.{deed}", subject_kind="scheme", subject_id=version.id, place_path=version.path,
        now=now, detail={"number": version.number} | detail,
    )  # fmt: skip
