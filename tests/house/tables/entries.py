"""Routes and objects of this part: declarations, their review, the conduct file, the supervisors' draws."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.files import service as files
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.points import jobs
from gridcase.points import service as points
from gridcase.points.models import Declaration, DeclarationPhoto, Review, Transfer
from gridcase.points.rules import DeclarationState
from gridcase.visits import service as visits
from tests.factories import schemes
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import World
from tests.files.corpus import jpeg
from tests.house.roles import CELL, CIRCLE, SEES_POINTS, VILLAGE, Row, names
from tests.points.declaring import changing

DECLARES = CIRCLE | CELL | VILLAGE | names("resident")
BATCHES = names("grid_leader fulltime_grid village_head")
REVIEWS = names("review_member")
KEEPS = names("village_head town_manager")
TOWN = names("town_manager")

TABLE: tuple[Row, ...] = (
    Row("points.declarations", DECLARES),
    Row("points.new_declaration", DECLARES),
    Row("points.declaration", SEES_POINTS, "declaration"),
    Row("points.declaration_photo", SEES_POINTS, "declaration"),
    Row("points.withdraw", DECLARES, "declaration"),
    Row("points.batch", BATCHES),
    Row("points.review", REVIEWS),
    Row("points.judge", REVIEWS, "declaration"),
    Row("points.meeting", REVIEWS),
    Row("points.reviewed", REVIEWS, "review"),
    Row("points.council", KEEPS),
    Row("points.hear_council", KEEPS, "for the council"),
    Row("points.town", TOWN),
    Row("points.hear_town", TOWN, "for the town"),
    Row("points.conduct", SEES_POINTS, "household"),
    Row("points.conduct_print", SEES_POINTS, "household"),
    Row("points.conduct_sheet", SEES_POINTS, "household"),
    Row("points.reply", DECLARES, "entry"),
    Row("points.ask_correction", DECLARES, "entry"),
    Row("points.corrections", REVIEWS),
    Row("points.correction", REVIEWS, "correction"),
    Row("points.spots", SEES_POINTS),
    Row("points.draw_spots", names("village_supervisor")),
    Row("points.spot", SEES_POINTS, "spot draw"),
    Row("visits.declare_deed", DECLARES, "deed"),
    Row("points.note_spots", names("village_supervisor"), "spot draw"),
)


def things(world: World) -> list[Thing]:
    """Declarations in each state, a meeting, an entry, a request and a draw of every place."""
    for village in sorted({spot.village for spot in SPOTS}):
        schemes.some_in_force(world.grids[village], now=clock.now())
    made = [thing for spot in SPOTS for thing in _of_home(world, spot)]
    jobs.mature(actor=job("points"), now=clock.now() - timedelta(days=20))
    made += [_correction(world, spot, thing.id) for spot, thing in zip(SPOTS, _entries(made), strict=True)]
    villages = {spot.village: spot for spot in reversed(SPOTS)}
    return made + [thing for spot in villages.values() for thing in _of_village(world, spot)]


def _entries(made: list[Thing]) -> list[Thing]:
    return [thing for thing in made if thing.kind == "entry"]


def _thing(kind: str, spot: Spot, number: int, mark: str = "") -> Thing:
    return Thing(
        kind, spot.name, number, mark, village=spot.village, cell=spot.cell, section=spot.section,
        homes_of=spot.homes_of,
    )  # fmt: skip


def _of_home(world: World, spot: Spot) -> list[Thing]:
    home, mark = world.homes[spot.homes][spot.index], f"记号（{spot.name}）的申报"
    states = (
        ("declaration", DeclarationState.DECLARED), ("for the council", DeclarationState.COUNCIL),
        ("for the town", DeclarationState.TOWN),
    )  # fmt: skip
    made = [_thing(kind, spot, _declare(home, state, mark), mark) for kind, state in states]
    return [*made, _thing("entry", spot, _entry(home)), _thing("deed", spot, _deed(home, mark), mark)]


def _deed(home: int, mark: str) -> int:
    with transaction():
        return visits.note_deed(
            actor=job("matrix"), client_uuid=str(uuid4()), household=db.session.get_one(Household, home), text=mark,
            on=clock.town_day(clock.now()), now=clock.now(),
        ).id  # fmt: skip


def _declare(home: int, state: DeclarationState, mark: str) -> int:
    with transaction():
        made = points.declare(
            client_uuid=str(uuid4()), household_id=home, item_code="Z401", text=mark, how="L", actor=job("matrix"),
            happened_on=clock.town_day(clock.now()), again=True, now=clock.now(),
        )  # fmt: skip
        number = made.id
    photo = files.prepare(jpeg())
    with changing():
        db.session.get_one(Declaration, number).state = state
        db.session.add(DeclarationPhoto(declaration_id=number, file_id=files.keep(photo, now=clock.now()).id))
    return number


def _entry(home: int) -> int:
    """Posted a month ago."""
    with transaction():
        made = points.post_award(
            household_id=home, points=5, rule="T2", version_id=None, source_kind="matrix", source_id=str(home),
            key=f"matrix:{home}", actor=job("matrix"), now=clock.now() - timedelta(days=30),
        )  # fmt: skip
        assert made is not None
        return made.id


def _correction(world: World, spot: Spot, transfer_id: int) -> Thing:
    """Asked for another entry than the one that may still be asked about."""
    home = world.homes[spot.homes][spot.index]
    with transaction():
        made = points.post_award(
            household_id=home, points=5, rule="T1", version_id=None, source_kind="matrix", source_id=f"{home}b",
            key=f"matrix:{home}:b", actor=job("matrix"), now=clock.now() - timedelta(days=30),
        )  # fmt: skip
        assert made is not None
        number = made.id
    jobs.mature(actor=job("points"), now=clock.now() - timedelta(days=20))
    mark = f"记号（{spot.name}）的更正"
    with transaction():
        transfer = db.session.get_one(Transfer, number)
        asked = points.ask_correction(transfer, reason=mark, actor=Viewer(kind="staff", name="本户"), now=clock.now())
        return _thing("correction", spot, asked.id, mark)


def _of_village(world: World, spot: Spot) -> list[Thing]:
    """A meeting that took place, and a draw of last month."""
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        draw = points.draw_spots(
            village=village, month=date(2026, 10, 1), seed="0a0b", actor=job("matrix"), now=clock.now()
        )
        review = Review(
            client_uuid=str(uuid4()), village_id=village.id, path=village.path, held_on=date(2026, 10, 1),
            recorded_at=clock.now(),
        )  # fmt: skip
        db.session.add(review)
        db.session.flush()
        number, meeting = draw.id, review.id
    own = frozenset({"resident"}) if spot.village == "village_a" else frozenset()
    return [
        Thing("spot draw", spot.name, number, village=spot.village, homes_of=own),
        Thing("review", spot.name, meeting, village=spot.village),
    ]
