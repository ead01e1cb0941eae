"""The catalogue's upgrade, both ways: running cases keep exactly the limits they have."""

from __future__ import annotations

from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from gridcase.app import create_app
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries, service
from gridcase.cases.models import Case
from gridcase.core import clock, migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.paths import MIGRATIONS
from gridcase.grid.models import Grid
from tests.factories.cases import RUBBISH, collected
from tests.factories.world import MAKER, World

REVISION = "0018_catalogue"
BEFORE = ScriptDirectory(str(MIGRATIONS)).get_revision(REVISION).down_revision


def clocks() -> list[tuple[Any, ...]]:
    """When every case is due, and why; what a recount would move."""
    calendar = work_calendar()
    cases = db.session.scalars(select(Case).order_by(Case.id)).all()
    found = [
        (case.number, case.due_at, case.soon_at, case.contact_due_at, case.stage_due_at, case.restricted,
         repr(queries.explained(case, queries.steps(case.id), calendar)))
        for case in cases
    ]  # fmt: skip
    assert service.look_at_deadlines(calendar, since=clock.now()).rows == ()
    return found


def test_running_cases_keep_their_limits_down_and_up_again(config: Config, world: World) -> None:
    assert isinstance(BEFORE, str)
    app = create_app(config)
    with app.app_context():
        for code in ("0503", RUBBISH, "0201", "1005", "0304"):
            collected(world, MAKER, code=code, title=code)
        before = clocks()
        db.session.remove()
        db.engine.dispose()
    migrate.downgrade(config, revision=BEFORE)
    engine = migrate.owner_engine(config)
    assert "class_version_id" not in {column["name"] for column in inspect(engine).get_columns("case")}
    assert not inspect(engine).has_table("case_class_version")
    engine.dispose()
    migrate.upgrade(config)
    with app.app_context():
        assert clocks() == before
        assert {case.class_version_id for case in db.session.scalars(select(Case))} == {None}
        case_class = queries.class_by_code("0503")
        county = db.session.get_one(Grid, world.grids["county"])
        assert case_class is not None
        with transaction():  # and from then on it works
            terms = service.terms_of(case_class, limit=8)
            service.set_class(actor=MAKER, place=county, case_class=case_class, terms=terms, seen=None, now=clock.now())
        assert clocks() == before
        db.session.remove()
        db.engine.dispose()
