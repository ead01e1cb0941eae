"""The coverage report: every number from the same conditions as the list behind it, set by set, as of a day and as it
was known at a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel, SizeLimits
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, Member, TierChange
from gridcase.households.queries.tiers import rules_for
from gridcase.households.rules import CareTier
from gridcase.people.models import Holding, Post
from gridcase.people.rules import LINE_ROLES, Role
from gridcase.planner.models import GridLineage, PostChange
from gridcase.planner.rules.coverage import Numbers
from gridcase.visits.models import Visit
from gridcase.visits.rules import VisitMode

MAY = (Permission.PLAN_GRID, Permission.SEE_DASHBOARD)
Days = tuple[tuple[str, int], ...]  # of each tier, the days between two visits
USUAL: Days = tuple((str(tier), tier.interval_days) for tier in CareTier)


@dataclass(frozen=True)
class AsOf:
    """The day a report speaks about, and the moment as it was known at (None: now)."""

    on: date
    known_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """The last instant that counts: the end of the day, or when it was known if that was before."""
        end = datetime.combine(self.on + timedelta(days=1), time.min, tzinfo=TOWN_ZONE).astimezone(UTC)
        return min(end, self.known_at) if self.known_at else end


@dataclass(frozen=True)
class VillageRow:
    """A village with its numbers and the limits in force for it."""

    id: int
    code: str
    name: str
    path: str
    limits: SizeLimits
    numbers: Numbers


# --- what was in force


def villages_seen(viewer: Viewer, at: AsOf, village_id: int | None = None) -> list[Any]:
    """(id, code, name, path) of the villages in the viewer's reach on the day, by code."""
    query = select(Grid.id, Grid.code, Grid.name, Grid.path).where(
        Grid.level == GridLevel.VILLAGE, grid_stands(Grid, at), in_reach(viewer, Grid.path)
    )
    if village_id is not None:
        query = query.where(Grid.id == village_id)
    return list(db.session.execute(query.order_by(Grid.code)))


def in_reach(viewer: Viewer, path: Any) -> ColumnElement[bool]:
    """Places that the viewer plans or has on the dashboard."""
    return or_(*(reach(viewer, permission, path=path) for permission in MAY))


def grid_stands(grid: Any, at: AsOf) -> ColumnElement[bool]:
    """Places in force on the day; a split or merge written down later is not known yet."""
    ends = or_(grid.valid_to.is_(None), grid.valid_to > at.on)
    if at.known_at is None:
        return and_(grid.valid_from <= at.on, ends)
    later = GridLineage.recorded_at > at.known_at
    came = exists().where(GridLineage.to_id == grid.id, GridLineage.kind == "split", later)
    went = exists().where(GridLineage.from_id == grid.id, GridLineage.kind == "merged", later)
    return and_(grid.valid_from <= at.on, or_(ends, went), ~came)


def post_stands(post: Any, at: AsOf) -> ColumnElement[bool]:
    """Posts in force on the day; what a change opened or closed later is not known yet."""
    ends = or_(post.valid_to.is_(None), post.valid_to > at.on)
    if at.known_at is None:
        return and_(post.valid_from <= at.on, ends)
    later = and_(PostChange.post_id == post.id, PostChange.recorded_at > at.known_at)
    opened, closed = (
        exists().where(later, PostChange.kind == "opened"),
        exists().where(later, PostChange.kind == "closed"),
    )
    return and_(post.valid_from <= at.on, or_(ends, closed), ~opened)


def held(post: Any, at: AsOf, *, regular: bool = False) -> ColumnElement[bool]:
    """Somebody holds the post on the day, a stand-in too unless only the regular holder counts."""
    conditions = [Holding.post_id == post.id, in_force(Holding, at.on, known_at=at.known_at)]
    return exists().where(*conditions, *([Holding.stand_in.is_(False)] if regular else []))


