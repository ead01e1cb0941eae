"""Reading announcements: which there are for somebody, whom to tell today, who has been told."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from gridcase.bulletin.models import Announcement, AnnouncementHome
from gridcase.bulletin.rules import SCOPES
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import VILLAGE, depth_of, with_above
from gridcase.core.scope import reach, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import CirclePlace, Household
from gridcase.people.models import Post
from gridcase.people.rules import Role


@dataclass(frozen=True)
class ToTell:
    """A running announcement and those homes of somebody's circles that have not heard it: (id, code, head_name,
    address) rows in the order of their codes."""

    id: int
    title: str
    text: str
    until: date
    rows: tuple[Any, ...]
    of: int  # how many homes of the circles it is for
    heard: tuple[int, ...] = ()  # the ids of those of them that have been told

    @property
    def homes(self) -> list[int]:
        """The ids of the homes still to be told."""
        return [row.id for row in self.rows]


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Announcements of the places one answers for, and those that are for homes one visits."""
    ways = [reach(viewer, Permission.ANNOUNCE, path=Announcement.path)]
    above = {path for home in _paths_of_homes(viewer) for path in with_above(home)}
    for grant in viewer.grants_with(Permission.ANNOUNCE) + viewer.grants_with(Permission.LOG_VISIT):
        if grant.path and grant.household_ids is None and grant.section_id is None and grant.unit_id is None:
            above.update(with_above(grant.path))
            ways.append(under(Announcement.path, grant.path) if grant.path != "/" else Announcement.path >= "/")
    ways.append(Announcement.path.in_(sorted(above)))
    return or_(*ways)


def _paths_of_homes(viewer: Viewer) -> Sequence[str]:
    """Where the homes of circles and sections lie; a place grant needs no look at its homes."""
    mine = _narrowed(viewer, places=False)
    if not mine.grants:
        return []
    condition = households.visible(mine, Permission.LOG_VISIT)
    return db.session.scalars(select(Household.path).where(condition, households.standing()).distinct()).all()


def _narrowed(viewer: Viewer, *, places: bool, sections: bool = True) -> Viewer:
    """The viewer without his posts over places, or over sections."""
    kept = tuple(
        grant
        for grant in viewer.grants
        if grant.household_ids is not None or (sections and grant.section_id is not None) or places
    )
    return dataclasses.replace(viewer, grants=kept)


def countable(viewer: Viewer) -> ColumnElement[bool]:
    """Homes whose telling somebody may count: those of the place he speaks for, and those he visits."""
    return or_(
        reach(viewer, Permission.ANNOUNCE, path=Household.path), households.visible(viewer, Permission.LOG_VISIT)
    )


def get_announcement(announcement_id: int, *, viewer: Viewer) -> Announcement:
    """One announcement the viewer writes, or passes on, else `Missing`."""
    found = db.session.scalar(select(Announcement).where(Announcement.id == announcement_id, visible(viewer)))
    if found is None:
        raise Missing
    return found


def get_own(announcement_id: int, *, viewer: Viewer) -> Announcement:
    """One announcement of a place the viewer speaks for, else `Missing`."""
    own = reach(viewer, Permission.ANNOUNCE, path=Announcement.path)
    found = db.session.scalar(select(Announcement).where(Announcement.id == announcement_id, own))
    if found is None:
        raise Missing
    return found


def is_own(announcement: Announcement, *, viewer: Viewer) -> bool:
    """Whether the viewer speaks for its place."""
    return any(
        grant.path and announcement.path.startswith(grant.path)
        for grant in viewer.grants_with(Permission.ANNOUNCE)
        if grant.household_ids is None and grant.section_id is None
    )


def by_uuid(client_uuid: str) -> Announcement | None:
    """The announcement sent under this mark."""
    return db.session.scalar(select(Announcement).where(Announcement.client_uuid == client_uuid))


def running(on: date) -> ColumnElement[bool]:
    """Announcements that are being passed on."""
    return and_(Announcement.ended_at.is_(None), Announcement.until >= on)


def page(viewer: Viewer, *, on: date, over: bool, after: str | None) -> Page[Any]:
    """(announcement, place name, post title) newest first; `over`: those that run no more."""
    query = (
        select(Announcement, Grid.name.label("place"), Post.title.label("post_title"))
        .join(Grid, Grid.id == Announcement.place_id)
        .outerjoin(Post, Post.id == Announcement.post_id)
        .where(visible(viewer), ~running(on) if over else running(on))
    )
    last = read_mark(after, instant, int)
    if last:
        at, row_id = last
        earlier = and_(Announcement.published_at == at, Announcement.id < row_id)
        query = query.where(or_(Announcement.published_at < at, earlier))
    rows = db.session.execute(
        query.order_by(Announcement.published_at.desc(), Announcement.id.desc()).limit(PAGE_SIZE + 1)
    ).all()
    return cut(rows, lambda row: [row.Announcement.published_at.isoformat(), row.Announcement.id])


