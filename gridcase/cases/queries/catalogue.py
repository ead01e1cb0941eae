"""The catalogue: common classes first, found by word or by the first letters of its pinyin; who registers where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.calendar.queries import MARK, calendar_marked, mark_of
from gridcase.cases.models import Case, CaseClass, ClassTerms, ClassVersion
from gridcase.cases.rules import SOON_KEY, SoonRule
from gridcase.cases.rules.catalogue import stays_restricted
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import VILLAGE, common_path, cut_to
from gridcase.core.text import clean_line
from gridcase.core.worktime import WorkCalendar
from gridcase.grid import queries as grids


@dataclass(frozen=True)
class Entry:
    """A class as it stands at a place: by the version of the village, else of the county, else as shipped."""

    case_class: CaseClass
    version: ClassVersion | None

    @property
    def terms(self) -> ClassTerms:
        """Its rules there."""
        return self.version or self.case_class

    @property
    def code(self) -> str:
        """Four digits."""
        return self.case_class.code

    @property
    def major(self) -> str:
        """The first two of them."""
        return self.case_class.major

    @property
    def zh(self) -> str:
        """Its name."""
        return self.case_class.zh

    @property
    def en(self) -> str:
        """Its English name."""
        return self.case_class.en


def catalogue(words: str = "", *, path: str = "/", disabled_too: bool = False) -> list[Entry]:
    """The classes in use at a place, the common ones first; `words` is part of a name, a code, or letters of the
    pinyin."""
    query = _STANDING
    if not disabled_too:
        query = query.where(_there("enabled").is_(True))
    words = clean_line(words)
    if words:
        ways = [
            CaseClass.zh.contains(words, autoescape=True),
            CaseClass.en.icontains(words, autoescape=True),
            _there("open_condition").contains(words, autoescape=True),
            _there("department").contains(words, autoescape=True),
            CaseClass.code == words,
        ]
        if words.isascii() and words.isalpha():
            ways.append(CaseClass.initials.contains(words.lower(), autoescape=True))
            query = query.order_by(CaseClass.initials.startswith(words.lower(), autoescape=True).desc())
        query = query.where(or_(*ways))
    rows = db.session.execute(query.order_by(_there("common").desc(), CaseClass.code), _over(path))
    return [Entry(row[0], row[1] or row[2]) for row in rows]


_VILLAGE, _COUNTY = aliased(ClassVersion), aliased(ClassVersion)


def _in_force(version: Any, place_id: BindParameter[int]) -> ColumnElement[bool]:
    return and_(version.class_id == CaseClass.id, version.place_id == place_id, version.superseded_at.is_(None))


# Every class a county knows, with the versions in force over a place; made once, asked with `_over` the place.
_STANDING = (
    select(CaseClass, _VILLAGE, _COUNTY)
    .outerjoin(_VILLAGE, _in_force(_VILLAGE, bindparam("village_id", type_=Integer())))
    .outerjoin(_COUNTY, _in_force(_COUNTY, bindparam("county_id", type_=Integer())))
    .where(CaseClass.code != UNSORTED_CLASS)
    .where(or_(CaseClass.county_id.is_(None), CaseClass.county_id == bindparam("county_id", type_=Integer())))
)
_BY_CODE = _STANDING.where(CaseClass.code == bindparam("code"))


def _over(path: str) -> dict[str, Any]:
    """The village and the county of a place."""
    ids = place_ids(path)
    return {"village_id": ids[2] if len(ids) > 2 else 0, "county_id": ids[0] if ids else 0}


def _there(name: str) -> Any:
    """A column of the rules as it stands there."""
    return func.coalesce(getattr(_VILLAGE, name), getattr(_COUNTY, name), getattr(CaseClass, name))


def place_ids(path: str) -> list[int]:
    """The places of a path, the county first."""
    return [int(part) for part in path.split("/") if part]


def class_by_code(code: str) -> CaseClass | None:
    """One class."""
    return db.session.scalar(select(CaseClass).where(CaseClass.code == clean_line(code)))


def class_at(case_class: CaseClass, path: str) -> Entry:
    """One class as it stands at a place; `Missing` for a class that another county added."""
    ids = place_ids(path)
    if case_class.county_id is not None and case_class.county_id not in ids[:1]:
        raise Missing
    found = versions_in_force(case_class, ids)
    return Entry(case_class, found.get(ids[2] if len(ids) > 2 else 0) or found.get(ids[0] if ids else 0))


_VERSIONS = select(ClassVersion).where(
    ClassVersion.class_id == bindparam("class_id"), ClassVersion.superseded_at.is_(None),
    ClassVersion.place_id.in_(bindparam("place_ids", expanding=True)),
)  # fmt: skip


@dataclass(frozen=True)
class Ruling:
    """What decides how a case that comes under a class now is treated: the class as it stands at the place, the
    calendar of working hours, and when due-soon begins in the county."""

    entry: Entry
    calendar: WorkCalendar
    soon: SoonRule


_RULING = (
    select(CaseClass, _VILLAGE, _COUNTY, *MARK, grids.SETTING_VALUE)
    .outerjoin(_VILLAGE, _in_force(_VILLAGE, bindparam("village_id", type_=Integer())))
    .outerjoin(_COUNTY, _in_force(_COUNTY, bindparam("county_id", type_=Integer())))
    .where(CaseClass.id == bindparam("class_id", type_=Integer()))
    .execution_options(populate_existing=True)
)


def ruling_at(class_id: int, path: str) -> Ruling:
    """The ruling as it is now, whatever was read before; `Missing` for a class that another county added."""
    asked = {"class_id": class_id, "place_ids": place_ids(path), "key": SOON_KEY, "day": date.max, **_over(path)}
    row = db.session.execute(_RULING, asked).one()
    entry = Entry(row[0], row[1] or row[2])
    if entry.case_class.county_id is not None and entry.case_class.county_id != asked["county_id"]:
        raise Missing
    soon = row[-1]  # in force as soon as it is saved
    return Ruling(entry, calendar_marked(mark_of(row)), SoonRule.from_json(soon) if soon else SoonRule())


def versions_in_force(case_class: CaseClass, place_ids: Collection[int]) -> dict[int, ClassVersion]:
    """By place: what these have set for a class and not taken back."""
    rows = db.session.scalars(_VERSIONS, {"class_id": case_class.id, "place_ids": list(place_ids)})
    return {row.place_id: row for row in rows}


def class_in_use(code: str, *, path: str = "/") -> CaseClass:
    """One class a case of a place may be registered under, else `Missing`."""
    return entry_in_use(code, path=path).case_class


def entry_in_use(code: str, *, path: str) -> Entry:
    """The same with its rules there."""
    row = db.session.execute(_BY_CODE, {"code": clean_line(code), **_over(path)}).first()
    entry = Entry(row[0], row[1] or row[2]) if row else None
    if entry is None or not entry.terms.enabled:
        raise Missing
    return entry


def restricted_at(codes: Collection[str], *, path: str) -> bool:
    """Whether one of these classes is restricted at a place, switched off there or not."""
    wanted = {clean_line(code) for code in codes}
    if any(map(stays_restricted, wanted)):
        return True
    rows = db.session.execute(_STANDING.where(CaseClass.code.in_(wanted)), _over(path)) if wanted else ()
    return any(Entry(row[0], row[1] or row[2]).terms.restricted for row in rows)


def unit_of_limit() -> ColumnElement[str]:
    """In a select over `Case` and its class: what the limit of the case is counted in, under its own version."""
    own = select(ClassVersion.limit_unit).where(ClassVersion.id == Case.class_version_id).scalar_subquery()
    return func.coalesce(own, CaseClass.limit_unit).label("limit_unit")


def unit_of_contact() -> ColumnElement[str]:
    """The same of the first contact."""
    own = select(ClassVersion.contact_unit).where(ClassVersion.id == Case.class_version_id).scalar_subquery()
    return func.coalesce(own, CaseClass.contact_unit).label("contact_unit")


def home_of(viewer: Viewer) -> str:
    """The nearest place over everything a viewer registers for: by its rules the catalogue is shown."""
    return common_path(register_roots(viewer))


def home_village(path: str) -> str:
    """The path of the village a place lies in; a place above the villages stays as it is."""
    return cut_to(path, VILLAGE)


def register_roots(viewer: Viewer) -> list[str]:
    """The paths a viewer may register under: liaisons and cell leaders anywhere in their village."""
    grants = viewer.grants_with(Permission.REGISTER_CASE)
    return sorted({"/" if grant.path == "/" else home_village(grant.path) for grant in grants if grant.path})


def may_register(viewer: Viewer, *, path: str, household_id: int | None) -> bool:
    """Whether a viewer may register a case of this place or household."""
    if any(path.startswith(root) for root in register_roots(viewer)):
        return True
    own = (grant.household_ids or () for grant in viewer.grants_with(Permission.REGISTER_CASE))
    return household_id is not None and any(household_id in ids for ids in own)
