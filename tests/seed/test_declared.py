"""What was declared in the demo stands at every step of its way, in every village with a scheme."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import select

from gridcase.core.db import db
from gridcase.points.models import Declaration, Review, SchemeVersion, SpotDraw
from gridcase.points.rules import DeclarationState


def test_declarations_stand_at_every_step(small_demo: Flask) -> None:
    villages = db.session.scalars(select(SchemeVersion.village_id).where(SchemeVersion.valid_from.is_not(None))).all()
    assert villages
    for village_id in villages:
        rows = db.session.execute(
            select(Declaration.state, Declaration.how).where(Declaration.village_id == village_id)
        ).all()
        states = Counter(row.state for row in rows)
        assert states[DeclarationState.POSTED] >= 3, states
        assert states[DeclarationState.DECLARED] >= 3, states
        assert {row.how for row in rows} == {"L", "C"}
    assert db.session.query(Review).count() >= 2 * len(villages)
    assert db.session.query(SpotDraw).count() >= 1
