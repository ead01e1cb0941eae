"""Everything the page of one place shows, as of a day; each part for those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from gridcase.audit import queries as audit
from gridcase.audit.models import AuditRow
from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.core.words import N_, Text
from gridcase.dossier.queries.grids import homes_and_persons
from gridcase.dossier.rules import hide_few, hide_small
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel
from gridcase.grid.rules.shapes import box_of, svg_height, svg_path
from gridcase.households import queries as households
from gridcase.households.models import Household, Member
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role

POSTS_SHOWN, DEEDS_LOOKED_AT = 200, 200
_LEADING = (Role.VILLAGE_HEAD, Role.SECTION_LEADER, Role.GRID_LEADER, Role.FULLTIME_GRID, Role.PARTTIME_GRID)
ELSEWHERE = N_("须由镇综治中心移交的事件")


@dataclass(frozen=True)
class PostRow:
    """A post at the place and who holds it."""

    id: int
    role: Role
    title: str
    holders: str


def posts_of(grid: Grid, *, on: date) -> list[PostRow]:
    """The posts at this very place on a day, who leads first."""
    rows = db.session.execute(
        select(Post.id, Post.role, Post.title)
        .where(Post.place_id == grid.id, people.valid_on(Post, on))
        .order_by(Post.id)
        .limit(POSTS_SHOWN)
    ).all()
    holders = people.holders_of([row.id for row in rows], on=on)
    order = [*_LEADING, *(role for role in Role if role not in _LEADING)]
    found = [PostRow(row.id, Role(row.role), row.title, holders.get(row.id, "")) for row in rows]
    return sorted(found, key=lambda post: order.index(post.role))


def leaders_without_line(grid: Grid, *, on: date) -> list[str]:
    """Titles of the leaders' posts here whose holder belongs to none of the three lines: reported, never refused."""
    return [row.title for row in people.leaders_without_line(grid.path, on=on, place_id=grid.id)]


@dataclass(frozen=True)
class Numbers:
    """Counts of a place. None: not for this viewer, not known for that day, or too small to show (see `tiers`)."""

    homes: int
    persons: int
    absent: int | None
    floating: int | None
    tiers: dict[str, int | None] | None
    open_cases: int | None
    late_cases: int | None
    visits_due: int | None


def numbers_of(
    grid: Grid, *, viewer: Viewer, may: frozenset[Permission], on: date, today: date, now: datetime
) -> Numbers:
    """The counts of a place on a day; work in hand and tiers are known for today only."""
    homes, persons = homes_and_persons([grid.path], on=on)[grid.path]
    current = on == today
    sees_cases = current and viewer.may(Permission.SEE_CASE)
    open_cases, late = _cases(grid, viewer, now) if sees_cases else (None, None)
    return Numbers(
        homes=homes,
        persons=persons,
        absent=hide_few(_absent(grid, on)) if Permission.SEE_HOUSEHOLD in may else None,
        floating=hide_few(_floating(grid, on)) if Permission.SEE_HOUSEHOLD in may else None,
        tiers=_tiers(grid, viewer, on) if current and Permission.SEE_TIER in may else None,
        open_cases=open_cases,
        late_cases=late,
        visits_due=_visits_due(grid, viewer, today) if current and viewer.may(Permission.LOG_VISIT) else None,
    )


def _absent(grid: Grid, on: date) -> int:
    at = households.homes_on(grid.path, on=on).subquery()
    query = (
        select(func.count())
        .select_from(at)
        .join(Member, (Member.household_id == at.c.household_id) & in_force(Member, on))
        .where(Member.absent.is_(True))
    )
    return db.session.scalar(query) or 0


def _floating(grid: Grid, on: date) -> int:
    at = households.homes_on(grid.path, on=on).subquery()
    query = select(func.count()).select_from(at).join(Household, Household.id == at.c.household_id)
    return db.session.scalar(query.where(Household.floating.is_(True))) or 0


def _tiers(grid: Grid, viewer: Viewer, on: date) -> dict[str, int | None]:
    at = households.homes_on(grid.path, on=on).subquery()
    rows = db.session.execute(
        select(Household.tier, func.count())
        .join(at, at.c.household_id == Household.id)
        .where(households.visible(viewer, Permission.SEE_TIER))
        .group_by(Household.tier)
        .order_by(Household.tier)
    )
    return hide_small({row[0]: row[1] for row in rows})


