"""Finding cases by their words and numbers, newest first, inside the viewer's scope.

On PostgreSQL the newest cases are looked through first: what many hold fills a page there. Of a rare word all hits are
asked for the viewer's scope. Of a common one (more than `CAP` hits) not even the index is read, which would take its
hits together one by one: a post with less than a village has its own newest cases looked through, and where that
fills no page, and for others, the word of their place is asked for together with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    any_,
    cast,
    column,
    false,
    func,
    or_,
    select,
    table,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseSearch
from gridcase.cases.queries.sight import scoped, visible, ways_in
from gridcase.cases.rules.searching import asked_words, match, number_typed, number_word, place_word
from gridcase.core.db import at_most, db, dialect_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid

CAP = 500  # a word in more cases than that is common
WALK, FARTHEST = 1000, 6000  # so many of the newest cases are looked through; farther where that will fill a page
OFTEN = 100  # a word in more than the hundredth part of the newest cases is common without counting
FEW = 1000  # so many of a viewer's own newest cases are looked through for a common word
HIGHEST = 2**31 - 1
LONGEST_NAME = 4
VILLAGE_DEPTH = 3  # ids in the path of a village
_FTS = table("case_search_fts", column("rowid"), column("case_search_fts"))
# Made once: putting the same names to the same columns anew takes longer than the answer.
_VILLAGE, _PLACE = aliased(Grid), aliased(Grid)
_COLUMNS: Select[*tuple[Any, ...]] = (
    select(
        Case.id, Case.number, Case.title, Case.state, Case.restricted, Case.registered_at, Case.closed_at,
        Case.reporter_name, _VILLAGE.name.label("village_name"), _PLACE.name.label("place_name"),
    )
    .select_from(Case)
    .join(_PLACE, _PLACE.id == Case.grid_id)
    .outerjoin(_VILLAGE, _VILLAGE.id == Case.village_id)
)  # fmt: skip
Rows = Sequence[Any]


def find_cases(viewer: Viewer, typed: str, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Any]:
    """Cases of the viewer's that hold all that was typed, the newest first; a restricted one never, but by its whole
    number for who may open it."""
    mark = read_mark(after, int)
    before, seen, words = mark[0] if mark else HIGHEST, visible(viewer), asked_words(typed)
    number = number_typed(typed)
    rows: Rows = []
    if number is not None:
        rows = _by_number(seen, number, before, size + 1)
    if not rows and words:
        rows = _by_words(viewer, and_(seen, Case.restricted.is_(False)), words, before, size + 1)
    return cut(rows, lambda row: [row.id], size=size)


def find_by_reporter(viewer: Viewer, typed: str, *, size: int) -> Rows:
    """The viewer's newest cases whose reporter has exactly this name; only where he may read who reported."""
    name = clean_line(typed)
    if not 2 <= len(name) <= LONGEST_NAME or name.isascii() or not viewer.may(Permission.SEE_REPORTER):
        return []
    conditions = [Case.anonymous.is_(False), Case.restricted.is_(False), visible(viewer), Case.reporter_name == name]
    if any(Permission.SEE_REPORTER not in grant.permissions for grant in viewer.grants_with(Permission.SEE_CASE)):
        conditions.append(scoped(viewer, Permission.SEE_REPORTER))
    # One way in at a time: of a name that thousands have, the few of a circle or a cell are found by its own index.
    ways = [
        select(Case.id).where(way, *conditions).order_by(Case.id.desc()).limit(size).subquery()
        for way in ways_in(viewer, newest=True)
    ]
    if not ways:
        return []
    found = union(*(select(way.c.id) for way in ways)).subquery()
    return _newest(_COLUMNS.join(found, found.c.id == Case.id), HIGHEST, size)


def holding(typed: str) -> ColumnElement[bool]:
    """Cases that hold all that was typed, by the kept words; false where too little was typed to look for."""
    words = asked_words(typed)
    return Case.id.in_(_hits(words)) if words else false()


# -- numbers


def _by_number(seen: ColumnElement[bool], typed: str, before: int, size: int) -> Rows:
    """By the beginning of our own number, else by the whole of any number, ours or another system's."""
    own = typed.upper()
    if own.startswith("GC"):
        number = Case.number.collate("C") if dialect_name() == "postgresql" else Case.number
        open_to_him = or_(Case.restricted.is_(False), Case.number == own)
        found = _newest(_COLUMNS.where(number >= own, number < own + "~", open_to_him, seen), before, size)
        if found:
            return found
    return _of_hits(seen, [number_word(typed)], before, size)


# -- words