def homes(viewer: Viewer, at: AsOf, village_id: int | None = None) -> Subquery:
    """(household_id, grid_id, village_id) of the homes in reach on the day."""
    query = (
        select(HouseholdPlace.household_id, HouseholdPlace.grid_id, Grid.village_id)
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .where(in_force(HouseholdPlace, at.on, known_at=at.known_at), in_reach(viewer, Grid.path))
    )
    return (query.where(Grid.village_id == village_id) if village_id is not None else query).subquery("home")


def looked_after(at: AsOf) -> Any:
    """The ids of homes in the circle of a liaison's post that stands and that somebody holds."""
    return (
        select(CirclePlace.household_id)
        .join(Post, Post.id == CirclePlace.post_id)
        .where(
            CirclePlace.role == Role.LIAISON, in_force(CirclePlace, at.on, known_at=at.known_at),
            post_stands(Post, at), held(Post, at),
        )
    )  # fmt: skip


def not_visited(viewer: Viewer, at: AsOf, *, today: date) -> ColumnElement[bool]:
    """Homes (joined as `Household`) not visited in the interval that their county has set for their tier."""
    counties = sorted({"/".join(row.path.split("/")[:2]) + "/" for row in villages_seen(viewer, at)})
    by_days: dict[Days, list[str]] = defaultdict(list)
    for path in counties:
        rules = rules_for(path, on=at.on)
        by_days[tuple((str(tier), rules.interval(tier)) for tier in CareTier)].append(path)
    if len(by_days) < 2:
        return _overdue(at, next(iter(by_days), USUAL), today)
    return or_(
        *(
            and_(or_(*(under(Household.path, path) for path in paths)), _overdue(at, days, today))
            for days, paths in by_days.items()
        )
    )


def _overdue(at: AsOf, intervals: Days, today: date) -> ColumnElement[bool]:
    """Homes whose last contact that counts is longer ago than their tier's interval.

    At the door counts always; by phone only right after a visit at the door, and never for homes that need close
    support (`visits.rules.counts_as_visit`).
    """
    tier = tier_on(at, today=today)
    visit, before = aliased(Visit), aliased(Visit)
    starts = {each: _start(at.on - timedelta(days=days)) for each, days in intervals}
    known_by = [visit.received_at <= at.known_at] if at.known_at else []
    previous = (
        select(before.mode)
        .where(before.household_id == visit.household_id, before.visited_at < visit.visited_at)
        .order_by(before.visited_at.desc(), before.id.desc())
        .limit(1)
        .correlate(visit)
        .scalar_subquery()
    )
    by_phone = and_(tier != CareTier.CONNECTED, previous == VisitMode.HOME)
    contacted = exists().where(
        visit.household_id == Household.id,
        visit.visited_at >= case(starts, value=tier, else_=_start(at.on)),
        visit.visited_at < at.until,
        *known_by,
        or_(visit.mode == VisitMode.HOME, by_phone),
    )
    days = {each: at.on - timedelta(days=days) for each, days in intervals}
    new = and_(Household.since.is_not(None), Household.since >= case(days, value=tier, else_=at.on))
    return and_(~contacted, ~new)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=TOWN_ZONE).astimezone(UTC)


def tier_on(at: AsOf, *, today: date) -> Any:
    """The care tier of a home (joined as `Household`) on the day: as confirmed last until then, else what it was before
    the next confirmation, else today's."""
    if at.on >= today and at.known_at is None:
        return Household.tier
    mine = TierChange.household_id == Household.id
    last = select(TierChange.to_tier).where(mine, TierChange.at < at.until).order_by(TierChange.at.desc()).limit(1)
    following = select(TierChange.from_tier).where(mine, TierChange.at >= at.until).order_by(TierChange.at).limit(1)
    return func.coalesce(
        last.correlate(Household).scalar_subquery(), following.correlate(Household).scalar_subquery(), Household.tier
    )


# --- the numbers


