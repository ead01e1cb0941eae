"""A change of a village's cells, circles and posts as one plan, before anything is written. Pure.

Places and posts are named by references: the id as text, or "n1", "n2" for those that the change itself creates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

PARTS_MOST = 4
Spot = tuple[float, float]  # longitude and latitude, WGS 84 degrees


class Kind(Labelled):
    """The changes there are; each is one operation."""

    MOVE = "move", N_("调整住户")
    SPLIT = "split", N_("拆分网格")
    MERGE = "merge", N_("合并网格")
    REPLACE = "replace", N_("更换联户代表")
    DISSOLVE = "dissolve", N_("撤销联户圈")
    STAND_IN = "stand_in", N_("请假代班")


class Stage(Labelled):
    """How far a change has come."""

    PLANNED = "planned", N_("待生效")
    DONE = "done", N_("已生效")
    WITHDRAWN = "withdrawn", N_("已取消")
    FAILED = "failed", N_("没能生效")


class Item(Labelled):
    """What is handed over."""

    HOME = "home", N_("住户")
    CASE = "case", N_("在办事件")
    VISIT = "visit", N_("到期走访")


@dataclass(frozen=True)
class NewPlace:
    """A cell that comes out of another one."""

    key: str
    origin_id: int
    name: str


@dataclass(frozen=True)
class NewPost:
    """A post that the change creates, and who is to hold it (None: named later)."""

    key: str
    role: str
    title: str
    place: str
    person_id: int | None = None
    section_id: int | None = None


@dataclass(frozen=True)
class Seat:
    """A person comes to a post: in place of who holds it, or beside him for a time."""

    post_id: int
    person_id: int
    stand_in: bool = False


@dataclass(frozen=True)
class Plan:
    """The whole change. `cells`, `circles`: home to place or post; `ended_places`, `ended_posts`: to what follows them;
    `moved_posts`: liaisons' posts that stood at an ended cell and stand at another now."""

    kind: Kind
    village_id: int
    on: date
    reason: str
    until: date | None = None
    places: tuple[NewPlace, ...] = ()
    posts: tuple[NewPost, ...] = ()
    cells: Mapping[int, str] = field(default_factory=dict)
    circles: Mapping[int, str] = field(default_factory=dict)
    ended_places: Mapping[int, str] = field(default_factory=dict)
    ended_posts: Mapping[int, str] = field(default_factory=dict)
    moved_posts: Mapping[int, str] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()

    def homes(self) -> list[int]:
        """Every home whose cell or circle changes."""
        return sorted({*self.cells, *self.circles})

    def to_json(self) -> dict[str, Any]:
        """The form kept in the database."""
        kept: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Mapping):
                value = {str(key): ref for key, ref in sorted(value.items())}
            elif isinstance(value, tuple):
                value = [vars(part) for part in value]
            elif isinstance(value, date):
                value = value.isoformat()
            kept[one.name] = value
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        maps = ("cells", "circles", "ended_places", "ended_posts", "moved_posts")
        return cls(
            kind=Kind(kept["kind"]),
            village_id=kept["village_id"],
            on=date.fromisoformat(kept["on"]),
            reason=kept["reason"],
            until=date.fromisoformat(kept["until"]) if kept["until"] else None,
            places=tuple(NewPlace(**part) for part in kept["places"]),
            posts=tuple(NewPost(**part) for part in kept["posts"]),
            seats=tuple(Seat(**part) for part in kept["seats"]),
            **{name: {int(key): ref for key, ref in kept[name].items()} for name in maps},
        )


@dataclass(frozen=True)
class Giving:
    """What one post gives another (or one person the next in the same post); ids only."""

    giver: str | None
    taker: str | None
    giver_person: int | None
    taker_person: int | None
    homes: tuple[int, ...] = ()
    cases: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()

    def items(self) -> list[tuple[Item, int]]:
        """Every single thing, for the hand-over list."""
        groups = ((Item.HOME, self.homes), (Item.CASE, self.cases), (Item.VISIT, self.visits))
        return [(kind, subject_id) for kind, ids in groups for subject_id in ids]


def seen_mark(plan: Plan, givings: Sequence[Giving]) -> str:
    """What the reader of a preview saw; a confirmation of anything else is refused."""
    content = [plan.to_json(), [[one.giver, one.taker, sorted(one.items())] for one in givings]]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parts_by_place(spots: Mapping[int, Spot | None], parts: int) -> dict[int, int]:
    """Homes cut into parts of equal size along the longer side of where they lie, to start a split from; part 0 first.
    Homes without a pin stay in part 0."""
    known = {home: spot for home, spot in spots.items() if spot is not None}
    if len(known) < parts:
        return dict.fromkeys(spots, 0)
    wide = max(spot[0] for spot in known.values()) - min(spot[0] for spot in known.values())
    high = max(spot[1] for spot in known.values()) - min(spot[1] for spot in known.values())
    axis = 0 if wide >= high else 1
    order = sorted(known, key=lambda home: (known[home][axis], home))
    return {**dict.fromkeys(spots, 0), **{home: at * parts // len(order) for at, home in enumerate(order)}}


class Why(Labelled):
    """Why a circle is suggested for a home."""

    NOMINATED = "nominated", N_("本户提名")
    NEAREST = "nearest", N_("离得最近")
    SMALLEST = "smallest", N_("户数最少")


def suggest_circles(
    *,
    homes: Mapping[int, Spot | None],
    nominated: Mapping[int, Sequence[int]],
    centres: Mapping[int, Spot | None],
    sizes: Mapping[int, int],
    most: int,
) -> dict[int, tuple[int, Why]]:
    """A circle for each home of a dissolved one: whom it trusts, else the nearest that has room, else the smallest.
    Nobody grows beyond `most` as long as there is another way."""
    grown, chosen = dict(sizes), {}
    for home in sorted(homes):
        room = [post for post in sorted(grown) if grown[post] < most] or sorted(grown)
        wanted = next((post for post in nominated.get(home, ()) if post in room), None)
        spot = homes[home]
        placed = [post for post in room if centres.get(post) is not None] if spot is not None else []
        if wanted is not None:
            chosen[home] = (wanted, Why.NOMINATED)
        elif spot is not None and placed:
            chosen[home] = (min(placed, key=lambda post: (_apart(spot, centres[post]), post)), Why.NEAREST)
        else:
            chosen[home] = (min(room, key=lambda post: (grown[post], post)), Why.SMALLEST)
        grown[chosen[home][0]] += 1
    return chosen


def _apart(one: Spot, other: Spot | None) -> float:
    """Squared distance in degrees, good enough inside a village."""
    if other is None:
        return float("inf")
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
