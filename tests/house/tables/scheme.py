"""Routes and objects of this part: schemes of villages, their drafts, modules, vetoes."""

from __future__ import annotations

from dataclasses import replace

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.rules import DecisionKind
from gridcase.points import queries
from gridcase.points import service as points
from gridcase.points.rules import YearEnd
from tests.factories import decisions, schemes
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import SEES_POINTS, Row, names

SETS = names("village_head town_manager")
REVIEWS = names("review_member")
OBJECTS = names("resident village_supervisor")

TABLE: tuple[Row, ...] = (
    Row("points.scheme", SEES_POINTS | SETS),
    Row("points.scheme_new", SETS),
    Row("points.scheme_version", SEES_POINTS | SETS, "scheme"),
    Row("points.scheme_poster", SEES_POINTS | SETS, "scheme"),
    Row("points.scheme_compare", SEES_POINTS | SETS, "scheme"),
    Row("points.scheme_settings", SETS, "scheme draft"),
    Row("points.scheme_item_new", SETS, "scheme draft"),
    Row("points.scheme_item", SETS, "scheme draft"),
    Row("points.scheme_item_drop", SETS, "scheme draft"),
    Row("points.scheme_vetoes", SETS, "scheme draft"),
    Row("points.scheme_weights", SETS, "scheme draft"),
    Row("points.scheme_force", SETS, "scheme draft"),
    Row("points.scheme_trial", SETS, "scheme draft"),
    Row("points.scheme_drop", SETS, "scheme draft"),
    Row("points.modules", SETS),
    Row("points.recommend", names("town_manager county_manager")),
    Row("points.vetoes", REVIEWS),
    Row("points.veto_new", REVIEWS),
    Row("points.veto", OBJECTS | REVIEWS, "veto"),
    Row("points.veto_object", OBJECTS, "veto"),
    Row("points.veto_settle", REVIEWS, "veto"),
)
# A scheme is read by everybody who has a home of the village: the circle, the cell, the section, the own.
READERS = names("resident liaison party_contact")


def things(world: World) -> list[Thing]:
    """A scheme in force, a draft and a veto in every place."""
    return [thing for spot in SPOTS if spot.name not in {"paired", "other cell"} for thing in _at(world, spot)]


def _at(world: World, spot: Spot) -> list[Thing]:
    now = clock.now()
    village = world.grids[spot.village]
    version = schemes.some_in_force(village, now=now).id
    scheme = queries.scheme_of(village, on=clock.town_day(now))
    assert scheme is not None
    mark = f"记号（{spot.name}）的草案"
    code = next(iter(scheme.vetoes)) if scheme.vetoes else "V1"
    with transaction():
        draft = points.draft(db.session.get_one(Grid, village), source="zhilong", actor=MAKER, now=now)
        points.edit(draft, points.Settings(mark, 0, YearEnd.CARRY, 24, 7, 50, None), actor=MAKER, now=now)
        decision = decisions.passed(village, DecisionKind.VETO, on=clock.town_day(now), now=now)
        veto = points.put_veto(
            db.session.get_one(Household, world.homes[spot.homes][spot.index]), code=code, document_no="核查1号",
            reason=f"记号（{spot.name}）的事由", decision_id=decision.id, until=clock.town_day(now), actor=MAKER,
            now=now,
        )  # fmt: skip
        # over at once, so that the home can redeem in the other tables
        points.object_to_veto(veto, actor=MAKER, reason="记号不在这里", now=now)
        points.settle_veto(veto, actor=MAKER, upheld=True, note="核对过登记", now=now)
        draft_id, veto_id = draft.id, veto.id
    own = READERS if spot.name == "own" else frozenset()
    here = Thing("scheme", spot.name, version, village=spot.village, cell=spot.cell, section=spot.section)
    return [
        replace(here, homes_of=own),
        replace(here, kind="scheme draft", id=draft_id, mark=mark),
        replace(here, kind="veto", id=veto_id, mark=f"记号（{spot.name}）的事由", homes_of=spot.homes_of),
    ]