def report(viewer: Viewer, at: AsOf, *, today: date, village_id: int | None = None) -> list[VillageRow]:
    """The numbers of every village in reach, by code, in eleven statements whatever the number of homes."""
    villages = villages_seen(viewer, at, village_id)
    limits = grids.size_limits_of([row.path for row in villages], on=at.on)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    _count_homes(viewer, at, village_id, counts, limits_by_id(villages, limits), today)
    _count_circles(viewer, at, village_id, counts, limits_by_id(villages, limits))
    for section in db.session.execute(sections(viewer, at, village_id)):
        counts[section.village_id]["sections"] += 1
    for name, query in (("no_fulltime", without_fulltime(viewer, at)), ("no_line", without_line(viewer, at))):
        grouped = query.subquery()
        asked = {row.id for row in villages if name != "no_line" or limits[row.path].three_lines}
        for row in db.session.execute(select(grouped.c.village_id, func.count()).group_by(grouped.c.village_id)):
            counts[row[0]][name] = row[1] if row[0] in asked else 0
    return [
        VillageRow(row.id, row.code, row.name, row.path, limits[row.path], Numbers(**counts[row.id]))
        for row in villages
    ]


def limits_by_id(villages: list[Any], limits: Mapping[str, SizeLimits]) -> dict[int, SizeLimits]:
    """The limits of each village by its id."""
    return {row.id: limits[row.path] for row in villages}


def _count_homes(
    viewer: Viewer, at: AsOf, village_id: int | None, counts: Any, limits: Mapping[int, SizeLimits], today: date
) -> None:
    sizes = {row.grid_id: row for row in db.session.execute(place_sizes(viewer, at, village_id))}
    for row in sizes.values():
        numbers = counts[row.village_id]
        numbers["homes"] += row.homes
        numbers["persons"] += row.persons
        numbers["no_liaison"] += row.homes - row.covered
    for cell in db.session.execute(cells(viewer, at, village_id)):
        size = sizes.get(cell.id)
        homes_here, persons_here = (size.homes, size.persons) if size else (0, 0)
        numbers, limit = counts[cell.village_id], limits.get(cell.village_id, SizeLimits())
        numbers["cells"] += 1
        numbers["cell_homes"] += not within(homes_here, limit.households)
        numbers["cell_persons"] += not within(persons_here, limit.persons)
    here = homes(viewer, at, village_id)
    late = (
        select(here.c.village_id, func.count().label("n"))
        .join(Household, Household.id == here.c.household_id)
        .where(not_visited(viewer, at, today=today))
        .group_by(here.c.village_id)
    )
    for row in db.session.execute(late):
        counts[row.village_id]["not_visited"] = row.n


def within(number: int, span: tuple[int, int]) -> bool:
    """Whether a size lies within its limits."""
    return span[0] <= number <= span[1]


def place_sizes(viewer: Viewer, at: AsOf, village_id: int | None = None) -> Any:
    """(grid_id, village_id, homes, persons, covered) of every place with a home."""
    here = homes(viewer, at, village_id)
    persons = (
        select(Member.household_id, func.count().label("n"))
        .where(in_force(Member, at.on, known_at=at.known_at))
        .group_by(Member.household_id)
        .subquery("person")
    )
    covered = case((here.c.household_id.in_(looked_after(at)), 1), else_=0)
    return (
        select(
            here.c.grid_id, here.c.village_id, func.count().label("homes"),
            func.coalesce(func.sum(persons.c.n), 0).label("persons"), func.sum(covered).label("covered"),
        )
        .outerjoin(persons, persons.c.household_id == here.c.household_id)
        .group_by(here.c.grid_id, here.c.village_id)
    )  # fmt: skip


def cells(viewer: Viewer, at: AsOf, village_id: int | None = None) -> Any:
    """(id, code, name, village_id) of the cells in reach on the day, by code."""
    query = select(Grid.id, Grid.code, Grid.name, Grid.village_id).where(
        Grid.level == GridLevel.CELL, grid_stands(Grid, at), in_reach(viewer, Grid.path)
    )
    return (query.where(Grid.village_id == village_id) if village_id is not None else query).order_by(Grid.code)


