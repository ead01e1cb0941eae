"""Finding cases by their words and numbers, newest first, inside the viewer's scope.

A rare word: its hits are asked for the viewer's scope. A common word (more than `CAP` hits): the word of the viewer's
place is asked for together with it, and the newest are walked. So no query reads everything a common word is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, column, func, or_, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseSearch
from gridcase.cases.queries.sight import scoped, visible
from gridcase.cases.rules.searching import asked_words, match, number_typed, number_word, place_word
from gridcase.core.db import db, dialect_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid

CAP = 3000  # so many hits are sorted; a word in more cases than that is common
WALK = 20_000  # so many of the newest cases are looked through for a common word before all its hits are sorted
HIGHEST = 2**31 - 1
LONGEST_NAME = 4
_FTS = table("case_search_fts", column("rowid"))


@dataclass(frozen=True)
class Scope:
    """Where the viewer's cases lie: words of places, and conditions for what no place says."""

    places: tuple[str | None, ...]
    others: tuple[ColumnElement[bool], ...]


def find_cases(viewer: Viewer, typed: str, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """Cases of the viewer's that hold all that was typed, the newest first; a restricted one never, but by its whole
    number for who may open it."""
    mark = read_mark(after, int)
    before = mark[0] if mark else HIGHEST
    number = number_typed(typed)
    ids: list[int] = []
    if number is not None:
        ids = _by_number(viewer, number, before, size + 1)
    words = asked_words(typed)
    if not ids and words:
        ids = _by_words(viewer, words, before, size + 1)
    if not ids:
        return Page([], None)
    rows = db.session.execute(_columns().where(Case.id.in_(ids)).order_by(Case.id.desc())).all()
    return cut(rows, lambda row: [row.id], size=size)


def find_by_reporter(viewer: Viewer, typed: str, *, size: int) -> list[Any]:
    """The viewer's newest cases whose reporter has exactly this name; only where he may read who reported."""
    name = clean_line(typed)
    if not 2 <= len(name) <= LONGEST_NAME or name.isascii() or not viewer.may(Permission.SEE_REPORTER):
        return []
    return list(
        db.session.execute(
            _columns()
            .where(
                Case.reporter_name == name, Case.anonymous.is_(False), Case.restricted.is_(False), visible(viewer),
                scoped(viewer, Permission.SEE_REPORTER),
            )
            .order_by(Case.id.desc())
            .limit(size)
        )
    )  # fmt: skip


def _columns() -> Select[*tuple[Any, ...]]:
    village, place = aliased(Grid), aliased(Grid)
    return (
        select(
            Case.id, Case.number, Case.title, Case.state, Case.restricted, Case.registered_at, Case.closed_at,
            Case.reporter_name, village.name.label("village_name"), place.name.label("place_name"),
        )
        .select_from(Case)
        .join(place, place.id == Case.grid_id)
        .outerjoin(village, village.id == Case.village_id)
    )  # fmt: skip


# -- numbers


def _by_number(viewer: Viewer, typed: str, before: int, size: int) -> list[int]:
    """By the beginning of our own number, else by the whole of any number, ours or another system's."""
    own = typed.upper()
    if own.startswith("GC"):
        number = Case.number.collate("C") if dialect_name() == "postgresql" else Case.number
        begins = and_(number >= own, number < own + "~")
        open_to_him = or_(Case.restricted.is_(False), Case.number == own)
        found = _ids(select(Case.id).where(begins, open_to_him, visible(viewer)), before, size)
        if found:
            return found
    hits = _hits([number_word(typed)], before).subquery()
    return _ids(select(Case.id).join(hits, hits.c[0] == Case.id).where(visible(viewer)), before, size)


# -- words


def _by_words(viewer: Viewer, words: list[str], before: int, size: int) -> list[int]:
    if _count(words) <= CAP:
        return _of_hits(viewer, words, before, size)
    scope, parts = _scope(viewer), list[int]()
    for place in scope.places:
        parts += _in_place(viewer, words, place, before, size)
    if not scope.places:
        for way in scope.others:
            parts += _ids(
                select(Case.id).join(CaseSearch, CaseSearch.case_id == Case.id).where(way, _has(words)), before, size
            )
    return _allowed(viewer, sorted(set(parts), reverse=True)[: size * 4], size)


def _in_place(viewer: Viewer, words: list[str], place: str | None, before: int, size: int) -> list[int]:
    """The newest of a common word below a place."""
    wanted = words if place is None else [*words, place]
    if dialect_name() == "sqlite" or (place is not None and _count(wanted) <= CAP):
        return _of_hits(viewer, wanted, before, size)
    newest = min(before, (db.session.scalar(select(func.max(CaseSearch.case_id))) or 0) + 1)
    walked = _ids_of_search(
        select(CaseSearch.case_id).where(CaseSearch.case_id >= newest - WALK, _has(wanted)), newest, size
    )
    if len(walked) == size:
        return walked
    return _of_hits(viewer, wanted, before, size)


def _of_hits(viewer: Viewer, words: list[str], before: int, size: int) -> list[int]:
    """The newest hits the viewer may open. The hits are taken first and sorted by themselves: a planner that thinks a
    word common would else walk all cases for one that is rare."""
    hits = _hits(words, before)
    if dialect_name() == "postgresql":
        taken = hits.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        hits = select(taken.c.case_id).order_by(taken.c.case_id.desc())
    else:
        hits = hits.order_by(column("rowid").desc())
    rows = hits.offset(0).subquery()
    seen = select(Case.id).join_from(rows, Case, rows.c[0] == Case.id).where(visible(viewer))
    return _ids(seen, before, size)


def _hits(words: Sequence[str], before: int = HIGHEST) -> Select[int]:
    """The cases that hold all of these words, by the index."""
    if dialect_name() == "sqlite":
        found = select(_FTS.c.rowid.label("case_id")).where(
            text("case_search_fts MATCH :match").bindparams(match=match(words))
        )
        return found if before == HIGHEST else found.where(_FTS.c.rowid < before)
    found = select(CaseSearch.case_id).where(_has(words))
    return found if before == HIGHEST else found.where(CaseSearch.case_id < before)


def _has(words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row of words holds all of these."""
    if dialect_name() == "postgresql":
        return CaseSearch.words.bool_op("@>")(cast(list(words), ARRAY(Text())))
    padded = " " + CaseSearch.words + " "
    return and_(*(func.instr(padded, f" {word} ") > 0 for word in words))


def _count(words: Sequence[str]) -> int:
    """How many cases hold these words, counted no further than one beyond `CAP`."""
    some = _hits(words).limit(CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _ids(query: Select[int], before: int, size: int) -> list[int]:
    return list(db.session.scalars(query.where(Case.id < before).order_by(Case.id.desc()).limit(size)))


def _ids_of_search(query: Select[int], before: int, size: int) -> list[int]:
    here = query.where(CaseSearch.case_id < before).order_by(CaseSearch.case_id.desc()).limit(size)
    return list(db.session.scalars(here))


def _allowed(viewer: Viewer, ids: Sequence[int], size: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Case.id).where(Case.id.in_(ids), visible(viewer)).order_by(Case.id.desc()).limit(size)
        )
    )


def _scope(viewer: Viewer) -> Scope:
    """The viewer's ways to his cases: places by their words, the others by the columns of a case."""
    places, others = dict[str | None, None](), list[ColumnElement[bool]]()
    for grant in viewer.grants_with(Permission.SEE_CASE):
        if grant.household_ids is not None:
            others.append(Case.household_id.in_(sorted(grant.household_ids)))
        elif grant.section_id is not None:
            others.append(Case.section_id == grant.section_id)
        elif grant.unit_id is not None:
            others.append(Case.handler_unit_id == grant.unit_id)
        elif grant.path is not None:
            places[place_word(grant.path)] = None
        if grant.post_id is not None:
            others += [Case.handler_post_id == grant.post_id, Case.collector_post_id == grant.post_id]
    return Scope(tuple(places), tuple(others))
