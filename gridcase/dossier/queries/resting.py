"""What rests on a decision of the village and is in force."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from gridcase.core.db import db
from gridcase.core.words import N_, Text
from gridcase.people.models import Covenant
from gridcase.points.models import SchemeVersion


def resting_on(decision_id: int, *, on: date) -> list[Text]:
    """The points scheme and the covenant in force, or to be in force, by this decision."""
    schemes = db.session.scalars(
        select(SchemeVersion.number).where(
            SchemeVersion.decision_id == decision_id, SchemeVersion.valid_from.is_not(None),
            or_(SchemeVersion.valid_to.is_(None), SchemeVersion.valid_to > on),
        )
    )  # fmt: skip
    covenants = db.session.scalars(
        select(Covenant.number).where(
            Covenant.decision_id == decision_id, or_(Covenant.valid_to.is_(None), Covenant.valid_to > on)
        )
    )
    return [N_("积分方案第 %(n)s 版", n=n) for n in schemes] + [N_("村规民约第 %(n)s 版", n=n) for n in covenants]
