"""One object of each kind for every place, made through the services: what a role may reach, and what it must not.

Each carries a mark of its own in its words, so that a page that shows it where it should not can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, Channel
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.words import Text
from gridcase.files import service as files
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices import service as notices
from gridcase.people.models import Unit
from gridcase.points import service as points
from gridcase.points.models import Transfer
from tests.factories.world import MAKER, World
from tests.files.corpus import jpeg

MISSING_ID = 987_654
ORDINARY, PRAISED, RESTRICTED = "0401", "0504", "0301"


@dataclass(frozen=True)
class Thing:
    """Something with an id, and where it stands, in the words of the small world."""

    kind: str
    name: str
    id: int
    mark: str = ""
    village: str = ""
    cell: str = ""
    section: str = ""
    homes_of: frozenset[str] = frozenset()  # the roles whose circle, pairing or card holds its home
    unit: str = ""
    posts: frozenset[str] = frozenset()  # the roles whose post it is addressed to or was collected by
    restricted: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Spot:
    """A home of the world, and what stands there."""

    name: str
    homes: str
    index: int
    village: str
    cell: str
    section: str = ""
    homes_of: frozenset[str] = frozenset()


SPOTS = (
    Spot("own", "circle", 0, "village_a", "village_a_cell_1", "section_1", frozenset({"liaison", "resident"})),
    Spot("paired", "paired", 0, "village_a", "village_a_cell_3", homes_of=frozenset({"party_contact"})),
    Spot("other cell", "village_a", 12, "village_a", "village_a_cell_4"),
    Spot("sibling village", "village_b", 0, "village_b", "village_b_cell_1"),
    Spot("other town", "other_village", 0, "other_village", "other_village_cell_1"),
    Spot("other county", "far_village", 0, "far_village", "far_village_cell_1"),
)


def make(world: World) -> list[Thing]:
    """Everything, in one transaction per thing's own service call."""
    things = []
    for spot in SPOTS:
        household_id = world.homes[spot.homes][spot.index]
        things.append(_home(spot, household_id))
        things.append(_thing(spot, "village", world.grids[spot.village], cell=""))
        things.append(_thing(spot, "cell", world.grids[spot.cell]))
        things.append(_case(world, spot, household_id))
        things += _awards(spot, household_id)
    things += _special_cases(world) + _notices(world)
    things += [_paper(thing) for thing in things if thing.kind == "case"]
    of_cases = [thing for thing in things if thing.kind == "case"]
    things += [replace(thing, kind="pin", mark="") for thing in of_cases]
    things += [replace(thing, kind="plain case", mark="") for thing in of_cases]
    return things + [_missing(kind) for kind in sorted({thing.kind for thing in things})]


def _paper(case: Thing) -> Thing:
    """A photo of a case: it opens where its case does; its address is the case's, and number 1."""
    photo = files.prepare(jpeg())
    with transaction():
        found = db.session.get_one(Case, case.id)
        cases.attach(found, cases.Papers((photo,)), actor=MAKER, now=clock.now())
    return replace(case, kind="paper", mark="")


def _missing(kind: str) -> Thing:
    return Thing(kind, "missing", MISSING_ID)


def _thing(spot: Spot, kind: str, thing_id: int, *, mark: str = "", cell: str | None = None, name: str = "") -> Thing:
    return Thing(
        kind, name or spot.name, thing_id, mark=mark, village=spot.village, cell=spot.cell if cell is None else cell,
        section=spot.section if kind not in {"village", "cell"} else "",
        homes_of=spot.homes_of if kind not in {"village", "cell"} else frozenset(),
    )  # fmt: skip


def _home(spot: Spot, household_id: int) -> Thing:
    return _thing(spot, "household", household_id, mark=db.session.get_one(Household, household_id).address)


def _case(world: World, spot: Spot, household_id: int) -> Thing:
    """Registered, accepted; in the own cell also sent to the town's water station."""
    case_id, mark = _register(spot, household_id, ORDINARY, name=spot.name)
    unit = "water" if spot.name == "own" else ""
    if unit:
        _send(world, case_id, unit)
    return Thing(
        "case", spot.name, case_id, mark=mark, village=spot.village, cell=spot.cell, section=spot.section,
        homes_of=spot.homes_of, unit=unit,
    )  # fmt: skip


