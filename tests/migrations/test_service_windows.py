"""The way down from points of all kinds: none of another kind is left as a point of public legal service."""

from __future__ import annotations

from sqlalchemy import text

from gridcase.app import create_app
from gridcase.core import clock, migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import PointFacts, PointKind
from tests.factories.world import MAKER, World


def test_only_legal_points_stand_after_the_way_down(config: Config, world: World) -> None:
    with create_app(config).app_context():
        place = db.session.get_one(Grid, world.grids["village_a"])
        with transaction():
            for kind in PointKind:
                facts = PointFacts(kind.value, "一楼", "工作日", "值班员", kind=kind)
                people.open_point(actor=MAKER, place=place, client_uuid=kind.value, facts=facts, now=clock.now())
        db.session.remove()
        db.engine.dispose()
    migrate.downgrade(config, revision="0049_case_agenda")
    engine = migrate.owner_engine(config)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, closed_on IS NULL FROM legal_point ORDER BY id")).all()
    engine.dispose()
    assert {name: bool(stands) for name, stands in rows} == {kind.value: kind is PointKind.LEGAL for kind in PointKind}
    migrate.upgrade(config)
