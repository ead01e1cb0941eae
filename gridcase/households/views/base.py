"""The blueprint of the room, and what its pages share; the list and the whole picture of a home are the dossier's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries
from gridcase.households.models import Household, Member
from gridcase.households.rules import RELATIONS
from gridcase.web.access import viewer
from gridcase.web.filters import translate
from gridcase.web.revealing import revealed

bp = Blueprint("households", __name__, url_prefix="/households")


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())


def kept_home(household_id: int) -> Household:
    """A home whose register the viewer keeps, else `Missing`."""
    return queries.get_household(household_id, viewer=viewer(), permission=Permission.EDIT_HOUSEHOLD)


def to_home(home_id: int) -> ResponseReturnValue:
    """Back to the page of the home."""
    return redirect(url_for("dossier.show", household_id=home_id))


def unless_revealed(home: Household) -> ResponseReturnValue | None:
    """Names and numbers are edited only by who has said why he looks at them."""
    if revealed("household", home.id, now=clock.now()):
        return None
    flash(_("资料里有姓名和电话：请先点“显示”，选为什么要看，再来修改。"), "warning")
    return to_home(home.id)


def members_in_words(home: Household) -> list[tuple[int, str]]:
    """(person id, masked name with relation and year of birth) of who lives in a home, as choices."""
    return [(member.person_id, in_words(member)) for member in queries.members_of(home.id, on=today())]


def in_words(member: Member) -> str:
    """A member without the full name."""
    born = member.person.born_on
    relation = translate(RELATIONS.get(member.relation, RELATIONS["other"]))
    return f"{mask_name(member.person.name)} · {relation}" + (f" · {born.year}" if born else "")


def places_in(villages: Sequence[Grid], someone: Viewer) -> list[tuple[int, str]]:
    """The groups and cells of villages, in the tree's order, as choices."""
    rows: list[tuple[int, str]] = []
    for village in villages:
        lead = f"{village.name} · " if len(villages) > 1 else ""
        for group in grids.children(village.id, viewer=someone):
            rows.append((group.id, f"{lead}{group.name}"))
            rows += [
                (cell.id, f"{lead}{group.name} · {cell.name}") for cell in grids.children(group.id, viewer=someone)
            ]
    return rows


def village_of(home: Household) -> Grid:
    """The village of a home."""
    return db.session.get_one(Grid, home.village_id)


def place_chosen(grid_id: int, someone: Viewer) -> Grid:
    """A group or cell that the viewer may put a home into."""
    grid = grids.get_grid(grid_id, viewer=someone)
    if grid.level not in {GridLevel.GROUP, GridLevel.CELL}:
        raise Missing
    return grid


def words_of(values: dict[str, Any]) -> dict[str, Any]:
    """The link's arguments without the empty ones."""
    return {key: value for key, value in values.items() if value}
