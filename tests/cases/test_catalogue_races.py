"""The catalogue changed while cases come in: none slips past a class that becomes restricted, no version is lost."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, ClassVersion
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid.models import Grid
from tests.cases.test_catalogue import class_of, edit
from tests.factories.cases import ROAD, collected
from tests.factories.world import MAKER, World
from tests.points.test_races import together


def test_no_case_slips_past_a_class_that_becomes_restricted(app: Flask, world: World) -> None:
    with app.app_context():
        old = [collected(world, MAKER, title=f"早先的{n}").id for n in range(3)]
        db.session.remove()

    def register(n: int) -> str:
        return collected(world, MAKER, title=f"正在登记的{n}").number

    def sort_anew(case_id: int) -> str:
        with transaction():
            case = db.session.get_one(Case, case_id)
            service.accept(case, actor=MAKER, now=clock.now(), case_class=class_of("0501"))
            return case.number

    deeds = [lambda n=n: register(n) for n in range(4)] + [lambda key=key: sort_anew(key) for key in old[:2]]
    deeds.insert(2, lambda: str(edit(world, restricted=True, reporter_rule=None).hidden))
    together(app, *deeds)
    with app.app_context():
        assert queries.check() == []
        still_road = db.session.scalars(select(Case).where(Case.class_id == class_of(ROAD).id)).all()
        assert len(still_road) == 5
        assert all(case.restricted for case in still_road)


def test_of_two_changes_of_one_page_one_is_refused(app: Flask, world: World) -> None:
    with app.app_context():
        seen = service.mark_of(queries.class_at(class_of(ROAD), db.session.get_one(Grid, world.grids["county"]).path))

    def save(limit: float) -> str:
        place, case_class = db.session.get_one(Grid, world.grids["county"]), class_of(ROAD)
        try:
            with transaction():
                service.set_class(
                    actor=MAKER, place=place, case_class=case_class, terms=service.terms_of(case_class, limit=limit),
                    seen=seen, now=clock.now(),
                )  # fmt: skip
        except Refused as refusal:
            return str(refusal.text)
        return "saved"

    said = together(app, *(lambda limit=limit: save(limit) for limit in (8.0, 16.0, 24.0, 32.0)))
    assert said.count("saved") == 1
    assert sum("别人已经改过" in one for one in said) == 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ClassVersion)) == 1
