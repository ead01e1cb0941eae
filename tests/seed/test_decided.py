"""The demo's villages have decided something, and what they show holds together."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.people import queries
from gridcase.people.models import Covenant, CovenantSignature, Decision
from gridcase.people.rules import BodyKind, DecisionKind
from gridcase.seed.places import HOME_VILLAGE


def test_every_village_has_its_covenant_and_the_home_village_more(small_demo: Flask) -> None:
    today = db.session.scalars(select(Covenant.valid_from)).first()
    assert today is not None
    villages = db.session.scalars(select(Covenant.village_id)).all()
    assert len(villages) == len(set(villages)) >= 2
    assert db.session.scalar(select(func.count()).select_from(CovenantSignature))
    home = db.session.scalars(select(Grid).where(Grid.code == HOME_VILLAGE)).one()
    kinds = set(db.session.scalars(select(Decision.kind).where(Decision.village_id == home.id)))
    assert {DecisionKind.COVENANT, DecisionKind.WORKS, DecisionKind.COUNCIL} <= kinds
    waiting = select(Decision.id).where(Decision.village_id == home.id, Decision.passed_on.is_(None))
    assert db.session.scalars(waiting).all(), "something is on its way"
    cards = {card.kind: card for card in queries.councils_of(home, on=date(today.year, 12, 1))}
    assert cards[BodyKind.REDWHITE].seats == 11
    assert [str(words) for words in cards[BodyKind.REDWHITE].missing] == []
    assert [str(words) for words in cards[BodyKind.REVIEW].missing] == []