def _register(spot: Spot, household_id: int, code: str, *, name: str, post: int | None = None) -> tuple[int, str]:
    mark = f"记号（{name}）之事"
    with transaction():
        household = db.session.get_one(Household, household_id)
        case = cases.collect(
            actor=MAKER, case_class=case_queries.class_in_use(code), title=mark, text=f"{mark}的经过",
            channel=Channel.VISIT, grid=db.session.get_one(Grid, household.grid_id), household=household,
            reporter_name=f"{name}报事人", collector_post=post, now=clock.now(),
        )  # fmt: skip
        cases.accept(case, actor=MAKER, now=clock.now())
        return case.id, mark


def _send(world: World, case_id: int, unit: str) -> None:
    with transaction():
        case = db.session.get_one(Case, case_id)
        cases.dispatch(case, actor=MAKER, unit=db.session.get_one(Unit, world.units[unit]), now=clock.now())


def _special_cases(world: World) -> list[Thing]:
    """At the county's station; collected by the liaison elsewhere; restricted; restricted and sent on."""
    own, elsewhere = SPOTS[0], SPOTS[2]
    home, other_home = (world.homes[spot.homes][spot.index] for spot in (own, elsewhere))
    at_county, county_mark = _register(elsewhere, other_home, ORDINARY, name="at the county")
    _send(world, at_county, "county_water")
    collected, collected_mark = _register(
        elsewhere, other_home, ORDINARY, name="collected", post=world.posts["liaison"]
    )
    secret, secret_mark = _register(own, home, RESTRICTED, name="restricted")
    sent, sent_mark = _register(own, home, RESTRICTED, name="restricted and sent")
    _send(world, sent, "justice")
    outside = {"village": elsewhere.village, "cell": elsewhere.cell}
    inside = {"village": own.village, "cell": own.cell, "section": own.section, "homes_of": own.homes_of}
    return [
        Thing("case", "at the county", at_county, county_mark, unit="county_water", **outside),
        Thing("case", "collected", collected, collected_mark, posts=frozenset({"liaison"}), **outside),
        Thing("case", "restricted", secret, secret_mark, restricted=True, **inside),
        Thing("case", "restricted and sent", sent, sent_mark, unit="justice", restricted=True, **inside),
    ]


def _closed(spot: Spot, household_id: int, *, name: str) -> tuple[int, str]:
    """One that has brought points to its home."""
    case_id, mark = _register(spot, household_id, PRAISED, name=name)
    with transaction():
        case = db.session.get_one(Case, case_id)
        cases.self_solve(case, actor=MAKER, now=clock.now(), result="已修好", answer=Answer.SOLVED)
    return case_id, mark


def _awards(spot: Spot, household_id: int) -> list[Thing]:
    """An award under public notice, and one that somebody has objected to."""
    made = []
    for kind, name in (("award", f"closed {spot.name}"), ("objection", f"objected {spot.name}")):
        case_id, mark = _closed(spot, household_id, name=name)
        award = db.session.scalars(select(Transfer).where(Transfer.source_id == str(case_id))).one()
        made.append(replace(_thing(spot, "case", case_id, mark=mark, name=name), closed=True))
        made.append(_thing(spot, kind, award.id))
    words = f"记号（{spot.name}）的异议"
    with transaction():
        award = db.session.get_one(Transfer, made[-1].id)
        points.object_to(award, actor=MAKER, reason=words, now=clock.now())
    return [*made[:-1], replace(made[-1], mark=words)]


def _notices(world: World) -> list[Thing]:
    made = []
    for name, post, unit in (
        ("to the liaison", "liaison", ""),
        ("to the station", "", "water"),
        ("elsewhere", "", "other_station"),
    ):
        mark = f"记号（{name}）的通知"
        with transaction():
            telling = notices.Telling(
                rule="proof", subject_kind="proof", subject_id=len(made), due_at=None, place_path="/",
                text=Text(mark, {}), link="/", post_id=world.posts.get(post), unit_id=world.units.get(unit),
            )  # fmt: skip
            notice_id = notices.tell(telling, now=clock.now())
        assert notice_id is not None
        made.append(Thing("notice", name, notice_id, mark, unit=unit, posts=frozenset({post} if post else ())))
    return made
