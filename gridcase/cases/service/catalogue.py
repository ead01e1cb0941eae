"""The catalogue of a place: a change is a new version, a running case keeps the one it is under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, inspect, select, update

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseClass, ClassTerms, ClassVersion
from gridcase.cases.queries import Entry, Ruling
from gridcase.cases.rules.catalogue import (
    VILLAGE_FIELDS,
    Terms,
    checked,
    checked_in_village,
    next_own_code,
    rebased,
)
from gridcase.cases.service.hiding import hidden
from gridcase.core.changes import CHANGED_MEANWHILE
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line, initials
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel

BATCH = 500
_UNITS = ("contact_unit", "limit_unit")


@dataclass(frozen=True)
class Change:
    """What a change of a class does: from which rules to which, and to how many cases."""

    before: Terms
    after: Terms
    running: int  # cases that keep the version they are under
    hidden: int = 0  # cases that are restricted from now on
    villages: tuple[str, ...] = field(default=())  # whose own rules were set anew under it

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what differs."""
        return self.before.unlike(self.after)


def in_use(case_class: CaseClass, path: str) -> Entry:
    """A class with its rules at a place, for a case that comes under it now; `Refused` where it is switched off."""
    return ruling_over(case_class, path).entry


def ruling_over(case_class: CaseClass, path: str) -> Ruling:
    """The same with what its clocks need."""
    identity = inspect(case_class).identity  # known without asking
    assert identity is not None, "a class is kept before cases come under it"
    (class_id,) = identity
    if dialect_name() == "postgresql":
        db.session.connection().execute(_HOLD, {"class_id": class_id})  # the next statement reads it
    try:
        ruling = queries.ruling_at(class_id, path)
    except Missing as missing:
        raise Refused(N_("这个类别是别的县的，请换一个。"), field="case_class") from missing
    if not ruling.entry.terms.enabled:
        raise Refused(N_("这个类别已停用，请换一个。"), field="case_class")
    return ruling


_HOLD = select(CaseClass.id).where(CaseClass.id == bindparam("class_id")).with_for_update(read=True, key_share=True)


def hold_class(case_class: CaseClass, *, changing: bool = False) -> None:
    """Whoever puts a case under a class and whoever changes it wait for each other, so that no case slips past a class
    that becomes restricted: it is read as it stands under the lock. Taken before any lock on a case. SQLite has one
    writer anyway."""
    if dialect_name() == "postgresql":
        db.session.refresh(case_class, with_for_update={"read": not changing, "key_share": not changing})


def set_class(
    *, actor: Viewer, place: Grid, case_class: CaseClass, terms: Terms, seen: str | None, now: datetime
) -> Change:
    """Give a class its rules at a county or village from now on. `seen` is the mark of what the page showed."""
    _check_place(actor, place, case_class)
    hold_class(case_class, changing=True)
    above, standing = above_of(case_class, place), queries.class_at(case_class, place.path)
    if seen and seen != mark_of(standing):
        raise Refused(CHANGED_MEANWHILE)
    county = place.level == GridLevel.COUNTY
    code = case_class.code
    terms = checked(terms, code=code) if county else checked_in_village(terms, above, code=code)
    before = Terms.of(standing.terms)
    if terms == before:
        raise Refused(N_("和现在完全相同，不用保存。"))
    own = [name for name in terms.unlike(above) if county or name in VILLAGE_FIELDS]
    _write(case_class, place.id, place.path, terms, own, actor=actor, before=before, now=now)
    return _follow(case_class, place, before, terms, actor=actor, now=now)


def back_to_default(*, actor: Viewer, place: Grid, case_class: CaseClass, seen: str | None, now: datetime) -> Change:
    """Take a place's own rules back: from now on what stands above it holds."""
    _check_place(actor, place, case_class)
    hold_class(case_class, changing=True)
    standing = queries.class_at(case_class, place.path)
    if seen and seen != mark_of(standing):
        raise Refused(CHANGED_MEANWHILE)
    if standing.version is None or standing.version.place_id != place.id:
        raise Refused(N_("这里没有自己的设置，用的就是上一级的。"))
    if case_class.county_id == place.id:
        raise Refused(N_("这是本县自设的类别，没有示例默认值；不用了可以停用。"))
    before, after = Terms.of(standing.terms), above_of(case_class, place)
    standing.version.superseded_at = now
    _record(case_class, place.id, place.path, "catalogue.back", before, after, actor=actor, now=now)
    return _follow(case_class, place, before, after, actor=actor, now=now)


