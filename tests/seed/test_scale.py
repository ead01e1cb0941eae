"""Bulk data keeps what the services would have kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase import doctor
from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseClass, CasePoint
from gridcase.cases.rules import Channel
from gridcase.core.db import db, transaction
from gridcase.core.errors import SetupProblem
from gridcase.core.permissions import Permission, job
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.seed import scale
from gridcase.users import queries as users
from tests.factories.demo import NOW, Blanks, opened

HOMES, CASES = 800, 600


def fill() -> None:
    scale.build(households=HOMES, cases=CASES, now=NOW, progress=lambda _done, _total: None)


def test_bulk_data_is_whole(blank: Flask) -> None:
    fill()
    assert {name: problems for name, problems in doctor.examine() if problems and name != "assets"} == {}
    assert db.session.scalar(select(func.count()).select_from(Household)) == HOMES
    assert db.session.scalar(select(func.count()).select_from(CasePoint)) == CASES
    open_cases = db.session.scalar(select(func.count()).select_from(Case).where(Case.closed_at.is_(None))) or 0
    assert open_cases / CASES == pytest.approx(0.10, abs=0.04)
    assert db.session.scalar(select(func.count()).where(Grid.level == "village")) == 100
    desk = users.by_login("dispatcher")
    assert desk is not None
    own = reach(users.viewer_of(desk, now=NOW), Permission.SEE_CASE, path=Case.path)
    assert 20 <= (db.session.scalar(select(func.count()).select_from(Case).where(own)) or 0) <= 120  # one town of ten
    with pytest.raises(SetupProblem):
        fill()


def test_work_goes_on_after_bulk_rows(blank: Flask) -> None:
    """Numbers and ids that were given out in bulk are not given out again."""
    fill()
    village = db.session.scalars(select(Grid).where(Grid.level == "village").order_by(Grid.id)).first()
    case_class = db.session.scalars(select(CaseClass).where(CaseClass.code == "0503")).one()
    with transaction():
        case = cases.collect(
            actor=job("test"),
            case_class=case_class,
            title="路面塌了",
            text="",
            channel=Channel.PHONE,
            grid=village,
            now=NOW,
        )
        assert case.id > CASES
    assert doctor.cases_whole() == []


def test_production_takes_no_bulk_data(blanks: Blanks) -> None:
    config = replace(blanks.fresh(), env="production", trusted_hosts="localhost", secret_key="s" * 40)
    with opened(config), pytest.raises(SetupProblem):
        fill()