def _by_words(viewer: Viewer, seen: ColumnElement[bool], words: list[str], before: int, size: int) -> Rows:
    if dialect_name() == "sqlite":
        return _of_places(viewer, seen, words, before, size) if _common(words) else _of_hits(seen, words, before, size)
    walk = _walked(seen, words, before, size, WALK)
    if not walk.answers and (farther := 3 * WALK * size // max(2 * len(walk.rows), 1)) <= FARTHEST:
        walk = _walked(seen, words, before, size, farther)
    if walk.answers:
        return walk.rows
    hits = None if walk.common else _some(_hits(words, before), CAP)
    if hits is not None:
        return _of_ids(seen, hits, before, size)
    if not _wide(viewer):
        own = _own(viewer, before)
        rows = _of_ids(seen, _holding(words, own[:FEW]), before, size)
        if len(rows) == size or len(own) <= FEW:
            return rows
    return _of_places(viewer, seen, words, before, size)


def _of_places(viewer: Viewer, seen: ColumnElement[bool], words: list[str], before: int, size: int) -> Rows:
    hits = {
        row.id: row
        for place in _places(viewer)
        for row in _of_hits(seen, [*words, *([place] if place else [])], before, size)
    }
    return [hits[key] for key in sorted(hits, reverse=True)][:size]


def _places(viewer: Viewer) -> list[str | None]:
    """The words of the places where the viewer's cases lie: of his post's place, and at most of its village, since a
    post of a cell may be sent what lies beside it."""
    paths = [grant.path for grant in viewer.grants_with(Permission.SEE_CASE) if grant.path]
    wide = ["/".join(path.split("/")[: VILLAGE_DEPTH + 1]) + "/" for path in paths]
    return list(dict.fromkeys(place_word(path) for path in wide))


@dataclass(frozen=True)
class _Walk:
    """What the newest cases hold: the viewer's `rows`, whether many of all hold the words, and whether the rows are the
    answer: a page is full, or there is nothing older."""

    rows: Rows
    common: bool
    answers: bool


def _walked(seen: ColumnElement[bool], words: list[str], before: int, size: int, far: int) -> _Walk:
    """Look through the newest cases, so many of them. The limit keeps the planner from the index."""
    newest = select(CaseSearch).where(CaseSearch.case_id < before).order_by(CaseSearch.case_id.desc())
    some = newest.limit(far).subquery()
    hits = func.array_agg(some.c.case_id).filter(_has(words, some.c.words))
    walked, near = db.session.execute(
        select(func.count(), func.coalesce(hits, cast([], ARRAY(Integer)))).select_from(some)
    ).one()
    rows = _of_ids(seen, near, before, size)
    return _Walk(rows, len(near) * OFTEN > far, len(rows) == size or walked < far)


def _holding(words: Sequence[str], ids: Sequence[int]) -> Sequence[int]:
    """Those of these cases that hold all of the words. The offset keeps the planner from the index."""
    some = select(CaseSearch).where(CaseSearch.case_id == _any(ids)).offset(0).subquery()
    return db.session.scalars(select(some.c.case_id).where(_has(words, some.c.words))).all()


def _some(ids: Select[int], most: int) -> Sequence[int] | None:
    """The ids, or None where there are more than so many."""
    found = db.session.scalars(ids.limit(most + 1)).all()
    return found if len(found) <= most else None


def _wide(viewer: Viewer) -> bool:
    """Whether a post of the viewer's sees all cases of a village or more."""
    whole = [
        one.path
        for one in viewer.grants_with(Permission.SEE_CASE)
        if one.household_ids is None and not (one.section_id or one.unit_id)
    ]
    return any(path.count("/") <= VILLAGE_DEPTH + 1 for path in whole if path)


def _own(viewer: Viewer, before: int) -> Sequence[int]:
    """The ids of the newest cases the viewer sees, one more than `FEW`; each way in from its own index. The limit is
    told the planner: it would else walk all cases backwards for a post that has few."""
    newest, most = Case.id.desc(), at_most(FEW + 1)
    parts = [
        select(select(Case.id).where(way, Case.id < before).order_by(newest).limit(most).subquery().c.id)
        for way in ways_in(viewer, newest=True) or (false(),)
    ]
    found = union(*parts).subquery()
    return db.session.scalars(select(found.c.id).order_by(found.c.id.desc()).limit(FEW + 1)).all()


def _of_ids(seen: ColumnElement[bool], ids: Sequence[int], before: int, size: int) -> Rows:
    """The newest of these cases that the viewer may open (PostgreSQL)."""
    return _newest(_COLUMNS.where(Case.id == _any(ids), seen), before, size) if ids else []


def _any(ids: Sequence[int]) -> Any:
    return any_(cast(list(ids), ARRAY(Integer)))


def _of_hits(seen: ColumnElement[bool], words: list[str], before: int, size: int) -> Rows:
    """The newest hits the viewer may open. The hits are taken first and sorted by themselves: a planner that thinks a
    word common would else walk all cases for one that is rare."""
    hits = _hits(words, before)
    if dialect_name() == "postgresql":
        taken = hits.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        hits = select(taken.c.case_id).order_by(taken.c.case_id.desc())
    else:
        hits = hits.order_by(column("rowid").desc())
    rows = hits.offset(0).subquery()
    return _newest(_COLUMNS.join(rows, rows.c.case_id == Case.id).where(seen), before, size)


def _hits(words: Sequence[str], before: int = HIGHEST) -> Select[int]:
    """The cases that hold all of these words, by the index."""
    if dialect_name() == "sqlite":
        found = select(_FTS.c.rowid.label("case_id")).where(_FTS.c.case_search_fts.bool_op("MATCH")(match(words)))
        return found if before == HIGHEST else found.where(_FTS.c.rowid < before)
    found = select(CaseSearch.case_id).where(_has(words, CaseSearch.words))
    return found if before == HIGHEST else found.where(CaseSearch.case_id < before)


def _has(words: Sequence[str], held: Any) -> ColumnElement[bool]:
    """Whether a row of words holds all of these (PostgreSQL)."""
    return held.bool_op("@>")(cast(list(words), ARRAY(Text())))


def _common(words: Sequence[str]) -> bool:
    """Whether more than `CAP` cases hold these words; counted no further."""
    some = _hits(words).limit(CAP + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) > CAP


def _newest(query: Select[*tuple[Any, ...]], before: int, size: int) -> Rows:
    return db.session.execute(query.where(Case.id < before).order_by(Case.id.desc()).limit(size)).all()