def _count_circles(
    viewer: Viewer, at: AsOf, village_id: int | None, counts: Any, limits: Mapping[int, SizeLimits]
) -> None:
    for row in db.session.execute(circles(viewer, at, village_id)):
        numbers, limit = counts[row.village_id], limits.get(row.village_id, SizeLimits())
        numbers["liaisons"] += bool(row.held)
        numbers["circle_few"] += row.homes < limit.circle_few
        numbers["circle_many"] += row.homes > limit.circle_many


def circles(viewer: Viewer, at: AsOf, village_id: int | None = None) -> Any:
    """(id, code, title, village_id, homes, held) of the liaisons' posts in reach on the day, by code."""
    size = (
        select(CirclePlace.post_id, func.count().label("n"))
        .where(CirclePlace.role == Role.LIAISON, in_force(CirclePlace, at.on, known_at=at.known_at))
        .group_by(CirclePlace.post_id)
        .subquery("size")
    )
    query = (
        select(
            Post.id, Post.code, Post.title, Post.section_id, Grid.village_id,
            func.coalesce(size.c.n, 0).label("homes"),
            held(Post, at).label("held"),
        )
        .join(Grid, Grid.id == Post.place_id)
        .outerjoin(size, size.c.post_id == Post.id)
        .where(Post.role == Role.LIAISON, post_stands(Post, at), in_reach(viewer, Post.place_path))
    )  # fmt: skip
    return (query.where(Grid.village_id == village_id) if village_id is not None else query).order_by(Post.code)


def sections(viewer: Viewer, at: AsOf, village_id: int | None = None) -> Any:
    """(id, code, name, village_id) of the sections in reach on the day, by village and code."""
    query = (
        select(Section.id, (Grid.code + "-" + Section.code).label("code"), Section.name, Section.village_id)
        .join(Grid, Grid.id == Section.village_id)
        .where(grids.in_sections(at.on), in_reach(viewer, Section.place_path))
    )
    query = query.where(Section.village_id == village_id) if village_id is not None else query
    return query.order_by(Grid.code, Section.code)


def without_fulltime(viewer: Viewer, at: AsOf) -> Any:
    """(id, code, name, village_id) of the villages in reach where nobody works full time, by code."""
    place = aliased(Grid)
    works = (
        select(place.village_id)
        .join(Post, Post.place_id == place.id)
        .where(Post.role == Role.FULLTIME_GRID, post_stands(Post, at), held(Post, at), place.village_id.is_not(None))
    )
    return (
        select(Grid.id, Grid.code, Grid.name, Grid.id.label("village_id"))
        .where(
            Grid.level == GridLevel.VILLAGE, grid_stands(Grid, at), in_reach(viewer, Grid.path), Grid.id.not_in(works)
        )
        .order_by(Grid.code)
    )


def without_line(viewer: Viewer, at: AsOf) -> Any:
    """(id, code, name, village_id, person) of the grid leaders in reach who hold none of the three lines, by post."""
    own, line, line_post = aliased(Holding), aliased(Holding), aliased(Post)
    in_line = exists().where(
        line.person_id == own.person_id, in_force(line, at.on, known_at=at.known_at), line.stand_in.is_(False),
        line_post.id == line.post_id, line_post.role.in_(tuple(LINE_ROLES.values())), post_stands(line_post, at),
    )  # fmt: skip
    return (
        select(Post.id, Post.code, Post.title.label("name"), Grid.village_id, own.person_id)
        .join(own, own.post_id == Post.id)
        .join(Grid, Grid.id == Post.place_id)
        .where(
            Post.role == Role.GRID_LEADER, post_stands(Post, at), in_force(own, at.on, known_at=at.known_at),
            own.stand_in.is_(False), in_reach(viewer, Post.place_path), ~in_line,
        )
        .order_by(Post.code, own.person_id)
    )  # fmt: skip
