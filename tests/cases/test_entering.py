"""A new case and what stands beside it are written together, past the unit of work."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseStep, CaseTally
from gridcase.cases.rules import Channel
from gridcase.cases.service import register, searching
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.factories.cases import ROAD, collected
from tests.factories.world import World


def test_a_new_case_has_its_step_its_audit_row_its_count_and_its_words(
    ctx: Flask, world: World, viewer_of: Any
) -> None:
    case_id = collected(world, viewer_of(Role.LIAISON)).id
    case = db.session.get_one(Case, case_id)
    step = db.session.scalars(select(CaseStep).where(CaseStep.case_id == case_id)).one()
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "case.register")).one()
    count = db.session.scalars(select(CaseTally)).one()
    assert (step.seq, step.move, step.from_state, step.to_state) == (1, "register", None, "registered")
    assert (row.subject_id, row.subject_kind, row.place_path) == (case_id, "case", case.path)
    assert row.detail == {"step": 1, "from": None, "to": "registered"}
    assert (count.town_id, count.village_id, count.class_id) == (case.town_id, case.village_id, case.class_id)
    assert (count.state, count.delta) == ("registered", 1)
    assert (case.answer_attempts, case.closed_late, case.self_solved) == (0, False, False)
    assert searching.check() == []


def test_a_case_that_is_rolled_back_is_forgotten_by_the_session(
    ctx: Flask, world: World, viewer_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _break(*_given: Any) -> None:
        raise ZeroDivisionError

    liaison = viewer_of(Role.LIAISON)
    with monkeypatch.context() as patched:
        patched.setattr(register, "_pin", _break)
        with pytest.raises(ZeroDivisionError):
            collected(world, liaison)
    assert not [one for one in db.session if isinstance(one, Case)]
    assert collected(world, liaison).number.endswith("-0001")  # SQLite gives it the id of the one before
    assert db.session.scalars(select(Case)).one().title == "桥边的路塌了一块"


def test_a_case_of_a_savepoint_that_is_undone_is_forgotten_too(ctx: Flask, world: World, viewer_of: Any) -> None:
    liaison = viewer_of(Role.LIAISON)
    case_class = queries.class_by_code(ROAD)
    assert case_class is not None
    facts: dict[str, Any] = {
        "actor": liaison, "case_class": case_class, "title": "桥边的路塌了一块", "text": "过不去。", "now": clock.now(),
        "channel": Channel.VISIT, "grid": db.session.get_one(Grid, world.grids["village_a"]), "household": None,
    }  # fmt: skip
    with transaction() as session:
        undone = session.begin_nested()
        service.collect(**facts)
        undone.rollback()
        kept = service.collect(**facts)
        assert [one for one in session if isinstance(one, Case)] == [kept]
    assert db.session.scalars(select(Case)).one().id == kept.id
