"""The words of cases kept beside them, in the transaction that writes the case. No trigger: this is the one door."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, column, delete, func, insert, literal_column, select, table, text

from gridcase.cases.models import Case, CaseClass, CaseSearch
from gridcase.cases.rules.searching import words_of, words_said
from gridcase.core.db import db, dialect_name
from gridcase.core.together import Along
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid

# What a case is found by; whoever changes one of these columns goes through `door._move`, `collect` or an import.
SOURCES = frozenset(
    {"title", "text", "address", "class_id", "restricted", "path", "grid_id", "village_id", "source_no"}
)
BATCH, SAMPLE = 1000, 200
# FTS5 keeps the words of SQLite a second time, as an index; what it is told to forget must be what it was told.
_FTS = table("case_search_fts", column("case_search_fts"), column("rowid"), column("words"))
# On PostgreSQL all cases in one statement: as lists of its own every single word would be quoted and sent.
_SPLIT = text(
    "INSERT INTO case_search (case_id, words) "
    "SELECT unnest(CAST(:ids AS integer[])), string_to_array(unnest(CAST(:words AS text[])), ' ')"
)
_FORGET = text("INSERT INTO case_search_fts (case_search_fts, rowid, words) VALUES ('delete', :id, :words)")


def put(case_ids: Collection[int]) -> int:
    """Write down what these cases are found by, as they stand now; returns how many can be found."""
    wanted, found = sorted(case_ids), 0
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        forget(part)
        found += _insert(_rows(part))
    return found


def along_new(case: Case, place: Grid) -> list[Along]:
    """The same for a case of this place that is being written: what is written beside it."""
    if case.restricted or case.case_class.restricted:
        return []
    names = {place.id: place.name}
    if case.village_id is not None and case.village_id != place.id:
        names[case.village_id] = db.session.get_one(Grid, case.village_id).name  # mostly read before
    said = {"words": " ".join(_row(case, case.case_class.zh, names)["words"])}
    if dialect_name() == "sqlite":
        return [Along(CaseSearch, "case_id", said), Along(_FTS, "rowid", said)]
    return [Along(CaseSearch, "case_id", said, made=(("words", _split),))]


def _split(words: ColumnElement[str]) -> ColumnElement[Any]:
    return func.string_to_array(words, literal_column("' '"))


class NewCase(NamedTuple):
    """A case of a list that has just been written; `said`: the words of its title, text and address."""

    case_id: int
    number: str
    source_no: str
    class_zh: str
    said: str


def put_new_list(cases: Sequence[NewCase], place: Grid) -> None:
    """The same for a list of cases at one place, none of them restricted."""
    names = grids.names_of([key for key in (place.village_id, place.id) if key])
    places = [names[key] for key in dict.fromkeys((place.village_id, place.id)) if key]
    around = {zh: words_said((zh, *places)) for zh in {case.class_zh for case in cases}}
    for start in range(0, len(cases), BATCH):
        _insert([_new_row(case, around[case.class_zh], place.path) for case in cases[start : start + BATCH]])


def _new_row(case: NewCase, around: Sequence[str], path: str) -> dict[str, Any]:
    words = words_of((), (case.number, case.source_no), path, said=(*case.said.split(), *around))
    return {"case_id": case.case_id, "words": words}


def forget(case_ids: Sequence[int]) -> None:
    """Let these cases be found no more."""
    here = CaseSearch.case_id.in_(case_ids)
    if dialect_name() == "sqlite":
        old = db.session.execute(select(CaseSearch.case_id, CaseSearch.words).where(here)).all()
        if old:
            db.session.execute(_FORGET, [{"id": row.case_id, "words": row.words} for row in old])
    db.session.execute(delete(CaseSearch).where(here), execution_options={"synchronize_session": False})


def rebuild_part(*, after: int = 0, batch: int = BATCH) -> int | None:
    """Write the words of the next cases anew, in the order of their ids; returns the last id, None at the end."""
    ids = list(db.session.scalars(select(Case.id).where(Case.id > after).order_by(Case.id).limit(batch)))
    if not ids:
        return None
    put(ids)  # also forgets those that must not be found
    return ids[-1]


def count_cases() -> int:
    """How many cases there are to write down, for a progress bar."""
    return db.session.scalar(select(func.count()).select_from(Case)) or 0


def check() -> list[str]:
    """What differs between the cases and their words: cases without any, restricted ones with some, and whether those
    of the newest are what they should be."""
    open_to_search = select(Case.id).join(CaseClass, CaseClass.id == Case.class_id).where(
        Case.restricted.is_(False), CaseClass.restricted.is_(False)
    )  # fmt: skip
    missing = _how_many(open_to_search.where(Case.id.not_in(select(CaseSearch.case_id))))
    surplus = _how_many(select(CaseSearch.case_id).where(CaseSearch.case_id.not_in(open_to_search)))
    newest = list(db.session.scalars(open_to_search.order_by(Case.id.desc()).limit(SAMPLE)))
    stored = db.session.execute(select(CaseSearch.case_id, CaseSearch.words).where(CaseSearch.case_id.in_(newest)))
    now = words_now(newest)
    other = sum(now.get(row.case_id) != row.words for row in stored)
    unlike = 0
    if dialect_name() == "sqlite":
        in_index = db.session.scalar(select(func.count()).select_from(table("case_search_fts_docsize"))) or 0
        unlike = abs(in_index - _how_many(select(CaseSearch.case_id)))
    said = ((missing, "cases cannot be found by their words"), (surplus, "cases can be found that must not be"),
            (other, f"of the newest {SAMPLE} cases have other words than they say"),
            (unlike, "cases are in one of the two indexes alone"))  # fmt: skip
    return [f"{count} {words}: run gridcase search rebuild" for count, words in said if count]


def _how_many(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def words_now(case_ids: Sequence[int]) -> dict[int, Any]:
    """What these cases should be found by, in the form of the database; restricted ones are left out."""
    form: Callable[[list[str]], Any] = " ".join if dialect_name() == "sqlite" else list
    return {row["case_id"]: form(row["words"]) for row in _rows(case_ids)}


def _rows(case_ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(
            Case.id, Case.number, Case.title, Case.text, Case.address, Case.source_no, Case.path, Case.grid_id,
            Case.village_id, CaseClass.zh,
        )
        .join(CaseClass, CaseClass.id == Case.class_id)
        .where(Case.id.in_(case_ids), Case.restricted.is_(False), CaseClass.restricted.is_(False))
        .order_by(Case.id)
    ).all()  # fmt: skip
    names = grids.names_of([key for row in rows for key in (row.grid_id, row.village_id)])
    return [_row(row, row.zh, names) for row in rows]


def _row(case: Any, class_zh: str, names: Mapping[int, str]) -> dict[str, Any]:
    places = {key: names.get(key) for key in (case.village_id, case.grid_id) if key}
    texts, numbers = (case.title, case.text, case.address, class_zh, *places.values()), (case.number, case.source_no)
    return {"case_id": case.id, "words": words_of(texts, numbers, case.path)}


def _insert(rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    ids, words = [row["case_id"] for row in rows], [" ".join(row["words"]) for row in rows]
    if dialect_name() == "sqlite":
        pairs = list(zip(ids, words, strict=True))
        db.session.execute(insert(CaseSearch), [{"case_id": one, "words": said} for one, said in pairs])
        db.session.execute(insert(_FTS), [{"rowid": one, "words": said} for one, said in pairs])
    else:
        db.session.execute(_SPLIT, {"ids": ids, "words": words})
    return len(rows)
