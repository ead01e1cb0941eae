"""Writing organisations from the top down, then who sits in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from gridcase.core import dated
from gridcase.core.dated import Rewrite, Span
from gridcase.core.db import db
from gridcase.exchange.queries import bodies
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.writing.base import Batch, day_of, update_rows, values_of
from gridcase.exchange.service.writing.posts import persons_of
from gridcase.people.models import Organisation, Seat

_DAYS = ("valid_from", "valid_to")
Key = tuple[str, str]


def write_organisations(batch: Batch) -> None:
    """New bodies, each below its parent; what differs of known ones; new seats and changed ones; a body that ends
    takes its seats along."""
    rows = [data for _, data in batch.data(RowState.NEW, RowState.CHANGED, RowState.ENDED)]
    made = _new_bodies(rows)
    changes = {data["body_id"]: data["body"] for data in rows if data.get("body")}
    update_rows(Organisation, [(row_id, values_of(one, ("kind", *_DAYS), _DAYS)) for row_id, one in changes.items()])
    for row_id, one in changes.items():
        if "above" in one:
            above = {"parent_id": _above(one["above"], made)}
            db.session.execute(update(Organisation).where(Organisation.id == row_id).values(**above))
    _seats([(data["body_id"] or made[_key(data)], data) for data in rows if data.get("seat")], batch)
    _close({row_id: one["valid_to"] for row_id, one in changes.items() if one.get("valid_to")}, batch)


def _key(data: Mapping[str, Any]) -> Key:
    return data["v"]["place"], data["v"]["name"]


def _new_bodies(rows: list[dict[str, Any]]) -> dict[Key, int]:
    """The ids of the new bodies; who hangs under a new one waits until that is there."""
    waiting = {_key(data): data for data in reversed(rows) if data["body_id"] is None}
    made: dict[Key, int] = {}
    while waiting:
        ready = {key: data for key, data in waiting.items() if _ready(data["above"], waiting)}
        fresh = {
            key: Organisation(
                kind=data["kind"], name=data["name"], place_id=data["place_id"], place_path=data["place_path"],
                parent_id=_above(data["above"], made), valid_from=day_of(data["since"]),
                valid_to=day_of(data.get("valid_to")),
            )
            for key, data in sorted(ready.items())
        }  # fmt: skip
        db.session.add_all(fresh.values())
        db.session.flush()
        made |= {key: body.id for key, body in fresh.items()}
        waiting = {key: data for key, data in waiting.items() if key not in ready}
    return made


def _ready(above: Mapping[str, Any] | None, waiting: Mapping[Key, Any]) -> bool:
    return above is None or "id" in above or (above["place"], above["name"]) not in waiting


def _above(above: Mapping[str, Any] | None, made: Mapping[Key, int]) -> int | None:
    if above is None:
        return None
    found: int = above["id"] if "id" in above else made[above["place"], above["name"]]
    return found


def _seats(rows: list[tuple[int, dict[str, Any]]], batch: Batch) -> None:
    paths = _paths({body_id for body_id, _ in rows})
    persons = persons_of([(paths[body_id], data["seat"]) for body_id, data in rows])
    known = {body_id: bodies.seat_spans(some) for body_id, some in bodies.seats(paths).items()}
    ends = _ends(paths)
    rewrites = []
    for (body_id, data), person_id in zip(rows, persons, strict=True):
        one = data["seat"]
        values = {
            "organisation_id": body_id, "person_id": person_id, "title": one["title"], "rank": one["rank"],
        }  # fmt: skip
        line = known.get(body_id, {}).get(person_id, [])
        rewrites.append(_rewrite(line, one, values, ends.get(body_id), batch))
    dated.write(Seat, rewrites, now=batch.now)


def _rewrite(line: list[Span], one: dict[str, Any], values: dict[str, Any], last: Any, batch: Batch) -> Rewrite:
    """A new seat is laid over the line. Of a known one another first day or end corrects; title and rank hold from the
    day asked."""
    start, end = day_of(one["from"]) or batch.on, day_of(one["to"]) or last
    old = next((span for span in line if span.row_id == one.get("seat_id")), None)
    if old is None or old.row_id is None:
        return dated.rewritten(line, start=start, end=end, values=values)
    turn = max(start, batch.on)
    if old.values == values or turn <= start or start != old.start or (end is not None and turn >= end):
        return Rewrite((old.row_id,), (Span(start, end, values),))
    return Rewrite((old.row_id,), (Span(start, turn, old.values), Span(turn, end, values)))


def _paths(body_ids: set[int]) -> dict[int, str]:
    return {row.id: row.place_path for row in bodies.by_id(body_ids)}


def _ends(body_ids: Mapping[int, str]) -> dict[int, Any]:
    return {row.id: row.valid_to for row in bodies.by_id(body_ids)}


def _close(ends: dict[int, str], batch: Batch) -> None:
    known = bodies.seats(ends)
    rewrites = [
        dated.rewritten(line, start=day, end=None, values=None)
        for body_id, last in ends.items()
        if (day := day_of(last)) is not None
        for line in bodies.seat_spans(known.get(body_id, ())).values()
    ]
    dated.write(Seat, rewrites, now=batch.now)