def add_class(
    *, actor: Viewer, county: Grid, major: str, zh: str, en: str | None, terms: Terms, now: datetime
) -> CaseClass:
    """A class of a county's own, under a major class, with the next free number."""
    if county.level != GridLevel.COUNTY or not queries.may_set(actor, county):
        raise Missing
    zh = clean_line(zh)
    known = queries.catalogue(path=county.path, disabled_too=True)
    if any(one.case_class.zh == zh for one in known):
        raise Refused(N_("已经有叫这个名字的类别了，请换个名字，或改那一个。"), field="zh")
    taken = db.session.scalars(select(CaseClass.code).where(CaseClass.major == major)).all()
    code = next_own_code(major, taken)
    terms = checked(terms, code=code)
    made = CaseClass(
        code=code, major=major, zh=zh, en=clean_line(en or "") or zh, initials=initials(zh), county_id=county.id,
        **terms.values(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _version(made, county.id, terms, [], actor=actor, now=now)
    audit.record(
        actor=actor, action="catalogue.add", subject_kind="case_class", subject_id=made.id, place_path=county.path,
        now=now, detail={"code": code, "version": 1},
    )  # fmt: skip
    return made


def above_of(case_class: CaseClass, place: Grid) -> Terms:
    """What holds at a place that has set nothing itself."""
    if place.level == GridLevel.COUNTY:
        return Terms.of(case_class)
    return Terms.of(queries.class_at(case_class, f"/{place.county_id}/").terms)


def mark_of(entry: Entry) -> str:
    """The mark of what a page shows: goes into its form, so that nobody overwrites what he has not seen."""
    return f"{entry.case_class.id}.{entry.version.id if entry.version else 0}"


def _check_place(actor: Viewer, place: Grid, case_class: CaseClass) -> None:
    if place.level not in (GridLevel.COUNTY, GridLevel.VILLAGE) or not queries.may_set(actor, place):
        raise Missing
    if case_class.county_id is not None and case_class.county_id != place.county_id:
        raise Missing


def _write(
    case_class: CaseClass,
    place_id: int,
    path: str,
    terms: Terms,
    own: list[str],
    *,
    actor: Viewer,
    before: Terms,
    now: datetime,
    action: str = "catalogue.set",
) -> None:
    """A new version; the one in force there is superseded. What says the same as above needs no version."""
    current = queries.versions_in_force(case_class, [place_id]).get(place_id)
    if current is not None:
        current.superseded_at = now
        db.session.flush()
    number = None
    if own or case_class.county_id == place_id:
        number = _version(case_class, place_id, terms, own, actor=actor, now=now).number
    _record(case_class, place_id, path, action, before, terms, actor=actor, now=now, version=number)


def _version(
    case_class: CaseClass, place_id: int, terms: Terms, own: list[str], *, actor: Viewer, now: datetime
) -> ClassVersion:
    last: int | None = db.session.scalar(
        select(func.max(ClassVersion.number)).where(
            ClassVersion.class_id == case_class.id, ClassVersion.place_id == place_id
        )
    )
    row = ClassVersion(
        class_id=case_class.id, place_id=place_id, number=(last or 0) + 1, own=own, since=now, actor_name=actor.name,
        **terms.values(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _record(
    case_class: CaseClass,
    place_id: int,
    path: str,
    action: str,
    before: Terms,
    after: Terms,
    *,
    actor: Viewer,
    now: datetime,
    version: int | None = None,
) -> None:
    changes = {name: [getattr(before, name), getattr(after, name)] for name in before.unlike(after)}
    audit.record(
        actor=actor, action=action, subject_kind="case_class", subject_id=case_class.id, place_path=path, now=now,
        detail={"code": case_class.code, "place": place_id, "version": version, "changes": changes},
    )  # fmt: skip


def _follow(case_class: CaseClass, place: Grid, before: Terms, after: Terms, *, actor: Viewer, now: datetime) -> Change:
    """What follows from new rules: villages below are set anew, and what became restricted is hidden."""
    villages: list[str] = []
    hid = 0
    if place.level == GridLevel.COUNTY:
        villages = [name for name in _set_villages_anew(case_class, place, after, actor=actor, now=now) if name]
        if after.restricted and not before.restricted:
            hid = _hide(case_class, place, actor=actor, now=now)
    running = queries.running_of(case_class, place.path)
    return Change(before, after, running, hid, tuple(villages))


def _set_villages_anew(
    case_class: CaseClass, county: Grid, above: Terms, *, actor: Viewer, now: datetime
) -> Iterator[str]:
    """What villages of the county decided themselves stays as far as the new rules allow it."""
    for version, place in queries.village_versions(case_class, county):
        held = {name: getattr(version, name) for name in version.own}
        terms = rebased(held, {name: getattr(version, name) for name in _UNITS}, above)
        before = Terms.of(version)
        if terms == before:
            continue
        own = list(terms.unlike(above))
        _write(
            case_class, place.id, place.path, terms, own, actor=actor, before=before, now=now,
            action="catalogue.follow",
        )  # fmt: skip
        yield place.name


def _hide(case_class: CaseClass, county: Grid, *, actor: Viewer, now: datetime) -> int:
    """A class made restricted takes its cases along, running and closed ones; what is hidden never opens again."""
    ids = db.session.scalars(queries.open_to_all(case_class, county.path)).all()
    for start in range(0, len(ids), BATCH):
        db.session.execute(
            update(Case).where(Case.id.in_(ids[start : start + BATCH])).values(restricted=True),
            execution_options={"synchronize_session": "fetch"},
        )
        hidden(ids[start : start + BATCH], now=now)
    if ids:
        audit.record(
            actor=actor, action="case.restrict", subject_kind="case_class", subject_id=case_class.id,
            place_path=county.path, now=now, detail={"code": case_class.code, "count": len(ids), "cases": ids[:200]},
        )  # fmt: skip
    return len(ids)


def terms_of(row: ClassTerms, **values: Any) -> Terms:
    """The rules of a row with some of them replaced: what a form says."""
    return Terms(**(Terms.of(row).values() | values))