def counts_of(ids: Sequence[int], *, viewer: Viewer) -> dict[int, tuple[int, int]]:
    """(homes told, homes in all) of announcements, over the homes the viewer may count; one statement for all."""
    end = func.substr(Announcement.path, 1, func.length(Announcement.path) - 1).concat("0")
    rows = db.session.execute(
        select(Announcement.id, func.count(AnnouncementHome.id).label("told"), func.count(Household.id).label("homes"))
        .join(Household, and_(Household.path >= Announcement.path, Household.path < end))
        .outerjoin(AnnouncementHome, _tick_of(Announcement.id))
        .where(Announcement.id.in_(ids), households.standing(), countable(viewer))
        .group_by(Announcement.id)
    )
    return {row.id: (row.told, row.homes) for row in rows}


def _tick_of(announcement_id: Any) -> ColumnElement[bool]:
    return and_(AnnouncementHome.announcement_id == announcement_id, AnnouncementHome.household_id == Household.id)


def any_told(announcement: Announcement) -> bool:
    """Whether somebody has been told."""
    return bool(
        db.session.scalar(
            select(AnnouncementHome.id).where(AnnouncementHome.announcement_id == announcement.id).limit(1)
        )
    )


def told_among(announcement: Announcement, household_ids: Collection[int]) -> set[int]:
    """Those of these homes that were told."""
    return set(
        db.session.scalars(
            select(AnnouncementHome.household_id).where(
                AnnouncementHome.announcement_id == announcement.id, AnnouncementHome.household_id.in_(household_ids)
            )
        )
    )


def by_village(announcement: Announcement, *, viewer: Viewer) -> Sequence[Any]:
    """(id, name, told, homes) of the villages of a town's announcement, in the order of their codes."""
    return db.session.execute(
        select(
            Grid.id, Grid.name, func.count(AnnouncementHome.id).label("told"), func.count(Household.id).label("homes")
        )
        .select_from(Household)
        .join(Grid, Grid.id == Household.village_id)
        .outerjoin(AnnouncementHome, _tick_of(announcement.id))
        .where(*_meant(announcement.path), countable(viewer))
        .group_by(Grid.id, Grid.name, Grid.code)
        .order_by(Grid.code)
    ).all()


def by_cell(announcement: Announcement, *, viewer: Viewer, path: str) -> Sequence[Any]:
    """(name, told, homes) of the cells below a village, in the order of their codes."""
    return db.session.execute(
        select(Grid.name, func.count(AnnouncementHome.id).label("told"), func.count(Household.id).label("homes"))
        .select_from(Household)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(AnnouncementHome, _tick_of(announcement.id))
        .where(*_meant(path), countable(viewer))
        .group_by(Grid.id, Grid.name, Grid.code)
        .order_by(Grid.code)
    ).all()


def by_circle(announcement: Announcement, *, viewer: Viewer, path: str, on: date) -> Sequence[Any]:
    """(title of the circle's post, or None where homes have no liaison; told, homes) below a village, in the order of
    the posts' codes: who is to be asked, and no list of who is quick."""
    of_circle = and_(
        CirclePlace.household_id == Household.id, CirclePlace.role == Role.LIAISON, in_force(CirclePlace, on)
    )
    return db.session.execute(
        select(
            Post.title.label("name"), func.count(AnnouncementHome.id).label("told"),
            func.count(Household.id).label("homes"),
        )
        .select_from(Household)
        .outerjoin(CirclePlace, of_circle)
        .outerjoin(Post, Post.id == CirclePlace.post_id)
        .outerjoin(AnnouncementHome, _tick_of(announcement.id))
        .where(*_meant(path), countable(viewer))
        .group_by(Post.id, Post.title, Post.code)
        .order_by(Post.code.is_(None), Post.code)
    ).all()  # fmt: skip


def _meant(path: str) -> tuple[ColumnElement[bool], ...]:
    """The homes an announcement over a path is for: those that are there now."""
    return under(Household.path, path), households.standing()


def still_to_tell(announcement: Announcement, *, viewer: Viewer, path: str, after: str | None) -> Page[Any]:
    """The homes that have not heard it, by code, of those the viewer looks after or may see."""
    query = (
        select(Household.id, Household.code, Household.head_name, Household.address, Household.absent)
        .outerjoin(AnnouncementHome, _tick_of(announcement.id))
        .where(
            *_meant(path),
            AnnouncementHome.id.is_(None),
            or_(households.visible(viewer), households.visible(viewer, Permission.LOG_VISIT)),
        )
    )
    last = read_mark(after, str)
    if last:
        query = query.where(Household.code > last[0])
    rows = db.session.execute(query.order_by(Household.code).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.code])


