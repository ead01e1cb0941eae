"""What was handed over, for who has the home now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute

from gridcase.cases import queries as cases
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.households.models import Household
from gridcase.households.queries import successor_of, visible
from gridcase.people.models import Person
from gridcase.sync.models import HandedItem
from gridcase.sync.rules import Item, read_item
from gridcase.sync.rules.bodies import classes_of
from gridcase.sync.rules.outcomes import HandedState
from gridcase.users.models import User

SHOWN = 50


def handed_for(viewer: Viewer) -> list[tuple[HandedItem, Household]]:
    """Items that wait for the viewer, the oldest first; never one that became restricted since."""
    waits = HandedItem.state == HandedState.WAITING
    rows = db.session.execute(
        select(HandedItem, Household)
        .join(Household, Household.id == _home_of(waits))
        .where(waits, visible(viewer, Permission.LOG_VISIT))
        .order_by(HandedItem.item_id)
        .limit(SHOWN)
    )
    return [(row[0], row[1]) for row in rows if not restricted(kept_item(row[0]), row[1])]


def _home_of(which: ColumnElement[bool]) -> ColumnElement[int] | InstrumentedAttribute[int]:
    """The home of some items: one that was found to be one with another since is that other."""
    ended = db.session.scalars(
        select(HandedItem.household_id)
        .join(Household, Household.id == HandedItem.household_id)
        .where(which, Household.ended_on.is_not(None))
        .distinct()
    ).all()
    kept = successor_of(ended) if ended else {}
    return case(kept, value=HandedItem.household_id, else_=HandedItem.household_id) if kept else HandedItem.household_id


def kept_item(handed: HandedItem) -> Item:
    """What was sent."""
    return read_item(handed.item, sent_at=handed.filed.said_at)


def restricted(item: Item, home: Household) -> bool:
    """Whether an item speaks of a matter that is restricted where the home lies: it is for those who handle it, and
    never for whoever has the home now."""
    return cases.restricted_at(classes_of(item.body), path=home.path)


def authors(user_ids: Sequence[int]) -> dict[int, str]:
    """The names of who noted these items down."""
    rows = db.session.execute(
        select(User.id, Person.name).join(Person, Person.id == User.person_id).where(User.id.in_(set(user_ids)))
    )
    return {row.id: row.name for row in rows}


def one_handed(item_id: int, *, viewer: Viewer) -> tuple[HandedItem, Household]:
    """One item of a home of the viewer's, decided or not, else `Missing`."""
    this = HandedItem.item_id == item_id
    row = db.session.execute(
        select(HandedItem, Household)
        .join(Household, Household.id == _home_of(this))
        .where(this, visible(viewer, Permission.LOG_VISIT))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]
