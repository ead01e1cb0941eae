"""What `gridcase doctor` asks: whether counters, states, steps and audit rows agree. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, column, except_, exists, func, literal, or_, select, table

from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case, CaseClass, CaseMap, CaseStep, CaseTally, ClassVersion
from gridcase.cases.queries.hot import restricted_in_issues
from gridcase.cases.queries.voices import firsts_to_part
from gridcase.cases.rules.spots import spot_of
from gridcase.core.db import db


def check() -> list[str]:
    """Every difference found, in words; empty when all is well."""
    return [*_tallies(), *_steps(), *_audit(), *_map(), *_open_though_restricted(), *_shown_with_others()]


def tallies_off() -> dict[tuple[Any, ...], tuple[int, int]]:
    """Where a counter (town, village, class, state) is not what a count says: (counted, there are)."""
    key = (Case.town_id, Case.village_id, Case.class_id, Case.state)
    live = {tuple(row[:4]): row[4] for row in db.session.execute(select(*key, func.count()).group_by(*key))}
    kept_key = (CaseTally.town_id, CaseTally.village_id, CaseTally.class_id, CaseTally.state)
    kept = {
        tuple(row[:4]): row[4]
        for row in db.session.execute(select(*kept_key, func.sum(CaseTally.delta)).group_by(*kept_key))
        if row[4]
    }
    wrong = sorted((place for place in {*live, *kept} if live.get(place, 0) != kept.get(place, 0)), key=str)
    return {place: (kept.get(place, 0), live.get(place, 0)) for place in wrong}


def _tallies() -> list[str]:
    return [f"counter {place}: counted {kept}, there are {live}" for place, (kept, live) in tallies_off().items()]


def _steps() -> list[str]:
    last = (
        select(CaseStep.case_id, func.max(CaseStep.seq).label("seq"), func.count().label("steps"))
        .group_by(CaseStep.case_id)
        .subquery()
    )
    newest = and_(CaseStep.case_id == last.c.case_id, CaseStep.seq == last.c.seq)
    rows = db.session.execute(
        select(Case.number, Case.state, CaseStep.to_state, last.c.seq, last.c.steps)
        .outerjoin(last, last.c.case_id == Case.id)
        .outerjoin(CaseStep, newest)
        .where(or_(last.c.seq.is_(None), CaseStep.to_state != Case.state, last.c.seq != last.c.steps))
        .order_by(Case.id)
        .limit(100)
    )
    return [
        f"case {row.number}: stands at {row.state}, its {row.steps or 0} steps end at {row.to_state}" for row in rows
    ]


def _audit() -> list[str]:
    own = exists().where(
        AuditRow.subject_kind == "case",
        AuditRow.subject_id == CaseStep.case_id,
        AuditRow.action == literal("case.") + CaseStep.move,
        AuditRow.at == CaseStep.at,
    )
    batch = CaseStep.at.in_(select(AuditRow.at).where(AuditRow.action == "case.import"))
    rows = db.session.execute(
        select(CaseStep.case_id, CaseStep.seq, CaseStep.move)
        .where(~own, ~and_(CaseStep.move == "import", batch))
        .order_by(CaseStep.id)
        .limit(100)
    )
    return [f"case {row.case_id}, step {row.seq} ({row.move}): no audit row" for row in rows]


def map_off() -> list[int]:
    """Cases whose row on the map is not that of the view that says what it must be, or lies in another cell; the first
    of them."""
    kept = CaseMap.__table__
    names = [each.name for each in kept.columns if each.name != "spot"]
    live = table("case_on_map", *(column(name) for name in names))
    both = [select(*(source.c[name] for name in names)) for source in (kept, live)]
    wrong = {row.case_id for pair in (both, both[::-1]) for row in db.session.execute(except_(*pair).limit(100))}
    cells = db.session.execute(
        select(CaseMap.case_id, CaseMap.x, CaseMap.y, CaseMap.spot).where(CaseMap.x.is_not(None))
    )
    wrong |= {row.case_id for row in cells if spot_of(row.x, row.y) != row.spot}
    return sorted(wrong)[:100]


def _map() -> list[str]:
    return [f"case {case_id}: its row on the map is not what the case says" for case_id in map_off()]


def _open_though_restricted() -> list[str]:
    """A class made restricted takes its cases along: none of them may stand open."""
    county = and_(
        ClassVersion.class_id == Case.class_id, ClassVersion.place_id == Case.county_id,
        ClassVersion.superseded_at.is_(None),
    )  # fmt: skip
    rows = db.session.execute(
        select(Case.number, CaseClass.code)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .outerjoin(ClassVersion, county)
        .where(Case.restricted.is_(False), func.coalesce(ClassVersion.restricted, CaseClass.restricted).is_(True))
        .order_by(Case.id)
        .limit(100)
    )
    return [f"case {row.number}: open to all, its class {row.code} is restricted" for row in rows]


def _shown_with_others() -> list[str]:
    """What is restricted has no voices, is none, and stands in no hot issue; the timetable parts what is left."""
    found = [f"case {one}: restricted, and joined with others" for one in firsts_to_part(limit=100)]
    return found + [f"case {one}: restricted, and stands in a hot issue" for one in restricted_in_issues(limit=100)]