def told(announcement: Announcement, *, viewer: Viewer, path: str, after: str | None) -> Page[Any]:
    """Who has been told: home, when, how, by which post; newest first."""
    query = (
        select(
            AnnouncementHome.id, AnnouncementHome.told_at, AnnouncementHome.how, AnnouncementHome.user_id,
            AnnouncementHome.post_id, Household.id.label("household_id"), Household.code, Household.head_name,
            Post.title.label("post_title"),
        )
        .join(Household, Household.id == AnnouncementHome.household_id)
        .outerjoin(Post, Post.id == AnnouncementHome.post_id)
        .where(
            AnnouncementHome.announcement_id == announcement.id,
            under(Household.path, path),
            or_(households.visible(viewer), households.visible(viewer, Permission.LOG_VISIT)),
        )
    )  # fmt: skip
    last = read_mark(after, instant, int)
    if last:
        at, row_id = last
        earlier = and_(AnnouncementHome.told_at == at, AnnouncementHome.id < row_id)
        query = query.where(or_(AnnouncementHome.told_at < at, earlier))
    rows = db.session.execute(
        query.order_by(AnnouncementHome.told_at.desc(), AnnouncementHome.id.desc()).limit(PAGE_SIZE + 1)
    ).all()
    return cut(rows, lambda row: [row.told_at.isoformat(), row.id])


def to_tell(viewer: Viewer, on: date) -> list[ToTell]:
    """The running announcements that homes of the viewer's circles have not heard, the next to end first; three
    statements however many there are. Who answers for a place finds its homes on the announcement's own page."""
    mine = _narrowed(viewer, places=False, sections=False)
    homes = db.session.execute(
        select(Household.id, Household.code, Household.head_name, Household.address, Household.path)
        .where(households.visible(mine, Permission.LOG_VISIT) if mine.grants else false(), households.standing())
        .order_by(Household.code)
    ).all()  # fmt: skip
    if not homes:
        return []
    above = sorted({path for home in homes for path in with_above(home.path)})
    announcements = db.session.scalars(
        select(Announcement)
        .where(running(on), Announcement.path.in_(above))
        .order_by(Announcement.until, Announcement.id)
    ).all()
    ticks = db.session.execute(
        select(AnnouncementHome.announcement_id, AnnouncementHome.household_id).where(
            AnnouncementHome.announcement_id.in_([one.id for one in announcements]),
            AnnouncementHome.household_id.in_([home.id for home in homes]),
        )
    ).all()
    done = {(row.announcement_id, row.household_id) for row in ticks}
    found = []
    for one in announcements:
        meant = [home for home in homes if home.path.startswith(one.path)]
        left = tuple(home for home in meant if (one.id, home.id) not in done)
        if left:
            heard = tuple(home.id for home in meant if (one.id, home.id) in done)
            found.append(ToTell(one.id, one.title, one.text, one.until, left, len(meant), heard))
    return found


def for_home(household: Household, *, on: date) -> Sequence[Announcement]:
    """The running announcements that a home has not heard, the next to end first."""
    heard = select(AnnouncementHome.announcement_id).where(AnnouncementHome.household_id == household.id)
    return db.session.scalars(
        select(Announcement)
        .where(running(on), Announcement.path.in_(with_above(household.path)), Announcement.id.not_in(heard))
        .order_by(Announcement.until, Announcement.id)
    ).all()


def liaison_posts(path: str, *, on: date) -> Sequence[Any]:
    """(id, place_path) of the liaisons' posts whose circles hold homes of a place."""
    return db.session.execute(
        select(Post.id, Post.place_path)
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(Post.role == Role.LIAISON, in_force(CirclePlace, on), *_meant(path))
        .distinct()
        .order_by(Post.id)
    ).all()


def places(viewer: Viewer) -> Sequence[Any]:
    """(id, name, level) of the places somebody may speak for, the widest first; below a town its villages only."""
    roots = [
        grant.path
        for grant in viewer.grants_with(Permission.ANNOUNCE)
        if grant.path and grant.household_ids is None and grant.section_id is None
    ]
    inside = or_(false(), *(under(Grid.path, root) if root != "/" else Grid.path >= "/" for root in roots))
    wide = any(depth_of(root) < VILLAGE for root in roots)
    levels = (GridLevel.TOWN, GridLevel.VILLAGE) if wide else SCOPES
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.level)
        .where(inside, Grid.level.in_(levels), Grid.valid_to.is_(None))
        .order_by(Grid.code)
    ).all()


def village_below(announcement: Announcement, wanted: int | None, *, viewer: Viewer) -> Grid | None:
    """The village looked at within a town's announcement; None for the whole of it."""
    if wanted is None:
        return None
    found = db.session.scalar(
        select(Grid).where(Grid.id == wanted, Grid.level == GridLevel.VILLAGE, under(Grid.path, announcement.path))
    )
    if found is None:
        raise Missing
    return found


def place_of(announcement: Announcement) -> Grid:
    """The place it is for."""
    return db.session.get_one(Grid, announcement.place_id)


def title_of(announcement: Announcement) -> str:
    """The post that speaks; empty where none does."""
    post = db.session.get(Post, announcement.post_id) if announcement.post_id else None
    return post.title if post else ""
