"""From what a form says to a plan: which homes, which cells and posts, who follows whom. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridcase.core.clock import town_day
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Kind, NewPlace, NewPost, Plan, Seat, Spot, Why, suggest_circles
from gridcase.planner.service import posts

# Their circles are homes that know them, wherever the cells lie: they go on when a cell ends.
_OF_CIRCLES = frozenset({Role.LIAISON, Role.PARTY_CONTACT})


@dataclass(frozen=True)
class When:
    """From which day on, and why; a past day corrects, a day to come takes effect then."""

    on: date
    reason: str


@dataclass(frozen=True)
class Part:
    """A new cell of a split: its name, its homes, who is to lead it."""

    name: str
    homes: Sequence[int]
    leader_id: int | None = None


def move(village: Grid, when: When, *, homes: Sequence[int], target: int | None, circle: int | None) -> Plan:
    """Homes to another cell or group of the village, to another circle, or both."""
    if not homes:
        raise Refused(N_("请勾选要调整的住户。"), field="homes")
    if target is None and circle is None:
        raise Refused(N_("请选新的网格或新的联户代表，也可以两样都选。"), field="target")
    cells = dict.fromkeys(homes, str(target)) if target is not None else {}
    circles = dict.fromkeys(homes, str(circle)) if circle is not None else {}
    return Plan(Kind.MOVE, village.id, when.on, when.reason, cells=cells, circles=circles)


def split(village: Grid, when: When, *, cell: Grid, parts: Sequence[Part], now: datetime) -> Plan:
    """A cell into two or more: what is in no part stays, so that its code and its history go on."""
    if cell.level != GridLevel.CELL:
        raise Refused(N_("只有三级网格可以拆分。"))
    there = {row.id for row in villages.homes_in([cell.id], on=town_day(now))}
    chosen = [home for part in parts for home in part.homes]
    if any(not part.homes for part in parts):
        raise Refused(N_("每个新网格都要有住户，请再分一分。"), field="homes")
    if not there - set(chosen):
        raise Refused(N_("原网格要留下一些住户。"), field="homes")
    if not set(chosen) <= there:
        raise Refused(N_("有的住户已经不在这个网格，请重新打开这一页。"), field="homes")
    names = [part.name for part in parts]
    known = {row.name for row in villages.places_in(village.path, on=town_day(now))}
    if len(set(names)) < len(names) or known & set(names):
        raise Refused(N_("网格名称不能和本村别的网格相同。"), field="name_1")
    keyed = [(f"n{number}", part) for number, part in enumerate(parts, start=1)]
    return Plan(
        Kind.SPLIT, village.id, when.on, when.reason,
        places=tuple(NewPlace(key, cell.id, part.name) for key, part in keyed),
        posts=tuple(
            NewPost(f"p{key}", Role.GRID_LEADER, f"{part.name}网格长", key, part.leader_id) for key, part in keyed
        ),
        cells={home: key for key, part in keyed for home in part.homes},
    )  # fmt: skip


def merge(village: Grid, when: When, *, survivor: Grid, others: Sequence[int], now: datetime) -> Plan:
    """Cells into one that goes on; the others end, and so do their posts, each with a successor."""
    if not others:
        raise Refused(N_("请勾选要并进来的网格。"), field="others")
    ended = dict.fromkeys(others, str(survivor.id))
    today = town_day(now)
    closing, moving = {}, {}
    for post in villages.posts_at(others, on=today):
        if post.role in _OF_CIRCLES:
            moving[post.id] = str(survivor.id)
            continue
        follower = posts.successors(post, survivor, village=village, now=now)
        if follower is None:
            raise Refused(N_("%(post)s没有接手的岗位，请先给合并后的网格设网格长。", post=post.title))
        closing[post.id] = str(follower.id)
    cells = {row.id: str(survivor.id) for row in villages.homes_in(others, on=today)}
    return Plan(
        Kind.MERGE, village.id, when.on, when.reason, cells=cells, ended_places=ended, ended_posts=closing,
        moved_posts=moving,
    )  # fmt: skip


def replace(
    village: Grid, when: When, *, post: Post, person_id: int, new_post: bool, title: str, now: datetime
) -> Plan:
    """Another person: in the same post, or in a new one that takes the whole circle over."""
    today = town_day(now)
    holders = villages.seated([post.id], on=today).get(post.id, [])
    if (person_id, False) in holders:
        raise Refused(N_("这个人已经担任这个岗位。"), field="person")
    if not new_post:
        return Plan(Kind.REPLACE, village.id, when.on, when.reason, seats=(Seat(post.id, person_id),))
    if post.role != Role.LIAISON:
        raise Refused(N_("只有联户代表可以改设新岗位，其他岗位请选“同一岗位换人”。"), field="way")
    opened = NewPost("n1", Role.LIAISON, title or post.title, str(village.id), person_id, post.section_id)
    homes = {row.id: "n1" for row in villages.homes_of(post.id, on=today)}
    return Plan(
        Kind.REPLACE, village.id, when.on, when.reason, posts=(opened,), circles=homes, ended_posts={post.id: "n1"}
    )


def dissolve(village: Grid, when: When, *, post: Post, circles: Mapping[int, int], successor: int | None) -> Plan:
    """A circle ends: each home to another one; what has no home of the circle goes to the successor."""
    if post.role != Role.LIAISON:
        raise Refused(N_("只有联户圈可以撤销。"))
    if successor is None:
        raise Refused(N_("请选接手其他在办事项的岗位。"), field="successor")
    if post.id in circles.values() or successor == post.id:
        raise Refused(N_("要撤销的联户圈不能再接收住户。"), field="successor")
    return Plan(
        Kind.DISSOLVE, village.id, when.on, when.reason,
        circles={home: str(taker) for home, taker in circles.items()}, ended_posts={post.id: str(successor)},
    )  # fmt: skip


def stand_in(village: Grid, when: When, *, post: Post, person_id: int, last_day: date, now: datetime) -> Plan:
    """Somebody stands in for the holder of a post, both days included."""
    holders = villages.seated([post.id], on=town_day(now)).get(post.id, [])
    if any(person == person_id for person, _stands_in in holders):
        raise Refused(N_("这个人已经担任这个岗位。"), field="person")
    return Plan(
        Kind.STAND_IN, village.id, when.on, when.reason, until=last_day + timedelta(days=1),
        seats=(Seat(post.id, person_id, stand_in=True),),
    )  # fmt: skip


def suggested(post: Post, village: Grid, *, most: int, now: datetime) -> dict[int, tuple[int, Why]]:
    """Where the homes of a circle could go when it ends; empty when there is no other circle."""
    today = town_day(now)
    homes = [row.id for row in villages.homes_of(post.id, on=today)]
    sizes = {row.id: row.homes for row in villages.circles_in(village.path, on=today) if row.id != post.id}
    if not sizes or not homes:
        return {}
    spots: dict[int, Spot | None] = villages.spots_of(homes)
    return suggest_circles(
        homes=spots, nominated=villages.nominated_posts(homes, sizes, on=today),
        centres=villages.centres_of(sizes, on=today), sizes=sizes, most=most,
    )  # fmt: skip


def person_for(chosen: str, written: str, *, village: Grid) -> int:
    """The person picked from the list, or the one whose name was written."""
    if chosen.isdigit():
        return int(chosen)
    if not written.strip():
        raise Refused(N_("请选一位，或写姓名。"), field="person")
    found = villages.persons_called(written, village_path=village.path)
    if not found:
        raise Refused(N_("本村没有登记这个姓名的人，请先在人员台账登记。"), field="name")
    if len(found) > 1:
        raise Refused(N_("本村有同名的人，请在姓名后空一格写手机尾号四位。"), field="name")
    return found[0]