def _cases(grid: Grid, viewer: Viewer, now: datetime) -> tuple[int, int]:
    """Open cases and late ones the viewer may open; restricted ones are never counted by place."""
    seen = (under(Case.path, grid.path), cases.open_condition(), cases.visible(viewer), Case.restricted.is_(False))
    row = db.session.execute(
        select(func.count(), func.count(Case.id).filter(Case.due_at < now)).select_from(Case).where(*seen)
    ).one()
    return row[0], row[1]


def _visits_due(grid: Grid, viewer: Viewer, today: date) -> int:
    query = select(func.count()).select_from(Household).where(
        under(Household.path, grid.path), households.due(today), households.visible(viewer, Permission.LOG_VISIT)
    )  # fmt: skip
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Facts:
    """What a place was called and where its centre was on a day."""

    name: str
    external_code: str | None
    kind: str
    lon: float | None
    lat: float | None


def facts_on(grid: Grid, history: Sequence[AuditRow], *, on: date) -> Facts:
    """The facts of a place as they stood on a day: its row, with later edits taken back."""
    values: dict[str, Any] = {
        "name": grid.name, "external_code": grid.external_code, "kind": grid.kind, "lon": grid.lon, "lat": grid.lat,
    }  # fmt: skip
    for row in history:
        if town_day(row.at) > on:
            for name, pair in row.detail.get("changes", {}).items():
                if name in values and pair:
                    values[name] = pair[0]
    return Facts(**values)


def history_of(grid: Grid) -> Sequence[AuditRow]:
    """The deeds done to a place, newest first."""
    return audit.history_of("grid", grid.id, limit=DEEDS_LOOKED_AT)


@dataclass(frozen=True)
class Picture:
    """A small picture of an outline, north up: SVG paths of the place and of the places right below it."""

    height: int
    whole: str
    parts: Sequence[str]
    synthetic: bool


def picture_of(grid: Grid, *, on: date) -> Picture | None:
    """The place's outline with what stood below it on a day; None where none was drawn."""
    outline = grids.outline_of(grid.id)
    if outline is None:
        return None
    frame = box_of(outline.polygons)
    parts = [svg_path(grids.polygons_in(shape), frame) for _, shape in grids.shapes_right_below(grid.id, on=on)]
    return Picture(svg_height(frame), svg_path(outline.polygons, frame), parts, outline.synthetic)


def held_by(grid: Grid, *, today: date) -> list[Text]:
    """What hangs on a place and keeps it from being closed: homes, open cases, posts, resources of other rooms."""
    homes = homes_and_persons([grid.path], on=today)[grid.path][0]
    plain, restricted = db.session.execute(
        select(func.count().filter(Case.restricted.is_(False)), func.count().filter(Case.restricted)).where(
            under(Case.path, grid.path), cases.open_condition()
        )
    ).one()
    posts = db.session.scalar(
        select(func.count()).select_from(Post).where(under(Post.place_path, grid.path), people.valid_on(Post, today))
    )
    counted = (
        (homes, N_("%(count)s 户住户", count=homes)),
        (plain, N_("%(count)s 件未办结事件", count=plain)),
        (restricted, ELSEWHERE),  # how many is nobody's business here
        (posts, N_("%(count)s 个岗位", count=posts)),
    )
    return [text for count, text in counted if count]


def held_by_section(section: Section, *, today: date) -> list[Text]:
    """What keeps a section from being closed."""
    posts = db.session.scalar(
        select(func.count()).select_from(Post).where(Post.section_id == section.id, people.valid_on(Post, today))
    )
    homes = db.session.scalar(
        select(func.count()).select_from(Household).where(
            Household.section_id == section.id, Household.ended_on.is_(None)
        )
    )  # fmt: skip
    counted = (
        (posts, N_("%(count)s 个岗位", count=posts)),
        (homes, N_("%(count)s 户住户", count=homes)),
    )
    return [text for count, text in counted if count]


def contact_posts(grid: Grid, *, on: date) -> list[tuple[int, str]]:
    """(id, title and holders) of the posts at this place and above it up to the town, for a choice of whom to ask."""
    above = [place.id for place in grids.ancestors(grid.path) if place.level != GridLevel.COUNTY]
    rows = db.session.execute(
        select(Post.id, Post.title)
        .where(Post.place_id.in_([*above, grid.id]), people.valid_on(Post, on), Post.role != Role.LIAISON)
        .order_by(func.length(Post.place_path).desc(), Post.id)
        .limit(POSTS_SHOWN)
    ).all()
    holders = people.holders_of([row.id for row in rows], on=on)
    return [(row.id, f"{row.title} {holders.get(row.id, '')}".strip()) for row in rows]
