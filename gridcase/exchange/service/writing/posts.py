"""Writing posts and who holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from gridcase.core import dated
from gridcase.core.dated import Span
from gridcase.core.db import db
from gridcase.core.text import initials
from gridcase.exchange.models import ImportRow
from gridcase.exchange.queries import bodies
from gridcase.exchange.queries.lookups import pieces
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.posts import CHOICE, election_of
from gridcase.exchange.service.writing.base import Batch, day, day_of, flag, text, update_rows, values_of, whole
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Certificate, Holding, Person, Post
from gridcase.people.service import Election

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
    appointed = _appoint(batch, [(post_id, data["appoint"]) for post_id, data in every if "appoint" in data])
    _certify(batch, [(post_id, data["certificate"]) for post_id, data in every if "certificate" in data], appointed)
    _end({post_id: date.fromisoformat(data["valid_to"]) for post_id, data in known if "valid_to" in data}, batch)


def _appoint(batch: Batch, rows: Sequence[tuple[int, dict[str, Any]]]) -> dict[int, int]:
    """Who holds which post now: person ids by post."""
    paths = {row.id: row.place_path for row in db.session.execute(select(Post.id, Post.place_path))}
    persons = persons_of([(paths[post_id], one) for post_id, one in rows])
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
    return {post_id: person_id for (post_id, _), person_id in zip(rows, persons, strict=True)}


def persons_of(rows: Sequence[tuple[str, dict[str, Any]]]) -> list[int]:
    """The persons' ids in the order of the rows (place path, who); who is not known yet is registered at the place.
    The same name and phone in several rows is one person."""
    fresh: dict[Any, tuple[str, dict[str, Any]]] = {}
    keys = [_who(number, one) for number, (_, one) in enumerate(rows)]
    for key, row in zip(keys, rows, strict=True):
        if row[1]["person_id"] is None:
            fresh.setdefault(key, row)
    values = [
        {
            "name": one["name"], "initials": initials(one["name"]), "phone": one["phone"], "gender": None,
            "born_on": None, "place_path": path,
        }
        for path, one in fresh.values()
    ]  # fmt: skip
    made = (
        db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), values).all()
        if values
        else ()
    )
    ids = dict(zip(fresh, made, strict=True))
    return [one["person_id"] or ids[key] for key, (_, one) in zip(keys, rows, strict=True)]


def _who(number: int, one: Mapping[str, Any]) -> Any:
    return (one["name"], one["phone"]) if one.get("phone") else number


def _lines(post_ids: Sequence[int]) -> dict[int, list[Span]]:
    """The time lines of the posts' regular holders; the posts are locked, as they are for whoever appoints by hand."""
    lines: dict[int, list[Span]] = {}
    for start in range(0, len(post_ids), 500):
        some = select(Post.id).where(Post.id.in_(post_ids[start : start + 500])).order_by(Post.id)
        db.session.execute(some.with_for_update())
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


def _certify(batch: Batch, rows: Sequence[tuple[int, dict[str, Any]]], appointed: Mapping[int, int]) -> None:
    """Corrections of certificates on record; new ones village by village, with their numbers or new ones."""
    days = ("elected_on", "oath_on", "term_from", "term_to")
    known = [(one["id"], values_of(one, CHOICE, days)) for _, one in rows if "id" in one]
    update_rows(Certificate, known)
    fresh = [(post_id, one) for post_id, one in rows if "id" not in one]
    posts = {post.id: post for some in pieces(dict(fresh)) for post in _posts(some)}
    holders = {row.post_id: row.person_id for row in _holders([*posts], batch.today)}
    villages: dict[int, list[tuple[Post, int, Election]]] = {}
    for post_id, one in fresh:
        election = election_of({key: day_of(one[key]) if key in days else one[key] for key in CHOICE})
        post, village_id = posts[post_id], int(posts[post_id].place_path.split("/")[3])
        villages.setdefault(village_id, []).append((post, appointed.get(post_id) or holders[post_id], election))
    for village_id, some_rows in villages.items():
        village = db.session.get_one(Grid, village_id)
        people.certify_many(actor=batch.actor, village=village, rows=some_rows, now=batch.now)


def _posts(ids: Sequence[int]) -> Sequence[Post]:
    return db.session.scalars(select(Post).where(Post.id.in_(ids)).execution_options(populate_existing=True)).all()


def _holders(post_ids: Sequence[int], on: date) -> list[Any]:
    query = select(Holding.post_id, Holding.person_id).where(Holding.stand_in.is_(False), dated.in_force(Holding, on))
    return [row for some in pieces(post_ids) for row in db.session.execute(query.where(Holding.post_id.in_(some)))]


def _end(ends: Mapping[int, date], batch: Batch) -> None:
    """A post that ends has no holder from that day on. Asked again: a case may have come in since the check."""
    for open_work in bodies.open_work(ends).values():
        people.refuse_open(open_work)
    lines = _lines([*ends])
    dated.write(
        Holding,
        [dated.rewritten(lines.get(post_id, ()), start=end, end=None, values=None) for post_id, end in ends.items()],
        now=batch.now,
    )
