"""Writing households and members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import literal, select, update

from gridcase.core import dated
from gridcase.core.dated import Span
from gridcase.core.db import db
from gridcase.core.geo import made_point, point
from gridcase.exchange.models import ImportRow
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.writing.base import (
    Batch,
    day,
    day_of,
    flag,
    moment,
    real,
    text,
    update_rows,
    values_of,
    whole,
)
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, HouseholdPoint, Member
from gridcase.households.rules import CareTier
from gridcase.people.models import Person

REASON = "register"
_HOME = (
    "head_name", "initials", "phone", "address", "hamlet", "external_code", "absent", "floating", "since", "ended_on",
    "ended_why",
)  # fmt: skip


def write_households(batch: Batch) -> None:
    """New homes with where they lie and stand; differing ones; moves from the day asked; homes that end."""
    batch.give_ids(Household)
    batch.insert(
        Household, RowState.NEW, id=ImportRow.target_id, code=text("code"), village_id=whole("village_id"),
        grid_id=whole("grid_id"), path=text("path"), head_name=text("head_name"), initials=text("initials"),
        address=text("address"), phone=text("phone"), tier=literal(str(CareTier.REASSURED)), absent=flag("absent"),
        floating=flag("floating"), hamlet=text("hamlet"), external_code=text("external_code"), since=day("since"),
        ended_on=day("ended_on"), ended_why=text("ended_why"),
    )  # fmt: skip
    batch.insert(
        HouseholdPlace, RowState.NEW, household_id=ImportRow.target_id, grid_id=whole("grid_id"),
        reason=literal(REASON), valid_from=day("since"), valid_to=day("ended_on"),
        recorded_at=moment(batch.now, HouseholdPlace.recorded_at),
    )  # fmt: skip
    batch.insert(
        HouseholdPoint, RowState.NEW, where=text("lon").is_not(None), household_id=ImportRow.target_id,
        geom=made_point(real("lon"), real("lat")), source=literal(REASON),
    )  # fmt: skip
    rows = batch.data(RowState.CHANGED, RowState.ENDED)
    update_rows(Household, [(row_id, values_of(data, _HOME, ("since", "ended_on"))) for row_id, data in rows])
    _points(rows)
    _move(batch, {row_id: data["move"] for row_id, data in rows if "move" in data})
    _end(batch, {row_id: date.fromisoformat(data["ended_on"]) for row_id, data in rows if "ended_on" in data})


def _points(rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    for household_id, data in rows:
        if "lon" in data:
            spot = db.session.get(HouseholdPoint, household_id) or HouseholdPoint(household_id=household_id)
            spot.geom, spot.source = point(data["lon"], data["lat"]), REASON
            db.session.add(spot)


def _move(batch: Batch, homes: dict[int, int]) -> None:
    if homes:
        grids = {grid.id: grid for grid in db.session.scalars(select(Grid).where(Grid.id.in_(set(homes.values()))))}
        households.move_homes(
            actor=batch.actor, place=next(iter(grids.values())).path,
            homes={household_id: grids[grid_id] for household_id, grid_id in homes.items()}, start=batch.on,
            reason=REASON, now=batch.now,
        )  # fmt: skip


def _end(batch: Batch, homes: dict[int, date]) -> None:
    """From its last day on a home lies nowhere, is in nobody's circle and due for no visit."""
    if not homes:
        return
    for model, columns in ((HouseholdPlace, ("household_id", "grid_id", "reason")),
                           (CirclePlace, ("household_id", "post_id", "role", "reason"))):  # fmt: skip
        lines = _lines(model, list(homes), columns)
        rewrites = [dated.rewritten(line, start=homes[key[0]], end=None, values=None) for key, line in lines.items()]
        dated.write(model, rewrites, now=batch.now)
    db.session.execute(
        update(Household).where(Household.id.in_(list(homes))).values(next_visit_on=None), execution_options={
            "synchronize_session": False}
    )  # fmt: skip


def _lines(model: Any, household_ids: Sequence[int], columns: Sequence[str]) -> dict[tuple[int, str], list[Span]]:
    """Time lines by household (and role, where there are several)."""
    lines: dict[tuple[int, str], list[Span]] = {}
    for start in range(0, len(household_ids), 500):
        some = household_ids[start : start + 500]
        for row in db.session.scalars(
            select(model).where(model.household_id.in_(some), dated.known(model)).order_by(model.valid_from)
        ):
            values = {column: getattr(row, column) for column in columns}
            key = (row.household_id, str(values.get("role", "")))
            lines.setdefault(key, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def write_members(batch: Batch) -> None:
    """New persons and memberships; persons who were known join; differing ones are written anew from the day asked."""
    batch.give_ids(Person)
    batch.insert(
        Person, RowState.NEW, id=ImportRow.target_id, name=text("name"), initials=text("initials"),
        gender=text("gender"), born_on=day("born_on"), phone=text("phone"), place_path=text("path"),
    )  # fmt: skip
    batch.insert(
        Member, RowState.NEW, RowState.JOINS, household_id=whole("household_id"), person_id=ImportRow.target_id,
        relation=text("relation"), absent=flag("absent"), valid_from=day("valid_from"), valid_to=day("valid_to"),
        recorded_at=moment(batch.now, Member.recorded_at),
    )  # fmt: skip
    joined = batch.data(RowState.JOINS)
    update_rows(
        Person,
        [(row_id, {key: value for key, value in values_of(data, ("gender", "born_on"), ("born_on",)).items() if value})
         for row_id, data in joined],
    )  # fmt: skip
    update_rows(Person, [(row_id, {"place_path": data["path"]}) for row_id, data in joined])
    _changed_members(batch)


def _changed_members(batch: Batch) -> None:
    rows = batch.data(RowState.CHANGED, RowState.ENDED)
    update_rows(
        Person,
        [
            (data["person_id"], values_of(data["person"], ("gender", "born_on", "phone"), ("born_on",)))
            for _, data in rows
        ],
    )
    rewrites = []
    spans = {row.id: row for row in _members([data["member_id"] for _, data in rows if data["place"]])}
    for _, data in rows:
        old = spans.get(data["member_id"])
        if old is not None:
            rewrites += _rewritten(old, data, batch)
    dated.write(Member, rewrites, now=batch.now)


def _members(ids: Sequence[int]) -> list[Member]:
    return [
        row
        for start in range(0, len(ids), 500)
        for row in db.session.scalars(select(Member).where(Member.id.in_(ids[start : start + 500])))
    ]


def _rewritten(old: Member, data: dict[str, Any], batch: Batch) -> list[dated.Rewrite]:
    """The membership as the file says it: another first day or end corrects, the rest holds from the day asked."""
    place = data["place"]
    before = {
        "household_id": old.household_id,
        "person_id": old.person_id,
        "relation": old.relation,
        "absent": old.absent,
    }
    after = {**before, "relation": data["relation"], "absent": data["absent"]}
    start = day_of(place.get("valid_from")) or old.valid_from
    end = day_of(place.get("valid_to")) or old.valid_to
    turn = max(start, batch.on)
    if after == before or turn <= start or (end is not None and turn >= end):
        new = [Span(start, end, after)]
    else:
        new = [Span(start, turn, before), Span(turn, end, after)]
    return [dated.Rewrite((old.id,), tuple(new))]
