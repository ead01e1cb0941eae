"""Writing posts and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from gridcase.core import dated
from gridcase.core.dated import Span
from gridcase.core.db import db
from gridcase.core.text import initials
from gridcase.exchange.models import ImportRow
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.writing.base import Batch, day, flag, text, update_rows, values_of, whole
from gridcase.people.models import Holding, Person, Post

_COLUMNS = ("title", "paid", "section_id", "unit_id", "valid_from", "valid_to")


def write_posts(batch: Batch) -> None:
    """New posts, differing ones; then the holders: whoever held a post before ends on the day the new one begins."""
    batch.give_ids(Post)
    batch.insert(
        Post, RowState.NEW, id=ImportRow.target_id, code=text("code"), role=text("role"), title=text("title"),
        place_id=whole("place_id"), place_path=text("place_path"), section_id=whole("section_id"),
        unit_id=whole("unit_id"), paid=flag("paid"), valid_from=day("valid_from"), valid_to=day("valid_to"),
    )  # fmt: skip
    known = batch.data(RowState.CHANGED, RowState.ENDED)
    days = ("valid_from", "valid_to")
    update_rows(Post, [(row_id, values_of(data, _COLUMNS, days)) for row_id, data in known])
    every = [*batch.data(RowState.NEW), *known]
    update_rows(
        Person, [(data["call"]["person_id"], {"phone": data["call"]["phone"]}) for _, data in every if "call" in data]
    )
    _appoint(batch, [(post_id, data["appoint"]) for post_id, data in every if "appoint" in data])
    _end_holdings(
        [(post_id, date.fromisoformat(data["valid_to"])) for post_id, data in known if "valid_to" in data], batch
    )


def _appoint(batch: Batch, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    persons = _persons(rows)
    update_rows(
        Person,
        [(one["person_id"], {"phone": one["phone"]}) for _, one in rows if one["person_id"] and one["phone"]],
    )
    lines = _lines([post_id for post_id, _ in rows])
    rewrites = []
    for (post_id, one), person_id in zip(rows, persons, strict=True):
        values = {"post_id": post_id, "person_id": person_id, "stand_in": False, "reason": "", "source": ""}
        start = date.fromisoformat(one["from"])
        rewrites.append(dated.rewritten(lines.get(post_id, ()), start=start, end=None, values=values))
    dated.write(Holding, rewrites, now=batch.now)


def _persons(rows: Sequence[tuple[int, dict[str, Any]]]) -> list[int]:
    """The persons' ids in the order of the rows; who is not known yet is registered at the post's place."""
    paths = {row.id: row.place_path for row in db.session.execute(select(Post.id, Post.place_path))}
    fresh = [(post_id, one) for post_id, one in rows if one["person_id"] is None]
    values = [
        {
            "name": one["name"], "initials": initials(one["name"]), "phone": one["phone"], "gender": None,
            "born_on": None, "place_path": paths[post_id],
        }
        for post_id, one in fresh
    ]  # fmt: skip
    ids = iter(
        db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), values).all()
        if values
        else ()
    )
    return [one["person_id"] if one["person_id"] is not None else next(ids) for _, one in rows]


def _lines(post_ids: Sequence[int]) -> dict[int, list[Span]]:
    """The time lines of the posts' regular holders."""
    lines: dict[int, list[Span]] = {}
    for start in range(0, len(post_ids), 500):
        rows = db.session.scalars(
            select(Holding)
            .where(
                Holding.post_id.in_(post_ids[start : start + 500]), Holding.stand_in.is_(False), dated.known(Holding)
            )
            .order_by(Holding.valid_from)
        )
        for row in rows:
            values = {
                "post_id": row.post_id, "person_id": row.person_id, "stand_in": False, "reason": row.reason,
                "source": row.source,
            }  # fmt: skip
            lines.setdefault(row.post_id, []).append(Span(row.valid_from, row.valid_to, values, row.id))
    return lines


def _end_holdings(rows: Sequence[tuple[int, date]], batch: Batch) -> None:
    """A post that ends has no holder from that day on."""
    lines = _lines([post_id for post_id, _ in rows])
    dated.write(
        Holding,
        [dated.rewritten(lines.get(post_id, ()), start=end, end=None, values=None) for post_id, end in rows],
        now=batch.now,
    )
