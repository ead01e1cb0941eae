"""Keeping a town's duty list: row by row, or out of a file that is taken whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import DutyItem
from gridcase.cases.rules import DutyKind
from gridcase.core.changes import change
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.sheets import Row, SheetProblem, match_headers, problem_at, read_table, refuse_if
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid

LONGEST = 80
COLUMNS = {
    "item": ("事项", "事项名称", "履职事项", "item"),
    "kind": ("清单类别", "类别", "履职类别", "kind"),
    "class_code": ("事件类别", "事件类别编码", "类别编码", "class"),
    "unit": ("办理单位", "承办单位", "责任单位", "unit"),
    "lead": ("牵头单位", "牵头部门", "上级部门", "lead"),
}  # fmt: skip
HEADERS = tuple(names[0] for names in COLUMNS.values())
KIND_WORDS = {
    DutyKind.BASIC: ("基本履职", "基本", "基本履职事项", "basic"),
    DutyKind.COOPERATE: ("配合履职", "配合", "配合履职事项", "cooperate"),
    DutyKind.UPPER: ("上级部门收回", "收回", "上级收回", "上级部门收回事项", "upper"),
}


@dataclass(frozen=True)
class Entry:
    """One row as it is to stand in the list."""

    item: str
    kind: DutyKind
    class_code: str | None = None
    unit_id: int | None = None
    lead: str = ""


@dataclass(frozen=True)
class Taken:
    """What a file brought: new rows, changed ones, those that stood there already, and those it took out."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


def keep_duty(town: Grid, entry: Entry, *, actor: Viewer, now: datetime, row: DutyItem | None = None) -> DutyItem:
    """Add a row to a town's list, or change one."""
    item = clean_line(entry.item)
    if not item:
        raise Refused(N_("请填事项名称。"), field="item")
    twin = queries.duty_by_item(town.id, item)
    if twin is not None and (row is None or twin.id != row.id):
        raise Refused(N_("清单里已有这个事项，请改那一行。"), field="item")
    _check_unit(town, entry.unit_id)
    if row is None:
        row = DutyItem(town_id=town.id, path=town.path, item=item, kind=entry.kind, lead="")
        db.session.add(row)
        db.session.flush()
        changes: dict[str, Any] = {"new": True}
    else:
        changes = {}
    changes |= change(row, {
        "item": item, "kind": entry.kind.value, "class_code": entry.class_code, "unit_id": entry.unit_id,
        "lead": clean_line(entry.lead),
    })  # fmt: skip
    _note(town, actor, now, "duty.keep", row.id, changes=changes)
    db.session.flush()
    return row


def _check_unit(town: Grid, unit_id: int | None) -> None:
    if unit_id is not None and unit_id not in {unit.id for unit in queries.units_over(town.path)}:
        raise Refused(N_("请选管本镇的单位。"), field="unit")


def remove_duty(row: DutyItem, *, actor: Viewer, now: datetime) -> None:
    """Take a row out of the list; cases sent before keep what was said of them then."""
    town = db.session.get_one(Grid, row.town_id)
    _note(town, actor, now, "duty.remove", row.id, item=row.item)
    db.session.execute(delete(DutyItem).where(DutyItem.id == row.id))


def import_duties(town: Grid, data: bytes, *, actor: Viewer, now: datetime, whole: bool = False) -> Taken:
    """Take a town's list out of a file, by the names of its items; with `whole` what is not in the file goes. A file
    with one wrong cell changes nothing (`TableRefused`)."""
    entries = _read(town, data)
    known = queries.duties_by_item(town.id)
    new = changed = same = 0
    for entry in entries:
        row = known.get(entry.item)
        if row is None:
            db.session.add(DutyItem(
                town_id=town.id, path=town.path, item=entry.item, kind=entry.kind, class_code=entry.class_code,
                unit_id=entry.unit_id, lead=entry.lead,
            ))  # fmt: skip
            new += 1
        elif (row.kind, row.class_code, row.unit_id, row.lead) == (
            entry.kind, entry.class_code, entry.unit_id, entry.lead,
        ):  # fmt: skip
            same += 1
        else:
            row.kind, row.class_code, row.unit_id, row.lead = entry.kind, entry.class_code, entry.unit_id, entry.lead
            changed += 1
    gone = [row.id for item, row in known.items() if item not in {entry.item for entry in entries}] if whole else []
    if gone:
        db.session.execute(delete(DutyItem).where(DutyItem.id.in_(gone)))
    taken = Taken(new, changed, same, len(gone))
    _note(town, actor, now, "duty.import", None, new=new, changed=changed, removed=len(gone))
    db.session.flush()
    return taken


def _read(town: Grid, data: bytes) -> list[Entry]:
    sheet = read_table(data)
    columns = match_headers(sheet.headers, COLUMNS)
    for field in ("item", "kind"):
        if field not in columns:
            raise Refused(N_("没有找到「%(name)s」列，请用导出的表格作模板。", name=COLUMNS[field][0]), field="file")
    classes = {words: one.code for one in queries.catalogue(path=town.path) for words in (one.code, one.zh)}
    units = {unit.name: unit.id for unit in queries.units_over(town.path)}
    used, problems = set(columns.values()), list[SheetProblem]()
    problems += [one for one in sheet.problems if one.column in used]
    entries: dict[str, Entry] = {}
    for row in sheet.rows:
        entry = _entry(row, columns, classes, units, problems)
        if entry.item in entries:
            problems.append(problem_at(row.number, columns["item"], N_("这个事项上面已经写过了。")))
        entries[entry.item] = entry
    refuse_if(problems)
    return list(entries.values())


def _entry(
    row: Row, columns: dict[str, str], classes: dict[str, str], units: dict[str, int], problems: list[SheetProblem]
) -> Entry:
    def said(field: str) -> str:
        value = row.cells.get(columns[field]) if field in columns else None
        return clean_line(str(value)) if value is not None else ""

    def wrong(field: str, why: Text) -> None:
        problems.append(problem_at(row.number, columns[field], why))

    item, lead = said("item"), said("lead")
    if not item:
        wrong("item", N_("请填事项名称。"))
    for field, words in (("item", item), ("lead", lead)):
        if len(words) > LONGEST:
            wrong(field, N_("最多 %(n)s 个字。", n=LONGEST))
    kind = next((one for one, words in KIND_WORDS.items() if said("kind") in words), None)
    if kind is None:
        wrong("kind", N_("请写「基本履职」「配合履职」或「上级部门收回」。"))
    code, unit = said("class_code"), said("unit")
    found = classes.get(code) or classes.get(code.zfill(4))  # Excel drops the zero in front
    if code and found is None:
        wrong("class_code", N_("目录里没有这个类别，请写编码或名称。"))
    if unit and unit not in units:
        wrong("unit", N_("没有这个名称的单位管本镇。"))
    return Entry(item, kind or DutyKind.BASIC, found, units.get(unit), lead)


def _note(town: Grid, actor: Viewer, now: datetime, action: str, row_id: int | None, **detail: Any) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="duty_item", subject_id=row_id, place_path=town.path, now=now,
        detail=detail,
    )  # fmt: skip
