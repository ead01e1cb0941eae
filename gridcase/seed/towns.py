"""The offices of a town and its county, with who works there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Unit
from gridcase.people.rules import Role, UnitKind
from gridcase.people.service import PostRow
from gridcase.seed.families import Names
from gridcase.seed.villages import Worker, worker_of

# The stations by the words that the catalogue's column "department" uses.
STATIONS = (
    "水利站", "农业农村办", "自然资源所", "交通管理站", "民政办", "应急办", "村镇建设办", "市场监管所", "供电所",
    "人社所", "中心学校", "医保办", "生态环境办", "畜牧站", "农技站", "农经站", "信访办",
)  # fmt: skip
OFFICES = (
    ("综治中心", UnitKind.ZONGZHI), ("社会工作办", UnitKind.SOCIAL_WORK), ("便民服务中心", UnitKind.SERVICE),
    ("司法所", UnitKind.JUSTICE), ("派出所", UnitKind.POLICE), ("纪委", UnitKind.DISCIPLINE),
    *((name, UnitKind.STATION) for name in STATIONS),
)  # fmt: skip
COUNTY_OFFICES = (("综治中心", UnitKind.ZONGZHI), ("水利局", UnitKind.COUNTY), ("农业农村局", UnitKind.COUNTY))
COUNTY_ROLES = (Role.COUNTY_MANAGER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


@dataclass
class Offices:
    """A town's units by name without the town's, and who works there or above."""

    town_id: int
    code: str
    path: str
    units: dict[str, int] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    by_unit: dict[int, list[Worker]] = field(default_factory=dict)

    def one(self, role: Role) -> Worker:
        """The first post of a role."""
        return next(worker for worker in self.workers if worker.role is role)


def open_offices(town: Grid, county: Grid, *, whole_county: bool, actor: Viewer, now: datetime, rng: Random) -> Offices:
    """The town's offices with a handler and a head each, its duty desk and manager; the county's where asked for."""
    since, offices = town.valid_from, Offices(town.id, town.code, town.path)
    rows: list[PostRow] = []
    for n, (name, kind) in enumerate(OFFICES, start=1):
        unit = people.add_unit(
            actor=actor, code=f"{town.code}-U{n:02d}", name=f"{town.name}{name}", kind=kind, place=town, now=now
        )
        offices.units[name] = unit.id
        rows += _town_posts(town, unit, kind)
    rows += _county_posts(county, actor=actor, now=now) if whole_county else []
    _fill(offices, town, rows, within=county if whole_county else town, actor=actor, since=since, now=now, rng=rng)
    return offices


def _town_posts(town: Grid, unit: Unit, kind: UnitKind) -> list[PostRow]:
    def post(role: Role, letter: str) -> PostRow:
        title = f"{unit.name}{role.label.msgid.removeprefix('镇综治中心').removeprefix('站所').removeprefix('镇')}"
        return PostRow(f"{unit.code}-{letter}", role, title, town, unit=unit, paid=True)

    if kind is UnitKind.ZONGZHI:
        return [post(Role.DISPATCHER, "A"), post(Role.DISPATCHER, "B")]
    if kind is UnitKind.SOCIAL_WORK:
        return [post(Role.TOWN_MANAGER, "A")]
    return [post(Role.DEPT, "A"), post(Role.UNIT_LEAD, "B")]


def _county_posts(county: Grid, *, actor: Viewer, now: datetime) -> list[PostRow]:
    rows = []
    for n, (name, kind) in enumerate(COUNTY_OFFICES, start=1):
        unit = people.add_unit(
            actor=actor, code=f"{county.code}-U{n:02d}", name=f"{county.name}{name}", kind=kind, place=county, now=now
        )
        role = Role.COUNTY_DISPATCHER if kind is UnitKind.ZONGZHI else Role.COUNTY_DEPT
        word = "值班员" if role is Role.COUNTY_DISPATCHER else "办理员"
        rows.append(PostRow(f"{unit.code}-A", role, f"{unit.name}{word}", county, unit=unit, paid=True))
    for role in COUNTY_ROLES:
        title = f"{county.name}{role.label.msgid.removeprefix('县')}"
        rows.append(PostRow(f"{county.code}-{role.upper()}", role, title, county, paid=True))
    return rows


def _fill(
    offices: Offices,
    town: Grid,
    rows: Sequence[PostRow],
    *,
    within: Grid,
    actor: Viewer,
    since: date,
    now: datetime,
    rng: Random,
) -> None:
    names, genders = Names(rng), [rng.choice("mf") for _ in rows]
    staff = [{"name": names.full(gender), "gender": gender} for gender in genders]
    ids = people.add_persons(actor=actor, rows=staff, place_path=town.path, now=now)
    created = people.add_posts(actor=actor, place=within, rows=rows, valid_from=since, now=now)
    people.appoint_many(actor=actor, place=within, rows=list(zip(created, ids, strict=True)), valid_from=since, now=now)
    for post, row, person_id, person in zip(created, rows, ids, staff, strict=True):
        worker = worker_of(post, person["name"], person_id)
        offices.workers.append(worker)
        if row.unit is not None:
            offices.by_unit.setdefault(row.unit.id, []).append(worker)
