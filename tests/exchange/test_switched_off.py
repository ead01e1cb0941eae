"""A list that names classes which the place has switched off: they wait to be sorted, and the import says which."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from tests.exchange.lists import HEADERS, rows, xlsx
from tests.exchange.test_service import take
from tests.factories.world import MAKER, World

pytestmark = pytest.mark.usefixtures("ctx")
LIGHTS, ROAD = "路灯、广播、通信", "村道、桥涵损坏"


def set_in_county(world: World, code: str, **values: object) -> None:
    county, case_class = db.session.get_one(Grid, world.grids["county"]), queries.class_by_code(code)
    assert case_class is not None
    with transaction():
        service.set_class(
            actor=MAKER, place=county, case_class=case_class, terms=service.terms_of(case_class, **values), seen=None,
            now=clock.now(),
        )  # fmt: skip


def test_switched_off_classes_are_named_and_wait_to_be_sorted(world: World) -> None:
    set_in_county(world, "0504", enabled=False)
    set_in_county(world, "0503", restricted=True, reporter_rule=None)
    data = xlsx(
        [[*row, kind] for row, kind in zip(rows(3), (LIGHTS, ROAD, ""), strict=True)], headers=[*HEADERS, "一级分类"]
    )
    dry = take(data, dry_run=True)
    assert dry.switched_off == (LIGHTS,)
    assert f"这些类别已停用，导入后进“待分类”：{LIGHTS}。" in dry.lines()
    done = take(data)
    assert done.switched_off == (LIGHTS,)
    found = {
        code: (text, restricted)
        for code, text, restricted in db.session.execute(
            select(CaseClass.code, Case.text, Case.restricted).join(CaseClass, CaseClass.id == Case.class_id)
            .where(Case.source_no != "").order_by(Case.id.desc())
        )
    }  # fmt: skip
    assert f"（原类别：{LIGHTS}）" in "".join(
        db.session.scalars(select(Case.text).join(CaseClass).where(CaseClass.code == UNSORTED_CLASS))
    )
    assert found["0503"][1]  # restricted here, so restricted from the first
    assert not found[UNSORTED_CLASS][1]
