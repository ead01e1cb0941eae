"""Cases as the map and the figures read them: rows set as wanted, without walking every case through its moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.cases.models import Case, CaseClass, CasePoint
from gridcase.core.clock import now
from gridcase.core.db import db, transaction
from gridcase.core.geo import point
from gridcase.grid.models import Grid
from tests.factories.world import MAKER, ORIGIN, World

_numbers = count(1)


def put(world: World, *wanted: dict[str, Any]) -> list[int]:
    """Cases with these differences from an ordinary open one, each with its point (`spot`: None for none).

    `place` is a key of `world.grids`, `kind` the code of a class, `due` the hours from now (None: no clock yet).
    """
    with transaction():
        classes = {row.code: row for row in db.session.scalars(select(CaseClass))}
        made = [_case(world, classes, **each) for each in wanted]
        audit.record(
            actor=MAKER, action="case.test", subject_kind="case", subject_id=None, now=now(),
            place_path=db.session.get_one(Grid, made[0].grid_id).path,
        )  # fmt: skip
        return [case.id for case in made]


def _case(
    world: World,
    classes: dict[str, CaseClass],
    *,
    place: str = "village_a_cell_1",
    kind: str = "0401",
    due: float | None = 40,
    soon: float = 8,
    spot: tuple[float, float] | None = ORIGIN,
    **values: Any,
) -> Case:
    grid, moment = db.session.get_one(Grid, world.grids[place]), now()
    due_at = None if due is None else moment + timedelta(hours=due)
    case = Case(
        number=f"GC20261123-990101100-{next(_numbers):06d}", class_id=classes[kind].id,
        channel=values.pop("channel", "visit"),
        title=values.pop("title", "路边垃圾"), text="没人清", state=values.pop("state", "accepted"), urgency=3,
        county_id=grid.county_id, town_id=grid.town_id, village_id=grid.village_id, grid_id=grid.id, path=grid.path,
        registered_at=values.pop("registered_at", moment - timedelta(days=2)), due_at=due_at,
        soon_at=due_at and due_at - timedelta(hours=soon),
        restricted=values.pop("restricted", classes[kind].restricted), **values,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    if spot is not None:
        db.session.add(CasePoint(case_id=case.id, geom=point(*spot), source="test"))
    return case


def close(case_id: int, *, at: datetime) -> None:
    """The case is over."""
    with transaction():
        case = db.session.get_one(Case, case_id)
        case.state, case.closed_at = "closed", at
        audit.record(
            actor=MAKER, action="case.test", subject_kind="case", subject_id=case_id, now=at, place_path=case.path
        )
