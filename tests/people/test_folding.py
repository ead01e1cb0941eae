"""A person registered twice is one: nothing of the second record is lost, nothing counts twice."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Person
from gridcase.people.rules import BodyKind, Tag
from tests.factories.world import MAKER, SINCE, World

pytestmark = pytest.mark.usefixtures("ctx")
TODAY = date(2026, 11, 23)


def test_what_hangs_on_the_double_comes_to_the_kept_one(world: World) -> None:
    village, now = db.session.get_one(Grid, world.grids["village_a"]), clock.now()
    with transaction():
        kept, double = (
            service.add_person(actor=MAKER, name="钱两次", place_path=village.path, now=now) for _ in range(2)
        )
        body = service.add_organisation(
            actor=MAKER, kind=BodyKind.WOMEN, name="妇联", place=village, parent=None, since=SINCE, now=now
        )
        service.seat(body, actor=MAKER, person_id=double.id, title="主任", rank=1, start=SINCE, end=None, now=now)
        service.tag(double, actor=MAKER, kind=Tag.PARTY_MEMBER, start=SINCE, end=None, now=now)
        service.tag(kept, actor=MAKER, kind=Tag.PARTY_MEMBER, start=date(2026, 6, 1), end=None, now=now)
        for person, year in ((double, 2025), (double, 2026), (kept, 2026)):
            service.pledge(person, actor=MAKER, year=year, words=["修路灯"], on=TODAY, now=now)
        service.set_card_consent(double, actor=MAKER, phone_in_full=True, now=now)
        ids = kept.id, double.id
    with transaction():
        assert service.fold_records(ids[1], ids[0], actor=MAKER, place_path=village.path, now=now) == 4
    assert [row.person_id for row in queries.seats_of(body.id, on=TODAY)] == [ids[0]]
    spans = [(row.valid_from, row.valid_to) for row in queries.tags_of(ids[0])]
    assert spans == [(date(2026, 6, 1), None), (SINCE, date(2026, 6, 1))], "each day once"
    assert queries.tags_of(ids[1]) == []
    assert [made.year for made in queries.pledges_of(ids[0])] == [2026, 2025]
    assert queries.phone_in_full([ids[0]]) == {ids[0]}
    assert db.session.get_one(Person, ids[1]).name == "钱两次"
    with transaction():
        assert service.fold_records(ids[1], ids[0], actor=MAKER, place_path=village.path, now=now) == 0
