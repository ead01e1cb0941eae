"""Writing sections (片) of a village."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid, Section

SECTION_EDITED = ("name",)


def add_section(
    *, actor: Viewer, village: Grid, code: str, name: str, now: datetime, valid_from: date | None = None
) -> Section:
    """Add a section (片) to a village."""
    taken = select(Section.id).where(Section.village_id == village.id, Section.code == code)
    if db.session.scalar(taken) is not None:
        raise Refused(N_("本村已有编号 %(code)s 的片，请换一个。", code=code), field="code")
    _check_name(village.id, name, None)
    section = Section(village_id=village.id, place_path=village.path, code=code, name=name, valid_from=valid_from)
    db.session.add(section)
    db.session.flush()
    audit.record(
        actor=actor, action="grid.section", subject_kind="section", subject_id=section.id, place_path=village.path,
        now=now, detail={"code": code},
    )  # fmt: skip
    return section


def _check_name(village_id: int, name: str, own_id: int | None) -> None:
    twin = db.session.scalar(
        select(Section.code).where(
            Section.village_id == village_id, Section.name == name, Section.valid_to.is_(None),
            Section.id != (own_id or 0),
        )
    )  # fmt: skip
    if twin is not None:
        raise Refused(N_("本村已有同名的片（%(code)s），请换个名称。", code=twin), field="name")


def rename_section(section: Section, *, actor: Viewer, name: str, seen: str | None, now: datetime) -> None:
    """Give a section another name; who opened the page before a change must look again."""
    db.session.refresh(section, with_for_update=True)
    check_seen(section, SECTION_EDITED, seen)
    if section.valid_to is not None:
        raise Refused(N_("这个片已经撤销。"))
    _check_name(section.village_id, name, section.id)
    if changes := change(section, {"name": name}):
        audit.record(
            actor=actor, action="section.rename", subject_kind="section", subject_id=section.id,
            place_path=section.place_path, now=now, detail={"changes": changes},
        )  # fmt: skip


def close_section(section: Section, *, actor: Viewer, on: date, held: Sequence[Text], now: datetime) -> None:
    """End a section on a day; `held` says what still hangs on it: then it is refused."""
    db.session.refresh(section, with_for_update=True)
    if section.valid_to is not None:
        raise Refused(N_("这个片已经撤销。"))
    if held:
        raise Refused(N_("还不能撤销：这里还有%(what)s。请先调整。", what=held[0]))
    section.valid_to = on
    audit.record(
        actor=actor, action="section.close", subject_kind="section", subject_id=section.id,
        place_path=section.place_path, now=now, detail={"on": on.isoformat()},
    )  # fmt: skip
